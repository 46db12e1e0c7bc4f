"""The public holidays by name, for the wheel and the calendar. The planner has its own, of a library too slow for a page."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.easter import easter
from django.utils.translation import gettext_lazy as _

# Days after Easter Sunday. Store Bededag has been none of them since 2024.
_BY_EASTER = (
    (-3, _("Skærtorsdag")),
    (-2, _("Langfredag")),
    (0, _("Påskedag")),
    (1, _("Anden påskedag")),
    (39, _("Kristi himmelfartsdag")),
    (49, _("Pinsedag")),
    (50, _("Anden pinsedag")),
)
_BY_DATE = (((1, 1), _("Nytårsdag")), ((12, 25), _("Juledag")), ((12, 26), _("Anden juledag")))


def public_days(start: date, end: date) -> list[tuple[date, str]]:
    """Return the statutory public holidays between two days, both included, in order."""
    found = []
    for year in range(start.year, end.year + 1):
        found += [(easter(year) + timedelta(days=n), str(name)) for n, name in _BY_EASTER]
        found += [(date(year, month, day), str(name)) for (month, day), name in _BY_DATE]
    return sorted(each for each in found if start <= each[0] <= end)
