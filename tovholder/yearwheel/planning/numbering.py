"""Numbering (rule 2), who is absent (rule 4) and what a plan costs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from tovholder.yearwheel.planning.problem import (
    ABSENT,
    MOVED_DATE,
    MOVED_START,
    START,
    UNPLACED,
    WEEKDAY,
    Problem,
    Thing,
    span,
    weekday_of,
)
from tovholder.yearwheel.planning.windows import Meeting, amount_of


@dataclass(frozen=True, slots=True)
class Plan:
    """Meetings in date order with their numbers, who is absent at each, the (thing, which) unplaced, and the cost."""

    meetings: tuple[Meeting, ...]
    absent: tuple[tuple[int, ...], ...]
    unplaced: tuple[tuple[int, int], ...]
    cost: int


def wish_cost(problem: Problem, thing: Thing, day: int, start: int) -> int:
    """What the day and the start cost whatever the number."""
    cost = 0
    if thing.preferred_weekdays and weekday_of(day) not in thing.preferred_weekdays:
        cost += WEEKDAY
    if thing.preferred_starts and start not in thing.preferred_starts:
        cost += START
    return cost


def number_cost(problem: Problem, thing: Thing, which: int, amount: int, day: int, start: int) -> int:
    """What it costs that this one is number `which` of `amount`: its place in the year, and the plan before."""
    place = problem.place(thing, which, amount)
    cost = 0 if place is None else abs(day - place) // 7
    before = problem.previous.get((thing.index, which))
    return cost if before is None else cost + moved_cost(before, day, start)


def moved_cost(before: tuple[int, int], day: int, start: int) -> int:
    return MOVED_DATE if before[0] != day else MOVED_START if before[1] != start else 0


def numbered(problem: Problem, thing: Thing, times: list[tuple[int, int]]) -> list[int]:
    """Number the meetings of what is counted, in date order, at the least cost; the rest of 1..n stay unplaced."""
    amount, placed = amount_of(problem, thing), len(times)
    if placed >= amount:
        return list(range(1, placed + 1))

    # A meeting's number lies this far at most beyond its place in the row.
    slack = amount - placed
    places = [problem.place(thing, which, amount) for which in range(1, amount + 1)]
    before = {which: at for (index, which), at in problem.previous.items() if index == thing.index}
    ahead = [0] * (slack + 1)
    chosen: list[list[int]] = []
    for done in reversed(range(placed)):
        day, start = times[done]
        least, pick = None, slack
        picks = [0] * (slack + 1)
        for beyond in reversed(range(slack + 1)):
            place = places[done + beyond]
            cost = ahead[beyond] + (0 if place is None else abs(day - place) // 7)
            if done + 1 + beyond in before:
                cost += moved_cost(before[done + 1 + beyond], day, start)
            if least is None or cost <= least:
                least, pick = cost, beyond
            ahead[beyond], picks[beyond] = least, pick
        chosen.append(picks)
    found: list[int] = []
    beyond = 0
    for done, picks in enumerate(reversed(chosen)):
        beyond = picks[beyond]
        found.append(done + 1 + beyond)
    return found


def renumbered(problem: Problem, meetings: list[Meeting]) -> list[Meeting]:
    by_thing: defaultdict[int, list[Meeting]] = defaultdict(list)
    for each in sorted(meetings, key=lambda each: (each.day, each.start, not each.fixed)):
        by_thing[each.thing].append(each)
    found: list[Meeting] = []
    for index, own in sorted(by_thing.items()):
        thing = problem.things[index]
        if thing.has_windows:
            found += own
            continue
        numbers = numbered(problem, thing, [(each.day, each.start) for each in own])
        found += [replace(each, which=which) for each, which in zip(own, numbers, strict=True)]
    return sorted(found, key=lambda each: (each.day, each.start, each.thing, each.which))


def absentees(problem: Problem, meetings: list[Meeting]) -> list[list[int]]:
    """The fewest optional absences these meetings allow: day by day for each person, the earliest end first."""
    absent: list[list[int]] = [[] for _ in meetings]
    musts: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    wishes: defaultdict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for number, each in enumerate(meetings):
        thing = problem.things[each.thing]
        end = each.start + thing.minutes
        for person in thing.musts:
            musts[person, each.day].append((each.start, end))
        for person in thing.optionals:
            wishes[person, each.day].append((end, each.start, number))
    for (index, day), wanted in wishes.items():
        who, taken = problem.persons[index], musts.get((index, day), [])
        room = len(wanted) if who.limit is None else max(0, who.limit - len(taken))
        away = who.away(day)
        occupied = 0
        for start, end in taken:
            occupied |= span(start, end + problem.travel)
        for end, start, number in sorted(wanted):
            mask = span(start, end + problem.travel)
            if room == 0 or away & span(start, end) or occupied & mask:
                absent[number].append(index)
            else:
                occupied |= mask
                room -= 1
    return absent


def finished(problem: Problem, meetings: list[Meeting], asked: set[tuple[int, int]]) -> Plan:
    """Number the meetings, find who is absent, and add up. `asked` are the (thing, window) that are asked for."""
    placed = renumbered(problem, meetings)
    absent = absentees(problem, placed)
    amounts = {thing.index: amount_of(problem, thing) for thing in problem.things}
    cost = 0
    for each, away in zip(placed, absent, strict=True):
        thing = problem.things[each.thing]
        cost += wish_cost(problem, thing, each.day, each.start) + ABSENT * len(away)
        cost += number_cost(problem, thing, each.which, amounts[thing.index], each.day, each.start)
    have = {(each.thing, each.which) for each in placed}
    wanted = set(asked)
    for thing in problem.things:
        if not thing.has_windows:
            wanted |= {(thing.index, which) for which in range(1, amounts[thing.index] + 1)}
    unplaced = tuple(sorted(wanted - have))
    return Plan(
        tuple(placed),
        tuple(tuple(sorted(each)) for each in absent),
        unplaced,
        cost + UNPLACED * len(unplaced),
    )
