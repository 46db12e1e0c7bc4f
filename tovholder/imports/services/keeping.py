"""A file from upload to the moment it is run or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.imports import policy, progress
from tovholder.imports.columns import Record, Understood
from tovholder.imports.models import Batch, BatchStatus
from tovholder.imports.planning import SAME, Item, Kind, Plan, kept, said
from tovholder.imports.reading.values import as_date

WAITS = timedelta(days=1)
UNDO_KEPT = timedelta(days=14)


@transaction.atomic
def keep(*, by: User, kind: Kind, understood: Understood, plan: Plan) -> Batch:
    """Keep the rows of a file until it is run or dropped; it takes the place of one that the user had waiting."""
    policy.may_import(by).require()
    Batch.objects.filter(uploaded_by=by, status__in=[BatchStatus.READ, BatchStatus.FAILED]).delete()
    batch = Batch(kind=kind.key, uploaded_by=by, notices=understood.notices, headings=understood.headings)
    batch.records = [
        [each.row, {name: kept(value) for name, value in each.values.items()}] for each in understood.records
    ]
    show(batch, kind, plan)
    batch.save()
    record(by=by, action="import.uploaded", obj=batch, details={"kind": kind.key, **plan.counts})
    return batch


def show(batch: Batch, kind: Kind, plan: Plan) -> None:
    """Put what the plan would do on the batch, not saved."""
    batch.preview = [_shown(kind, item) for item in plan.items if item.state != SAME]
    batch.counts = {**plan.counts, "doubles": plan.doubles}
    batch.fingerprint = plan.fingerprint


def _shown(kind: Kind, item: Item) -> dict[str, Any]:
    fields = [
        [kind.word(name), said(before), said(after)]
        for name, (before, after) in item.changes.items()
        if name != "link_version" and not (before is None and said(after) == item.label)
    ]
    return {"row": item.row, "state": item.state, "label": item.label, "fields": fields}


def records_of(batch: Batch, kind: Kind) -> Sequence[Record]:
    """Return the rows as they were understood; days were kept as text."""
    dates = {each.name for each in kind.fields if each.reads == "date"}
    return [
        Record(
            row,
            {name: as_date(value) if name in dates and value else value for name, value in values.items()},
        )
        for row, values in batch.records
    ]


@transaction.atomic
def discard(*, by: User, batch: Batch) -> None:
    """Throw away a file that has not gone in."""
    policy.may_import(by).require()
    fresh = Batch.objects.select_for_update().get(pk=batch.pk)
    if fresh.status != BatchStatus.FAILED:
        policy.may_become(fresh, BatchStatus.QUEUED).require()
    record(by=by, action="import.discarded", obj=fresh, details={"kind": fresh.kind})
    fresh.delete()


def sweep() -> int:
    """Forget what has waited a day, and what old imports changed. The worker does it each minute. Returns how many."""
    now = timezone.now()
    waiting = Batch.objects.filter(
        status__in=[BatchStatus.READ, BatchStatus.FAILED], uploaded_at__lt=now - WAITS
    )
    for pk in waiting.values_list("pk", flat=True):
        progress.forget(pk)
    dropped = waiting.delete()[0]
    old = Batch.objects.filter(status=BatchStatus.DONE, finished_at__lt=now - UNDO_KEPT).exclude(undo={})
    return dropped + old.update(undo={})
