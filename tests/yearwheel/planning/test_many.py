"""Far more than a year can hold is answered in time and in little memory: counts of thousands, weeks of twenty years."""

from __future__ import annotations

import resource
import time
from collections import Counter
from typing import Any

import pytest
from year_brute import least_cost
from year_check import check
from year_tiny import tiny

from tests.yearwheel.planning.years import away, forum, joint, planned, year
from tovholder.yearwheel.planning import check_input, many, plan_year
from tovholder.yearwheel.planning import year as laying_out

LONG = {"start": "2026-09-01", "end": "2046-08-31"}
GIGABYTE = 1024 * 1024  # in the kilobytes of getrusage


def answered(data: dict[str, Any], seconds: float) -> dict[str, Any]:
    """OUT of a checked plan, found in so much processor time."""
    assert check_input(data) == []
    began, used = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    out = plan_year(data)
    assert time.process_time() - began < seconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used < GIGABYTE
    assert check(data, out) == []
    return out


@pytest.mark.parametrize(
    ("data", "held"),
    [
        (year(forum(rule={"count": 9999})), 65),
        (year(forum(rule={"count": 9999}, min_gap_days=7)), 13),
        (year(forum(rule={"count": 9999}, starts=["09:00", "09:30", "10:30"], members=[])), 130),
        (year(forum(rule={"count": 9999}, starts=["09:00", "10:00"]), travel_minutes=5), 65),
        (year(forum(rule={"count": 9999}, starts=["09:00", "10:00"]), persons=[{"id": "p", "max_per_day": 1}]), 65),
        (year(forum(rule={"count": 0}), joint=[joint(count=9999)]), 65),
    ],
)  # fmt: skip
def test_a_count_of_thousands_is_proven_best(data: dict[str, Any], held: int) -> None:
    """Of so many numbers each meeting finds one whose place is near: what is left over is all it costs."""
    out = answered(data | {"seconds": 5}, 10)
    assert (out["status"], out["cost"], len(out["meetings"])) == ("optimal", 1000 * (9999 - held), held)
    assert {why["code"] for each in out["unplaced"] for why in each["because"]} <= {
        "person_double", "min_gap", "max_per_day",
    }  # fmt: skip


def test_a_fixed_meeting_among_thousands_has_a_number() -> None:
    held = [{"of": "f", "date": "2026-09-05", "start": "03:00"}]  # a Saturday
    out = planned(year(forum(rule={"count": 9999}), fixed=held))
    assert (out["cost"], len(out["meetings"])) == (1000 * (9999 - 66), 66)


def test_a_plan_before_among_thousands_bounds_the_cost_all_the_same() -> None:
    before = [{"of": "f", "which": 5000, "date": "2026-10-15", "start": "10:00"}]
    out = answered(year(forum(rule={"count": 9999}), previous=before, seconds=5), 10)
    assert out["bound"] <= out["cost"] <= 1000 * (9999 - 65) + 4


@pytest.mark.parametrize("rule", [{"every_weeks": 1}, {"count": 9999}])
def test_twenty_years_have_a_plan_in_a_few_seconds(rule: dict[str, Any]) -> None:
    forums = [forum(f"f{i}", rule=rule, starts=["09:00", "13:00"]) for i in range(2)]
    out = answered(year(*forums, period=LONG, seconds=0), 30)
    assert {why["code"] for each in out["unplaced"] for why in each["because"]} <= {
        "out_of_time",
        "person_double",
    }


def test_what_is_too_large_for_an_exact_model_has_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tovholder.yearwheel.planning.solving.MOST_CHOICES", 3)
    data = year(
        forum(rule={"months": [9, 10, 11]}, preferred_weekdays=[1]),
        persons=[{"id": "p", "busy": [away("2026-09-07")]}],
    )
    out = answered(data | {"seconds": 5}, 5)
    assert (out["status"], out["cost"], out["bound"]) == ("optimal", 0, 0)  # the floor needs no model


def test_what_asks_for_little_is_held_beside_what_asks_for_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forum of thousands takes no number from the one that meets once, nor from the one that meets four times."""
    monkeypatch.setattr(many, "MOST_TRIED", 4_000)
    once, four = (forum(key, rule={"count": n}, members=[]) for key, n in (("f1", 1), ("f4", 4)))
    out = answered(year(once, four, forum("f9", rule={"count": 9999}, members=[]), seconds=5), 5)
    held = Counter(each["of"] for each in out["meetings"])
    assert (held["f1"], held["f4"]) == (1, 4)
    assert 50 < held["f9"] < 65


def test_everything_is_tried_once_however_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MOST_TRIED", 100)
    out = answered(year(*(forum(f"f{n}", rule={"count": 1}, members=[]) for n in range(5)), seconds=5), 5)
    assert len(out["meetings"]) == 5


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_holds_where_numbers_have_no_costs_of_their_own(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laying_out, "EXACT", 0)
    data = tiny(seed)
    for each in data["forums"]:
        if "count" in each["rule"]:
            each["rule"]["count"] += 3
    out = plan_year(data)
    if out["status"] == "infeasible_input":
        return
    assert check(data, out) == []
    least = least_cost(data, 3_000)
    assert least is None or out["bound"] <= least <= out["cost"]
    assert out["status"] != "optimal" or least in (None, out["cost"])
