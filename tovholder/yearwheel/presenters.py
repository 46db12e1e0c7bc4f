"""The year made ready to be drawn: rings, marks and sentences out of what the user may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.ui.naming import day_and_month
from tovholder.yearwheel.drawing import Item, Wheel, wheel
from tovholder.yearwheel.models import YearMark, YearPlan
from tovholder.yearwheel.queries.document import closed_days, occurrences
from tovholder.yearwheel.queries.entries import Entry
from tovholder.yearwheel.queries.rings import keys_of, rings

SHAPES = {"forum": "dot", "joint": "bar", "event": "star"}


@dataclass(frozen=True)
class Marks:
    """Where the marks lead: one meeting, and a week of them ("uge=" and the week are put at its end)."""

    url: Callable[[Entry], str]
    week_url: str
    short: bool = False


def picture(plan: YearPlan, found: list[Entry], by: str, today: date, marks: Marks) -> Wheel:
    """Draw the year."""
    known = rings(found, by)
    year_marks = list(YearMark.objects.filter(retired_at__isnull=True))
    return wheel(
        start=plan.starts_on,
        end=plan.ends_on,
        rings=known,
        items=[
            Item(
                day=entry.date,
                rings=keys_of(entry, by, known),
                shape=SHAPES[entry.kind],
                state=entry.state,
                title=said(entry, short=marks.short),
                url=marks.url(entry),
                week_url=f"{marks.week_url}{'&' if '?' in marks.week_url else '?'}uge={entry.date:%G-W%V}",
            )
            for entry in found
        ],
        closed=[
            (date.fromisoformat(each["start"]), date.fromisoformat(each["end"]), each["name"])
            for each in closed_days(plan.starts_on, plan.ends_on, year_marks)
        ],
        points=_national_points(plan, year_marks),
        today=today,
    )


def _national_points(plan: YearPlan, marks: list[YearMark]) -> list[tuple[date, date, str]]:
    """What stands fast in every year, as it falls in this one: first day, last day, name."""
    return [
        (first, last, f"{mark.name}, {day_and_month(first)} – {day_and_month(last)}")
        for mark in marks
        if not mark.closed
        for first, last in occurrences(mark, plan.starts_on, plan.ends_on)
    ]


def said(entry: Entry, *, short: bool = False) -> str:
    """Say one meeting in a line: day, time, what, and how it stands where that is not as planned."""
    clock = f"{entry.start.hour}.{entry.start.minute:02d}"
    if short:
        parts = [f"{entry.date.day}/{entry.date.month} {clock} {entry.title}"]
    else:
        parts = [f"{day_and_month(entry.date)} kl. {clock}: {entry.title}"]
    words = {
        "moved": _("flyttes hertil"),
        "dropped": _("udgår"),
    }
    if entry.state in words:
        parts.append(words[entry.state])
    return ", ".join(parts)


def totals(plan: YearPlan, found: list[Entry]) -> dict[str, str]:
    """Return the few words in the middle of the wheel, and the description of the drawing."""
    held = sum(entry.is_done for entry in found)
    missing = len(plan.unplaced)
    joint = sum(entry.kind == "joint" for entry in found)
    events = sum(entry.kind == "event" for entry in found)
    parts = [
        ngettext("%(n)s møde", "%(n)s møder", len(found)) % {"n": len(found)},
        ngettext("%(n)s fællesmøde", "%(n)s fællesmøder", joint) % {"n": joint},
        ngettext("%(n)s arrangement", "%(n)s arrangementer", events) % {"n": events},
    ]
    return {
        "held": _("%(held)s af %(all)s møder holdt") % {"held": held, "all": len(found)},
        "missing": ngettext("%(n)s dato mangler", "%(n)s datoer mangler", missing) % {"n": missing}
        if missing
        else "",
        "described": _("%(parts)s. Alle datoer står i listen.") % {"parts": ", ".join(parts)},
    }
