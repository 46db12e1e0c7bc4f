"""On which days the demo's forums meet: their own rules, outside holidays, joint meetings spread over the year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import holidays

from tovholder.directory.models import SchoolHoliday
from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.meetings.models import MeetingKind

_PUBLIC = holidays.country_holidays("DK")


@dataclass(frozen=True)
class Slot:
    on: date
    forums: tuple[Forum, ...]
    kind: str
    title: str
    minutes: int


def slots(forums: list[Forum], joint: list[JointMeetingRule], start: date, end: date) -> list[Slot]:
    """Return all meetings between the days, in date order."""
    closed = list(SchoolHoliday.objects.filter(retired_at__isnull=True).values_list("starts_on", "ends_on"))
    found = [slot for index, forum in enumerate(forums) for slot in _own(forum, index, start, end, closed)]
    found += [slot for rule in joint for slot in _joint(rule, start, end, closed)]
    return sorted(found, key=lambda slot: (slot.on, slot.forums[0].pk))


def next_slot(forum: Forum, today: date) -> Slot:
    """Return the forum's meeting of next week, or of the first week after that in which its weekday is free."""
    closed = list(SchoolHoliday.objects.filter(retired_at__isnull=True).values_list("starts_on", "ends_on"))
    monday = today + timedelta(days=7 - today.weekday())
    on = _first_free(monday, list(forum.weekdays), closed)
    return Slot(on, (forum,), MeetingKind.ORDINARY, "", forum.meeting_minutes)


def _free(day: date, closed: list[tuple[date, date]]) -> bool:
    return day.weekday() < 5 and day not in _PUBLIC and not any(a <= day <= b for a, b in closed)


def _first_free(day: date, weekdays: list[int], closed: list[tuple[date, date]]) -> date:
    for _ in range(60):
        if _free(day, closed) and (not weekdays or day.isoweekday() in weekdays):
            return day
        day += timedelta(days=1)
    return day


def _own(forum: Forum, index: int, start: date, end: date, closed: list[tuple[date, date]]) -> list[Slot]:
    step = {
        Forum.Cadence.MONTHLY: 30,
        Forum.Cadence.EVERY_N_WEEKS: 7 * max(forum.cadence_count or 6, 4),
        Forum.Cadence.TIMES_A_YEAR: 365 // max(forum.cadence_count or 4, 1),
    }.get(Forum.Cadence(forum.cadence), 60)
    found, day = [], start + timedelta(days=2 * index)
    while day < end:
        # No meetings in July, as in any Danish municipality.
        if day.month != 7:
            weekdays = forum.weekdays_by_month.get(str(day.month)) or forum.weekdays
            on = _first_free(day, list(weekdays), closed)
            found.append(Slot(on, (forum,), MeetingKind.ORDINARY, "", forum.meeting_minutes))
        day += timedelta(days=step)
    return found


def _joint(rule: JointMeetingRule, start: date, end: date, closed: list[tuple[date, date]]) -> list[Slot]:
    forums = tuple(rule.forums.all())
    if not forums:
        return []
    if rule.is_event:
        return _in_early_summer(rule, forums, start, end, closed)
    kind, found, day = MeetingKind.JOINT, [], start + timedelta(days=20)
    while day < end:
        if day.month != 7:
            found.append(Slot(_first_free(day, [], closed), forums, kind, rule.name, rule.minutes))
        day += timedelta(days=365 // max(rule.times_a_year, 1))
    return found


def _in_early_summer(
    rule: JointMeetingRule, forums: tuple[Forum, ...], start: date, end: date, closed: list[tuple[date, date]]
) -> list[Slot]:
    """The prevention day lies in early summer: the one held, and the next to sign up for."""
    days = [_first_free(date(year, 6, 3), [], closed) for year in range(start.year, end.year + 1)]
    title = rule.name
    return [Slot(day, forums, MeetingKind.EVENT, title, rule.minutes) for day in days if day >= start]
