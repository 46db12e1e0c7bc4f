"""The plan that is there before anything is solved: for one that has no place a few others are moved aside."""

from __future__ import annotations

from typing import Any

import pytest
from year_check import check

from tests.yearwheel.planning.years import event, forum, joint, unplaced, year
from tovholder.yearwheel.planning import greedy, plan_year


def at_once(data: dict[str, Any]) -> dict[str, Any]:
    out = plan_year(data | {"seconds": 0})
    assert check(data, out) == []
    return out


def of(person: str) -> list[dict[str, Any]]:
    return [{"person": person}]


def only_on(day: str, name: str = "e", **changes: Any) -> dict[str, Any]:
    return event(name, window={"start": day, "end": day}, **changes)


# The event takes the first place there is; what the forum needs is taken then.
DAYS_BETWEEN = year(
    forum(rule={"months": [10]}, min_gap_days=9, weekdays=[5]),
    joint=[joint()],
    closed=[{"start": "2026-10-17", "end": "2026-10-31", "name": "x"}, {"start": "2026-10-01", "end": "2026-10-11", "name": "x"}],
)  # fmt: skip
TWO_AT_ONCE = year(
    forum("f", rule={"months": [9]}, members=[*of("p"), *of("q")], weekdays=[2], starts=["09:00"]),
    forum("g", rule={"count": 0}, members=of("p")),
    forum("h", rule={"count": 0}, members=of("q")),
    period={"start": "2026-09-01", "end": "2026-09-01"},
    events=[
        only_on("2026-09-01", "d", forums=["g"], starts=["09:00", "13:00"]),
        only_on("2026-09-01", "e", forums=["h"], starts=["09:30", "13:00"]),
    ],
)
# f wants 9.00, where d is; d wants 11.00, where e is; e can go to 13.00.
ONE_AFTER_ANOTHER = year(
    forum("f", rule={"months": [9]}, members=of("p"), starts=["09:00"]),
    forum("g", rule={"count": 0}, members=[*of("p"), *of("q")]),
    forum("h", rule={"count": 0}, members=of("q")),
    period={"start": "2026-09-01", "end": "2026-09-01"},
    events=[
        only_on("2026-09-01", "d", forums=["g"], starts=["09:00", "11:00"]),
        only_on("2026-09-01", "e", forums=["h"], starts=["11:00", "13:00"]),
    ],
)
FULL_DAY = year(
    forum("f", rule={"months": [9]}, members=of("p"), weekdays=[1]),
    forum("g", rule={"count": 0}, members=of("p")),
    persons=[{"id": "p", "max_per_day": 1}],
    period={"start": "2026-09-07", "end": "2026-09-08"},
    events=[event("d", forums=["g"], starts=["13:00"])],
)


@pytest.mark.parametrize(
    "data", [DAYS_BETWEEN, TWO_AT_ONCE, ONE_AFTER_ANOTHER, FULL_DAY], ids=["gap", "two", "chain", "full"]
)
def test_what_stands_in_the_way_is_moved(data: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert unplaced(at_once(data)) == []
    monkeypatch.setattr(greedy, "PATIENCE", 0)
    assert len(at_once(data)["unplaced"]) == 1


def test_what_cannot_be_moved_stays() -> None:
    held = {"of": "d", "date": "2026-09-01", "start": "09:00"}
    out = at_once(TWO_AT_ONCE | {"fixed": [held]})
    assert unplaced(out) == [("f", 1, ["person_double"])]
    assert held in [{key: each[key] for key in held} for each in out["meetings"]]
