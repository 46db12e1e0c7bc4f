"""The exact model of a year for CP-SAT: one literal for each meeting, day and start (rules 2 to 7 as clauses and sums)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tovholder.yearwheel.planning.model_order import keep_order
from tovholder.yearwheel.planning.model_people import keep_people
from tovholder.yearwheel.planning.problem import UNPLACED
from tovholder.yearwheel.planning.slots import Slot
from tovholder.yearwheel.planning.year import Year


class Stopped(Exception):
    """Nobody waits for this model any more."""


class Model:
    """`cp` is the CP-SAT model; the slots carry their literals. Costs are gathered by `pay`."""

    def __init__(
        self, year: Year, slots: Sequence[Slot], most_unplaced: int, is_stopped: Callable[[], bool]
    ) -> None:
        from ortools.sat.python import cp_model  # takes a second: only when a plan is solved

        self.year, self.slots = year, slots
        self.cp = cp_model.CpModel()
        self.costs: list[tuple[Any, int]] = []
        self.fixed_cost = year.settled_cost
        self._number_slots()
        for part in (
            Model._replace,
            Model._distances,
            Model._overlaps,
            Model._parallel,
            keep_order,
            keep_people,
        ):
            if is_stopped():
                raise Stopped
            part(self)
        unplaced = [slot.unplaced for slot in slots]
        if most_unplaced < len(unplaced):
            self.cp.add(sum(unplaced) <= most_unplaced)
        literals, weights = [each for each, _ in self.costs], [weight for _, weight in self.costs]
        self.cp.minimize(cp_model.LinearExpr.weighted_sum(literals, weights) + self.fixed_cost)

    def literal(self) -> Any:
        return self.cp.new_bool_var("")

    def pay(self, literal: Any, cost: int) -> None:
        if cost:
            self.costs.append((literal, cost))

    def at_most_one(self, literals: Sequence[Any]) -> None:
        if len(literals) > 1:
            self.cp.add_at_most_one(literals)

    def _number_slots(self) -> None:
        """Rule 2: each slot takes one option, one fixed meeting, or stays unplaced; each fixed meeting one number."""
        takers: defaultdict[int, list[Any]] = defaultdict(list)
        for slot in self.slots:
            slot.choices = [self.literal() for _ in range(slot.width)]
            slot.held_choices = [self.literal() for _ in slot.held]
            slot.unplaced, slot.escape, slot.replaced = self.literal(), None, None
            all_of_them = [*slot.choices, *slot.held_choices, slot.unplaced]
            for (cost, _), choice in zip(slot.options, slot.choices, strict=False):
                self.pay(choice, cost)
            for (cost, meeting), choice in zip(slot.held, slot.held_choices, strict=True):
                self.pay(choice, cost)
                takers[id(meeting)].append(choice)
            self.pay(slot.unplaced, UNPLACED)
            if slot.escape_cost is not None:
                slot.escape = self.literal()
                self.pay(slot.escape, slot.escape_cost)
                all_of_them.append(slot.escape)
            if slot.window and self._may_be_replaced(slot):
                slot.replaced = self.literal()
                all_of_them.append(slot.replaced)
            self.cp.add_exactly_one(all_of_them)
        for choices in takers.values():
            self.cp.add_exactly_one(choices)

    def _may_be_replaced(self, slot: Slot) -> bool:
        things = self.year.problem.things
        return any(each.replaces and slot.thing in each.forums for each in things)

    def _replace(self) -> None:
        """Rule 3: a forum's slot is replaced exactly when a replacing joint meeting lies in its window."""
        own = {(slot.thing, slot.which): slot for slot in self.slots if slot.replaced is not None}
        causes: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
        for slot in self.slots:
            joint = self.year.problem.things[slot.thing]
            if not joint.replaces:
                continue
            here: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
            for _, option, choice in slot.inside():
                for pair in self.year.replaced_by(joint, option.day):
                    here[pair].append(choice)
            for pair in filter(own.__contains__, here):
                self.cp.add(sum(here[pair]) <= own[pair].replaced)
                causes[pair] += here[pair]
            for pair, forum_slot in own.items():
                if slot.escape is not None and forum_slot.thing in joint.forums:
                    causes[pair].append(slot.escape)
        for pair, forum_slot in own.items():
            self.cp.add(forum_slot.replaced <= sum(causes[pair]))

    def _distances(self) -> None:
        """Rule 5: among the days of any `gap` days in a row, one meeting at most."""
        own: defaultdict[int, defaultdict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for slot in self.slots:
            thing = self.year.problem.things[slot.thing]
            if thing.kind == "event":
                continue
            places = {*thing.forums, thing.index}
            for _, option, choice in slot.inside():
                for place in places:
                    own[place][option.day].append(choice)
        for place, by_day in own.items():
            gap = self.year.problem.things[place].gap
            for days in windows_in_a_row(sorted(by_day), gap):
                self.at_most_one([choice for day in days for choice in by_day[day]])

    def _overlaps(self) -> None:
        """Rule 2: a thing never overlaps itself; where a must or a gap says so already, nothing is added."""
        things = self.year.problem.things
        by_day: defaultdict[tuple[int, int], list[tuple[int, int, Any]]] = defaultdict(list)
        for slot in self.slots:
            thing = things[slot.thing]
            if slot.window or thing.musts or thing.gap:
                continue
            for _, option, choice in slot.inside():
                by_day[slot.thing, option.day].append((option.start, option.start + thing.minutes, choice))
        for spans in by_day.values():
            for clique in cliques(spans):
                self.at_most_one(clique)

    def _parallel(self) -> None:
        """Rule 6: at each moment when a meeting may begin, as many as the fixed ones leave room for."""
        limit = self.year.problem.parallel
        if limit is None:
            return
        by_day: defaultdict[int, list[tuple[int, int, Any]]] = defaultdict(list)
        for slot in self.slots:
            minutes = self.year.problem.things[slot.thing].minutes
            for _, option, choice in slot.inside():
                by_day[option.day].append((option.start, option.start + minutes, choice))
        held: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for each in self.year.fixed:
            held[each.day].append((each.start, each.start + self.year.problem.things[each.thing].minutes))
        for day, spans in by_day.items():
            moments = {start for start, _, _ in spans} | {start for start, _ in held[day]}
            for moment in sorted(moments):
                running = [choice for start, end, choice in spans if start <= moment < end]
                room = limit - sum(start <= moment < end for start, end in held[day])
                if len(running) > max(room, 0):
                    self.cp.add(sum(running) <= max(room, 0))


def windows_in_a_row(days: Sequence[int], length: int) -> Iterable[Sequence[int]]:
    """The longest runs of `days` that lie within `length` days."""
    reached = 0
    for first in range(len(days)):
        last = max(reached, first + 1)
        while last < len(days) and days[last] < days[first] + length:
            last += 1
        if length and last > reached:
            yield days[first:last]
        reached = last


def cliques(spans: Sequence[tuple[int, int, Any]]) -> list[list[Any]]:
    """The largest sets of half-open spans that all overlap."""
    found: list[list[Any]] = []
    for moment in sorted({start for start, _, _ in spans}):
        running = [item for start, end, item in spans if start <= moment < end]
        if found and set(map(id, running)) >= set(map(id, found[-1])):
            found[-1] = running
        else:
            found.append(running)
    return found
