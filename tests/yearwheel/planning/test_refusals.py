"""What is refused, with the JSON path of the fault (exit status 2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.yearwheel.planning.years import event, forum, joint, year
from tovholder.yearwheel.planning import check_input

HELD = {"of": "f", "date": "2026-09-01", "start": "09:00"}
BEFORE = {"of": "f", "which": 1, "date": "2026-09-01", "start": "09:00"}

REFUSED: list[tuple[Any, str]] = [
    ([], "$"),
    (None, "$"),
    ({"period": {"start": "2026-09-01", "end": "2026-11-30"}, "persons": []}, "$.forums"),
    (year(period={"start": "2026-09-01"}), "$.period.end"),
    (year(period={"start": "2026-09-31", "end": "2026-11-30"}), "$.period.start"),
    (year(period={"start": "2026-12-01", "end": "2026-11-30"}), "$.period.end"),
    (year(period={"start": "2026-12-01", "end": "2096-11-30"}), "$.period.end"),
    (year(today="20260901"), "$.today"),
    (year(persons=[{"id": "p"}, {"id": "p"}]), "$.persons[1].id"),
    (year(persons=[{"id": ""}]), "$.persons[0].id"),
    (year(persons=[{"id": "p", "max_per_day": -1}]), "$.persons[0].max_per_day"),
    (year(persons=[{"id": "p", "busy": [{"date": "2026-09-01", "start": "10:00", "end": "09:00"}]}]), "$.persons[0].busy[0].end"),
    (year(persons=[{"id": "p\udc00"}]), "$.persons[0].id"),
    (year(period={"start": "2026-09-01", "end": "9999-12-31"}), "$.period.end"),
    (year(persons=[{"id": "p", "busy_weekly": [{"weekday": 0, "start": "10:00", "end": "11:00"}]}]), "$.persons[0].busy_weekly[0].weekday"),
    (year(forum(), forum()), "$.forums[1].id"),
    (year(forum(), joint=[joint("f")]), "$.joint[0].id"),
    (year(forum(), events=[event(forums=["g"])]), "$.events[0].forums[0]"),
    (year(forum(), joint=[joint("j"), joint("k", forums=["j"])]), "$.joint[1].forums[0]"),
    (year(forum(members=[{"person": "x"}])), "$.forums[0].members[0].person"),
    (year(forum(members=[{"person": "p", "must": 1}])), "$.forums[0].members[0].must"),
    (year(forum(rule={})), "$.forums[0].rule"),
    (year(forum(rule={"count": 1, "months": [9]})), "$.forums[0].rule"),
    (year(forum(rule={"count": True})), "$.forums[0].rule.count"),
    (year(forum(rule={"months": [13]})), "$.forums[0].rule.months[0]"),
    (year(forum(rule={"every_weeks": 0})), "$.forums[0].rule.every_weeks"),
    (year(forum(minutes=0)), "$.forums[0].minutes"),
    (year(forum(starts=["9:00"])), "$.forums[0].starts[0]"),
    (year(forum(starts=["24:00"])), "$.forums[0].starts[0]"),
    (year(forum(starts="09:00")), "$.forums[0].starts"),
    (year(forum(weekdays=[8])), "$.forums[0].weekdays[0]"),
    (year(forum(weekdays_by_month={"0": [1]})), "$.forums[0].weekdays_by_month.0"),
    (year(forum(starts_by_month={"13": ["09:00"]})), "$.forums[0].starts_by_month.13"),
    (year(forum(starts_by_month={"9": ["9:00"]})), "$.forums[0].starts_by_month.9[0]"),
    (year(forum(starts_by_month=["09:00"])), "$.forums[0].starts_by_month"),
    (year(fixed=[HELD | {"of": "x"}]), "$.fixed[0].of"),
    (year(fixed=[HELD | {"start": "23:30"}]), "$.fixed[0].start"),
    (year(previous=[BEFORE, BEFORE]), "$.previous[1]"),
    (year(seconds=float("nan")), "$.seconds"),
    (year(seconds=-1), "$.seconds"),
    (year(seconds=10**401), "$.seconds"),
    (year(work=float("inf")), "$.work"),
    (year(work="1"), "$.work"),
    (year(max_parallel=1.5), "$.max_parallel"),
    (year(travel_minutes=None, public_holidays="no"), "$.public_holidays"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "path"), REFUSED, ids=[path for _, path in REFUSED])
def test_refused_with_its_path(data: Any, path: str) -> None:
    faults = check_input(data)
    assert [each.path for each in faults] == [path]
    assert faults[0].reason


def test_every_fault_is_told() -> None:
    data = year(forum(minutes=0, starts=["x"]), seed="a")
    assert [each.path for each in check_input(data)] == [
        "$.forums[0].minutes",
        "$.forums[0].starts[0]",
        "$.seed",
    ]


def test_null_is_the_default_and_unknown_keys_are_let_be() -> None:
    assert check_input(year(forum(weekdays=None, name="Øster"), fixed=None, work=None, today=None)) == []


def test_previous_of_what_is_gone_is_no_fault() -> None:
    assert check_input(year(previous=[BEFORE | {"of": "gone"}])) == []
