"""Which hard rules a plan changed by hand breaks, by which meetings, with which persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tovholder.yearwheel.planning.problem import Problem, Thing, span, understand
from tovholder.yearwheel.planning.suggestions import placed
from tovholder.yearwheel.planning.windows import (
    Meeting,
    allowed_starts,
    is_fixed_at,
    stands_for,
    window_at,
    windows_of,
    working_days,
)


@dataclass(frozen=True, slots=True)
class Clash:
    """`code` as in `because`, or `window`, `overlap`; `meetings` are places in the list that was asked about, first
    those that break the rule; `persons` are ids of must members, for the person codes."""

    code: str
    meetings: tuple[int, ...]
    persons: tuple[str, ...] = ()


def clashes(data: dict[str, Any], meetings: Sequence[dict[str, Any]]) -> list[Clash]:
    """Return every broken hard rule of the meetings ({of, date, start, …}), fixed ones exempt (rule 7)."""
    problem = understand(data)
    mine = placed(problem, meetings)
    exempt = {
        i for i, each in enumerate(mine) if is_fixed_at(problem.fixed, each.thing, each.day, each.start)
    }
    found = list(_alone(problem, mine, exempt))
    by_day: defaultdict[int, list[int]] = defaultdict(list)
    for i, each in enumerate(mine):
        by_day[each.day].append(i)
    for day in by_day.values():
        found += _one_day(problem, mine, day, exempt)
    return [*found, *_distances(problem, mine, exempt), *_windows(problem, mine, exempt)]


def _alone(problem: Problem, mine: list[Meeting], exempt: set[int]) -> Iterator[Clash]:
    """Rules 1 and 4 towards the calendar and busy times."""
    days: dict[int, set[int]] = {}
    for i, each in enumerate(mine):
        if i in exempt:
            continue
        thing = problem.things[each.thing]
        if each.day not in days.setdefault(each.thing, set(working_days(problem, thing))):
            yield Clash("no_working_day", (i,))
        if each.start not in allowed_starts(thing, each.day):
            yield Clash("no_start", (i,))
        meeting = span(each.start, each.start + thing.minutes)
        away = [person for person in thing.musts if problem.persons[person].away(each.day) & meeting]
        if away:
            yield Clash("person_busy", (i,), _ids(problem, away))


def _one_day(problem: Problem, mine: list[Meeting], day: list[int], exempt: set[int]) -> Iterator[Clash]:
    """Rules 2, 4 and 6 among the meetings of one day."""
    for i, j in combinations(day, 2):
        if i in exempt and j in exempt:
            continue
        one, other = problem.things[mine[i].thing], problem.things[mine[j].thing]
        both = _ids(problem, set(one.musts) & set(other.musts))
        if both and _overlap(mine[i], one, mine[j], other, problem.travel):
            yield Clash("person_double", (i, j), both)
        elif one is other and _overlap(mine[i], one, mine[j], other, 0):
            yield Clash("overlap", (i, j))
    there: defaultdict[int, list[int]] = defaultdict(list)
    for i in day:
        for person in problem.things[mine[i].thing].musts:
            there[person].append(i)
    for person, its in there.items():
        limit = problem.persons[person].limit
        if limit is not None and len(its) > limit and not exempt.issuperset(its):
            yield Clash("max_per_day", tuple(its), _ids(problem, [person]))
    yield from _parallel(problem, mine, day, exempt)


def _parallel(problem: Problem, mine: list[Meeting], day: list[int], exempt: set[int]) -> Iterator[Clash]:
    if problem.parallel is None or len(day) <= problem.parallel:
        return
    told: set[tuple[int, ...]] = set()
    for moment in sorted({mine[i].start for i in day}):
        running = tuple(
            i for i in day if mine[i].start <= moment < mine[i].start + problem.things[mine[i].thing].minutes
        )
        if len(running) > problem.parallel and not exempt.issuperset(running) and running not in told:
            told.add(running)
            yield Clash("max_parallel", running)


def _distances(problem: Problem, mine: list[Meeting], exempt: set[int]) -> Iterator[Clash]:
    """Rule 5, by forum and by joint meeting; a pair that is too near for several is told once."""
    by_place: defaultdict[int, list[int]] = defaultdict(list)
    for i, each in enumerate(mine):
        thing = problem.things[each.thing]
        if thing.kind != "event":
            for place in {*thing.forums, thing.index}:
                by_place[place].append(i)
    told: set[tuple[int, int]] = set()
    for place, its in by_place.items():
        its.sort(key=lambda i: mine[i].day)
        for n, i in enumerate(its):
            for j in its[n + 1 :]:
                if mine[j].day - mine[i].day >= problem.things[place].gap:
                    break
                if not (i in exempt and j in exempt) and (i, j) not in told:
                    told.add((i, j))
                    yield Clash("min_gap", (i, j))


def _windows(problem: Problem, mine: list[Meeting], exempt: set[int]) -> Iterator[Clash]:
    """Rules 2 and 3: one own meeting in each listed month or block, and none where a joint one stands for it."""
    for thing in problem.things:
        if not thing.has_windows:
            continue
        windows = windows_of(problem, thing)
        own: defaultdict[int, list[int]] = defaultdict(list)
        for i, each in enumerate(mine):
            if each.thing == thing.index and i not in exempt:
                window = window_at(windows, each.day)
                if window is None:
                    yield Clash("window", (i,))
                else:
                    own[window.number].append(i)
        for number, its in own.items():
            window = windows[number - 1]
            inside = [j for j, each in enumerate(mine) if window.first <= each.day <= window.last]
            instead = [j for j in inside if stands_for(problem.things[mine[j].thing], thing)]
            fixed = [j for j in inside if mine[j].thing == thing.index and j in exempt]
            if instead:
                yield Clash("replaced", (*its, *instead))
            elif len(its) + len(fixed) > 1:
                yield Clash("window", (*its, *fixed))


def _overlap(one: Meeting, its: Thing, other: Meeting, others: Thing, travel: int) -> bool:
    return (
        one.start < other.start + others.minutes + travel and other.start < one.start + its.minutes + travel
    )


def _ids(problem: Problem, persons: Iterable[int]) -> tuple[str, ...]:
    return tuple(sorted(problem.persons[each].id for each in persons))
