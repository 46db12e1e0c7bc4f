"""Undo the last file, while nothing stands on what it brought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import structlog
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.decision import Refused, no
from tovholder.accounts.models import User
from tovholder.audit.services import record, record_many
from tovholder.imports import policy, progress
from tovholder.imports.models import Batch, BatchStatus
from tovholder.imports.planning import kept
from tovholder.imports.queries import newest_done
from tovholder.imports.services.queueing import hand_over

log = structlog.get_logger(__name__)
CHUNK = 500
SHOWN = 20
# What one thing does to another, after its name: "Bo Berg er med i et forum".
USES = {
    "directory.organisation": gettext_lazy("hører til distriktet"),
    "directory.person": gettext_lazy("har personer, der kommer derfra"),
    "directory.post": gettext_lazy("har en post"),
    "directory.school": gettext_lazy("er en skoles arbejdsplads"),
    "forums.forum": gettext_lazy("bruges af et forum"),
    "forums.forum_schools": gettext_lazy("bruges af et forum"),
    "forums.forumorganisation": gettext_lazy("ventes i et forum"),
    "forums.membership": gettext_lazy("er med i et forum"),
    "forums.participantreview": gettext_lazy("er vurderet af en tovholder"),
    "meetings.agendaitem": gettext_lazy("står på en dagsorden"),
    "meetings.participation": gettext_lazy("er indkaldt til et møde"),
    "plans.agreement": gettext_lazy("har en aftale"),
}


def what_depends(batch: Batch) -> list[str]:
    """Return a sentence for each thing that stands in the way of an undo; at most a screenful, then how many more."""
    found: list[str] = []
    more = 0
    for sentence in _obstacles(batch):
        if len(found) < SHOWN:
            found.append(sentence)
        else:
            more += 1
    return [*found, _("og %(n)s til") % {"n": more}] if more else found


@transaction.atomic
def start(*, by: User, batch: Batch) -> None:
    """Hand the undo to the worker. Raises Refused when the file is not the last, or on its way back already."""
    policy.may_import(by).require()
    fresh = Batch.objects.select_for_update().get(pk=batch.pk)
    policy.may_undo(fresh, newest_done()).require()
    fresh.status, fresh.started_at, fresh.undone_by, fresh.told = BatchStatus.UNDOING, timezone.now(), by, ""
    fresh.save(update_fields=["status", "started_at", "undone_by", "told"])
    record(by=by, action="import.undo_started", obj=fresh, details={"kind": fresh.kind})
    hand_over(fresh)


def run(batch_id: int) -> str:
    """Take back what a file brought, in one transaction, and return the status. Safe to call again after a kill."""
    try:
        with transaction.atomic():
            batches = Batch.objects.select_for_update(of=("self",)).select_related("undone_by")
            batch = batches.filter(pk=batch_id, status=BatchStatus.UNDOING).first()
            if batch is None:  # another worker was quicker
                return ""
            _undo(batch)
            status = batch.status
    except Refused as refused:
        status = _still_in(batch_id, str(refused))
    except IntegrityError:
        status = _still_in(batch_id, _("Noget blev ændret i Tovholder imens. Prøv igen."))
    except Exception as error:
        # Only the kind of fault is logged: its words could hold what stood in a row.
        log.error("undo_failed", batch=batch_id, error=type(error).__name__)
        told = _(
            "Der skete en fejl. Prøv igen, og sig det til dem, der driver Tovholder, hvis det gentager sig."
        )
        status = _still_in(batch_id, told)
    progress.forget(batch_id)
    return str(status)


def _still_in(batch_id: int, sentence: str) -> str:
    """Say why it was not undone: all that it brought is still there."""
    told = _("Intet er fortrudt. %(why)s") % {"why": sentence}
    Batch.objects.filter(pk=batch_id, status=BatchStatus.UNDOING).update(status=BatchStatus.DONE, told=told)
    return BatchStatus.DONE


def _undo(batch: Batch) -> None:
    policy.may_import(batch.undone_by).require()
    by: User = batch.undone_by  # type: ignore[assignment]
    policy.may_take_back(batch, newest_done()).require()
    made, changed = batch.undo["made"], batch.undo["changed"]
    done, total = 0, len(made) + len(changed)
    progress.tell(batch.pk, done, total)
    if what_depends(batch):
        sentence = _("Noget bruger det, filen bragte. Tryk på Fortryd importen for at se, hvad det er.")
        no("depended_on", sentence).require()
    for label, pks in _by_table(made).items():
        for chunk in _chunks(list(pks)):
            _take_away(by, batch, apps.get_model(label), chunk)
            done += len(chunk)
            progress.tell(batch.pk, done, total)
    for label, rows in _by_table(changed).items():
        for chunk in _chunks(list(rows)):
            _put_back(by, batch, apps.get_model(label), {pk: rows[pk] for pk in chunk})
            done += len(chunk)
            progress.tell(batch.pk, done, total)
    batch.undo, batch.status = {}, BatchStatus.UNDONE
    batch.save(update_fields=["undo", "status"])
    record(by=by, action="import.undone", obj=batch, details={"kind": batch.kind})


def _by_table(lines: Iterable[Sequence[Any]]) -> dict[str, dict[int, Any]]:
    tables: dict[str, dict[int, Any]] = {}
    for label, pk, *rest in lines:
        tables.setdefault(label, {})[pk] = rest[0] if rest else None
    return tables


def _obstacles(batch: Batch) -> Iterator[str]:
    made = _by_table(batch.undo.get("made", []))
    for label, pks in made.items():
        for relation in apps.get_model(label)._meta.related_objects:
            yield from _users(relation, pks, made)
    for label, rows in _by_table(batch.undo.get("changed", [])).items():
        model = apps.get_model(label)
        for obj in _objects(model, rows):
            differs = (
                kept(getattr(obj, model._meta.get_field(name).attname)) != after  # type: ignore[union-attr]
                for name, (_before, after) in rows[obj.pk].items()
            )
            if any(differs):
                yield _("%(what)s er ændret siden importen.") % {"what": _name(obj)}


def _users(relation: Any, pks: dict[int, Any], made: dict[str, dict[int, Any]]) -> Iterator[str]:
    """Say which of the rows are pointed to over `relation`, by rows that the file did not bring itself."""
    if relation.many_to_many and not relation.through._meta.auto_created:
        return  # told by the rows of the table between
    if relation.many_to_many:
        model, column = relation.through, relation.field.m2m_reverse_name()
    else:
        model, column = relation.related_model, relation.field.attname
    own = made.get(model._meta.label_lower, {})
    target = relation.model
    use = str(USES.get(model._meta.label_lower, _("bruges et andet sted")))
    for chunk in _chunks(list(pks)):
        rows = model._base_manager.filter(**{f"{column}__in": chunk}).values_list("pk", column)
        used = {pointed for pk, pointed in rows if pk not in own}
        for obj in target._base_manager.filter(pk__in=used):
            yield f"{_name(obj)} {use}."


def _name(obj: models.Model) -> str:
    person, forum = getattr(obj, "person", None), getattr(obj, "forum", None)
    if person is not None:
        place = forum or getattr(obj, "school", None)
        return f"{person}, {place}" if place else str(person)
    return str(obj)


def _objects(model: type[models.Model], pks: Iterable[int]) -> Iterator[models.Model]:
    links = [each.name for each in model._meta.fields if each.name in ("person", "forum", "school")]
    for chunk in _chunks(list(pks)):
        yield from model._base_manager.filter(pk__in=chunk).select_related(*links)


def _chunks(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(pks), CHUNK):
        yield pks[start : start + CHUNK]


def _take_away(by: User, batch: Batch, model: type[models.Model], pks: Sequence[int]) -> None:
    rows = model._base_manager.filter(pk__in=pks)
    record_many(by=by, lines=[log_line(action="import.row_removed", batch=batch, obj=obj) for obj in rows])
    # Nothing points to them, that was asked above and the database's own keys ask again; so no search for what hangs on.
    gone = rows.all()
    gone._raw_delete(gone.db)


def _put_back(by: User, batch: Batch, model: type[models.Model], rows: dict[int, Any]) -> None:
    lines = []
    for obj in _objects(model, rows):
        names = rows[obj.pk]
        for name, (before, after) in names.items():
            column: Any = model._meta.get_field(name)
            # Links that were sent to the address of the import must not come back to life.
            value = after + 1 if name == "link_version" else before
            setattr(obj, column.attname, column.to_python(value) if not column.is_relation else value)
        obj.save(update_fields=list(names))
        lines.append(log_line(action="import.row_restored", batch=batch, obj=obj, fields=sorted(names)))
    record_many(by=by, lines=lines)


def log_line(*, action: str, batch: Batch, obj: models.Model, **more: Any) -> tuple[str, models.Model, Any]:
    """Return a line of the log about one row of a file."""
    return action, obj, {"import": batch.pk, **more}
