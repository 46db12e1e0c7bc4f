"""What the worker does for imports."""

from __future__ import annotations

from django_tasks import task

from tovholder.imports.services import running, undoing


@task()
def bring_in(batch_id: int) -> str:
    """Bring a file in; what became of it is the return value."""
    return running.run(batch_id)


@task()
def take_back(batch_id: int) -> str:
    """Undo a file that is in; what became of it is the return value."""
    return undoing.run(batch_id)
