"""The year to plan: every asked-for meeting with the days and starts that nothing fixed forbids, cheapest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tovholder.yearwheel.planning.diary import Diary
from tovholder.yearwheel.planning.numbering import Plan, finished, number_cost, numbered, wish_cost
from tovholder.yearwheel.planning.problem import ABSENT, Problem, Thing, span
from tovholder.yearwheel.planning.windows import (
    Asked,
    Meeting,
    Window,
    allowed_starts,
    amount_of,
    asked_for,
    fixed_meetings,
    stands_for,
    window_at,
    windows_of,
    working_days,
)

Time = tuple[int, int]  # ordinal, minute


@dataclass(frozen=True, slots=True)
class Option:
    """A day and start that nothing fixed forbids; `kept_away` are optional members who cannot be there in any plan."""

    day: int
    start: int
    cost: int
    kept_away: frozenset[int]


@dataclass(slots=True)
class Year:
    """Everything that planning asks for again and again. `options` by thing; `fixed` are placed in every plan."""

    problem: Problem
    windows: dict[int, list[Window]]
    days: dict[int, list[int]]
    fixed: list[Meeting]
    asked: list[Asked]
    amounts: dict[int, int]
    options: dict[int, list[Option]]

    def thing_of(self, asked: Asked) -> Thing:
        return self.problem.things[asked.thing]

    def cost_as(self, thing: Thing, which: int, option: Option) -> int:
        """What the option costs as number `which`, absences that a plan can avoid not counted."""
        amount = self.amounts[thing.index]
        return option.cost + number_cost(self.problem, thing, which, amount, option.day, option.start)

    @property
    def settled_cost(self) -> int:
        """What the fixed meetings of windows cost in every plan; those of what is counted depend on their numbers."""
        cost = 0
        for each in self.fixed:
            thing = self.problem.things[each.thing]
            if thing.rule in ("months", "weeks"):
                cost += wish_cost(self.problem, thing, each.day, each.start)
                cost += number_cost(self.problem, thing, each.which, 0, each.day, each.start)
        return cost

    def priced(self, asked: Asked) -> list[tuple[int, Option]]:
        """Options with their cost, cheapest first."""
        thing, window = self.thing_of(asked), asked.window
        found = [
            (self.cost_as(thing, asked.which, each), each)
            for each in self.options[asked.thing]
            if window is None or window.first <= each.day <= window.last
        ]
        return sorted(found, key=lambda pair: (pair[0], pair[1].day, pair[1].start))

    def replaced_by(self, joint: Thing, day: int) -> list[tuple[int, int]]:
        """The (forum, window) that a joint meeting on this day stands for."""
        found = []
        for index in joint.forums:
            if stands_for(joint, self.problem.things[index]):
                window = window_at(self.windows[index], day)
                if window:
                    found.append((index, window.number))
        return found

    def finish(self, placed: Iterable[Meeting]) -> Plan:
        """The whole plan from what is placed beside the fixed."""
        meetings = [*self.fixed, *placed]
        asked = {(each.thing, each.which) for each in self.asked if each.window}
        for each in meetings:
            asked -= set(self.replaced_by(self.problem.things[each.thing], each.day))
        return finished(self.problem, meetings, asked)


def laid_out(problem: Problem) -> Year:
    """Find what is asked for and where it may lie."""
    windows = {each.index: windows_of(problem, each) for each in problem.things}
    days = {each.index: working_days(problem, each) for each in problem.things}
    fixed = fixed_meetings(problem, windows)
    diary = Diary(problem, fixed)
    return Year(
        problem=problem,
        windows=windows,
        days=days,
        fixed=fixed,
        asked=_numbered_around(problem, fixed, asked_for(problem, windows, days)),
        amounts={each.index: amount_of(problem, each) for each in problem.things},
        options={each.index: _options(problem, each, days[each.index], diary) for each in problem.things},
    )


def _options(problem: Problem, thing: Thing, days: list[int], diary: Diary) -> list[Option]:
    musts, found = [problem.persons[each] for each in thing.musts], []
    guests = [(each, problem.persons[each]) for each in thing.optionals]
    for day in days:
        away = 0
        for person in musts:
            away |= person.away(day)
        absent = [(index, person.away(day)) for index, person in guests]
        for start in allowed_starts(thing, day):
            meeting = span(start, start + thing.minutes)
            if away & meeting or not diary.fits(thing.index, day, start):
                continue
            longer = span(start, start + thing.minutes + problem.travel)
            kept = frozenset(
                index
                for index, busy in absent
                if busy & meeting or diary.taken[index].get(day, 0) & longer or diary.is_full(index, day)
            )
            cost = wish_cost(problem, thing, day, start) + ABSENT * len(kept)
            found.append(Option(day, start, cost, kept))
    return found


def _numbered_around(problem: Problem, fixed: list[Meeting], asked: list[Asked]) -> list[Asked]:
    """Give what is counted the numbers that the fixed meetings of the same thing leave, as far as these can be guessed."""
    free: dict[int, list[int]] = {}
    for thing in problem.things:
        times = [(each.day, each.start) for each in fixed if each.thing == thing.index]
        if times and thing.rule not in ("months", "weeks"):
            taken = set(numbered(problem, thing, times))
            free[thing.index] = [k for k in range(1, amount_of(problem, thing) + 1) if k not in taken]
    return [replace(each, which=free[each.thing].pop(0)) if each.thing in free else each for each in asked]
