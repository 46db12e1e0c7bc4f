"""In any tiny world the planner's cost is the least there is: everything is tried, by code that shares nothing with it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from year_brute import least_cost
from year_check import check
from year_tiny import tiny

from tovholder.yearwheel.planning import check_input, plan_year

MOST = 3_000  # sets of meetings that are tried; larger years are only checked


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1_000_000))
def test_planner_and_brute_force_agree(seed: int) -> None:
    data = tiny(seed)
    assert check_input(data) == []
    out = plan_year(data)
    if out["status"] == "infeasible_input":
        return
    assert check(data, out) == []
    assert out["status"] == "optimal"
    assert least_cost(data, MOST) in (None, out["cost"])


@pytest.mark.parametrize("seed", [0, 7])
def test_planning_again_moves_as_little_as_possible(seed: int) -> None:
    """One person's week off changes: the plan before is `previous`, and what moves is the least by brute force."""
    data = tiny(seed) | {"fixed": [], "previous": []}
    first = plan_year(data)
    data["previous"] = [
        {key: each[key] for key in ("of", "which", "date", "start")} for each in first["meetings"]
    ]
    if first["meetings"]:
        off = first["meetings"][0]["date"]
        data["persons"][0]["busy"] = [{"date": off, "start": "00:00", "end": "24:00"}]
    again = plan_year(data)
    assert check(data, again) == []
    assert again["status"] == "optimal"
    assert least_cost(data) in (None, again["cost"])
