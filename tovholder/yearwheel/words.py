"""Days, months and lists of names, said in Danish; knows nothing of the web."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
MONTHS = tuple("januar februar marts april maj juni juli august september oktober november december".split())


def day_said(day: date) -> str:
    """Say "17. marts"."""
    return f"{day.day}. {MONTHS[day.month - 1]}"


def listed(names: Iterable[object]) -> str:
    """Say "Anna, Bo og Carla"."""
    found = [str(each) for each in names]
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} {_('og')} {found[-1]}"
