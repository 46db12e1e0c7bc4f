"""Bring a file in: all of it or nothing, as it was shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Refused
from tovholder.accounts.models import User
from tovholder.audit.services import record, record_many
from tovholder.imports import policy, progress
from tovholder.imports.kinds import KINDS
from tovholder.imports.models import Batch, BatchStatus
from tovholder.imports.planning import CHANGED, NEW, Item, Kind, Plan, kept, make_plan
from tovholder.imports.services.keeping import records_of, show
from tovholder.imports.services.queueing import hand_over

log = structlog.get_logger(__name__)
CHUNK = 500


class PlanChanged(Exception):
    """The tables are no longer as they were when the file was shown."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


@transaction.atomic
def start(*, by: User, batch: Batch) -> None:
    """Hand the file to the worker. Raises Refused when it is on its way already."""
    policy.may_import(by).require()
    fresh = Batch.objects.select_for_update().get(pk=batch.pk)
    policy.may_become(fresh, BatchStatus.QUEUED).require()
    fresh.status, fresh.started_at, fresh.told = BatchStatus.QUEUED, timezone.now(), ""
    fresh.save(update_fields=["status", "started_at", "told"])
    record(by=by, action="import.started", obj=fresh, details={"kind": fresh.kind})
    hand_over(fresh)


def run(batch_id: int) -> str:
    """Do what was shown, in one transaction, and return the status. Safe to call again after a worker was killed."""
    under_way = [BatchStatus.QUEUED, BatchStatus.RUNNING]
    if not Batch.objects.filter(pk=batch_id, status__in=under_way).update(status=BatchStatus.RUNNING):
        return ""
    try:
        with transaction.atomic():
            batch = (
                Batch.objects.select_for_update(of=("self",)).select_related("uploaded_by").get(pk=batch_id)
            )
            if batch.status == BatchStatus.RUNNING:  # else another worker was quicker
                _run(batch)
            status = batch.status
    except PlanChanged as changed:
        status = _look_again(batch_id, changed.plan)
    except Refused as refused:
        status = _failed(batch_id, str(refused))
    except IntegrityError:
        status = _failed(batch_id, _("Noget blev ændret i Tovholder imens. Hent filen ind igen."))
    except Exception as error:
        # Only the kind of fault is logged: its words could hold what stood in a row.
        log.error("import_failed", batch=batch_id, error=type(error).__name__)
        status = _failed(
            batch_id,
            _(
                "Der skete en fejl. Prøv igen, og sig det til dem, der driver Tovholder, hvis det gentager sig."
            ),
        )
    progress.forget(batch_id)
    return str(status)


def _run(batch: Batch) -> None:
    policy.may_import(batch.uploaded_by).require()
    by: User = batch.uploaded_by  # type: ignore[assignment]
    kind = KINDS[batch.kind]
    records = records_of(batch, kind)
    progress.tell(batch.pk, 0, len(records))
    plan = make_plan(kind, records, by=by, headings=batch.headings, lock=True)
    if plan.problems or plan.fingerprint != batch.fingerprint:
        raise PlanChanged(plan)
    batch.undo = _write(by, batch, kind, plan)
    batch.status, batch.finished_at = BatchStatus.DONE, timezone.now()
    batch.records, batch.preview = [], []
    batch.save()
    Batch.objects.exclude(pk=batch.pk).exclude(undo={}).update(undo={})  # only the last can be undone
    record(by=by, action="import.done", obj=batch, details={"kind": kind.key, **plan.counts})


def _write(by: User, batch: Batch, kind: Kind, plan: Plan) -> dict[str, Any]:
    """Write the rows a handful at a time, each with its line in the log. Returns what is needed to undo it."""
    made: list[list[Any]] = []
    changed: list[list[Any]] = []
    done = len(plan.of("same"))
    for chunk in _chunks(plan.of(NEW)):
        made += _make(by, batch, kind, chunk)
        done += len(chunk)
        progress.tell(batch.pk, done, len(plan.items))
    for chunk in _chunks(plan.of(CHANGED)):
        changed += _change(by, batch, kind, chunk)
        done += len(chunk)
        progress.tell(batch.pk, done, len(plan.items))
    return {"made": made, "changed": changed}


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start_at in range(0, len(items), CHUNK):
        yield items[start_at : start_at + CHUNK]


def _make(by: User, batch: Batch, kind: Kind, items: Sequence[Item]) -> list[list[Any]]:
    """Insert new rows, and before them the new rows that they stand on (a school's organisation)."""
    under: dict[type[models.Model], list[models.Model]] = {}
    for item in items:
        for _before, value in item.changes.values():
            if isinstance(value, models.Model) and value.pk is None:
                under.setdefault(type(value), []).append(value)
    for model, rows in under.items():
        model._default_manager.bulk_create(rows)
    objects = [item.obj for item in items]
    kind.model._default_manager.bulk_create(objects)
    details = {"import": batch.pk}
    lines = [(kind.created, obj, details) for obj in objects]
    lines += [(f"{row._meta.model_name}.created", row, details) for rows in under.values() for row in rows]
    record_many(by=by, lines=lines)
    return [[obj._meta.label_lower, obj.pk] for _action, obj, _details in lines]


def _change(by: User, batch: Batch, kind: Kind, items: Sequence[Item]) -> list[list[Any]]:
    """Set what differs on rows that are held since they were compared."""
    fields = sorted({name for item in items for name in item.changes})
    for item in items:
        for name, (_before, after) in item.changes.items():
            setattr(item.obj, name, after)
    kind.model._default_manager.bulk_update([item.obj for item in items], fields, batch_size=100)
    record_many(
        by=by,
        lines=[
            (kind.changed, item.obj, {"import": batch.pk, "fields": sorted(item.changes)}) for item in items
        ],
    )
    return [
        [
            item.obj._meta.label_lower,
            item.obj.pk,
            {name: [kept(before), kept(after)] for name, (before, after) in item.changes.items()},
        ]
        for item in items
    ]


def _look_again(batch_id: int, plan: Plan) -> str:
    """Show the file anew, compared with how things are now; say so when it no longer can go in."""
    if plan.problems:
        first = "; ".join(str(each) for each in plan.problems[:3])
        return _failed(batch_id, _("Noget er ændret, siden du så filen. %(problems)s") % {"problems": first})
    batch = Batch.objects.get(pk=batch_id)
    show(batch, KINDS[batch.kind], plan)
    batch.status = BatchStatus.READ
    batch.told = _(
        "Noget er ændret i Tovholder, siden du så filen. Intet er hentet ind. Se ændringerne igen."
    )
    batch.save(update_fields=["preview", "counts", "fingerprint", "status", "told"])
    return batch.status


def _failed(batch_id: int, sentence: str) -> str:
    """Say why, and forget the rows: nothing of them went in."""
    told = _("Intet er hentet ind. %(why)s") % {"why": sentence}
    Batch.objects.filter(pk=batch_id).exclude(status=BatchStatus.DONE).update(
        status=BatchStatus.FAILED, told=told, records=[], preview=[], finished_at=timezone.now()
    )
    return BatchStatus.FAILED
