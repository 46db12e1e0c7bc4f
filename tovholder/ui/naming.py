"""Names one after the other, days and months, as Danes say them; knows nothing of the web."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
MONTHS = tuple("januar februar marts april maj juni juli august september oktober november december".split())


def day_and_month(day: date) -> str:
    """Say "17. marts"."""
    return f"{day.day}. {MONTHS[day.month - 1]}"


def listed(people: Iterable[object] | None) -> str:
    """Say "Anna, Bo og Carla" from people or plain names."""
    names = [str(getattr(person, "name", person)) for person in people or []]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {_('og')} {names[-1]}"
