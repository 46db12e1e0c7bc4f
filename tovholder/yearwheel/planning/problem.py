"""The planner's input, understood: days as ordinals, times as minutes after midnight, persons and things as numbers.

Times are wall-clock times in Europe/Copenhagen: a meeting of 60 minutes at 01:30 ends at 02:30 also in the night
when the clock is changed. Rule numbers are those of docs/reference/plan_year.md.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tovholder.yearwheel.statutory import statutory_days

DAY_MINUTES = 24 * 60
UNPLACED, WEEKDAY, START, ABSENT, MOVED_DATE, MOVED_START = 1000, 3, 1, 2, 10, 4
_NO_BUSY: list[Any] = []


@dataclass(frozen=True, slots=True)
class Person:
    """`busy` by ordinal and `weekly` by ISO weekday are masks with one bit for each minute; `limit` is max_per_day."""

    id: str
    busy: dict[int, int]
    weekly: dict[int, int]
    limit: int | None

    def away(self, day: int) -> int:
        return self.busy.get(day, 0) | self.weekly.get(weekday_of(day), 0)


@dataclass(frozen=True, slots=True)
class Thing:
    """What has meetings: a forum, a joint meeting or an event; `forums` are indices of things (a forum: itself)."""

    index: int
    id: str
    kind: str
    minutes: int
    rule: str  # months | weeks | count | joint | event
    amount: int  # count: n; weeks: every n; else 0
    months: frozenset[int]
    forums: tuple[int, ...]
    musts: tuple[int, ...]
    optionals: tuple[int, ...]
    weekdays: frozenset[int]
    weekdays_by_month: dict[int, frozenset[int]]
    preferred_weekdays: frozenset[int]
    starts: tuple[int, ...]
    starts_by_month: dict[int, tuple[int, ...]]
    preferred_starts: frozenset[int]
    gap: int  # least days between two of its own, or 0: of a joint meeting also what its forums ask for
    own_gap: int  # what its own rule says of it
    notice: int
    replaces: bool
    first: int
    last: int

    @property
    def has_windows(self) -> bool:
        """Asked for once in each month or block, not counted."""
        return self.rule in ("months", "weeks")

    @property
    def is_spread(self) -> bool:
        """The k-th of n has its place in the year (rule count, and joint)."""
        return self.rule in ("count", "joint")


@dataclass(frozen=True, slots=True)
class Held:
    """A fixed meeting (rule 7)."""

    thing: int
    day: int
    start: int
    end: int


@dataclass(slots=True)
class Problem:
    start: int
    end: int
    today: int
    persons: list[Person]
    things: list[Thing]
    fixed: list[Held]
    previous: dict[tuple[int, int], tuple[int, int]]
    shut: frozenset[int]
    travel: int
    parallel: int | None
    seed: int
    seconds: float
    work: float | None
    by_id: dict[str, int] = field(default_factory=dict)

    @property
    def days(self) -> int:
        return self.end - self.start + 1

    def place(self, thing: Thing, which: int, amount: int) -> int | None:
        """The ordinal where the k-th of n belongs, or None for what is not spread."""
        if not thing.is_spread:
            return None
        return self.start + ((2 * which - 1) * self.days) // (2 * amount)


def weekday_of(ordinal: int) -> int:
    return (ordinal - 1) % 7 + 1  # 1 January of year 1 was a Monday


def minutes_of(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def ordinal_of(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def span(start: int, end: int) -> int:
    """A mask of the half-open minutes from `start` to `end`."""
    return (1 << end) - (1 << start)


def understand(data: dict[str, Any]) -> Problem:
    """Turn checked input (`check_input` found no fault) into a Problem."""
    start, end = ordinal_of(data["period"]["start"]), ordinal_of(data["period"]["end"])
    persons = [_person(each) for each in data["persons"]]
    number = {each.id: i for i, each in enumerate(persons)}
    things = [_forum(i, each, number, (start, end)) for i, each in enumerate(data["forums"])]
    forums = {each.id: each for each in things}
    for each in data.get("joint") or []:
        things.append(_joint(len(things), each, forums, (start, end)))
    for each in data.get("events") or []:
        things.append(_event(len(things), each, forums, (start, end)))
    by_id = {each.id: each.index for each in things}
    return Problem(
        start=start,
        end=end,
        today=ordinal_of(data.get("today") or data["period"]["start"]),
        persons=persons,
        things=things,
        fixed=sorted(
            (_held(each, things[by_id[each["of"]]]) for each in data.get("fixed") or []),
            key=lambda held: (held.day, held.start, held.thing),
        ),
        previous={
            (by_id[each["of"]], each["which"]): (ordinal_of(each["date"]), minutes_of(each["start"]))
            for each in data.get("previous") or []
            if each["of"] in by_id
        },
        shut=_shut_days(data, start, end),
        travel=data.get("travel_minutes") or 0,
        parallel=data.get("max_parallel"),
        seed=1 if data.get("seed") is None else data["seed"],
        seconds=60.0 if data.get("seconds") is None else float(data["seconds"]),
        work=None if data.get("work") is None else float(data["work"]),
        by_id=by_id,
    )


def _person(data: dict[str, Any]) -> Person:
    busy: defaultdict[int, int] = defaultdict(int)
    weekly: defaultdict[int, int] = defaultdict(int)
    for each in data.get("busy") or _NO_BUSY:
        busy[ordinal_of(each["date"])] |= span(minutes_of(each["start"]), minutes_of(each["end"]))
    for each in data.get("busy_weekly") or _NO_BUSY:
        weekly[each["weekday"]] |= span(minutes_of(each["start"]), minutes_of(each["end"]))
    return Person(data["id"], dict(busy), dict(weekly), data.get("max_per_day"))


def _times(data: dict[str, Any]) -> dict[str, Any]:
    weekdays = data.get("weekdays")
    return {
        "id": data["id"],
        "minutes": data["minutes"],
        "weekdays": frozenset((1, 2, 3, 4, 5) if weekdays is None else weekdays),
        "preferred_weekdays": frozenset(data.get("preferred_weekdays") or ()),
        "starts": _starts(data["starts"]),
        "preferred_starts": frozenset(minutes_of(each) for each in data.get("preferred_starts") or ()),
    }


def _starts(clocks: list[str]) -> tuple[int, ...]:
    return tuple(sorted({minutes_of(each) for each in clocks}))


def _forum(index: int, data: dict[str, Any], number: dict[str, int], period: tuple[int, int]) -> Thing:
    must: dict[int, bool] = {}
    for member in data["members"]:
        person = number[member["person"]]
        must[person] = must.get(person, False) or member.get("must") is not False
    rule = data["rule"]
    kinds = {"months": "months", "count": "count", "every_weeks": "weeks"}
    kind = next(name for key, name in kinds.items() if rule.get(key) is not None)
    by_month, starts = data.get("weekdays_by_month") or {}, data.get("starts_by_month") or {}
    return Thing(
        index=index,
        kind="forum",
        rule=kind,
        amount=rule.get("count") or rule.get("every_weeks") or 0,
        months=frozenset(rule.get("months") or ()),
        forums=(index,),
        musts=tuple(person for person, needed in must.items() if needed),
        optionals=tuple(person for person, needed in must.items() if not needed),
        weekdays_by_month={int(month): frozenset(days) for month, days in by_month.items()},
        starts_by_month={int(month): _starts(clocks) for month, clocks in starts.items()},
        gap=data.get("min_gap_days") or 0,
        own_gap=data.get("min_gap_days") or 0,
        notice=data.get("notice_days") or 0,
        replaces=False,
        first=period[0],
        last=period[1],
        **_times(data),
    )


def _joint(index: int, data: dict[str, Any], forums: dict[str, Thing], period: tuple[int, int]) -> Thing:
    of = _forums_of(data, forums)
    return Thing(
        index=index,
        kind="joint",
        rule="joint",
        amount=data["count"],
        months=frozenset(),
        forums=tuple(each.index for each in of),
        weekdays_by_month={},
        starts_by_month={},
        gap=max([data.get("min_gap_days") or 0, *(each.gap for each in of)]),
        own_gap=data.get("min_gap_days") or 0,
        notice=max((each.notice for each in of), default=0),
        replaces=bool(data.get("replaces")),
        first=period[0],
        last=period[1],
        **_times(data),
        **_united(of),
    )


def _event(index: int, data: dict[str, Any], forums: dict[str, Thing], period: tuple[int, int]) -> Thing:
    of = _forums_of(data, forums)
    return Thing(
        index=index,
        kind="event",
        rule="event",
        amount=1,
        months=frozenset(),
        forums=tuple(each.index for each in of),
        weekdays_by_month={},
        starts_by_month={},
        gap=0,
        own_gap=0,
        notice=max((each.notice for each in of), default=0),
        replaces=False,
        first=max(period[0], ordinal_of(data["window"]["start"])),
        last=min(period[1], ordinal_of(data["window"]["end"])),
        # An event has no preferences; a key that the text does not name is let be.
        **{**_times(data), "preferred_weekdays": frozenset(), "preferred_starts": frozenset()},
        **_united(of),
    )


def _forums_of(data: dict[str, Any], forums: dict[str, Thing]) -> list[Thing]:
    return [forums[each] for each in dict.fromkeys(data["forums"])]


def _united(forums: list[Thing]) -> dict[str, Any]:
    """Rule 3: all members; a must in one forum is a must."""
    musts = dict.fromkeys(person for each in forums for person in each.musts)
    optionals = dict.fromkeys(person for each in forums for person in each.optionals if person not in musts)
    return {"musts": tuple(musts), "optionals": tuple(optionals)}


def _held(data: dict[str, Any], thing: Thing) -> Held:
    start = minutes_of(data["start"])
    return Held(thing.index, ordinal_of(data["date"]), start, start + thing.minutes)


def _shut_days(data: dict[str, Any], start: int, end: int) -> frozenset[int]:
    shut: set[int] = set()
    if data.get("public_holidays") is not False:
        days = statutory_days(date.fromordinal(start), date.fromordinal(end))
        shut = {day.toordinal() for day, _ in days}
    for each in data.get("closed") or []:
        first, last = max(start, ordinal_of(each["start"])), min(end, ordinal_of(each["end"]))
        shut.update(range(first, last + 1))
    return frozenset(shut)
