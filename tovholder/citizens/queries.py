"""What the municipality has decided of the sharing rules; which records may be one child."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from django.db.models import Prefetch, QuerySet, Subquery
from django.db.models.functions import JSONObject

from tovholder.access.sharing import SharingRules
from tovholder.citizens.models import Adult, Child, ChildToken, Consent, SharingSetting
from tovholder.statements import Statement


def sharing_rules() -> SharingRules:
    """Return the sharing rules of the loaded set-up, or the shipped ones."""
    return rules_read_with(_SETTING.first())


def rules_beside() -> dict[str, Any]:
    """Return an annotation that reads the municipality's switches with something else, for `rules_read_with`."""
    switches = {each.name: each.name for each in fields(SharingRules)}
    return {"sharing_switches": Subquery(_setting().values(switches=JSONObject(**switches)))}


def rules_read_with(row: Any) -> SharingRules:
    """Return the sharing rules from the row they were read beside, or the shipped ones."""
    read: dict[str, Any] | None = getattr(row, "sharing_switches", None)
    if read is None:
        return SharingRules()
    said = dict(read)
    words = said.pop("purpose_words")
    words = tuple(json.loads(words) if isinstance(words, str) else words)  # SQLite writes the list as a text
    shipped = SharingRules()
    values = {name: type(getattr(shipped, name))(value) for name, value in said.items()}
    return SharingRules(**values, purpose_words=words) if words else SharingRules(**values)


def _setting() -> QuerySet[SharingSetting]:
    return SharingSetting.objects.filter(retired_at__isnull=True).order_by("pk")[:1]


_SETTING = Statement(lambda: _setting().annotate(**rules_beside()).only("pk"))


def with_everything(path: str = "") -> list[Prefetch[Any]]:
    """Return what to prefetch for a page that shows children: their grown-ups, consents and who these name.

    `path` leads to the child ("child__"). Only for rows that nothing changes before they are shown.
    """
    consents = Consent.objects.select_related("giver", "scan").defer("scan__content")
    consents = consents.prefetch_related("organisations")
    return [Prefetch(f"{path}adults", Adult.objects.all()), Prefetch(f"{path}consents", consents)]


def read_with(child: Child, name: str) -> list[Any] | None:
    """Return the rows that a page has read with the child, or None."""
    known = getattr(child, "_prefetched_objects_cache", {})
    return list(known[name]) if name in known else None


def possible_doubles(children: Iterable[Child]) -> dict[int, list[Child]]:
    """Return the records that may be the same child as each of these, by the child's id, in one query.

    For triagers only: that a record exists is itself something to keep.
    """
    asked = [each.pk for each in children]
    pairs = (
        ChildToken.objects.filter(
            token__in=ChildToken.objects.filter(child__in=asked).values("token"),
            child__merged_into=None,
            child__erased_at=None,
        )
        .select_related("child")
        .order_by("child_id")
    )
    by_token: dict[bytes, list[Child]] = {}
    for pair in pairs:
        by_token.setdefault(bytes(pair.token), []).append(pair.child)
    found: dict[int, dict[int, Child]] = {pk: {} for pk in asked}
    for sharing in by_token.values():
        for one in sharing:
            if one.pk in found:
                found[one.pk] |= {other.pk: other for other in sharing if other.pk != one.pk}
    return {pk: [others[each] for each in sorted(others)] for pk, others in found.items()}
