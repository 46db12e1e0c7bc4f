"""Why a meeting cannot lie at a time (rules 1 to 6), as codes with persons: for what is unplaced, and for moves by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tovholder.yearwheel.planning.diary import Diary
from tovholder.yearwheel.planning.problem import Problem, Thing, span
from tovholder.yearwheel.planning.windows import Window, allowed_starts, days_within
from tovholder.yearwheel.planning.year import Year

CODES = (
    "no_working_day",
    "no_start",
    "person_busy",
    "person_double",
    "max_per_day",
    "min_gap",
    "max_parallel",
    "replaced",
    "out_of_time",
)


@dataclass(slots=True)
class Reason:
    """One rule in the way: the must members whom it names and the days on which it stands in the way."""

    code: str
    persons: set[int] = field(default_factory=set)
    days: set[int] = field(default_factory=set)


def in_the_way(problem: Problem, diary: Diary, thing: Thing, day: int, start: int) -> Iterator[Reason]:
    """Every rule 2 to 6 that forbids one more meeting of the thing then, towards what the diary holds."""
    meeting = span(start, start + thing.minutes)
    busy = {each for each in thing.musts if problem.persons[each].away(day) & meeting}
    whom: dict[str, set[int]] = {"person_busy": busy} if busy else {}
    for code, whose in diary.obstacles(thing.index, day, start):
        persons = whom.setdefault(code, set())
        if code in ("person_double", "max_per_day"):
            persons.add(whose)
    if "overlap" in whom:
        del whom["overlap"]
        if "person_double" not in whom:
            whom["min_gap"] = set()
    for code, persons in whom.items():
        yield Reason(code, persons, {day})


def candidate_days(year: Year, thing: Thing, window: Window | None) -> Sequence[int]:
    return days_within(year.days[thing.index], window)


def why_unplaced(year: Year, diary: Diary, thing: Thing, window: Window | None, proven: bool) -> list[Reason]:
    """Why it has no place beside what the diary holds: never empty; codes in the order of CODES."""
    days = candidate_days(year, thing, window)
    if not days:
        return [Reason("no_working_day")]
    starts = {day: allowed_starts(thing, day) for day in days}
    found: dict[str, Reason] = {}
    silent = {day for day in days if not starts[day]}
    if silent:
        found["no_start"] = Reason("no_start", days=silent)
    if silent == set(days):
        return [found["no_start"]]
    free = False
    for day in days:
        for start in starts[day]:
            stands = list(in_the_way(year.problem, diary, thing, day, start))
            free = free or not stands
            for each in stands:
                known = found.setdefault(each.code, Reason(each.code))
                known.persons |= each.persons
                known.days |= each.days
    movable = not proven and set(found) - {"person_busy", "no_start"}
    if free or movable or not found:
        found["out_of_time"] = Reason("out_of_time")
    return sorted(found.values(), key=lambda each: CODES.index(each.code))


def window_of(year: Year, thing: Thing, which: int) -> Window | None:
    windows = year.windows[thing.index]
    return windows[which - 1] if 0 < which <= len(windows) else None
