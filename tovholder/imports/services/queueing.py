"""Hand a file to the worker, to be brought in or taken back, and once more when the worker has stopped."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.imports import policy, progress
from tovholder.imports.models import Batch, BatchStatus

# By name: the tasks import the services.
BRING_IN = "tovholder.imports.tasks.bring_in"
TAKE_BACK = "tovholder.imports.tasks.take_back"


def hand_over(batch: Batch) -> None:
    """Let the worker do what the state of the file asks for. Call it in the transaction that sets the state."""
    progress.forget(batch.pk)
    task = TAKE_BACK if batch.status == BatchStatus.UNDOING else BRING_IN
    import_string(task).enqueue(batch.pk)


@transaction.atomic
def start_again(*, by: User, batch: Batch) -> None:
    """Hand a file whose worker has stopped to another. If the first still works, only one of them writes."""
    policy.may_import(by).require()
    fresh = Batch.objects.select_for_update().get(pk=batch.pk)
    if fresh.is_under_way and progress.is_quiet(fresh.pk, fresh.started_at):
        fresh.started_at = timezone.now()
        fresh.save(update_fields=["started_at"])
        if fresh.status == BatchStatus.UNDOING:
            record(by=by, action="import.undo_restarted", obj=fresh, details={"kind": fresh.kind})
        else:
            record(by=by, action="import.restarted", obj=fresh, details={"kind": fresh.kind})
        hand_over(fresh)
