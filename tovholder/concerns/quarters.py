"""The quarters in which absence is counted (rule 23). Pure."""

from __future__ import annotations

from datetime import date, timedelta


def quarter_of(day: date) -> date:
    """Return the first day of the quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def last_quarters(today: date, count: int = 4) -> list[date]:
    """Return the first days of the last quarters, the present one first."""
    found = [quarter_of(today)]
    while len(found) < count:
        found.append(quarter_of(found[-1] - timedelta(days=1)))
    return found
