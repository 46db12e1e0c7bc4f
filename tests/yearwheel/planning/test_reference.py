"""The schemas and worked examples in docs/reference, and that schema and planner refuse the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from year_check import check
from year_tiny import tiny
from year_towns import town

from tests.yearwheel.planning.test_refusals import REFUSED
from tests.yearwheel.planning.years import event, forum, joint, year
from tovholder.yearwheel.planning import check_input, plan_year

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"


def read(name: str) -> Any:
    return json.loads((REFERENCE / f"plan_year_{name}.json").read_text(encoding="utf-8"))


IN, OUT = (Draft202012Validator(read(f"{each}.schema")) for each in ("in", "out"))
# What a schema cannot say: order of two values, half a character, agreement between two places, no such day, not a number.
BEYOND_A_SCHEMA = {
    "$.period.end",
    "$.period.start",
    "$.persons[0].id",
    "$.persons[1].id",
    "$.persons[0].busy[0].end",
    "$.forums[1].id",
    "$.joint[0].id",
    "$.events[0].forums[0]",
    "$.joint[1].forums[0]",
    "$.forums[0].members[0].person",
    "$.fixed[0].of",
    "$.fixed[0].start",
    "$.previous[1]",
    "$.seconds",
}


@pytest.mark.parametrize("name", ["in", "out"])
def test_the_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(read(f"{name}.schema"))


@pytest.mark.parametrize("number", [1, 2])
def test_the_examples_are_what_the_planner_gives(number: int) -> None:
    data, out = read(f"example_{number}_in"), read(f"example_{number}_out")
    assert IN.is_valid(data)
    assert OUT.is_valid(out)
    assert check(data, out) == []
    again = plan_year(data)
    assert (again["status"], again["cost"]) == ("optimal", out["cost"])
    assert out["status"] == "optimal"


@pytest.mark.parametrize(("data", "path"), REFUSED, ids=[path for _, path in REFUSED])
def test_what_is_refused_is_outside_the_schema(data: Any, path: str) -> None:
    assert not IN.is_valid(data) or path in BEYOND_A_SCHEMA


def test_what_the_schema_allows_is_planned_to_its_own_shape() -> None:
    full = year(forum(rule={"months": [9]}), joint=[joint()], events=[event()], seconds=0)
    for data in [full, town(3, 1, seconds=0), *(tiny(seed) | {"seconds": 0} for seed in range(30))]:
        assert IN.is_valid(data)
        assert check_input(data) == []
        out = plan_year(data)
        assert OUT.is_valid(out)
        assert all(each["because"] for each in out["unplaced"])
