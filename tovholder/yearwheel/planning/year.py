"""The year to plan: every asked-for meeting with the days and starts that nothing fixed forbids, cheapest first."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from tovholder.yearwheel.planning.diary import Diary
from tovholder.yearwheel.planning.many import EXACT, most_held, spread, tried
from tovholder.yearwheel.planning.numbering import Plan, finished, number_cost, numbered, wish_cost
from tovholder.yearwheel.planning.problem import ABSENT, UNPLACED, Problem, Thing, span
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
    """Everything that planning asks for again and again. `options` by thing; `fixed` are placed in every plan.

    Of what is counted `most` can be held beside the fixed, were there nothing else. `is_too_much` to be planned exactly:
    not even the greedy plan tries all that could be held.
    """

    problem: Problem
    windows: dict[int, list[Window]]
    days: dict[int, list[int]]
    fixed: list[Meeting]
    asked: list[Asked]
    amounts: dict[int, int]
    options: dict[int, list[Option]]
    most: dict[int, int]
    is_too_much: bool
    prices: dict[Asked, list[tuple[int, Option]]] = field(default_factory=dict)

    def thing_of(self, asked: Asked) -> Thing:
        return self.problem.things[asked.thing]

    def cost_as(self, thing: Thing, which: int, option: Option) -> int:
        """What the option costs as number `which`, absences that a plan can avoid not counted."""
        amount = self.amounts[thing.index]
        return option.cost + number_cost(self.problem, thing, which, amount, option.day, option.start)

    @property
    def settled_cost(self) -> int:
        """What the fixed meetings of windows cost in every plan, and what can be held in none.

        Fixed ones of what is counted depend on their numbers.
        """
        cost = UNPLACED * sum(self.beyond(thing) for thing in self.problem.things)
        for each in self.fixed:
            thing = self.problem.things[each.thing]
            if thing.has_windows:
                cost += wish_cost(self.problem, thing, each.day, each.start)
                cost += number_cost(self.problem, thing, each.which, 0, each.day, each.start)
        return cost

    def beyond(self, thing: Thing) -> int:
        """How many of a count are left out of the model, since they cannot be held; none where each has costs of its own."""
        if thing.index not in self.most:
            return 0
        amount = self.amounts[thing.index]
        if amount * len(self.options[thing.index]) <= EXACT:
            return 0
        held = sum(each.thing == thing.index for each in self.fixed)
        return max(0, amount - held - self.most[thing.index])

    def priced(self, asked: Asked) -> list[tuple[int, Option]]:
        """Options with their cost, cheapest first. Not to be changed: it is worked out once."""
        if asked not in self.prices:
            thing = self.thing_of(asked)
            found = [(self.cost_as(thing, asked.which, each), each) for each in self.options_of(asked)]
            self.prices[asked] = sorted(found, key=lambda pair: (pair[0], pair[1].day, pair[1].start))
        return self.prices[asked]

    def options_of(self, asked: Asked) -> list[Option]:
        options, window = self.options[asked.thing], asked.window
        if window is None:
            return options
        first = bisect_left(options, window.first, key=lambda each: each.day)
        return options[first : bisect_right(options, window.last, key=lambda each: each.day)]

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
    options = {each.index: _options(problem, each, days[each.index], diary) for each in problem.things}
    most = {
        each.index: most_held(problem, diary, each, options[each.index])
        for each in problem.things
        if not each.has_windows
    }
    numbers, is_too_much = _numbers(problem, fixed, options, most)
    return Year(
        problem=problem,
        windows=windows,
        days=days,
        fixed=fixed,
        asked=asked_for(problem, windows, days, numbers),
        amounts={each.index: amount_of(problem, each) for each in problem.things},
        options=options,
        most=most,
        is_too_much=is_too_much,
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


def _numbers(
    problem: Problem, fixed: list[Meeting], options: dict[int, list[Option]], most: dict[int, int]
) -> tuple[dict[int, list[int]], bool]:
    """The numbers to try of what is counted: those that its fixed meetings leave, as far as these can be guessed, and no
    more than can be held; and whether they are fewer than that, because there are too many.
    """
    free: dict[int, list[int]] = {}
    for index in most:
        thing = problem.things[index]
        times = [(each.day, each.start) for each in fixed if each.thing == index]
        taken = set(numbered(problem, thing, times))
        free[index] = [k for k in range(1, amount_of(problem, thing) + 1) if k not in taken]
    sizes = {index: (min(most[index], len(free[index])), len(options[index])) for index in most}
    amounts, is_too_much = tried(sizes)
    return {index: spread(free[index], amounts[index]) for index in most}, is_too_much
