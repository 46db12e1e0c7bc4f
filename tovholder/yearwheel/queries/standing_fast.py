"""Which of the meetings that stand fast the planner can be given: what contradicts, and what ends too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Any

from tovholder.yearwheel.planning.problem import DAY_MINUTES, minutes_of

Json = dict[str, Any]


def contradictions(data: Json) -> list[tuple[Json, Json, list[str]]]:
    """Return the pairs of fixed meetings that demand one person at a time, and whom: the planner refuses those."""
    minutes, musts = _minutes(data), _musts(data)
    return [
        (one, other, sorted(musts[one["of"]] & musts[other["of"]]))
        for one, other in combinations(data["fixed"], 2)
        if musts[one["of"]] & musts[other["of"]] and _overlap(one, other, minutes)
    ]


def after_midnight(data: Json) -> Iterator[tuple[Json, int]]:
    """Yield the fixed meetings that would end after 24:00, with their minutes: the planner refuses those too."""
    minutes = _minutes(data)
    for each in data["fixed"]:
        if minutes_of(each["start"]) + minutes[each["of"]] > DAY_MINUTES:
            yield each, minutes[each["of"]]


def possible(data: Json, fixed: list[Json], today: date) -> list[Json]:
    """Leave out of what is over as much as lay on top of other meetings, or would end after midnight by a rule of today.

    History is no reason to plan nothing. `data` is the file without its fixed meetings.
    """
    minutes, musts = _minutes(data), _musts(data)
    kept: list[Json] = []
    for each in sorted(fixed, key=lambda place: (place["date"], place["start"], place["of"])):
        over = each["date"] < today.isoformat()
        too_late = minutes_of(each["start"]) + minutes[each["of"]] > DAY_MINUTES
        if over and (
            too_late
            or any(
                musts[other["of"]] & musts[each["of"]] and _overlap(each, other, minutes) for other in kept
            )
        ):
            continue
        kept.append(each)
    return kept


def _overlap(one: Json, other: Json, minutes: dict[str, int]) -> bool:
    a, b = minutes_of(one["start"]), minutes_of(other["start"])
    return one["date"] == other["date"] and a < b + minutes[other["of"]] and b < a + minutes[one["of"]]


def _minutes(data: Json) -> dict[str, int]:
    return {each["id"]: each["minutes"] for part in ("forums", "joint", "events") for each in data[part]}


def _musts(data: Json) -> dict[str, set[str]]:
    found = {each["id"]: {m["person"] for m in each["members"] if m["must"]} for each in data["forums"]}
    for each in [*data["joint"], *data["events"]]:
        found[each["id"]] = set().union(*(found[forum] for forum in each["forums"]))
    return found
