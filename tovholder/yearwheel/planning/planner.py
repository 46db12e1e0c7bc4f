"""`plan_year`: from IN as a dict to OUT as a dict."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tovholder.yearwheel.planning.greedy import fill, greedy, mend
from tovholder.yearwheel.planning.numbering import Plan
from tovholder.yearwheel.planning.problem import Problem, understand
from tovholder.yearwheel.planning.solving import Search, completed, search
from tovholder.yearwheel.planning.written import as_infeasible, as_out, times_before, times_in
from tovholder.yearwheel.planning.year import Year, laid_out


@dataclass(frozen=True, slots=True)
class Progress:
    """The best cost, the best proven bound, seconds since the start, and the plan when it is a better one."""

    cost: int
    bound: int
    seconds: float
    plan: dict[str, Any] | None


def plan_year(
    data: dict[str, Any],
    *,
    on_progress: Callable[[Progress], bool] | None = None,
    start: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Plan the year of `data` (IN, without faults by `check_input`) and return OUT."""
    began = time.monotonic()
    problem = understand(data)
    if is_contradictory(problem):
        return as_infeasible(time.monotonic() - began)
    year = laid_out(problem)
    plan = _first_plan(year, start)

    def out(status: str, best: Plan, bound: int) -> dict[str, Any]:
        return as_out(year, best, status=status, bound=bound, seconds=time.monotonic() - began)

    def tell(cost: int, bound: int, better: Plan | None) -> bool:
        if on_progress is None:
            return True
        shown = out("feasible", better, bound) if better else None
        return on_progress(Progress(cost, bound, time.monotonic() - began, shown))

    found = Search(year, plan, 0, began + problem.seconds, tell, problem.work)
    found.stopped = not tell(plan.cost, 0, plan)
    search(found)
    bound = min(found.bound, found.best.cost)
    return out("optimal" if found.is_proven else "feasible", found.best, bound)


def _first_plan(year: Year, start: dict[str, Any] | None) -> Plan:
    draft = greedy(year)
    mend(draft, draft.missing())
    fill(draft, draft.missing())
    plans = [year.finish(draft.meetings())]
    for known in (start, year.problem.previous):
        if known:
            times = times_in(year, start) if known is start else times_before(year)
            plans.append(completed(year, times))
    return min(plans, key=lambda plan: plan.cost)


def is_contradictory(problem: Problem) -> bool:
    """Two fixed meetings demand one must at overlapping times, travel not counted (exit status 3)."""
    for one, other in combinations(problem.fixed, 2):
        if one.day == other.day and one.start < other.end and other.start < one.end:
            musts = set(problem.things[one.thing].musts)
            if not musts.isdisjoint(problem.things[other.thing].musts):
                return True
    return False
