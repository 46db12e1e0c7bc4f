"""The wheel written out as SVG: with classes for the page, where the style sheet has the colours, or with them for paper."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from math import pi

from tovholder.yearwheel.drawing import NAME_DAYS, OUTER, Mark, Ring, Wheel

INK, MUTED, PAPER, CLOSED, POINT, NOW, GOLD = (
    "#1a2326", "#4c585c", "#f4f2ec", "#e2ded4", "#55379a", "#b80000", "#f0a500",
)  # fmt: skip
COLOURS = {
    "w1": "#a14a08",
    "w2": "#1f5f9e",
    "w3": "#2c6529",
    "w4": "#7b5a00",
    "w5": "#8a2f6b",
    "w6": "#4a5fae",
}
EDGE = OUTER + 46
MOST_NAMES = 6


def as_svg(
    wheel: Wheel, *, title: str, described: str, middle: list[str], for_paper: bool = False, key: str = "h"
) -> str:
    """Return the drawing. `middle` are the lines in the middle, the first of them large; everything is escaped here.

    `key` tells the ids of one drawing from those of another on the same page.
    """
    parts = [
        f'<svg class="th-svg th-wheel" xmlns="http://www.w3.org/2000/svg" viewBox="{-EDGE} {-EDGE} {2 * EDGE} {2 * EDGE}" '
        f'role="{"img" if for_paper else "group"}" aria-labelledby="{key}t {key}d"{"" if for_paper else _year(wheel)}>',
        f'<title id="{key}t">{escape(title)}</title><desc id="{key}d">{escape(described)}</desc>',
        f'<g fill="none" stroke="{PAPER}" stroke-width="{wheel.rings[0].width if wheel.rings else 0}">',
        *(f'<circle r="{each.radius}"/>' for each in wheel.rings),
        f'</g><g fill="{CLOSED}">',
        *(f'<path d="{each.d}"><title>{escape(each.title)}</title></path>' for each in wheel.closed),
        "</g>",
        _weeks(wheel),
        *_months(wheel),
        *_points(wheel),
        *_names(wheel, key),
        *_today(wheel),
        '<g class="marks">',
        *_marks(wheel, for_paper),
        "</g>",
        *_middle(middle),
        "</svg>",
    ]
    return "".join(parts)


def _year(wheel: Wheel) -> str:
    """The first day and the number of days: what a script needs to know which day an angle is."""
    return f' data-year="{wheel.start.isoformat()}/{wheel.days}"'


def _weeks(wheel: Wheel) -> str:
    """A short line at the rim where each week begins: one line of dashes, as far apart as seven days are."""
    week = 7 * 2 * pi * (OUTER + 2) / wheel.days
    return f'<path d="{wheel.weeks}" fill="none" stroke="{MUTED}" stroke-width="4" stroke-dasharray="1 {week - 1:.3f}"/>'


def _months(wheel: Wheel) -> Iterator[str]:
    lines = "".join(f"M{a.x} {a.y}L{b.x} {b.y}" for a, b in wheel.spokes)
    yield f'<path d="{lines}" stroke="#fff" stroke-width="3"/><g text-anchor="middle" font-size="20" class="m">'
    for label in wheel.months:
        now = ' class="b" font-weight="600"' if label.now else ""
        text = f'<text x="{label.x}" y="{label.y:g}"{now}>{label.text}</text>'
        if label.url:
            about = escape(f"{label.text}: {label.title}")
            text = f'<a href="{escape(label.url)}"><title>{about}</title>{text}</a>'
        yield text
    yield "</g>"


def _points(wheel: Wheel) -> Iterator[str]:
    for each in wheel.points:
        yield (
            f'<path d="{each.d}" fill="none" stroke="{POINT}" stroke-width="6" stroke-linecap="round">'
            f"<title>{escape(each.title)}</title></path>"
        )


def _names(wheel: Wheel, key: str) -> Iterator[str]:
    if len(wheel.rings) > MOST_NAMES:
        return  # too narrow to be read; the legend names them from the outside in
    yield '<g font-weight="600" text-anchor="middle" fill="none">'
    for ring in wheel.rings:
        room = 2 * pi * ring.radius * NAME_DAYS / 365
        size = max(9, min(15, int(ring.width / 2), int(room / max(1, len(_short(ring.name))) / 0.58)))
        yield (
            f'<path id="{key}{ring.path_id}" d="{ring.path}"/>'
            f'<text font-size="{size}" fill="{_colour(ring)}" class="t {ring.css}">'
            f'<textPath href="#{key}{ring.path_id}" startOffset="50%">{escape(_short(ring.name))}</textPath></text>'
        )
    yield "</g>"


def _short(name: str) -> str:
    return name if len(name) <= 16 else f"{name[:15].rstrip()}…"


def _colour(ring: Ring) -> str:
    return COLOURS[ring.css]


def _today(wheel: Wheel) -> Iterator[str]:
    if wheel.today is None:
        return
    a, b, label = wheel.today
    yield f'<path d="M{a.x} {a.y}L{b.x} {b.y}" stroke="{NOW}" stroke-width="3"/>'
    yield f'<rect x="{label.x - 25}" y="{label.y - 12}" width="50" height="24" rx="12" fill="{NOW}"/>'
    yield (
        f'<text x="{label.x}" y="{label.y + 5}" text-anchor="middle" font-size="14" font-weight="600" fill="#fff" '
        'class="w">I dag</text>'
    )


def _middle(lines: list[str]) -> Iterator[str]:
    for number, text in enumerate(line for line in lines if line):
        size, y = (38, 0) if number == 0 else (16, 2 + 24 * number)
        look = 'class="b" font-weight="600"' if number == 0 else 'class="m"'
        yield f'<text y="{y}" text-anchor="middle" font-size="{size}" {look}>{escape(text)}</text>'


def _marks(wheel: Wheel, for_paper: bool) -> Iterator[str]:
    """The marks, those of one ring together: their colour is the ring's, and said once."""
    for css, marks in groupby(
        wheel.marks, key=lambda mark: mark.css.split()[0] if mark.shape == "dot" else ""
    ):
        here = list(marks)
        # A ring that is a draft throughout says so once: the dashes of its line are handed down.
        all_draft = bool(css) and all(mark.css.endswith(" draft") for mark in here)
        yield f'<g class="{css}{" draft" if all_draft else ""}">' if css else "<g>"
        yield from (_linked(mark, for_paper, said={"draft"} if all_draft else set()) for mark in here)
        yield "</g>"


def _linked(mark: Mark, for_paper: bool, said: set[str]) -> str:
    drawn = _drawn(mark, for_paper, said)
    title = f"<title>{escape(mark.title)}</title>"
    if mark.url and not for_paper:
        return f'<a href="{escape(mark.url)}">{title}{drawn}</a>'
    return f"<g>{title}{drawn}</g>"


def _drawn(mark: Mark, for_paper: bool, said: set[str]) -> str:
    # As planned is what most are: only what is otherwise is written, a page has a hundred marks.
    states = [each for each in mark.css.split() if each not in COLOURS and each not in {"planned", *said}]
    css = " ".join([*([mark.shape] if mark.shape != "dot" else []), *states])
    look = _look(mark) if for_paper else f' class="{css}"' if css else ""
    if mark.shape == "star":
        return f'<polygon points="{mark.points}"{look}/>'
    if mark.shape == "bar":
        line = f"M{mark.x} {mark.y}L{mark.x2} {mark.y2}"
        if for_paper:
            inner = INK if mark.css == "held" else "#fff"
            return (
                f'<path d="{line}" stroke="{INK}" stroke-width="10" stroke-linecap="round"/>'
                f'<path d="{line}" stroke="{inner}" stroke-width="5" stroke-linecap="round"/>'
            )
        return f'<path d="{line}" class="bar-o"/><path d="{line}"{look}/>'
    count = f'<text x="{mark.x}" y="{mark.y + 4:.1f}" text-anchor="middle" font-size="11" class="n">{mark.count}</text>'
    if mark.count == 1 and not for_paper:
        return f'<circle cx="{mark.x}" cy="{mark.y}"{look}/>'  # its radius is in the style sheet
    radius = 6 if mark.count == 1 else 9
    return f'<circle cx="{mark.x}" cy="{mark.y}" r="{radius}"{look}/>' + (count if mark.count > 1 else "")


def _look(mark: Mark) -> str:
    if mark.shape == "star":
        return f' fill="{GOLD}" stroke="{INK}" stroke-width="1.5"'
    colour = COLOURS.get(mark.css.split()[0], INK)
    fill = colour if mark.css.endswith("held") else "#fff"
    return f' fill="{fill}" stroke="{colour}" stroke-width="3"'
