"""From the greedy plan to the best: rounds of exact models that hold ever more options where they are asked for.

The solver runs in a thread of its own; whoever called is told from her own thread, at least twice a second.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tovholder.yearwheel.planning.greedy import Draft, fill, mend
from tovholder.yearwheel.planning.model import Model, Stopped
from tovholder.yearwheel.planning.numbering import Plan
from tovholder.yearwheel.planning.problem import UNPLACED
from tovholder.yearwheel.planning.slots import Slot, slots_of
from tovholder.yearwheel.planning.year import Option, Year

FIRST_BREADTH = 2  # costs above a meeting's cheapest option that the first model holds
SPREAD_STEP = (
    8  # and what the next one adds for a meeting that may lie anywhere in the year: about eight weeks
)
FEW = 12  # a meeting with so few options has all of them there from the first
TICK = 0.5  # seconds between two looks at the solver
SHORTEST = 0.3  # with less time than this left no round is begun
MOST_CHOICES = 100_000  # what a model may hold: about a gigabyte
BUILT = 10_000  # choices a second that a model is made of, at least

Tell = Callable[[int, int, "Plan | None"], bool]


@dataclass(slots=True)
class Search:
    """`best` and `bound` so far; `tell` is told of each change and returns False to stop."""

    year: Year
    best: Plan
    bound: int
    ends: float
    tell: Tell
    work: float | None
    stopped: bool = False
    notes: queue.SimpleQueue[tuple[str, Any]] = field(default_factory=queue.SimpleQueue)

    @property
    def is_proven(self) -> bool:
        return self.best.cost <= self.bound

    @property
    def is_over(self) -> bool:
        late = self.work is None and time.monotonic() > self.ends - SHORTEST
        return self.stopped or self.is_proven or late or (self.work is not None and self.work <= 0)


def search(found: Search) -> None:
    """Improve `found` until it is proven best, stopped, or out of time."""
    if found.year.is_too_much:
        found.bound = max(found.bound, found.year.settled_cost)
        return
    slots = slots_of(found.year)
    found.bound = max(found.bound, floor_of(found.year, slots))
    for slot in slots:
        slot.widen((slot.options[0][0] if slot.options else 0) + FIRST_BREADTH)
        if len(slot.options) <= FEW:
            slot.widen(2 * UNPLACED)
    missing = set(found.best.unplaced)
    _widen(found.year, slots, [slot for slot in slots if (slot.thing, slot.which) in missing])
    while not found.is_over and _can_be_held(found, slots):
        values = _round(found, slots)
        if values is None:
            return
        escaped = [slot for slot in slots if slot.escape is not None and values[slot.escape.index]]
        if not escaped:
            return
        _widen(found.year, slots, escaped)


def _can_be_held(found: Search, slots: list[Slot]) -> bool:
    """Whether a model is neither too large for the machine nor for the time that is left."""
    size = sum(slot.width for slot in slots)
    in_time = found.work is not None or time.monotonic() + size / BUILT < found.ends
    return size <= MOST_CHOICES and in_time


def _widen(year: Year, slots: list[Slot], escaped: list[Slot]) -> None:
    """Take in every option of what has escaped, and a few more of those it may have to push aside."""
    for slot in _neighbours(year, slots, escaped):
        slot.widen(slot.options[0][0] + slot.breadth)
        slot.breadth += FIRST_BREADTH
    for slot in escaped:
        slot.widen(2 * UNPLACED)


def _neighbours(year: Year, slots: list[Slot], escaped: list[Slot]) -> list[Slot]:
    """Slots that share a must or a forum with one that has escaped, and may lie on the same days."""
    things = year.problem.things
    days: dict[int, set[int]] = {}
    for slot in escaped:
        mine = {option.day for _, option in slot.options[: slot.width]}
        for person in things[slot.thing].musts:
            days.setdefault(person, set()).update(mine)
        for forum in things[slot.thing].forums:
            days.setdefault(-1 - forum, set()).update(mine)
    found = []
    for slot in slots:
        its = (*things[slot.thing].musts, *(-1 - forum for forum in things[slot.thing].forums))
        near = set().union(*(days.get(each, ()) for each in its))
        if slot not in escaped and any(option.day in near for _, option in slot.options[: slot.width]):
            found.append(slot)
    return found


def floor_of(year: Year, slots: list[Slot]) -> int:
    """A bound that needs no solver: each meeting at its cheapest, those that may be replaced for nothing."""
    joint = {forum for thing in year.problem.things if thing.replaces for forum in thing.forums}
    return year.settled_cost + sum(
        min(UNPLACED, slot.options[0][0] if slot.options else UNPLACED)
        for slot in slots
        if not slot.held and not (slot.window and slot.thing in joint)
    )


def _round(found: Search, slots: list[Slot]) -> list[int] | None:
    """Solve one model. Return its best values when it is solved to the end, else None."""
    notes = found.notes = queue.SimpleQueue()
    thread = threading.Thread(target=_solve, args=(found, slots, notes), daemon=True)
    thread.start()
    solved = None
    while thread.is_alive() or not notes.empty():
        said: list[list[int]] = []
        for kind, what in _heard(notes):
            if kind == "error":
                raise what
            if kind == "bound":
                found.bound = max(found.bound, what)
            elif kind == "plan":
                said.append(what)
            else:
                solved = what
        better = None
        # How much is said within a tick depends on the machine: a repeatable run looks at each.
        for values in said if found.year.problem.work is not None else said[-1:]:
            plan = _plan_of(found.year, slots, values)
            if plan.cost < found.best.cost:
                found.best = better = plan
        if not found.tell(found.best.cost, min(found.bound, found.best.cost), better):
            found.stopped = True
    thread.join()
    return solved


def _heard(notes: queue.SimpleQueue[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """What the solver has said within one tick."""
    try:
        yield notes.get(timeout=TICK)
        while True:
            yield notes.get_nowait()
    except queue.Empty:
        return


def _solve(found: Search, slots: list[Slot], notes: queue.SimpleQueue[tuple[str, Any]]) -> None:
    """Runs in its own thread, and speaks by notes: bound, plan (values), solved (values)."""
    from ortools.sat.python import cp_model  # takes a second: only when a plan is solved

    class Listener(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            notes.put(("plan", list(self.response_proto.solution)))
            if found.stopped:
                self.stop_search()

    try:
        beyond = sum(found.year.beyond(thing) for thing in found.year.problem.things)
        most_unplaced = found.best.cost // UNPLACED - beyond
        model = Model(found.year, slots, most_unplaced, lambda: found.stopped)
        solver = cp_model.CpSolver()
        _tune(solver, found)
        solver.best_bound_callback = lambda bound: _hear_bound(found, solver, notes, bound)
        status = solver.solve(model.cp, Listener())
        if found.work is not None:
            found.work -= solver.deterministic_time
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            notes.put(("bound", _up(solver.best_objective_bound)))
            notes.put(("plan", list(solver.response_proto.solution)))
        elif status == cp_model.INFEASIBLE:
            raise AssertionError("a model of a year can always leave everything unplaced")
        if status == cp_model.OPTIMAL:
            notes.put(("solved", list(solver.response_proto.solution)))
    except Stopped:
        return
    except Exception as error:
        notes.put(("error", error))


def _hear_bound(found: Search, solver: Any, notes: queue.SimpleQueue[tuple[str, Any]], bound: float) -> None:
    notes.put(("bound", _up(bound)))
    if found.stopped:
        solver.stop_search()


def _up(bound: float) -> int:
    """Costs are whole numbers, so a bound may be rounded up."""
    return -int(-(bound - 1e-6) // 1)


def _tune(solver: Any, found: Search) -> None:
    parameters = solver.parameters
    parameters.num_workers = 1  # one worker is repeatable
    parameters.random_seed = found.year.problem.seed % 2**31
    parameters.linearization_level = 2
    parameters.cp_model_probing_level = 0
    parameters.symmetry_level = 0  # two thirds of the presolve, for nothing: no two meetings are alike
    parameters.max_presolve_iterations = 1
    parameters.subsolvers.append("max_lp")
    if found.work is None:
        parameters.max_time_in_seconds = max(0.1, found.ends - time.monotonic())
    else:
        parameters.max_deterministic_time = max(0.0, found.work)


def _plan_of(year: Year, slots: list[Slot], values: list[int]) -> Plan:
    """A whole plan from the solver's values; what has escaped is placed greedily."""
    times: dict[int, list[tuple[int, int, int]]] = {}
    for slot in slots:
        for _, option, choice in slot.inside():
            if values[choice.index]:
                times.setdefault(slot.thing, []).append((slot.which, option.day, option.start))
    return completed(year, times)


def completed(year: Year, times: dict[int, list[tuple[int, int, int]]]) -> Plan:
    """A plan with these (which, day, start) by thing, as far as they fit, and the rest greedily."""
    draft = Draft(year)
    free: dict[int, list[int]] = {}
    for number, each in enumerate(year.asked):
        free.setdefault(each.thing, []).append(number)
    for thing, placed in sorted(times.items(), key=lambda pair: year.problem.things[pair[0]].kind == "forum"):
        for which, day, start in placed:
            numbers = free.get(thing, [])
            mine = [n for n in numbers if year.asked[n].which == which]
            if year.asked and not mine and not year.windows[thing]:
                mine = numbers[:1]
            if mine and draft.may_put(mine[0], day, start):
                numbers.remove(mine[0])
                draft.put(mine[0], Option(day, start, 0, frozenset()))
    missing = draft.missing()
    fill(draft, missing)
    mend(draft, draft.missing())
    fill(draft, draft.missing())
    return year.finish(draft.meetings())
