"""What the planner is told of a forum or a joint meeting: its rule, and where that is silent the forum's own facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.yearwheel.models import PlanningRule, Rhythm

WORKDAYS = [1, 2, 3, 4, 5]
# Where nobody has said when: the hours when schools and authorities can both come.
STARTS = ["09:00", "13:00"]
NO_MEETINGS_IN = 7  # July, unless a rule says otherwise
EVENT_WINDOW = ("05-15", "06-20")  # early summer (document 000)


@dataclass(frozen=True)
class Wanted:
    """All that is known of how a thing wants its year, defaults filled in; the shape of one row of the input."""

    rhythm: str
    months: list[int]
    count: int
    minutes: int
    weekdays: list[int]
    weekdays_by_month: dict[str, list[int]]
    starts: list[str]
    preferred_weekdays: list[int] = field(default_factory=list)
    preferred_starts: list[str] = field(default_factory=list)
    starts_by_month: dict[str, list[str]] = field(default_factory=dict)
    min_gap_days: int = 0
    replaces: bool = False
    window: tuple[str, str] = EVENT_WINDOW

    def weekdays_on(self, day: date) -> list[int]:
        """The weekdays allowed in the month of a day."""
        return self.weekdays_by_month.get(str(day.month)) or self.weekdays

    def starts_on(self, day: date) -> list[str]:
        """The start times allowed in the month of a day."""
        return self.starts_by_month.get(str(day.month)) or self.starts

    def rule(self) -> dict[str, Any]:
        """The rhythm as the planner's file has it."""
        if self.rhythm == Rhythm.MONTHS:
            return {"months": self.months}
        return {"every_weeks" if self.rhythm == Rhythm.EVERY_WEEKS else "count": self.count}


def of_forum(forum: Forum, rule: PlanningRule | None) -> Wanted:
    """Return what a forum wants, from its rule (or None) and its own cadence, weekdays and start time."""
    rule = rule or PlanningRule()
    rhythm, count = _rhythm(forum)
    if rule.rhythm:
        rhythm, count = rule.rhythm, rule.count or count
    start = [forum.start_time.strftime("%H:%M")] if forum.start_time else STARTS
    return Wanted(
        rhythm=rhythm,
        months=[int(each) for each in rule.months] or [m for m in range(1, 13) if m != NO_MEETINGS_IN],
        count=max(1, count),
        minutes=rule.minutes or forum.meeting_minutes,
        weekdays=[int(each) for each in rule.weekdays or forum.weekdays or WORKDAYS],
        weekdays_by_month=dict(rule.weekdays_by_month or forum.weekdays_by_month),
        starts=list(rule.starts) or start,
        preferred_weekdays=list(rule.preferred_weekdays),
        preferred_starts=list(rule.preferred_starts),
        starts_by_month=dict(rule.starts_by_month),
        min_gap_days=rule.min_gap_days,
    )


def _rhythm(forum: Forum) -> tuple[str, int]:
    count = forum.cadence_count or 1
    return {
        Forum.Cadence.MONTHLY: (Rhythm.MONTHS, 1),
        Forum.Cadence.EVERY_N_WEEKS: (Rhythm.EVERY_WEEKS, count),
        Forum.Cadence.TIMES_A_YEAR: (Rhythm.COUNT, count),
        Forum.Cadence.WHEN_NEEDED: (Rhythm.NONE, 1),
    }[Forum.Cadence(forum.cadence)]


def of_joint(joint: JointMeetingRule, rule: PlanningRule | None) -> Wanted:
    """Return what a joint meeting or an event wants."""
    rule = rule or PlanningRule()
    window = (rule.window_starts or EVENT_WINDOW[0], rule.window_ends or EVENT_WINDOW[1])
    return Wanted(
        rhythm=rule.rhythm or Rhythm.COUNT,
        months=[],
        count=rule.count or joint.times_a_year,
        minutes=rule.minutes or joint.minutes,
        weekdays=[int(each) for each in rule.weekdays] or WORKDAYS,
        weekdays_by_month={},
        starts=list(rule.starts) or STARTS,
        preferred_weekdays=list(rule.preferred_weekdays),
        preferred_starts=list(rule.preferred_starts),
        min_gap_days=rule.min_gap_days,
        replaces=rule.replaces,
        window=window,
    )


def day_in(year: date, until: date, text: str) -> date | None:
    """Return the day "MM-DD" as it falls between two dates, both included; None when it does not."""
    month, day = (int(part) for part in text.split("-"))
    for number in range(year.year, until.year + 1):
        try:
            found = date(number, month, day)
        except ValueError:  # 29 February in a year without
            found = date(number, month, day - 1)
        if year <= found <= until:
            return found
    return None
