"""Working days in Denmark (hverdage): Monday to Friday that are no public holiday."""

from __future__ import annotations

from datetime import date, timedelta

import holidays

_PUBLIC = holidays.country_holidays("DK")


def is_working_day(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in _PUBLIC


def after_working_days(day: date, count: int) -> date:
    """Return the last of `count` working days after the day itself."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def before_working_days(day: date, count: int) -> date:
    """Return the last day from which `count` whole working days have passed before `day`: the reverse of the above."""
    found = day - timedelta(days=1)
    while after_working_days(found, count) >= day:
        found -= timedelta(days=1)
    return found
