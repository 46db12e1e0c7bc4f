"""What is asked for more often than it can be held: how many can be, and which numbers are worth a try.

A count of thousands in a year with two hundred working days is answered in time, and in little memory: of its numbers
only as many are tried as can lie there side by side; the rest are unplaced in every plan.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tovholder.yearwheel.planning.diary import Diary
from tovholder.yearwheel.planning.problem import Problem, Thing

if TYPE_CHECKING:
    from tovholder.yearwheel.planning.year import Option

EXACT = 20_000  # with so few numbers times options each number has its own costs in the model
MOST_TRIED = 2_000_000  # numbers times options of everything that is counted: some hundred megabytes


def most_held(problem: Problem, diary: Diary, thing: Thing, options: Sequence[Option]) -> int:
    """How many of its meetings could be held beside what is fixed, were there nothing else (rules 2, 4 and 5)."""
    way = problem.travel if thing.musts else 0
    held, last, today, free_from, room = 0, 0, 0, 0, 0
    for each in options:  # in order of day and start: who ends first leaves most room
        if each.day != today:
            today, free_from, room = each.day, 0, _room(problem, diary, thing, each.day)
        if each.start < free_from or room <= 0 or (held and each.day - last < thing.gap):
            continue
        held, last, room = held + 1, each.day, room - 1
        free_from = each.start + thing.minutes + way
    return held


def _room(problem: Problem, diary: Diary, thing: Thing, day: int) -> int:
    """How many more meetings on that day the busiest must may have."""
    limits = [(problem.persons[each].limit, diary.load[each][day]) for each in thing.musts]
    return min((limit - load for limit, load in limits if limit is not None), default=24 * 60)


def spread(numbers: Sequence[int], most: int) -> list[int]:
    """So many of the numbers, evenly."""
    if most >= len(numbers):
        return list(numbers)
    return [numbers[(2 * i + 1) * len(numbers) // (2 * most)] for i in range(most)]


def tried(sizes: dict[int, tuple[int, int]]) -> tuple[dict[int, int], bool]:
    """How many numbers are tried of each thing, from (how many could be held, options); and whether that is fewer than could.

    Where there are too many, what asks for little is tried in full, and everything once: each gets an equal share of what
    those before it left.
    """
    if sum(held * options for held, options in sizes.values()) <= MOST_TRIED:
        return {index: held for index, (held, _) in sizes.items()}, False
    found, left = dict.fromkeys(sizes, 0), MOST_TRIED
    by_size = sorted(sizes, key=lambda index: (sizes[index][0] * sizes[index][1], index))
    for before, index in enumerate(by_size):
        held, options = sizes[index]
        share = left // (len(sizes) - before) // max(options, 1)
        found[index] = min(held, max(share, 1))
        left -= found[index] * options
    return found, True


def nearest_cost(places: Sequence[int], first: int, last: int, day: int) -> int:
    """What the place in the year costs at least, with any number from `first` to `last` (of 0 …)."""
    after = bisect_left(places, day, first, last + 1)
    near = [places[k] for k in (after - 1, after) if first <= k <= last]
    return min(abs(day - each) for each in near) // 7
