"""What would free a meeting that has no place: the single relaxations that would each be enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tovholder.yearwheel.planning.diary import Diary
from tovholder.yearwheel.planning.problem import (
    Problem,
    Thing,
    clock,
    iso,
    minutes_of,
    ordinal_of,
    understand,
    weekday_of,
)
from tovholder.yearwheel.planning.reasons import Reason, candidate_days, in_the_way, window_of
from tovholder.yearwheel.planning.windows import Meeting, Window, fits_the_day, working_days
from tovholder.yearwheel.planning.year import Year, laid_out

OTHER_STARTS = range(8 * 60, 16 * 60 + 1, 30)
SHOWN_DATES = 3
PERSON_CODES = {"person_busy", "person_double", "max_per_day"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`code` says what to relax: allow_weekday, allow_start, make_optional, raise_max_per_day, drop_min_gap or
    raise_max_parallel; `weekday`, `start` and `person` say which; `dates` are the first days it would open (ISO)."""

    code: str
    dates: tuple[str, ...]
    weekday: int | None = None
    start: str | None = None
    person: str | None = None


def what_would_free(
    data: dict[str, Any], unplaced: dict[str, Any], meetings: Sequence[dict[str, Any]] = ()
) -> list[Suggestion]:
    """Return each single relaxation that gives `unplaced` ({of, which, …} of OUT) a place beside `meetings` of OUT."""
    problem = understand(data)
    year = laid_out(problem)
    thing = problem.things[problem.by_id[unplaced["of"]]]
    diary = Diary(problem, placed(problem, meetings))
    window = window_of(year, thing, unplaced["which"])
    return [*_same_times(year, diary, thing, window), *_other_times(problem, diary, thing, window)]


def placed(problem: Problem, meetings: Iterable[dict[str, Any]]) -> list[Meeting]:
    """Meetings of OUT, or shaped like them, as the planner's own."""
    return [
        Meeting(problem.by_id[each["of"]], 0, ordinal_of(each["date"]), minutes_of(each["start"]))
        for each in meetings
    ]


def _same_times(year: Year, diary: Diary, thing: Thing, window: Window | None) -> list[Suggestion]:
    """On the days and starts that are allowed: where one person or one rule alone stands in the way."""
    opened: dict[tuple[str, int | None], set[int]] = {}
    for day in candidate_days(year, thing, window):
        for start in thing.starts:
            if fits_the_day(thing, start):
                reasons = list(in_the_way(year.problem, diary, thing, day, start))
                for key in _enough(reasons):
                    opened.setdefault(key, set()).add(day)
    return [
        Suggestion(code, _first(days), person=None if who is None else year.problem.persons[who].id)
        for (code, who), days in sorted(
            opened.items(), key=lambda pair: (pair[0][0], -len(pair[1]), pair[0][1] or 0)
        )
    ]


def _enough(reasons: list[Reason]) -> list[tuple[str, int | None]]:
    codes = {each.code for each in reasons}
    persons = {person for each in reasons for person in each.persons}
    if codes and codes <= PERSON_CODES and len(persons) == 1:
        who = next(iter(persons))
        found: list[tuple[str, int | None]] = [("make_optional", who)]
        return [*found, ("raise_max_per_day", who)] if codes == {"max_per_day"} else found
    if codes == {"min_gap"}:
        return [("drop_min_gap", None)]
    if codes == {"max_parallel"}:
        return [("raise_max_parallel", None)]
    return []


def _other_times(problem: Problem, diary: Diary, thing: Thing, window: Window | None) -> list[Suggestion]:
    """Another weekday with the same starts, or another start on the same weekdays."""
    found = []
    anyday = replace(thing, weekdays=frozenset(range(1, 8)), weekdays_by_month={})
    days = [
        each for each in working_days(problem, anyday) if not window or window.first <= each <= window.last
    ]
    allowed = set(working_days(problem, thing))
    for weekday in range(1, 6):
        others = [day for day in days if weekday_of(day) == weekday and day not in allowed]
        free = {
            day for day in others if any(_is_free(problem, diary, thing, day, each) for each in thing.starts)
        }
        if free:
            found.append(Suggestion("allow_weekday", _first(free), weekday=weekday))
    for start in OTHER_STARTS:
        if start not in thing.starts:
            free = {day for day in days if day in allowed and _is_free(problem, diary, thing, day, start)}
            if free:
                found.append(Suggestion("allow_start", _first(free), start=clock(start)))
    return found


def _is_free(problem: Problem, diary: Diary, thing: Thing, day: int, start: int) -> bool:
    return fits_the_day(thing, start) and not any(in_the_way(problem, diary, thing, day, start))


def _first(days: Iterable[int]) -> tuple[str, ...]:
    return tuple(iso(day) for day in sorted(days)[:SHOWN_DATES])
