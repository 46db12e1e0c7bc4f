"""What makes an input refused (exit status 2): each fault with its JSON path and a reason.

Written by hand and not by the JSON Schema in docs/reference (a test holds them together), because a municipality's
file has a hundred thousand values, and the first plan must be there within two seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tovholder.yearwheel.planning.problem import DAY_MINUTES, minutes_of
from tovholder.yearwheel.planning.values import (
    MOST_DAYS,
    a_date,
    a_flag,
    a_number,
    a_start,
    a_text,
    a_weekday,
    an_end,
    list_of,
    whole,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`path` is the JSON path of the value ($.forums[2].rule), `reason` what is wrong with it."""

    path: str
    reason: str


Check = Callable[[str, Any], Iterator[tuple[str, str]]]
Found = Iterator[tuple[str, str]]


def shape(required: dict[str, Check], others: dict[str, Check] | None = None) -> Check:
    """An object: required keys, keys with a default (null counts as left out); unknown keys are let be."""
    known = others or {}

    def check(path: str, value: Any) -> Found:
        if not isinstance(value, dict):
            yield path, "must be an object"
            return
        for key, inner in required.items():
            if key not in value:
                yield f"{path}.{key}", "is missing"
            else:
                yield from inner(f"{path}.{key}", value[key])
        for key, inner in known.items():
            if value.get(key) is not None:
                yield from inner(f"{path}.{key}", value[key])

    return check


def in_order(check: Check, first: str, last: str, *, may_equal: bool) -> Check:
    """A `first` and a `last` in one object: the last comes after. ISO dates and HH:MM sort as text."""

    def ordered(path: str, value: Any) -> Found:
        faults = list(check(path, value))
        yield from faults
        if not faults and (value[last] < value[first] or (value[last] == value[first] and not may_equal)):
            yield f"{path}.{last}", f"must {'not come before' if may_equal else 'come after'} {first}"

    return ordered


def a_rule(path: str, value: Any) -> Found:
    kinds = {"months": list_of(whole(1, 12)), "count": whole(0, 10_000), "every_weeks": whole(1, 1_000)}
    if not isinstance(value, dict):
        yield path, "must be an object"
        return
    given = [key for key in kinds if value.get(key) is not None]
    if len(given) != 1:
        yield path, "must have exactly one of months, count, every_weeks"
        return
    yield from kinds[given[0]](f"{path}.{given[0]}", value[given[0]])


def by_month(inner: Check) -> Check:
    """An object with a list for some of the months, by their numbers."""

    def check(path: str, value: Any) -> Found:
        if not isinstance(value, dict):
            yield path, "must be an object"
            return
        for month, each in value.items():
            if month not in {str(number) for number in range(1, 13)}:
                yield f"{path}.{month}", "must be a month, 1 to 12"
            yield from list_of(inner)(f"{path}.{month}", each)

    return check


DATES = in_order(shape({"start": a_date, "end": a_date}), "start", "end", may_equal=True)
# Half-open, so an hour that ends as it begins is nobody's.
BUSY = in_order(shape({"date": a_date, "start": a_start, "end": an_end}), "start", "end", may_equal=True)
WEEKLY = in_order(
    shape({"weekday": a_weekday, "start": a_start, "end": an_end}), "start", "end", may_equal=True
)
WHEN = {
    "weekdays": list_of(a_weekday),
    "preferred_weekdays": list_of(a_weekday),
    "preferred_starts": list_of(a_start),
}
DAYS = whole(0, 1_000_000)
MINUTES = whole(1, 1_000_000)
PERSON = shape(
    {"id": a_text},
    {"busy": list_of(BUSY), "busy_weekly": list_of(WEEKLY), "max_per_day": whole(0, 1_000_000)},
)
FORUM = shape(
    {
        "id": a_text,
        "minutes": MINUTES,
        "members": list_of(shape({"person": a_text}, {"must": a_flag})),
        "rule": a_rule,
        "starts": list_of(a_start),
    },
    {
        **WHEN,
        "weekdays_by_month": by_month(a_weekday),
        "starts_by_month": by_month(a_start),
        "min_gap_days": DAYS,
        "notice_days": DAYS,
    },
)
JOINT = shape(
    {
        "id": a_text,
        "forums": list_of(a_text),
        "count": whole(0, 10_000),
        "minutes": MINUTES,
        "starts": list_of(a_start),
    },
    {**WHEN, "replaces": a_flag, "min_gap_days": DAYS},
)
EVENT = shape(
    {
        "id": a_text,
        "forums": list_of(a_text),
        "window": DATES,
        "minutes": MINUTES,
        "starts": list_of(a_start),
    },
    {"weekdays": list_of(a_weekday)},
)
INPUT = shape(
    {"period": DATES, "persons": list_of(PERSON), "forums": list_of(FORUM)},
    {
        "today": a_date,
        "public_holidays": a_flag,
        "closed": list_of(DATES),
        "joint": list_of(JOINT),
        "events": list_of(EVENT),
        "fixed": list_of(shape({"of": a_text, "date": a_date, "start": a_start})),
        "previous": list_of(
            shape({"of": a_text, "which": whole(0, 1_000_000), "date": a_date, "start": a_start})
        ),
        "travel_minutes": whole(0, DAY_MINUTES),
        "max_parallel": whole(0, 1_000_000),
        "seed": whole(-(2**63), 2**63),
        "seconds": a_number,
        "work": a_number,
    },
)


def check_input(data: Any) -> list[Fault]:
    """Return every fault of parsed JSON, in the order of the file; an empty list means that it can be planned."""
    faults = [Fault(*each) for each in INPUT("$", data)]
    return faults or [Fault(*each) for each in _agreement(data)]


def _agreement(data: dict[str, Any]) -> Found:
    """What concerns several values at once; asked only when each value is right by itself."""
    yield from _period(data)
    persons = yield from _unique((f"$.persons[{i}]", each) for i, each in enumerate(data["persons"]))
    kinds = [
        (kind, i, each)
        for kind in ("forums", "joint", "events")
        for i, each in enumerate(data.get(kind) or [])
    ]
    minutes = {each["id"]: each["minutes"] for _, _, each in kinds}
    yield from _unique((f"$.{kind}[{i}]", each) for kind, i, each in kinds)
    forums = {each["id"] for each in data["forums"]}
    for kind, i, each in kinds:
        for j, member in enumerate(each.get("members") or []):
            if member["person"] not in persons:
                yield f"$.{kind}[{i}].members[{j}].person", "names no person of this file"
        if kind != "forums":
            for j, forum in enumerate(each["forums"]):
                if forum not in forums:
                    yield f"$.{kind}[{i}].forums[{j}]", "names no forum of this file"
    for i, held in enumerate(data.get("fixed") or []):
        if held["of"] not in minutes:
            yield f"$.fixed[{i}].of", "names no forum, joint meeting or event of this file"
        elif minutes_of(held["start"]) + minutes[held["of"]] > DAY_MINUTES:
            yield f"$.fixed[{i}].start", "the meeting would end after 24:00"
    yield from _previous(data)


def _period(data: dict[str, Any]) -> Found:
    first, last = data["period"]["start"], data["period"]["end"]
    if math.ceil((int(last[:4]) - int(first[:4])) * 365.25) > MOST_DAYS:
        yield "$.period.end", "the period is longer than twenty years"


def _unique(placed: Iterator[tuple[str, dict[str, Any]]]) -> Any:
    """Yield a fault for each id met before; return the ids."""
    known: set[str] = set()
    for path, each in placed:
        if each["id"] in known:
            yield f"{path}.id", "is used twice"
        known.add(each["id"])
    return known


def _previous(data: dict[str, Any]) -> Found:
    known: set[tuple[str, int]] = set()
    for i, each in enumerate(data.get("previous") or []):
        pair = each["of"], each["which"]
        if pair in known:
            yield f"$.previous[{i}]", "has the same of and which as one before it"
        known.add(pair)
