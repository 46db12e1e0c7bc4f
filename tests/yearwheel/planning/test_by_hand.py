"""What a move by hand breaks, and who is absent then."""

from __future__ import annotations

from typing import Any

import pytest
from year_towns import town

from tests.yearwheel.planning.years import away, event, forum, joint, year
from tovholder.yearwheel.planning import absences, clashes, plan_year

MONTHS = {"months": [9, 10]}
P_OPTIONAL = [{"person": "p", "must": False}]


def at(of: str, day: str, start: str = "09:00") -> dict[str, Any]:
    return {"of": of, "date": f"2026-09-{day}", "start": start}


TWO = (forum("f", rule=MONTHS), forum("g", starts=["09:30", "11:00"]))
CLASHES: list[tuple[str, dict[str, Any], list[dict[str, Any]], list[tuple[Any, ...]]]] = [
    ("none", year(*TWO), [at("f", "01"), at("g", "02", "09:30")], []),
    ("weekday", year(*TWO), [at("f", "05")], [("no_working_day", (0,), ())]),
    ("notice", year(forum(notice_days=7)), [at("f", "07")], [("no_working_day", (0,), ())]),
    ("start", year(*TWO), [at("f", "01", "09:10")], [("no_start", (0,), ())]),
    ("start of another month", year(forum(starts_by_month={"9": ["10:00"]})), [at("f", "01")], [("no_start", (0,), ())]),
    ("busy", year(*TWO, persons=[{"id": "p", "busy": [away("2026-09-01")]}]), [at("f", "01")], [("person_busy", (0,), ("p",))]),
    ("double", year(*TWO), [at("f", "01"), at("g", "01", "09:30")], [("person_double", (0, 1), ("p",))]),
    ("travel", year(*TWO, travel_minutes=61), [at("f", "01"), at("g", "01", "11:00")], [("person_double", (0, 1), ("p",))]),
    ("optional", year(forum(members=P_OPTIONAL), TWO[1]), [at("f", "01"), at("g", "01", "09:30")], []),
    ("a day's most", year(*TWO, persons=[{"id": "p", "max_per_day": 1}]), [at("f", "01"), at("g", "01", "11:00")], [("max_per_day", (0, 1), ("p",))]),
    ("gap", year(forum(min_gap_days=9), joint=[joint()]), [at("f", "01"), at("j", "09", "13:00")], [("min_gap", (0, 1), ())]),
    ("no gap to an event", year(forum(min_gap_days=9), events=[event()]), [at("f", "07"), at("e", "08", "13:00")], []),
    ("parallel", year(forum(members=[]), forum("g", members=[]), max_parallel=1), [at("f", "01"), at("g", "01")], [("max_parallel", (0, 1), ())]),
    ("two in a month", year(TWO[0]), [at("f", "01"), at("f", "08")], [("window", (0, 1), ())]),
    ("replaced", year(TWO[0], joint=[joint(replaces=True)]), [at("f", "01"), at("j", "08", "13:00")], [("replaced", (0, 1), ())]),
    ("itself", year(forum(rule={"count": 2}, members=[])), [at("f", "01"), at("f", "01")], [("overlap", (0, 1), ())]),
    ("fixed is exempt", year(TWO[0], fixed=[at("f", "05", "03:00")]), [at("f", "05", "03:00")], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "meetings", "expected"), [row[1:] for row in CLASHES], ids=[row[0] for row in CLASHES]
)
def test_clashes(
    data: dict[str, Any], meetings: list[dict[str, Any]], expected: list[tuple[Any, ...]]
) -> None:
    assert [(each.code, each.meetings, each.persons) for each in clashes(data, meetings)] == expected


def test_a_plan_of_the_planner_has_no_clash() -> None:
    data = town(10, 2, seconds=0)
    assert clashes(data, plan_year(data)["meetings"]) == []


OPTIONAL_F = forum("f", members=P_OPTIONAL)
OPTIONAL_G = forum("g", members=P_OPTIONAL, starts=["09:30", "11:00"])
ABSENCES: list[tuple[str, dict[str, Any], list[dict[str, Any]], list[tuple[str, ...]]]] = [
    ("a must is never absent", year(*TWO), [at("f", "01"), at("g", "01", "09:30")], [(), ()]),
    ("must elsewhere", year(OPTIONAL_F, TWO[1]), [at("f", "01"), at("g", "01", "09:30")], [("p",), ()]),
    ("first come", year(OPTIONAL_F, OPTIONAL_G), [at("f", "01"), at("g", "01", "09:30")], [(), ("p",)]),
    ("comes to the one that stands", year(OPTIONAL_F, OPTIONAL_G), [{**at("f", "01"), "absent": ["p"]}, at("g", "01", "09:30")], [("p",), ()]),
    ("has time for both", year(OPTIONAL_F, OPTIONAL_G), [{**at("f", "01"), "absent": ["p"]}, at("g", "01", "11:00")], [(), ()]),
    ("the way", year(OPTIONAL_F, OPTIONAL_G, travel_minutes=61), [at("f", "01"), at("g", "01", "11:00")], [(), ("p",)]),
    ("busy", year(OPTIONAL_F, persons=[{"id": "p", "busy": [away("2026-09-01")]}]), [at("f", "01"), at("f", "02")], [("p",), ()]),
    ("a day's most", year(OPTIONAL_F, TWO[1], persons=[{"id": "p", "max_per_day": 1}]), [at("f", "01"), at("g", "01", "11:00")], [("p",), ()]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "meetings", "expected"), [row[1:] for row in ABSENCES], ids=[row[0] for row in ABSENCES]
)
def test_absences(
    data: dict[str, Any], meetings: list[dict[str, Any]], expected: list[tuple[str, ...]]
) -> None:
    assert absences(data, [{"absent": [], **each} for each in meetings]) == expected


def test_a_plan_of_the_planner_has_the_absences_it_says() -> None:
    data = town(10, 2, seconds=0)
    meetings = plan_year(data)["meetings"]
    assert absences(data, meetings) == [tuple(sorted(each["absent"])) for each in meetings]
