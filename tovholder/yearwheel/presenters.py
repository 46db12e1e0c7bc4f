"""The year made ready to be drawn: rings, marks and sentences out of what the user may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.accounts.models import User
from tovholder.forums.standing import own_forum_ids
from tovholder.meetings.models import Topic
from tovholder.ui.naming import day_and_month
from tovholder.yearwheel.drawing import Item, Wheel, wheel
from tovholder.yearwheel.models import YearMark, YearPlan
from tovholder.yearwheel.queries.closed import closed_days, occurrences
from tovholder.yearwheel.queries.entries import Entry, themes_of
from tovholder.yearwheel.queries.public_days import public_days
from tovholder.yearwheel.queries.rings import keys_of, rings

SHAPES = {"forum": "dot", "joint": "bar", "event": "star"}


@dataclass(frozen=True)
class Marks:
    """Where the marks lead: one meeting, and a week of them ("uge=" and the week are put at its end)."""

    url: Callable[[Entry], str]
    week_url: str
    short: bool = False


def picture(
    plan: YearPlan,
    found: list[Entry],
    by: str,
    today: date,
    marks: Marks,
    themes: dict[date, tuple[str, str]] | None = None,
) -> Wheel:
    """Draw the year. `themes` are what its months are about, for those who may read what somebody has written."""
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
        closed=_closed(plan, year_marks),
        points=_national_points(plan, year_marks),
        today=today,
        themes=themes or {},
    )


def _closed(plan: YearPlan, marks: list[YearMark]) -> list[tuple[date, date, str]]:
    """School holidays and what the municipality closes, and the public holidays that lie in none of them."""
    found = [
        (date.fromisoformat(each["start"]), date.fromisoformat(each["end"]), each["name"])
        for each in closed_days(plan.starts_on, plan.ends_on, marks)
    ]
    # On a Saturday or a Sunday nobody meets anyhow; two days in a row are one piece.
    pieces: list[tuple[date, date, str]] = []
    for day, name in public_days(plan.starts_on, plan.ends_on):
        if day.weekday() > 4 or any(first <= day <= last for first, last, _name in found):
            continue
        if pieces and pieces[-1][1] == day - timedelta(days=1):
            first, _last, before = pieces.pop()
            pieces.append((first, day, f"{before}, {name}"))
        else:
            pieces.append((day, day, name))
    return found + pieces


@dataclass(frozen=True)
class Theme:
    """What a month is about, for all or one layer; `url` leads to the topic it came from, for who may read that."""

    name: str
    url: str = ""


def themes_by_month(user: User, plan: YearPlan) -> dict[date, list[Theme]]:
    """Return what each month is about: the theme of all, then those of single layers."""
    found: dict[date, list[Theme]] = {}
    for row in sorted(themes_of(plan), key=lambda each: (each.layer_id is not None, each.pk)):
        if str(row):
            name = str(row) if row.layer is None else f"{row.layer}: {row}"
            found.setdefault(row.month, []).append(Theme(name, _topic_url(user, row.topic)))
    return found


def _topic_url(user: User, topic: Topic | None) -> str:
    """The place of a topic in its forum's bank; only who sits in the forum reads that."""
    if topic is None or topic.forum_id not in own_forum_ids(user):
        return ""
    return reverse("meetings:topics", args=[topic.forum_id]) + f"?status={topic.status}#emne-{topic.pk}"


def linked_themes(themes: dict[date, list[Theme]], month_url: str) -> dict[date, tuple[str, str]]:
    """Return, by month, its themes in one line, and where they lead: the one topic, or the month that tells them all.

    `month_url` ends where the month is put.
    """
    return {
        month: (
            "; ".join(each.name for each in here),
            here[0].url if len(here) == 1 and here[0].url else f"{month_url}{month:%Y-%m}",
        )
        for month, here in themes.items()
    }


def _national_points(plan: YearPlan, marks: list[YearMark]) -> list[tuple[date, date, str]]:
    """What stands fast in every year, as it falls in this one: first day, last day, name."""
    return [
        (first, last, f"{mark.name}, {day_and_month(first)} – {day_and_month(last)}")
        for mark in marks
        if not mark.closed
        for first, last in occurrences(mark, plan.starts_on, plan.ends_on)
    ]


def said(entry: Entry, *, short: bool = False) -> str:
    """Say one meeting in a line: day, time, what, and how it stands where that is not as planned; then its theme."""
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
    line = ", ".join(parts)
    if entry.theme and not short:
        line += "\n" + _("Tema: %(theme)s") % {"theme": entry.theme}
    return line


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
