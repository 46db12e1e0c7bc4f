"""The guard against personal data with the municipality's own words.

Organisations, schools and districts come from the set-up file and are no persons, so their names are let through. Who is
registered, as a child or as a colleague, never changes the answer (issue C, section 8).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet

from tovholder.access.guard import Finding, NameLists, find_personal_data
from tovholder.directory.models import District, GuardWords, Organisation, School
from tovholder.statements import Statement

LONGEST = 50_000  # characters that are looked through at once


def find(text: str) -> list[Finding]:
    """Return what in the text can point to a person, by the shipped lists and the municipality's. Raises nothing."""
    if not text.strip():
        return []
    own = _WORDS.first()
    lists = NameLists.shipped()
    if own is not None:
        lists = lists.with_more(own.names, own.harmless)
    found = find_personal_data(text, lists)
    if not found:
        return found
    places = list(_spans_of_places(text))
    return [
        each for each in found if not any(start <= each.start and each.end <= end for start, end in places)
    ]


def _spans_of_places(text: str) -> Iterator[tuple[int, int]]:
    """Where a place of the municipality stands with its whole name: Sofieskolen is let through, Sofie is not."""
    for row in _PLACES():
        name = row["place"]
        at = text.find(name)
        while at >= 0:
            yield at, at + len(name)
            at = text.find(name, at + len(name))


def _places() -> QuerySet[Any, dict[str, Any]]:
    named: QuerySet[Any, Any] = (
        Organisation.objects.order_by()
        .values(place=F("name"))
        .union(
            School.objects.order_by().values(place=F("name")),
            District.objects.order_by().values(place=F("name")),
        )
    )
    return named


_PLACES = Statement(_places)
_WORDS = Statement(lambda: GuardWords.objects.filter(retired_at__isnull=True).order_by("pk")[:1])
