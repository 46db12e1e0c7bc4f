"""What the worker does for imports."""

from __future__ import annotations

from django_tasks import task

from tovholder.imports.services.running import run


@task()
def bring_in(batch_id: int) -> str:
    """Bring a file in; what became of it is the return value."""
    return run(batch_id)
