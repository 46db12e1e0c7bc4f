"""Told while it plans: the greedy plan first; stopped, the best so far; begun again from a plan; the same every time."""

from __future__ import annotations

from typing import Any

from year_check import check
from year_towns import town

from tests.yearwheel.planning.years import forum, planned, year
from tovholder.yearwheel.planning import Progress, plan_year

MONTHLY = {"months": [9, 10, 11]}


def test_the_first_word_is_a_whole_plan_and_costs_only_fall() -> None:
    told: list[Progress] = []
    data = town(10, 3, seconds=60)
    out = plan_year(data, on_progress=lambda progress: not told.append(progress))
    assert told[0].plan is not None
    assert check(data, told[0].plan) == []
    costs, bounds = [each.cost for each in told], [each.bound for each in told]
    assert costs == sorted(costs, reverse=True)
    assert bounds == sorted(bounds)
    assert (out["cost"], out["bound"]) == (costs[-1], bounds[-1])
    assert all(check(data, each.plan) == [] for each in told if each.plan)


def test_stopped_at_once_it_gives_the_greedy_plan() -> None:
    told: list[Progress] = []

    def stop(progress: Progress) -> bool:
        told.append(progress)
        return False

    data = town(10, 3)
    out = plan_year(data, on_progress=stop)
    assert len(told) == 1
    assert check(data, out) == []
    assert out["cost"] == told[0].cost


def test_no_time_at_all_is_a_plan_too() -> None:
    data = town(10, 4, seconds=0)
    out = plan_year(data)
    assert check(data, out) == []


def test_begun_again_from_the_best_plan_of_a_run_that_was_killed() -> None:
    data = town(10, 5)
    best = plan_year(data)
    again = plan_year(data | {"seconds": 0}, start=best)
    assert check(data, again) == []
    assert again["cost"] == best["cost"]


def test_a_start_that_fits_no_more_is_no_hindrance() -> None:
    data = year(forum(rule=MONTHLY))
    best = planned(data)
    for each in best["meetings"]:
        each["date"] = "2026-09-05"  # a Saturday
    gone: dict[str, Any] = best["meetings"][0] | {"of": "gone"}
    again = plan_year(data | {"seconds": 0}, start=best | {"meetings": [*best["meetings"], gone]})
    assert check(data, again) == []
    assert again["cost"] == 0


def test_same_input_seed_and_work_same_plan() -> None:
    data = town(10, 6) | {"work": 0.05}
    first, second = plan_year(data), plan_year(data)
    assert first | {"seconds": 0} == second | {"seconds": 0}


def test_three_years_are_planned() -> None:
    data = year(
        forum(rule=MONTHLY),
        forum("g", rule={"count": 12}),
        period={"start": "2026-08-01", "end": "2029-07-31"},
    )
    out = planned(data)
    assert (len(out["meetings"]), out["cost"]) == (9 + 12, 0)
