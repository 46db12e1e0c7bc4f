"""Which meetings are asked for, how they are numbered, and on which days they may lie (rules 1 and 2)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tovholder.yearwheel.planning.problem import DAY_MINUTES, Held, Problem, Thing, weekday_of


@dataclass(frozen=True, slots=True)
class Window:
    """A whole calendar month or a whole block of weeks; `first` and `last` may lie outside the period."""

    number: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One meeting that is asked for and not fixed: `which` is settled for windows, and a first guess for the rest."""

    thing: int
    which: int
    window: Window | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A placed meeting. For what is counted, `which` is settled by `numbering.numbered` when all are placed."""

    thing: int
    which: int
    day: int
    start: int
    fixed: bool = False


def windows_of(problem: Problem, thing: Thing) -> list[Window]:
    """All listed months or all blocks of the period in order, working day left or not."""
    if thing.rule == "weeks":
        length = 7 * thing.amount
        firsts = range(problem.start, problem.end + 1, length)
        return [Window(i, first, first + length - 1) for i, first in enumerate(firsts, 1)]
    if thing.rule != "months":
        return []
    found: list[Window] = []
    first = date.fromordinal(problem.start).replace(day=1)
    while first.toordinal() <= problem.end:
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        if first.month in thing.months:
            found.append(Window(len(found) + 1, first.toordinal(), after.toordinal() - 1))
        first = after
    return found


def working_days(problem: Problem, thing: Thing) -> list[int]:
    """Rule 1, within the period and an event's window."""
    first = max(thing.first, problem.today + thing.notice)
    return [
        day
        for day in range(first, thing.last + 1)
        if day not in problem.shut and weekday_of(day) in allowed_weekdays(thing, day)
    ]


def allowed_weekdays(thing: Thing, day: int) -> frozenset[int]:
    if not thing.weekdays_by_month:
        return thing.weekdays
    return thing.weekdays_by_month.get(date.fromordinal(day).month, thing.weekdays)


def allowed_starts(thing: Thing, day: int) -> tuple[int, ...]:
    """The starts of that day from which the meeting ends by 24:00 (rule 4)."""
    starts = thing.starts
    if thing.starts_by_month:
        starts = thing.starts_by_month.get(date.fromordinal(day).month, starts)
    return tuple(each for each in starts if fits_the_day(thing, each))


def fits_the_day(thing: Thing, start: int) -> bool:
    return start + thing.minutes <= DAY_MINUTES


def amount_of(problem: Problem, thing: Thing) -> int:
    """n of what is counted; raised to what is fixed (rule 7)."""
    return max(thing.amount, sum(held.thing == thing.index for held in problem.fixed))


def fixed_meetings(problem: Problem, windows: dict[int, list[Window]]) -> list[Meeting]:
    """What is fixed, numbered; a meeting in no window is numbered after all of them, so that it takes no other's number."""
    found, beyond, counted = [], dict.fromkeys(range(len(problem.things)), 0), dict.fromkeys(windows, 0)
    for held in problem.fixed:
        thing = problem.things[held.thing]
        if thing.has_windows:
            window = window_at(windows[thing.index], held.day)
            if window is None:
                beyond[thing.index] += 1
            which = window.number if window else len(windows[thing.index]) + beyond[thing.index]
        else:
            counted[thing.index] += 1
            which = counted[thing.index]
        found.append(Meeting(held.thing, which, held.day, held.start, fixed=True))
    return found


def window_at(windows: list[Window], day: int) -> Window | None:
    place = bisect_right(windows, day, key=lambda each: each.first) - 1
    return windows[place] if place >= 0 and day <= windows[place].last else None


def days_within(days: Sequence[int], window: Window | None) -> Sequence[int]:
    """Those of `days`, which are in order, that lie in the window; all where there is none."""
    if window is None:
        return days
    return days[bisect_left(days, window.first) : bisect_right(days, window.last)]


def asked_for(
    problem: Problem,
    windows: dict[int, list[Window]],
    days: dict[int, list[int]],
    numbers: dict[int, list[int]],
) -> list[Asked]:
    """What is asked for beyond the fixed meetings; a replacing joint meeting that is not fixed may still take some away.

    `numbers` are those that are tried for what is counted.
    """
    found: list[Asked] = []
    for thing in problem.things:
        if thing.has_windows:
            held = {each.day for each in problem.fixed if each.thing == thing.index}
            taken = sorted(held | fixed_replacing_days(problem, thing))
            for window in windows[thing.index]:
                if days_within(days[thing.index], window) and not days_within(taken, window):
                    found.append(Asked(thing.index, window.number, window))
        else:
            found += [Asked(thing.index, number, None) for number in numbers[thing.index]]
    return found


def fixed_replacing_days(problem: Problem, thing: Thing) -> set[int]:
    """Rule 3: days of fixed joint meetings that stand for the forum's own."""
    return {held.day for held in problem.fixed if stands_for(problem.things[held.thing], thing)}


def stands_for(joint: Thing, forum: Thing) -> bool:
    return joint.replaces and forum.index in joint.forums and forum.has_windows


def is_fixed_at(fixed: list[Held], thing: int, day: int, start: int) -> bool:
    return any((each.thing, each.day, each.start) == (thing, day, start) for each in fixed)
