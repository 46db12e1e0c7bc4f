"""The rules of docs/reference/plan_year.md as a table: each row is a small year and what must come of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import holidays
import pytest
from year_check import statutory

from tests.yearwheel.planning.years import away, dates, event, forum, joint, planned, unplaced, year
from tovholder.yearwheel.planning import plan_year
from tovholder.yearwheel.statutory import statutory_days

MONTHS = {"months": [9, 10, 11]}
TUESDAYS = {"weekdays": [2]}
SEPTEMBER = {"start": "2026-09-01", "end": "2026-09-30"}
OPTIONAL = [{"person": "p", "must": False}]


def one_day(*forums: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A year of a single Tuesday."""
    return year(*forums, period={"start": "2026-09-01", "end": "2026-09-01"}, **changes)


# name, IN, cost, {of: numbers placed}, [(of, which, codes)] unplaced
TABLE: list[tuple[str, dict[str, Any], int, dict[str, list[int]], list[Any]]] = [
    ("months: one in each", year(forum(rule=MONTHS)), 0, {"f": [1, 2, 3]}, []),
    ("months: only the listed", year(forum(rule={"months": [10]})), 0, {"f": [1]}, []),
    ("months: a window without working day keeps its number",
     year(forum(rule=MONTHS), closed=[{"start": "2026-10-01", "end": "2026-10-31", "name": "x"}]), 0, {"f": [1, 3]}, []),
    ("months: what lies before today is not asked for, and shifts no number",
     year(forum(rule=MONTHS), today="2026-10-15"), 0, {"f": [2, 3]}, []),
    ("months: notice counts from today",
     year(forum(rule=MONTHS, notice_days=40), today="2026-09-20"), 0, {"f": [2, 3]}, []),
    ("months: no weekday allows none and asks for none", year(forum(rule=MONTHS, weekdays=[])), 0, {}, []),
    ("months: no start", year(forum(rule={"months": [9]}, starts=[])), 1000, {}, [("f", 1, ["no_start"])]),
    ("a meeting ends by 24:00: at 24:00 it may",
     year(forum(rule={"months": [9]}, starts=["23:00"])), 0, {"f": [1]}, []),
    ("a meeting ends by 24:00: not after",
     year(forum(rule={"months": [9]}, starts=["23:01"])), 1000, {}, [("f", 1, ["no_start"])]),
    ("months: a month that comes twice counts twice",
     year(forum(rule={"months": [9]}), period={"start": "2026-09-01", "end": "2027-09-30"}), 0, {"f": [1, 2]}, []),
    ("blocks: one in each of 7n days from the start, the last cut short",
     year(forum(rule={"every_weeks": 5})), 0, {"f": [1, 2, 3]}, []),
    ("weekdays by month take the place of weekdays",
     year(forum(rule={"months": [9, 10]}, weekdays=[2], weekdays_by_month={"9": []})), 0, {"f": [2]}, []),
    ("starts by month take the place of starts",
     year(forum(rule={"months": [9, 10]}, starts_by_month={"9": []})), 1000, {"f": [2]}, [("f", 1, ["no_start"])]),
    ("the starts of a month are its own, preferred ones too",
     year(forum(rule={"months": [9, 10]}, preferred_starts=["13:00"], starts_by_month={"10": ["13:00"]})), 1, {"f": [1, 2]}, []),
    ("no start in the months that are left",
     one_day(forum(starts_by_month={"9": []})), 1000, {}, [("f", 1, ["no_start"])]),
    ("Saturday when listed", year(forum(rule={"months": [9]}, weekdays=[6])), 0, {"f": [1]}, []),
    ("count: no working day", year(forum(weekdays=[])), 1000, {}, [("f", 1, ["no_working_day"])]),
    ("count 0 asks for none", year(forum(rule={"count": 0})), 0, {}, []),
    ("count: the k-th has its place in the year", one_day(forum(rule={"count": 1})), 0, {"f": [1]}, []),
    ("count: two on one day may follow each other when the gap is 0",
     one_day(forum(rule={"count": 2}, starts=["09:00", "10:00"])), 0, {"f": [1, 2]}, []),
    ("count: but never overlap, also where nobody must be there",
     one_day(forum(rule={"count": 2}, starts=["09:00", "09:30"], members=[])), 1000, {"f": [1]}, [("f", 2, ["min_gap"])]),
    ("gap 1 is not the same day",
     one_day(forum(rule={"count": 2}, starts=["09:00", "10:00"], min_gap_days=1)), 1000, {"f": [1]}, [("f", 2, ["min_gap"])]),
    ("an event keeps no gap to the forum's own",
     one_day(forum(min_gap_days=9), events=[event(window={"start": "2026-09-01", "end": "2026-09-01"})]), 0, {"f": [1], "e": [1]}, []),
    ("a joint meeting keeps the forum's gap",
     one_day(forum(min_gap_days=9), joint=[joint()]), 1000, {"f": [1]}, [("j", 1, ["min_gap"])]),
    ("an event outside the period has no day",
     year(events=[event(window={"start": "2027-01-01", "end": "2027-01-31"})]), 1000, {"f": [1]}, [("e", 1, ["no_working_day"])]),
    ("half-open: one ends as the other begins",
     one_day(forum("f"), forum("g", starts=["10:00"])), 0, {"f": [1], "g": [1]}, []),
    ("travel between two attendances",
     one_day(forum("f"), forum("g", starts=["10:00"]), travel_minutes=1), 1000, {"f": [1]}, [("g", 1, ["person_double"])]),
    ("travel is not counted towards busy times",
     one_day(forum(), persons=[{"id": "p", "busy": [away("2026-09-01", "10:00")]}], travel_minutes=30), 0, {"f": [1]}, []),
    ("busy, weekly", one_day(forum(), persons=[{"id": "p", "busy_weekly": [{"weekday": 2, "start": "09:59", "end": "10:00"}]}]),
     1000, {}, [("f", 1, ["person_busy"])]),
    ("a must is never absent", one_day(forum(), persons=[{"id": "p", "busy": [away("2026-09-01")]}]), 1000, {}, [("f", 1, ["person_busy"])]),
    ("an optional member is absent at 2 points",
     one_day(forum(members=OPTIONAL), persons=[{"id": "p", "busy": [away("2026-09-01")]}]), 2, {"f": [1]}, []),
    ("max_per_day: musts beyond it break the rule",
     one_day(forum("f"), forum("g", starts=["14:00"]), persons=[{"id": "p", "max_per_day": 1}]),
     1000, {"f": [1]}, [("g", 1, ["max_per_day"])]),
    ("max_per_day: optional ones are absent",
     one_day(forum("f"), forum("g", starts=["14:00"], members=OPTIONAL), persons=[{"id": "p", "max_per_day": 1}]),
     2, {"f": [1], "g": [1]}, []),
    ("max_parallel at any minute",
     one_day(forum("f"), forum("g", starts=["09:59"], members=[]), max_parallel=1), 1000, {"f": [1]}, [("g", 1, ["max_parallel"])]),
    ("a joint meeting beside the forum's own", year(forum(rule=MONTHS), joint=[joint()]), 0, {"f": [1, 2, 3], "j": [1]}, []),
    ("a replacing one stands for the own of that month",
     year(forum(rule=MONTHS), joint=[joint(replaces=True)]), 0, {"f": [1, 3], "j": [1]}, []),
    ("but not for what is counted", year(forum(), joint=[joint(replaces=True)]), 0, {"f": [1], "j": [1]}, []),
    ("several replacing ones in one month",
     year(forum(rule=MONTHS), joint=[joint("j", replaces=True), joint("k", replaces=True, starts=["15:00"])]),
     0, {"f": [1, 3], "j": [1], "k": [1]}, []),
    ("a fixed replacing one stands for the own too",
     year(forum(rule=MONTHS), joint=[joint(replaces=True)], fixed=[{"of": "j", "date": "2026-10-16", "start": "07:00"}]),
     0, {"f": [1, 3], "j": [1]}, []),
    ("a fixed one counts, on a holiday or a start of its own",
     year(forum(rule={"months": [12]}), period={"start": "2026-12-01", "end": "2026-12-31"},
          fixed=[{"of": "f", "date": "2026-12-25", "start": "07:15"}]), 0, {"f": [1]}, []),
    ("two fixed in one month are both asked for, with its number",
     year(forum(rule={"months": [9]}), fixed=[{"of": "f", "date": f"2026-09-0{d}", "start": "09:00"} for d in (2, 3)]),
     0, {"f": [1, 1]}, []),
    ("more fixed than counted raise n",
     one_day(forum(rule={"count": 1}), fixed=[{"of": "f", "date": "2026-09-01", "start": f"0{h}:00"} for h in (7, 8)]),
     0, {"f": [1, 2]}, []),
    ("others respect a fixed one's musts",
     one_day(forum("f"), forum("g"), fixed=[{"of": "g", "date": "2026-09-01", "start": "09:30"}]),
     1000, {"g": [1]}, [("f", 1, ["person_double"])]),
    ("weekday 3 and start 1",
     one_day(forum(preferred_weekdays=[3], preferred_starts=["10:00"])), 4, {"f": [1]}, []),
    ("previous: only the start", one_day(previous=[{"of": "f", "which": 1, "date": "2026-09-01", "start": "10:00"}]), 4, {"f": [1]}, []),
    ("previous: the date", one_day(previous=[{"of": "f", "which": 1, "date": "2026-09-02", "start": "09:00"}]), 10, {"f": [1]}, []),
    ("previous of what is no more", one_day(previous=[{"of": "x", "which": 1, "date": "2026-09-02", "start": "09:00"}]), 0, {"f": [1]}, []),
    ("a forum without members", year(forum(members=[], rule=MONTHS)), 0, {"f": [1, 2, 3]}, []),
    ("a person busy all year",
     year(forum(rule=MONTHS), persons=[{"id": "p", "busy_weekly": [{"weekday": d, "start": "00:00", "end": "24:00"} for d in range(1, 8)]}]),
     3000, {}, [("f", k, ["person_busy"]) for k in (1, 2, 3)]),
    ("rules that contradict: a gap longer than the year",
     year(forum(rule=MONTHS, min_gap_days=400)), 2000, {"f": [1]}, [("f", 2, ["min_gap"]), ("f", 3, ["min_gap"])]),
    ("the night when the clock is set forward",
     year(forum(rule={"months": [3]}, weekdays=[7], starts=["02:00"], minutes=90), period={"start": "2027-03-28", "end": "2027-03-28"}, public_holidays=False),
     0, {"f": [1]}, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "cost", "placed", "missing"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_rule(data: dict[str, Any], cost: int, placed: dict[str, list[int]], missing: list[Any]) -> None:
    out = planned(data)
    found: dict[str, list[int]] = {}
    for each in out["meetings"]:
        found.setdefault(each["of"], []).append(each["which"])
    assert (out["cost"], len(unplaced(out))) == (cost, len(missing))
    if not missing:  # where two could be the one left out, either may be
        assert found == placed
    for each, (_, _, codes) in zip(unplaced(out), missing, strict=True):
        assert set(codes) <= set(each[2])


@pytest.mark.parametrize(
    ("only", "cost"), [("2026-10-22", 0), ("2026-10-23", 1), ("2026-10-09", 1), ("2026-10-30", 2)]
)
def test_the_kth_of_n_has_its_place(only: str, cost: int) -> None:
    """91 days, n 1: the place is 45 days after 1 September, 16 October; each whole week from it costs 1."""
    before, after = date.fromisoformat(only) - timedelta(days=1), date.fromisoformat(only) + timedelta(days=1)
    closed = [
        {"start": "2026-09-01", "end": before.isoformat(), "name": "x"},
        {"start": after.isoformat(), "end": "2026-11-30", "name": "x"},
    ]
    assert planned(year(forum(), closed=closed))["cost"] == cost


def test_what_is_missing_takes_the_number_that_costs_least() -> None:
    """Only late November is open: the one that can be placed is the third of three."""
    closed = [{"start": "2026-09-01", "end": "2026-11-22", "name": "x"}]
    out = planned(year(forum(rule={"count": 3}, min_gap_days=10), closed=closed))
    assert [each["which"] for each in out["meetings"]] == [3]
    assert [each["which"] for each in out["unplaced"]] == [1, 2]


def holidays_of(year_: int) -> set[date]:
    return {day for day, _ in statutory_days(date(year_, 1, 1), date(year_, 12, 31))}


def test_ten_holidays_a_year() -> None:
    for year_ in (2020, 2024, 2026):
        for month, day in ((5, 1), (6, 5), (12, 24), (12, 31)):
            assert date(year_, month, day) not in holidays_of(year_)
    for year_ in range(1900, 9999, 3):
        assert len(holidays_of(year_)) == 10
        assert holidays_of(year_) == statutory(year_)  # by another formula


def test_they_are_those_of_the_holiday_library() -> None:
    """A source of its own, that ends in 2100 and has Store Bededag until 2023."""
    for year_ in (*range(1970, 2024, 6), *range(2024, 2101)):
        named = holidays.country_holidays("DK", years=year_, language="en_US")
        assert {day for day, name in named.items() if "Great Prayer" not in name} == holidays_of(year_)


def test_a_year_after_the_last_of_any_list_and_three_years_at_once() -> None:
    late = {"start": "2150-04-01", "end": "2150-04-30"}
    closed = [
        {"start": "2150-04-01", "end": "2150-04-09", "name": "x"},
        {"start": "2150-04-11", "end": "2150-04-30", "name": "x"},
    ]
    good_friday = year(forum(rule={"months": [4]}), period=late, closed=closed)
    assert dates(planned(good_friday)) == []
    assert dates(planned(good_friday | {"public_holidays": False})) == ["2150-04-10"]
    three = planned(year(forum(rule={"months": [9, 1]}), period={"start": "2026-08-01", "end": "2029-07-31"}))
    assert [each["which"] for each in three["meetings"]] == [1, 2, 3, 4, 5, 6]
    assert [each[:4] for each in dates(three)] == ["2026", "2027", "2027", "2028", "2028", "2029"]


def test_two_fixed_that_demand_one_person_contradict() -> None:
    fixed = [
        {"of": of, "date": "2026-09-02", "start": start} for of, start in (("f", "09:00"), ("g", "09:59"))
    ]
    out = plan_year(year(forum("f"), forum("g"), fixed=fixed))
    assert (out["status"], out["cost"], out["bound"], out["meetings"], out["unplaced"]) == (
        "infeasible_input",
        None,
        None,
        [],
        [],
    )
    fixed[1]["start"] = "10:00"
    assert plan_year(year(forum("f"), forum("g"), fixed=fixed, travel_minutes=60))["status"] == "optimal"
