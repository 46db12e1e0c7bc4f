"""`manage.py plan_year IN.json OUT.json`: exit status, standard error, and what is written."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from year_check import check

from tests.yearwheel.planning.years import event, forum, year


def run(folder: Path, content: str | bytes) -> tuple[int, str, Any]:
    """Return exit status, standard error, and OUT (None where there is none)."""
    source, target, errors = folder / "in.json", folder / "out.json", StringIO()
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        call_command("plan_year", str(source), str(target), stderr=errors)
        status = 0
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, errors.getvalue(), json.loads(target.read_text()) if target.is_file() else None


def test_a_plan(tmp_path: Path) -> None:
    status, errors, out = run(tmp_path, json.dumps(year()))
    assert (status, errors) == (0, "")
    assert [sorted(out), out["status"], out["cost"], out["bound"]] == [
        ["bound", "cost", "meetings", "seconds", "status", "unplaced"],
        "optimal",
        0,
        0,
    ]
    assert out["meetings"][0] | {"date": ""} == {
        "of": "f",
        "which": 1,
        "kind": "forum",
        "date": "",
        "start": "09:00",
        "end": "10:00",
        "absent": [],
    }


def test_contradictory_input_ends_with_3_and_says_so_in_out(tmp_path: Path) -> None:
    fixed = [{"of": of, "date": "2026-09-02", "start": "09:00"} for of in ("f", "g")]
    status, _, out = run(tmp_path, json.dumps(year(forum("f"), forum("g"), fixed=fixed)))
    assert status == 3
    assert out | {"seconds": 0} == {
        "status": "infeasible_input",
        "cost": None,
        "bound": None,
        "seconds": 0,
        "meetings": [],
        "unplaced": [],
    }


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, b"\xff\xfe\x00", '{"period": 1}', "NaN"])
def test_refused_with_2_and_no_out(tmp_path: Path, content: str | bytes) -> None:
    (tmp_path / "out.json").write_text("{}")  # an older plan
    status, errors, out = run(tmp_path, content)
    assert (status, out) == (2, None)
    assert errors.startswith("$")


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('"seconds": 20', '"seconds": 20, "seconds": 2', "$.seconds"),
        ('"count": 1', '"count": 1, "count": 2', "$.forums[0].rule.count"),
        ('"id": "q"', '"id": "q", "max_per_day": 1, "max_per_day": null', "$.persons[1].max_per_day"),
    ],
)
def test_a_key_that_stands_twice_is_refused(tmp_path: Path, old: str, new: str, path: str) -> None:
    text = json.dumps(year())
    assert old in text
    status, errors, out = run(tmp_path, text.replace(old, new))
    assert (status, out) == (2, None)
    assert errors == f"{path}: stands twice in one object\n"


def test_an_object_hidden_behind_a_key_that_stands_twice_is_refused_too(tmp_path: Path) -> None:
    text = json.dumps(year()).replace('"seconds": 20', '"period": {"start": 1, "start": 2}')
    status, errors, out = run(tmp_path, text)
    assert (status, out) == (2, None)
    assert errors.startswith("$.period")


def test_a_whole_number_may_be_written_with_a_point(tmp_path: Path) -> None:
    text = json.dumps(year(forum(min_gap_days=2, notice_days=1), seconds=5))
    status, _, out = run(
        tmp_path, text.replace('"minutes": 60', '"minutes": 6.0e1').replace(": 2,", ": 2.0,")
    )
    assert (status, out["meetings"][0]["end"]) == (0, "10:00")
    status, errors, out = run(tmp_path, text.replace('"minutes": 60', '"minutes": 60.5'))
    assert (status, errors, out) == (2, "$.forums[0].minutes: must be a whole number\n", None)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("plan_year", str(tmp_path / "no.json"), str(tmp_path / "out.json"), stderr=StringIO())
    assert ended.value.code == 2


def test_null_counts_as_left_out_in_a_rule_too(tmp_path: Path) -> None:
    data = year(forum(rule={"months": None, "count": 2}), seconds=5)
    status, _, out = run(tmp_path, json.dumps(data))
    assert (status, len(out["meetings"])) == (0, 2)
    assert check(data, out) == []


def test_an_event_has_no_preferences(tmp_path: Path) -> None:
    day = event() | {"preferred_weekdays": [7], "preferred_starts": ["04:00"]}
    data = year(forum(rule={"count": 0}), events=[day], seconds=5)
    status, _, out = run(tmp_path, json.dumps(data))
    assert (status, out["cost"], len(out["meetings"])) == (0, 0, 1)
    assert check(data, out) == []


def test_many_of_one_thing_are_numbered_without_end_of_the_stack(tmp_path: Path) -> None:
    long = {"start": "2026-09-01", "end": "2029-08-31"}
    often = forum(rule={"count": 1200}, weekdays=[1, 2, 3, 4, 5], min_gap_days=1)
    data = year(often, period=long, seconds=0)
    status, _, out = run(tmp_path, json.dumps(data))
    assert status == 0
    assert len(out["meetings"]) + len(out["unplaced"]) == 1200
    assert check(data, out) == []


def test_the_checker_knows_a_contradiction(tmp_path: Path) -> None:
    held = [{"of": of, "date": "2026-09-01", "start": "09:00"} for of in ("f", "g")]
    data = year(forum(), forum(id="g"), fixed=held)
    status, _, out = run(tmp_path, json.dumps(data))
    assert (status, check(data, out)) == (3, [])
    assert check(data | {"fixed": []}, out)


def test_out_that_cannot_be_written_is_let_be(tmp_path: Path) -> None:
    (tmp_path / "out.json").mkdir()
    status, said, _ = run(tmp_path, json.dumps(year(forum(), seconds=1)))
    assert (status, "cannot be written" in said) == (2, True)
    assert (tmp_path / "out.json").is_dir()
