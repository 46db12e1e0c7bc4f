"""The solver's slots: every number of every thing that is not settled, with the options the model holds for it.

A model need not hold every option. What it leaves out is stood for by one *escape*, which costs as much as the cheapest
option left out and takes nobody's time: so the model's bound is a bound for the whole year, and a plan that needs no
escape and meets the bound is the best of all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tovholder.yearwheel.planning.many import nearest_cost
from tovholder.yearwheel.planning.numbering import number_cost, wish_cost
from tovholder.yearwheel.planning.problem import Thing
from tovholder.yearwheel.planning.windows import Asked, Meeting, Window
from tovholder.yearwheel.planning.year import Option, Year


@dataclass(slots=True, eq=False)
class Slot:
    """`options` are all, cheapest first, of which the first `width` are in the model; `held` the fixed it may take."""

    thing: int
    which: int
    window: Window | None
    options: list[tuple[int, Option]]
    held: list[tuple[int, Meeting]]
    width: int = 0
    breadth: int = 8  # how far above the cheapest it goes when a neighbour asks for room
    choices: list[Any] = field(default_factory=list)
    held_choices: list[Any] = field(default_factory=list)
    unplaced: Any = None
    escape: Any = None
    replaced: Any = None

    @property
    def escape_cost(self) -> int | None:
        return self.options[self.width][0] if self.width < len(self.options) else None

    def widen(self, cost: int) -> None:
        """Take in every option of at most this cost."""
        while self.width < len(self.options) and self.options[self.width][0] <= cost:
            self.width += 1

    def inside(self) -> list[tuple[int, Option, Any]]:
        """Cost, option and literal of what the model holds."""
        return [
            (cost, option, choice) for (cost, option), choice in zip(self.options, self.choices, strict=False)
        ]


def slots_of(year: Year) -> list[Slot]:
    """One for each window asked for, and for what is counted one for each number from 1 to n, or as many as can be held."""
    found = [
        Slot(each.thing, each.which, each.window, year.priced(each), []) for each in year.asked if each.window
    ]
    for thing in year.problem.things:
        if not thing.has_windows:
            beyond = year.beyond(thing)
            found += _more_than_can_be_held(year, thing, beyond) if beyond else _counted(year, thing)
    return found


def _counted(year: Year, thing: Thing) -> list[Slot]:
    fixed = [each for each in year.fixed if each.thing == thing.index]
    amount, found = year.amounts[thing.index], []
    for which in range(1, amount + 1):
        held = [
            (
                wish_cost(year.problem, thing, each.day, each.start)
                + number_cost(year.problem, thing, which, amount, each.day, each.start),
                each,
            )
            for each in fixed
        ]
        options = year.priced(Asked(thing.index, which, None)) if len(fixed) < amount else []
        found.append(Slot(thing.index, which, None, options, held))
    return found


def _more_than_can_be_held(year: Year, thing: Thing, beyond: int) -> list[Slot]:
    """As many slots as can be held, in order: the k-th of them has any number from k to k + `beyond`.

    Each place costs what it would with the best of these numbers (what a plan before would have cost is not counted),
    so that the model's bound holds; the plan is numbered, and priced, when it is there.
    """
    problem, amount = year.problem, year.amounts[thing.index]
    fixed = [each for each in year.fixed if each.thing == thing.index]
    places = [problem.place(thing, which, amount) or 0 for which in range(1, amount + 1)]
    found = []
    for first in range(amount - beyond):

        def cost_on(day: int, first: int = first) -> int:
            return nearest_cost(places, first, first + beyond, day)

        held = [(wish_cost(problem, thing, each.day, each.start) + cost_on(each.day), each) for each in fixed]
        options = [(each.cost + cost_on(each.day), each) for each in year.options[thing.index]]
        options.sort(key=lambda pair: (pair[0], pair[1].day, pair[1].start))
        found.append(Slot(thing.index, first + 1, None, options, held))
    return found
