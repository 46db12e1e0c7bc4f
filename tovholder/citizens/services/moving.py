"""Rows that hang on a child, in every app, moved to another child and sealed anew under its key."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from tovholder.citizens.models import Adult, Child, ChildMerge, ChildToken, SealedField, SealedRow
from tovholder.citizens.services.safe import Opened, Safe

# A row by its table and number, as it is written down.
Named = tuple[str, int]
_STAY = (ChildToken, ChildMerge, Child)


def name_of(row: models.Model) -> Named:
    return row._meta.label_lower, int(row.pk)


def move_rows(*, from_child: Child, to_child: Child, only: Collection[Named] | None = None) -> list[Named]:
    """Move the rows of every app that hang on a child (or `only` these) to another, and return which were moved.

    Django knows what hangs on a child, also in the apps above: no list to forget a table in.
    """
    safe = Safe.of([from_child, to_child])
    hanging = hanging_on(from_child, from_child.key)
    wanted = [row for row in hanging if only is None or name_of(row) in only]
    rows = [(row, _texts(safe, row, from_child.key)) for row in wanted]
    moved = []
    for row, texts in rows:
        if _is_of_child(row):
            row.child = to_child  # type: ignore[attr-defined]
        if _save(safe, row, texts):
            moved.append(name_of(row))
    return moved


def hanging_on(row: models.Model, key: UUID) -> Iterator[models.Model]:
    """Rows that point at the child, each followed by the sealed rows below it that the child's key seals."""
    for relation in row._meta.related_objects:
        model = relation.related_model
        if relation.many_to_many or not isinstance(model, type) or model in _STAY:
            continue
        if not isinstance(row, Child) and not issubclass(model, SealedRow):
            continue
        manager = model._base_manager.filter(**{relation.field.name: row})  # type: ignore[attr-defined]
        for each in manager:
            setattr(each, relation.field.name, row)
            if isinstance(row, Child) or (isinstance(each, SealedRow) and each.key_ref() == key):
                yield each
                if isinstance(each, SealedRow) and not isinstance(each, Adult):
                    yield from hanging_on(each, key)


def all_that_hangs_on(child: Child) -> list[Named]:
    """Return every row that hangs on the child now, to see later whether anything has come or gone."""
    return sorted(name_of(row) for row in hanging_on(child, child.key))


def would_be_lost(kept: Child, gone: Child) -> int:
    """How many rows of `gone` the kept child has already, and can have once only: they go when the two are one."""
    lost = 0
    for row in hanging_on(gone, gone.key):
        if not _is_of_child(row):
            continue
        row.child = kept  # type: ignore[attr-defined]
        try:
            row.validate_constraints()
        except ValidationError:
            lost += 1
    return lost


def _is_of_child(row: models.Model) -> bool:
    links = [each for each in row._meta.concrete_fields if each.is_relation]
    return any(each.attname == "child_id" and each.related_model is Child for each in links)


def _texts(safe: Safe, row: models.Model, key: UUID) -> dict[str, Opened]:
    """What is sealed in the row under the child's key, opened; nothing where another key seals it."""
    if not isinstance(row, SealedRow) or row.key_ref() != key:
        return {}
    names = [each.name for each in row._meta.concrete_fields if isinstance(each, SealedField)]
    return {name: safe.read(row, name) for name in names}


def _save(safe: Safe, row: models.Model, texts: dict[str, Opened]) -> bool:
    """Save the row under its new child. What that child has already, it has once: the other's goes.

    A damaged text stays as it is, damaged.
    """
    if isinstance(row, SealedRow) and texts:
        for name, opened in texts.items():
            if not opened.fault:
                setattr(row, name, None)
        safe.write(row, **{name: opened.text for name, opened in texts.items() if not opened.fault})
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        row.delete()
        return False
    return True
