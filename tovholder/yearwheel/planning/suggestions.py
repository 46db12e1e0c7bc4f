"""What would free a meeting that has no place: single changes of a rule, each tried against the plan as it stands.

All other meetings are held where they are. A change is proposed only where a day and a start were found at which it
alone is enough (`tests/yearwheel/planning/test_freeing.py` makes the change, plans again and looks).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tovholder.yearwheel.planning.diary import Diary
from tovholder.yearwheel.planning.problem import (
    Problem,
    Thing,
    clock,
    iso,
    minutes_of,
    ordinal_of,
    span,
    understand,
    weekday_of,
)
from tovholder.yearwheel.planning.reasons import candidate_days, window_of
from tovholder.yearwheel.planning.windows import (
    Meeting,
    Window,
    allowed_starts,
    fits_the_day,
    working_days,
)
from tovholder.yearwheel.planning.year import Year, laid_out

OTHER_STARTS = range(8 * 60, 16 * 60 + 1, 30)
NEAR_USUAL = range(-120, 121, 30)  # an evening forum is asked for other hours of the evening too
OTHER_WEEKDAYS = range(1, 6)  # nobody is asked to meet on a Saturday unless somebody thought of it first
SHOWN_DATES = 3
MOST = 3
# The least far-reaching first: what leaves the rules alone, then what the forum may do besides (of the year, or of the
# month that has a list of its own), then what it asks for less of, then one person, then everybody.
CODES = (
    "solve_again",
    "allow_start",
    "allow_weekday",
    "drop_min_gap",
    "make_optional",
    "raise_max_per_day",
    "raise_max_parallel",
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One change that is enough: `code` says of what (CODES), `of` whose rule it stands in, where it is of a thing.

    `weekday`, `start` and `person` say which, `month` that it is the list of that month alone, `number` what the days
    between or the limit would have to be. `dates` are the first days it would open (ISO).
    """

    code: str
    dates: tuple[str, ...]
    of: str | None = None
    weekday: int | None = None
    start: str | None = None
    month: int | None = None
    person: str | None = None
    number: int | None = None


PERSONAL = ("make_optional", "raise_max_per_day")
# Code, whose rule, which (weekday, minute or person), month, number.
Change = tuple[str, int | None, int | None, int | None, int | None]


def what_would_free(data: dict[str, Any], out: dict[str, Any]) -> Iterator[list[Suggestion]]:
    """Yield for each of `unplaced` of OUT, in order, at most three changes that would each give it a place.

    An empty list says that none was found: other changes, and several at once, are not tried.
    """
    problem = understand(data)
    year = laid_out(problem)
    diary = Diary(problem, placed(problem, out["meetings"]))
    found: dict[tuple[int, int], list[Suggestion]] = {}
    for each in out["unplaced"]:
        thing = problem.things[problem.by_id[each["of"]]]
        window = window_of(year, thing, each["which"])
        key = thing.index, window.number if window else 0  # for what is counted the same for every number
        if key not in found:
            found[key] = _Tried(year, diary, thing, window).suggestions()
        yield found[key]


def placed(problem: Problem, meetings: Iterable[dict[str, Any]]) -> list[Meeting]:
    """Meetings of OUT, or shaped like them, as the planner's own."""
    return [
        Meeting(problem.by_id[each["of"]], 0, ordinal_of(each["date"]), minutes_of(each["start"]))
        for each in meetings
    ]


class _Tried:
    """One meeting tried wherever a single change would let it lie; `opened` are the days, by change."""

    def __init__(self, year: Year, diary: Diary, thing: Thing, window: Window | None) -> None:
        self.problem, self.diary, self.thing = year.problem, diary, thing
        self.opened: dict[Change, set[int]] = {}
        days = candidate_days(year, thing, window)
        for day in days:
            starts = allowed_starts(thing, day)
            for start in starts:
                for change in self._enough(day, start):
                    self._open(change, day)
            month = _month_in(thing.starts_by_month, day)
            for start in self._other_starts(month):
                is_new = start not in starts and fits_the_day(thing, start)
                if is_new and not any(self._obstacles(day, start)):
                    self._open(("allow_start", thing.index, start, month, None), day)
        for day in self._closed_weekdays(window, set(days)):
            if any(not any(self._obstacles(day, start)) for start in allowed_starts(thing, day)):
                month = _month_in(thing.weekdays_by_month, day)
                self._open(("allow_weekday", thing.index, weekday_of(day), month, None), day)

    def suggestions(self) -> list[Suggestion]:
        """The best of each kind, the least invasive first; where there is room already, that alone."""
        found: list[Suggestion] = []
        for code in CODES:
            changes = [each for each in self.opened if each[0] == code]
            if changes:
                best = min(changes, key=self._rank)
                found.append(self._said(best))
            if code == "solve_again" and found:
                break
        return found[:MOST]

    def _open(self, change: Change, day: int) -> None:
        self.opened.setdefault(change, set()).add(day)

    def _closed_weekdays(self, window: Window | None, allowed: set[int]) -> Iterator[int]:
        anyday = replace(self.thing, weekdays=frozenset(OTHER_WEEKDAYS), weekdays_by_month={})
        for day in working_days(self.problem, anyday):
            if day not in allowed and (window is None or window.first <= day <= window.last):
                yield day

    def _usual_starts(self, month: int | None) -> tuple[int, ...]:
        """The starts of the month that has a list of its own, else those of all months."""
        return self.thing.starts if month is None else self.thing.starts_by_month[month]

    def _other_starts(self, month: int | None) -> list[int]:
        """The starts that are tried: those of the working day, and those near the usual ones."""
        usual = self._usual_starts(month)
        earliest = min((OTHER_STARTS[0], *usual))  # nobody is asked to get up for it who is not used to
        near = (each + step for each in usual for step in NEAR_USUAL)
        return sorted({*OTHER_STARTS, *(each for each in near if each >= earliest)})

    def _enough(self, day: int, start: int) -> Iterator[Change]:
        """The changes that would each let it lie there; none where it takes more than one."""
        obstacles = set(self._obstacles(day, start))
        codes, whom = {each[0] for each in obstacles}, {each[1] for each in obstacles}
        if not obstacles:
            yield "solve_again", None, None, None, None
        if len(whom) != 1:
            return
        (who,) = whom
        if codes <= {"person_double", "max_per_day"}:
            forums = [each for each in self.thing.forums if who in self.problem.things[each].musts]
            if len(forums) == 1:
                yield "make_optional", forums[0], who, None, None
        if codes == {"max_per_day"}:
            yield "raise_max_per_day", None, who, None, self.diary.load[who][day] + 1
        if codes == {"min_gap"}:
            yield "drop_min_gap", who, None, None, self._nearest(who, day)
        if codes == {"max_parallel"}:
            yield "raise_max_parallel", None, None, None, self._running(day, start) + 1

    def _obstacles(self, day: int, start: int) -> Iterator[tuple[str, int]]:
        """What forbids the place, as (kind, whose): rules 2 and 4 to 6 towards the plan and the persons' busy times."""
        meeting = span(start, start + self.thing.minutes)
        for person in self.thing.musts:
            if self.problem.persons[person].away(day) & meeting:
                yield "person_double", person  # taken, by whatever it is
        yield from self.diary.obstacles(self.thing.index, day, start)

    def _nearest(self, owner: int, day: int) -> int:
        return min(abs(other - day) for other in self.diary.days[owner])

    def _running(self, day: int, start: int) -> int:
        """The most others at any moment of the meeting."""
        end = start + self.thing.minutes
        others = [each for each in self.diary.running[day] if each[0] < end and start < each[1]]
        moments = [start, *(begun for begun, _ in others if begun > start)]
        return max(sum(s <= moment < e for s, e in others) for moment in moments)

    def _rank(self, change: Change) -> tuple[int, ...]:
        """Smallest: of starts the nearest to one that is allowed, of days between the most, of limits the least; else what opens most."""
        code, _, which, month, number = change
        most = -len(self.opened[change])
        if code == "allow_start" and which is not None:
            known = self._usual_starts(month) or (9 * 60,)
            return min(abs(which - each) for each in known), most, which
        if code == "drop_min_gap" and number is not None:
            return -number, most
        return number or 0, most, which or 0

    def _said(self, change: Change) -> Suggestion:
        code, owner, which, month, number = change
        problem = self.problem
        return Suggestion(
            code,
            tuple(iso(day) for day in sorted(self.opened[change])[:SHOWN_DATES]),
            of=None if owner is None else problem.things[owner].id,
            weekday=which if code == "allow_weekday" else None,
            start=clock(which) if code == "allow_start" and which is not None else None,
            month=month,
            person=problem.persons[which].id if code in PERSONAL and which is not None else None,
            number=number,
        )


def _month_in(by_month: dict[int, Any], day: int) -> int | None:
    """The month of the day where it has a list of its own."""
    month = date.fromordinal(day).month if by_month else 0
    return month if month in by_month else None
