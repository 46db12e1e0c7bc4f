"""Whether everything that is sealed still opens: asked by the operator, answered in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.models import SealedField, SealedRow
from tovholder.citizens.services.safe import Safe

AT_A_TIME = 500


def _sealed_models() -> list[type[SealedRow]]:
    """Every table with sealed texts, of the apps above too: Django knows them all."""
    return [each for each in apps.get_models() if issubclass(each, SealedRow)]


def missing_keys() -> dict[str, int]:
    """How many rows have a key of their own, were not erased, and whose key is gone, by table; only where some are."""
    found = {}
    for model in _sealed_models():
        if not any(isinstance(each, models.UUIDField) and each.name == "key" for each in model._meta.fields):
            continue
        manager: Any = model._base_manager  # which table has a key of its own is known only here
        rows = manager.filter(erased_at__isnull=True)
        lost = sum(_without(keys) for keys in _in_parts(rows.order_by("pk").values_list("key", flat=True)))
        if lost:
            found[model._meta.db_table] = lost
    return found


def _without(keys: list[Any]) -> int:
    return len(keys) - DataKey.objects.filter(pk__in=keys).count()


def _in_parts(rows: models.QuerySet[Any, Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for each in rows.iterator(chunk_size=AT_A_TIME):
        part.append(each)
        if len(part) == AT_A_TIME:
            yield part
            part = []
    if part:
        yield part


def damaged_texts() -> tuple[int, dict[str, int]]:
    """Open every sealed text; return how many open, and how many are damaged by table and field. Nothing is kept.

    A text whose key was destroyed on purpose is neither.
    """
    opened, damaged = 0, dict[str, int]()
    for model in _sealed_models():
        names = [each.name for each in model._meta.concrete_fields if isinstance(each, SealedField)]
        above = [each.name for each in model._meta.fields if isinstance(each, models.ForeignKey)]
        rows = model._base_manager.select_related(*above).order_by("pk")
        for part in _in_parts(rows):
            safe = Safe.of(part)
            for row in part:
                for name in names:
                    text = safe.read(row, name)
                    opened += int(bool(text) and not text.fault)
                    if text.fault == "damaged":
                        place = f"{model._meta.db_table}.{name}"
                        damaged[place] = damaged.get(place, 0) + 1
    return opened, damaged
