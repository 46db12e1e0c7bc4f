"""The dates of a simple series: nth weekday of the month, every n weeks, or the same day each month. No tables."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_MEETINGS = 60  # a series is about a school year, not for ever


class SeriesKind(models.TextChoices):
    NTH_WEEKDAY = "nth_weekday", _("Fast ugedag i måneden")
    EVERY_N_WEEKS = "every_n_weeks", _("Med faste uger imellem")
    MONTHLY = "monthly", _("Samme dato hver måned")


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """`nth` is 1-4 or -1 for the last; `weekday` is ISO 1-7; `weeks` and `day` as the kind asks for."""

    kind: str
    first: date
    last: date
    nth: int = 1
    weekday: int = 1
    weeks: int = 4
    day: int = 1
    skip: tuple[date, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return the rule as it is stored with the series."""
        data = asdict(self)
        data.update(first=self.first.isoformat(), last=self.last.isoformat())
        data["except"] = sorted(day.isoformat() for day in data.pop("skip"))
        return data


def dates(rule: SeriesRule) -> list[date]:
    """Return the rule's dates from `first` to `last`, exceptions left out, at most MOST_MEETINGS."""
    skip = set(rule.skip)
    found: list[date] = []
    for day in _DATES[SeriesKind(rule.kind)](rule):
        if day > rule.last or len(found) == MOST_MEETINGS:
            break
        if day >= rule.first and day not in skip:
            found.append(day)
    return found


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    """Return the nth (1-5, or -1 for the last) ISO weekday of a month, or None when there is none."""
    days = [week[weekday - 1] for week in calendar.monthcalendar(year, month) if week[weekday - 1]]
    try:
        return date(year, month, days[nth - 1 if nth > 0 else nth])
    except IndexError:
        return None


def _months(rule: SeriesRule) -> Iterator[tuple[int, int]]:
    year, month = rule.first.year, rule.first.month
    while (year, month) <= (rule.last.year, rule.last.month):
        yield year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _by_weekday(rule: SeriesRule) -> Iterator[date]:
    for year, month in _months(rule):
        day = nth_weekday(year, month, rule.weekday, rule.nth)
        if day is not None:
            yield day


def _by_weeks(rule: SeriesRule) -> Iterator[date]:
    day = rule.first
    while day <= rule.last:
        yield day
        day += timedelta(weeks=max(rule.weeks, 1))


def _by_day(rule: SeriesRule) -> Iterator[date]:
    for year, month in _months(rule):
        yield date(year, month, min(rule.day, calendar.monthrange(year, month)[1]))


_DATES = {
    SeriesKind.NTH_WEEKDAY: _by_weekday,
    SeriesKind.EVERY_N_WEEKS: _by_weeks,
    SeriesKind.MONTHLY: _by_day,
}
