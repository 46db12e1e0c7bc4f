"""What the worker does for the year wheel."""

from __future__ import annotations

from django_tasks import task

from tovholder.yearwheel.services import publishing, runs


@task()
def solve(run_id: int) -> str:
    """Look for a plan; what became of the run is the return value."""
    return runs.solve(run_id)


@task()
def publish(publication_id: int) -> str:
    """Make and move the meetings of a plan; what became of it is the return value."""
    return publishing.run(publication_id)
