"""The days of a year when nobody meets: school holidays, and what the municipality closes each year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Cast

from tovholder.directory.models import SchoolHoliday
from tovholder.yearwheel.models import YearMark

Json = dict[str, Any]


def closed_days(start: date, end: date, marks: Iterable[YearMark] | None = None) -> list[Json]:
    """Return school holidays, and what the municipality closes each year, as far as they lie between two days.

    `marks` are those of the year where a page has read them already.
    """
    holidays = SchoolHoliday.objects.filter(retired_at__isnull=True, starts_on__lte=end, ends_on__gte=start)
    days = holidays.values_list(
        Value(True), "name", Cast("starts_on", CharField()), Cast("ends_on", CharField())
    )
    yearly = (
        YearMark.objects.filter(retired_at__isnull=True, closed=True)
        if marks is None
        else YearMark.objects.none()
    )
    rows = days.order_by().union(
        yearly.order_by().values_list(Value(False), "name", "from_day", "until_day"), all=True
    )
    found, read = [], []
    for is_holiday, name, first, last in rows:
        if is_holiday:
            within = max(first, start.isoformat()), min(last, end.isoformat())
            found.append({"start": within[0], "end": within[1], "name": name})
        else:
            read.append(YearMark(name=name, from_day=first, until_day=last, closed=True))
    for mark in (each for each in (read if marks is None else marks) if each.closed):
        found += [
            {"start": a.isoformat(), "end": b.isoformat(), "name": mark.name}
            for a, b in occurrences(mark, start, end)
        ]
    return sorted(found, key=lambda each: (each["start"], each["end"], each["name"]))


def occurrences(mark: YearMark, start: date, end: date) -> list[tuple[date, date]]:
    """Return when a mark falls between two days, cut off at them; one that runs over New Year is one piece."""
    found = []
    for year in range(start.year - 1, end.year + 1):
        first, last = _day(year, mark.from_day), _day(year, mark.until_day)
        if last < first:
            last = _day(year + 1, mark.until_day)
        if last >= start and first <= end:
            found.append((max(first, start), min(last, end)))
    return found


def _day(year: int, text: str) -> date:
    month, day = (int(part) for part in text.split("-"))
    try:
        return date(year, month, day)
    except ValueError:  # 29 February in a year without
        return date(year, month, day - 1)
