"""Days and months, said in Danish; knows nothing of the web."""

from __future__ import annotations

from datetime import date

WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
MONTHS = tuple("januar februar marts april maj juni juli august september oktober november december".split())


def day_said(day: date) -> str:
    """Say "17. marts"."""
    return f"{day.day}. {MONTHS[day.month - 1]}"
