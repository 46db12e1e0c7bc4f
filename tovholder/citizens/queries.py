"""What the municipality has decided of the sharing rules."""

from __future__ import annotations

from dataclasses import fields

from tovholder.access.sharing import SharingRules
from tovholder.citizens.models import SharingSetting
from tovholder.statements import Statement


def sharing_rules() -> SharingRules:
    """Return the sharing rules of the loaded set-up, or the shipped ones."""
    row = _SETTING.first()
    if row is None:
        return SharingRules()
    values = {each.name: getattr(row, each.name) for each in fields(SharingRules)}
    words = tuple(values.pop("purpose_words"))
    return SharingRules(**values, purpose_words=words) if words else SharingRules(**values)


_SETTING = Statement(lambda: SharingSetting.objects.filter(retired_at__isnull=True).order_by("pk")[:1])
