"""A small year that tests change one thing of: one forum, one person, September to November 2026."""

from __future__ import annotations

from typing import Any

from tovholder.yearwheel.planning import check_input, plan_year


def forum(name: str = "f", **changes: Any) -> dict[str, Any]:
    usual = {
        "id": name,
        "minutes": 60,
        "members": [{"person": "p"}],
        "rule": {"count": 1},
        "starts": ["09:00"],
    }
    return usual | changes


def joint(name: str = "j", **changes: Any) -> dict[str, Any]:
    return {"id": name, "forums": ["f"], "count": 1, "minutes": 60, "starts": ["13:00"]} | changes


def event(name: str = "e", **changes: Any) -> dict[str, Any]:
    window = {"start": "2026-09-07", "end": "2026-09-11"}
    return {"id": name, "forums": ["f"], "window": window, "minutes": 60, "starts": ["13:00"]} | changes


def year(*forums: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """IN from 1 September (a Tuesday) to 30 November 2026 with persons p and q."""
    usual = {
        "period": {"start": "2026-09-01", "end": "2026-11-30"},
        "persons": [{"id": "p"}, {"id": "q"}],
        "forums": list(forums) or [forum()],
        "seconds": 20,
    }
    return usual | changes


def away(day: str, start: str = "00:00", end: str = "24:00") -> dict[str, str]:
    return {"date": day, "start": start, "end": end}


def planned(data: dict[str, Any]) -> dict[str, Any]:
    """OUT, which must pass the independent checker and be proven best."""
    from year_check import check  # on the path by conftest only

    assert check_input(data) == []
    out = plan_year(data)
    assert check(data, out) == []
    assert out["status"] == "optimal"
    return out


def dates(out: dict[str, Any], of: str = "f") -> list[str]:
    return [each["date"] for each in out["meetings"] if each["of"] == of]


def unplaced(out: dict[str, Any]) -> list[tuple[str, int, list[str]]]:
    return [(each["of"], each["which"], [why["code"] for why in each["because"]]) for each in out["unplaced"]]
