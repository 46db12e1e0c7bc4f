"""The review's months in words."""

from __future__ import annotations

from datetime import date

MONTHS = "januar februar marts april maj juni juli august september oktober november december".split()


def month_name(day: date) -> str:
    """Return "oktober 2026"."""
    return f"{MONTHS[day.month - 1]} {day.year}"
