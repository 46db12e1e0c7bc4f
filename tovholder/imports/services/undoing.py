"""Undo the last file, while nothing stands on what it brought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.decision import Refused, no
from tovholder.accounts.models import User
from tovholder.audit.services import record, record_many
from tovholder.imports import policy
from tovholder.imports.models import Batch, BatchStatus
from tovholder.imports.planning import kept
from tovholder.imports.queries import newest_done

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


class DependedOn(Refused):
    """Something stands on what the file brought."""


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
def undo(*, by: User, batch: Batch) -> None:
    """Take back what a file brought. Raises Refused when it is not the last, or something stands on it."""
    policy.may_import(by).require()
    fresh = Batch.objects.select_for_update().get(pk=batch.pk)
    policy.may_undo(fresh, newest_done()).require()
    if what_depends(fresh):
        raise DependedOn(
            no("depended_on", _("Importen kan ikke fortrydes, fordi noget bruger det, den bragte."))
        )
    for label, pks in _by_table(fresh.undo["made"]).items():
        _take_away(by, fresh, apps.get_model(label), pks)
    for label, rows in _by_table(fresh.undo["changed"]).items():
        _put_back(by, fresh, apps.get_model(label), rows)
    fresh.undo, fresh.status = {}, BatchStatus.UNDONE
    fresh.save(update_fields=["undo", "status"])
    record(by=by, action="import.undone", obj=fresh, details={"kind": fresh.kind})


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


def _take_away(by: User, batch: Batch, model: type[models.Model], pks: Iterable[int]) -> None:
    for chunk in _chunks(list(pks)):
        objects = list(model._base_manager.filter(pk__in=chunk))
        record_many(
            by=by, lines=[log_line(action="import.row_removed", batch=batch, obj=obj) for obj in objects]
        )
        # Nothing points to them, that was asked above and the database's own keys ask again; so no search for what hangs on.
        rows = model._base_manager.filter(pk__in=chunk)
        rows._raw_delete(rows.db)


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
