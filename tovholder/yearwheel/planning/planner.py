"""`plan_year`: from IN as a dict to OUT as a dict."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tovholder.yearwheel.planning.greedy import fill, greedy, mend
from tovholder.yearwheel.planning.problem import Problem, understand
from tovholder.yearwheel.planning.written import as_infeasible, as_out
from tovholder.yearwheel.planning.year import laid_out


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
    draft = greedy(year)
    mend(draft, draft.missing())
    fill(draft, draft.missing())
    plan = year.finish(draft.meetings())
    return as_out(year, plan, status="feasible", bound=0, seconds=time.monotonic() - began)


def is_contradictory(problem: Problem) -> bool:
    """Two fixed meetings demand one must at overlapping times, travel not counted (exit status 3)."""
    for one, other in combinations(problem.fixed, 2):
        if one.day == other.day and one.start < other.end and other.start < one.end:
            musts = set(problem.things[one.thing].musts)
            if not musts.isdisjoint(problem.things[other.thing].musts):
                return True
    return False
