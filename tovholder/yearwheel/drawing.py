"""The year as a wheel, drawn on the server: rings, months, weeks and a mark for each meeting. Pure: facts in, places out.

A mark is a link; where a year has more than `MOST_MARKS` of them the marks of one ring and week become one, so that
the page of a big municipality stays as light as that of a small one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, pi, sin

INNER, OUTER = 132, 268
MOST_MARKS = 160
MOST_RINGS = 8
NAME_DAYS = 40
STRAIGHT_DAYS = 3  # no bend is seen in what is so short
MONTH_NAMES = "jan feb mar apr maj jun jul aug sep okt nov dec".split()
# As the dots of the forums in the menu (own.css).
COLOURS = 6


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str
    now: bool = False
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One meeting, or several of one week. `shape` is dot, bar (joint) or star (event)."""

    x: float
    y: float
    shape: str
    css: str
    title: str
    url: str
    x2: float = 0
    y2: float = 0
    count: int = 1
    points: str = ""


@dataclass(frozen=True, slots=True)
class Ring:
    radius: float
    width: float
    name: str
    css: str
    path: str = ""
    path_id: str = ""


@dataclass(frozen=True, slots=True)
class Arc:
    d: str
    title: str


@dataclass(frozen=True, slots=True)
class Wheel:
    start: date
    days: int
    rings: list[Ring]
    months: list[Label]
    spokes: list[tuple[Point, Point]]
    weeks: str  # the rim from the first Monday on
    closed: list[Arc]
    points: list[Arc]
    marks: list[Mark]
    today: tuple[Point, Point, Point] | None


@dataclass(frozen=True, slots=True)
class Item:
    """What becomes a mark: its day, which rings, what it says and where it leads."""

    day: date
    rings: tuple[str, ...]
    shape: str
    state: str
    title: str
    url: str
    week_url: str


class _Clock:
    """Turns days into angles: the year begins at the top and goes round with the sun."""

    def __init__(self, start: date, end: date) -> None:
        self.start, self.days = start, (end - start).days + 1

    def angle(self, day: date, part: float = 0.5) -> float:
        return 2 * pi * ((day - self.start).days + part) / self.days

    def at(self, day: date, radius: float, part: float = 0.5) -> Point:
        angle = self.angle(day, part)
        return Point(round(radius * sin(angle)), round(-radius * cos(angle)))

    def sector(self, first: date, last: date, inner: float, outer: float) -> str:
        a, b = self.at(first, inner, 0), self.at(first, outer, 0)
        c, d = self.at(last, outer, 1), self.at(last, inner, 1)
        length = (last - first).days + 1
        if length <= STRAIGHT_DAYS:
            return f"M{a.x} {a.y}L{b.x} {b.y} {c.x} {c.y} {d.x} {d.y}Z"
        large = 1 if length > self.days / 2 else 0
        return (
            f"M{a.x} {a.y}L{b.x} {b.y}A{outer} {outer} 0 {large} 1 {c.x} {c.y}"
            f"L{d.x} {d.y}A{inner} {inner} 0 {large} 0 {a.x} {a.y}Z"
        )

    def arc(self, first: date, last: date, radius: float) -> str:
        a, b = self.at(first, radius, 0), self.at(last, radius, 1)
        large = 1 if (last - first).days + 1 > self.days / 2 else 0
        return f"M{a.x} {a.y}A{radius} {radius} 0 {large} 1 {b.x} {b.y}"


def wheel(
    *,
    start: date,
    end: date,
    rings: Sequence[tuple[str, str]],
    items: Iterable[Item],
    closed: Iterable[tuple[date, date, str]],
    points: Iterable[tuple[date, date, str]],
    today: date,
    themes: Mapping[date, tuple[str, str]] | None = None,
) -> Wheel:
    """Return where everything stands. `themes` are by the first day of the month: what it is about, and where that leads; `rings` are (key, name), from the outside in, at most `MOST_RINGS` of them."""
    clock = _Clock(start, end)
    drawn = _rings(clock, rings, start, end)
    radius = {key: ring.radius for (key, _name), ring in zip(rings, drawn, strict=True)}
    css = {key: ring.css for (key, _name), ring in zip(rings, drawn, strict=True)}
    months = list(_months(start, end))
    now = (today - start).days >= 0 and today <= end
    return Wheel(
        start=start,
        days=clock.days,
        rings=drawn,
        months=[
            Label(
                *_pair(clock.at(middle, OUTER + 17, 0.5), 6),
                MONTH_NAMES[first.month - 1],
                _same(first, today),
                *(themes or {}).get(first.replace(day=1), ("", "")),
            )
            for first, middle in months
        ],
        spokes=[(clock.at(first, INNER, 0), clock.at(first, OUTER + 30, 0)) for first, _middle in months],
        weeks=clock.arc(start + timedelta(days=(7 - start.weekday()) % 7), end, OUTER + 2),
        closed=[Arc(clock.sector(a, b, INNER, OUTER), name) for a, b, name in closed],
        points=[Arc(clock.arc(a, b, INNER - 8), name) for a, b, name in points],
        marks=list(_marks(clock, list(items), radius, css)),
        today=(clock.at(today, INNER - 22), clock.at(today, OUTER), clock.at(today, INNER - 22))
        if now
        else None,
    )


def _pair(point: Point, down: float) -> tuple[float, float]:
    return point.x, round(point.y + down, 1)


def _same(first: date, today: date) -> bool:
    return (first.year, first.month) == (today.year, today.month)


def _months(start: date, end: date) -> Iterable[tuple[date, date]]:
    first = start
    while first <= end:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = min(following - timedelta(days=1), end)
        yield first, first + (last - first) / 2
        first = following


def _rings(clock: _Clock, rings: Sequence[tuple[str, str]], start: date, end: date) -> list[Ring]:
    if not rings:
        return []
    width = (OUTER - INNER) / len(rings)
    # The name stands in the last month, July, where nobody meets.
    first, last = end - timedelta(days=NAME_DAYS), end
    found = []
    for number, (_key, name) in enumerate(rings):
        radius = OUTER - width * (number + 0.5)
        # Read from the outside at the top of the wheel.
        path = clock.arc(first, last, round(radius - 4, 1))
        found.append(
            Ring(
                round(radius, 1), round(width - 3, 1), name, f"w{number % COLOURS + 1}", path, f"ring{number}"
            )
        )
    return found


def _marks(clock: _Clock, items: list[Item], radius: dict[str, float], css: dict[str, str]) -> Iterable[Mark]:
    single = [item for item in items if item.shape == "dot" and len(item.rings) == 1]
    other = [item for item in items if not (item.shape == "dot" and len(item.rings) == 1)]
    for item in other:
        yield from _wide(clock, item, radius)
    if len(single) <= MOST_MARKS:
        # Ring by ring, so that what they share is written once, and Tab goes through one district's year at a time.
        order = {key: n for n, key in enumerate(radius)}
        for item in sorted(single, key=lambda each: (order.get(each.rings[0], 99), each.day)):
            if item.rings[0] in radius:
                place = clock.at(item.day, radius[item.rings[0]])
                yield Mark(
                    place.x, place.y, "dot", f"{css[item.rings[0]]} {item.state}", item.title, item.url
                )
        return
    together: dict[tuple[str, date], list[Item]] = defaultdict(list)
    for item in single:
        together[item.rings[0], item.day - timedelta(days=item.day.weekday())].append(item)
    for (key, monday), group in sorted(together.items(), key=lambda each: (each[0][1], each[0][0])):
        if key not in radius:
            continue
        place = clock.at(max(monday + timedelta(days=2), clock.start), radius[key])
        state = "held" if all(each.state == "held" for each in group) else group[0].state
        title = group[0].title if len(group) == 1 else f"{len(group)} møder i uge {monday.isocalendar()[1]}"
        url = group[0].url if len(group) == 1 else group[0].week_url
        yield Mark(place.x, place.y, "dot", f"{css[key]} {state}", title, url, count=len(group))


def _wide(clock: _Clock, item: Item, radius: dict[str, float]) -> Iterable[Mark]:
    """A joint meeting is a bar over its rings, an event a star at the rim."""
    if item.shape == "star":
        place = clock.at(item.day, OUTER - 8)
        yield Mark(place.x, place.y, "star", item.state, item.title, item.url, points=_star(place))
        return
    here = [radius[key] for key in item.rings if key in radius]
    if here:
        a, b = clock.at(item.day, min(here) - 8), clock.at(item.day, max(here) + 8)
        yield Mark(a.x, a.y, "bar", item.state, item.title, item.url, x2=b.x, y2=b.y)


def _star(place: Point) -> str:
    corners = []
    for number in range(10):
        far = 14 if number % 2 == 0 else 6
        angle = pi * number / 5
        corners.append(f"{place.x + far * sin(angle):.1f},{place.y - far * cos(angle):.1f}")
    return " ".join(corners)
