"""What the sharing rules are asked with of the children of concerns: grown-ups, consents and categories, in one read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    FilteredRelation,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, NullIf

from tovholder.access.sharing.case import SUSPICION_BY_FAMILY
from tovholder.accounts.queries import Joined
from tovholder.citizens.models import Adult, Consent
from tovholder.concerns.models import Concern, ConcernChild
from tovholder.concerns.suspicion import suspected_families
from tovholder.statements import GivenSet, Statement, keep_rows


def with_family_and_consents(concerns: Iterable[int]) -> list[ConcernChild]:
    """Return the children of these concerns in one read, with all that the sharing rules are asked with.

    That is their grown-ups, their consents with `named_ids` of the organisations these name, and `marks`: the set of
    the concern's categories as the rules know them, with a suspicion that is marked in another concern of the child.
    """
    found: dict[int, ConcernChild] = {}
    adults: dict[int, dict[int, Adult]] = {}
    consents: dict[int, dict[int, Consent]] = {}
    for row in _WITH_ALL(concerns=set(concerns)):
        link = found.setdefault(row.pk, row)
        adult, consent = getattr(row, "grown_up", None), getattr(row, "agreed", None)
        theirs, given = adults.setdefault(link.pk, {}), consents.setdefault(link.pk, {})
        for each, kept in ((adult, theirs), (consent, given)):
            if each is not None:  # not set where there is none
                each.child = link.child
                kept.setdefault(each.pk, each)
        if consent is not None:
            consent.named_ids = row.agreed_names
    for pk, link in found.items():
        keep_rows(link.child, "adults", Adult.objects.all(), adults[pk].values())
        marks: str | None = link.marks  # type: ignore[attr-defined]
        link.marks = set(marks.split(",")) if marks else set()  # type: ignore[attr-defined]
        if link.suspected:  # type: ignore[attr-defined]
            link.marks.add(SUSPICION_BY_FAMILY)  # type: ignore[attr-defined]
        keep_rows(link.child, "consents", Consent.objects.all(), consents[pk].values())
    return list(found.values())


def _with_all() -> QuerySet[Any, Any]:
    marked = Concern.categories.through.objects.filter(concern=OuterRef("concern"))
    same = ConcernChild.objects.filter(pk=OuterRef(OuterRef("pk"))).values("child")
    mark = Coalesce(NullIf("category__suspicion", Value("")), "category__key")
    named = Consent.organisations.through.objects.filter(consent=OuterRef("agreed__pk"))
    found: QuerySet[Any, Any] = (
        ConcernChild.objects.filter(concern__in=GivenSet("concerns", BigIntegerField()))
        .annotate(grown_up=FilteredRelation("child__adults"), agreed=FilteredRelation("child__consents"))
        .annotate(
            marks=_joined(marked, "concern", mark),
            suspected=Exists(suspected_families(same)),
            agreed_names=_joined(named, "consent", Cast("organisation_id", CharField())),
        )
        .select_related("child", "grown_up", "agreed")  # type: ignore[misc]
        .order_by("pk", "grown_up__position", "grown_up__pk", "-agreed__given", "-agreed__pk")
    )
    return found


def _joined(rows: QuerySet[Any, Any], of: str, what: Combinable) -> Subquery:
    return Subquery(rows.order_by().values(of).annotate(joined=Joined(what)).values("joined"))


_WITH_ALL = Statement(_with_all)
