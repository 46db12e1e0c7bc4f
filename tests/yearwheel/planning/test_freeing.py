"""Each proposed change is made, all other meetings are held, and the year is planned again: the meeting has a place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from year_check import check
from year_tiny import tiny
from year_towns import town

from tests.yearwheel.planning.years import away, forum, joint, year
from tovholder.yearwheel.planning import Suggestion, check_input, plan_year, suggestions, what_would_free


def applied(data: dict[str, Any], change: Suggestion) -> dict[str, Any]:
    """IN with a proposed change made in it, as somebody would make it by hand."""
    rows = {each["id"]: each for part in ("forums", "joint", "events") for each in data.get(part) or []}
    row = dict(rows.get(change.of or "", {}))
    changed = {**data, "persons": [dict(each) for each in data["persons"]]}
    match change.code:
        case "allow_weekday":
            usual = row.get("weekdays")
            _add(row, "weekdays", change.weekday, change.month, [1, 2, 3, 4, 5] if usual is None else usual)
        case "allow_start":
            _add(row, "starts", change.start, change.month, row["starts"])
        case "drop_min_gap":
            row["min_gap_days"] = change.number
        case "make_optional":
            row["members"] = [
                {**each, "must": False} if each["person"] == change.person else each
                for each in row["members"]
            ]
        case "raise_max_per_day":
            for each in changed["persons"]:
                if each["id"] == change.person:
                    each["max_per_day"] = change.number
        case "raise_max_parallel":
            changed["max_parallel"] = change.number
    for part in ("forums", "joint", "events"):
        changed[part] = [row if each["id"] == change.of else each for each in data.get(part) or []]
    return changed


def _add(row: dict[str, Any], name: str, value: Any, month: int | None, usual: Sequence[Any]) -> None:
    if month is None:
        row[name] = [*usual, value]
        return
    by_month = row[f"{name}_by_month"]
    row[f"{name}_by_month"] = {**by_month, str(month): [*by_month[str(month)], value]}


def rest_held(data: dict[str, Any], out: dict[str, Any]) -> dict[str, Any]:
    held = [{key: each[key] for key in ("of", "date", "start")} for each in out["meetings"]]
    return {**data, "fixed": held}


def assert_every_proposal_is_enough(data: dict[str, Any]) -> int:
    """Return how many proposals there were."""
    out = plan_year(data)
    if out["status"] == "infeasible_input":
        return 0
    before, tried = Counter(each["of"] for each in out["unplaced"]), 0
    for missing, changes in zip(out["unplaced"], what_would_free(data, out), strict=True):
        assert len(changes) <= 3
        for change in changes:
            changed = applied(rest_held(data, out), change)
            assert check_input(changed) == []
            again = plan_year(changed)
            assert check(changed, again) == []
            after = Counter(each["of"] for each in again["unplaced"])
            left = {(each["of"], each["which"]) for each in again["unplaced"]}
            # Where another that had no place wants the same room, either may have it.
            others = any(after[of] < before[of] for of in before)
            assert (missing["of"], missing["which"]) not in left or others, (missing, change)
            tried += 1
    return tried


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1_000_000))
def test_every_proposal_is_enough_in_any_tiny_year(seed: int) -> None:
    assert_every_proposal_is_enough(tiny(seed))


def test_every_proposal_is_enough_in_a_tight_town() -> None:
    data = town(8, 1, away=0.6, seconds=0) | {"max_parallel": 1}
    assert assert_every_proposal_is_enough(data) > 10


ALL_DAY = [{"weekday": day, "start": "00:00", "end": "24:00"} for day in range(1, 8)]
SEPTEMBER_9 = {"period": {"start": "2026-09-09", "end": "2026-09-10"}}  # a Wednesday and a Thursday
WEDNESDAY = forum(weekdays=[3], rule={"months": [9]})


def freed(data: dict[str, Any]) -> list[tuple[Any, ...]]:
    out = plan_year(data)
    found = next(what_would_free(data, out))
    return [(each.code, each.weekday or each.start or each.person, each.dates) for each in found]


def test_a_person_away_in_the_morning() -> None:
    """The police officer is away Wednesday morning: begin later, allow Thursday, or make her optional."""
    data = year(
        WEDNESDAY, persons=[{"id": "p", "busy": [away("2026-09-09", "08:00", "15:00")]}], **SEPTEMBER_9
    )
    assert freed(data) == [
        ("allow_start", "15:00", ("2026-09-09",)),
        ("allow_weekday", 4, ("2026-09-10",)),
        ("make_optional", "p", ("2026-09-09",)),
    ]


def test_an_evening_forum_is_asked_to_meet_in_another_evening_hour() -> None:
    """All are at work by day; the police officer can come from half past seven in the evening on."""
    day = away("2026-09-09", "07:00", "16:30")
    data = year(
        WEDNESDAY | {"weekdays": [3, 4], "starts": ["18:00"]},
        persons=[{"id": "p", "busy": [day, away("2026-09-09", "16:30", "19:30"), away("2026-09-10")]}],
        **SEPTEMBER_9,
    )
    assert freed(data)[0] == ("allow_start", "19:30", ("2026-09-09",))
    assert assert_every_proposal_is_enough(data) > 0


def changes(data: dict[str, Any]) -> dict[str, Suggestion]:
    return {each.code: each for each in next(what_would_free(data, plan_year(data)))}


def test_the_gap_is_lowered_no_more_than_it_must_be_and_in_the_rule_that_has_it() -> None:
    """The two days lie five apart, the forum asks for nine; the joint meeting itself asks for none."""
    closed = [
        {"start": "2026-09-10", "end": "2026-09-13", "name": "x"},
        {"start": "2026-09-15", "end": "2026-09-15", "name": "x"},
    ]
    data = year(
        forum(rule={"count": 0}, min_gap_days=9),
        joint=[joint(count=2, starts=["09:00"], weekdays=[1, 2, 3, 4, 5])],
        period={"start": "2026-09-09", "end": "2026-09-15"},
        closed=closed,
    )
    change = changes(data)["drop_min_gap"]
    assert (change.of, change.number) == ("f", 5)
    assert_every_proposal_is_enough(data)


def test_a_month_with_weekdays_and_starts_of_its_own_is_what_is_changed() -> None:
    data = year(
        WEDNESDAY | {"weekdays": [1], "weekdays_by_month": {"9": [3]}, "starts_by_month": {"9": ["09:00"]}},
        persons=[{"id": "p", "busy": [away("2026-09-09", "08:00", "15:00")]}],
        **SEPTEMBER_9,
    )
    found = changes(data)
    assert (found["allow_weekday"].weekday, found["allow_weekday"].month) == (4, 9)
    assert (found["allow_start"].start, found["allow_start"].month) == ("15:00", 9)
    assert assert_every_proposal_is_enough(data) == 3


def test_one_who_must_be_there_in_two_of_the_forums_is_no_single_change() -> None:
    none = {"rule": {"count": 0}}
    one = year(forum("f", **none), joint=[joint()], persons=[{"id": "p", "busy_weekly": ALL_DAY}])
    two = year(
        forum("f", **none), forum("g", **none), joint=[joint(forums=["f", "g"])], persons=one["persons"]
    )
    assert list(changes(one)) == ["make_optional"]
    assert changes(two) == {}


def test_where_there_is_room_already_it_is_to_be_solved_again() -> None:
    data = year(WEDNESDAY, **SEPTEMBER_9)
    out = {"meetings": [], "unplaced": [{"of": "f", "which": 1}]}
    assert [each.code for each in next(what_would_free(data, out))] == ["solve_again"]


def test_what_is_counted_is_tried_once_for_all_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    data = year(forum(rule={"count": 3}, starts=["09:00"]), persons=[{"id": "p", "busy_weekly": ALL_DAY}])
    tried, real = [], suggestions.candidate_days
    monkeypatch.setattr(suggestions, "candidate_days", lambda *args: tried.append(1) or real(*args))
    found = list(what_would_free(data, plan_year(data)))
    assert (len(found), len(tried)) == (3, 1)
    assert found[0] == found[1] == found[2] != []


@pytest.mark.parametrize(
    ("others", "forums", "code"),
    [
        ({}, (forum(weekdays=[3, 4], rule={"count": 2}, min_gap_days=2),), "drop_min_gap"),
        ({"max_parallel": 1}, (WEDNESDAY, WEDNESDAY | {"id": "g", "members": []}), "raise_max_parallel"),
        ({"persons": [{"id": "p", "max_per_day": 1}]}, (WEDNESDAY, WEDNESDAY | {"id": "g", "starts": ["12:00"]}), "raise_max_per_day"),
    ],
)  # fmt: skip
def test_other_relaxations(others: dict[str, Any], forums: tuple[dict[str, Any], ...], code: str) -> None:
    data = year(*forums, **SEPTEMBER_9, **others)
    assert code in changes(data)
    assert_every_proposal_is_enough(data)


def test_nothing_frees_what_two_persons_forbid_all_day() -> None:
    persons = [{"id": each, "busy": [away("2026-09-09"), away("2026-09-10")]} for each in "pq"]
    members = [{"person": each} for each in "pq"]
    assert freed(year(WEDNESDAY | {"members": members}, persons=persons, **SEPTEMBER_9)) == []
