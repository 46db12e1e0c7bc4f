"""Whether somebody in a child's family is suspected (rule 22), asked over every open concern of the child.

A suspicion may be marked in one concern while the family is met over another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tovholder.concerns.models import Category, Concern, ConcernChild


def suspected_families(children: Iterable[Any] | QuerySet[Any, Any]) -> QuerySet[Concern]:
    """Return the open concerns of these children (by number) in which somebody in the family is suspected."""
    return Concern.objects.filter(
        concern_children__child__in=children,
        erased_at__isnull=True,
        ended_at__isnull=True,
        categories__suspicion=Category.Suspicion.BY_FAMILY,
    )


def by_family(concern: str = "pk") -> Q:
    """Return the condition, on rows that lead to a concern by this name: it is marked itself, or another of its children's."""
    own = Concern.categories.through.objects.filter(
        concern=OuterRef(concern), category__suspicion=Category.Suspicion.BY_FAMILY
    )
    children = ConcernChild.objects.filter(concern=OuterRef(OuterRef(concern)))
    return Exists(own) | Exists(suspected_families(children.values("child")))


def all_by_family(concerns: Iterable[int]) -> set[int]:
    """Return which of these concerns it is so of, for a list of them."""
    asked = set(concerns)
    if not asked:
        return set()
    return set(Concern.objects.filter(by_family(), pk__in=asked).values_list("pk", flat=True))


def is_by_family(concern: Concern) -> bool:
    """Tell it of one concern; a page may have asked with the concern (`by_family`)."""
    known: bool | None = getattr(concern, "by_family", None)
    if known is None:
        return Concern.objects.filter(by_family(), pk=concern.pk).exists()
    return known
