"""The year as files: on an A3 page, and for a calendar program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.directory.queries import municipality_name
from tovholder.documents import calendar
from tovholder.documents.shapes import YearDocument, YearLine, YearMonth
from tovholder.documents.typst import render_pdf
from tovholder.meetings.models import Meeting
from tovholder.meetings.services import letters
from tovholder.meetings.services.links import public_url
from tovholder.ui.naming import MONTHS, WEEKDAYS, listed
from tovholder.yearwheel.drawing import Wheel
from tovholder.yearwheel.models import YearPlan
from tovholder.yearwheel.presenters import Marks, picture, totals
from tovholder.yearwheel.queries.closed import closed_days
from tovholder.yearwheel.queries.entries import Entry
from tovholder.yearwheel.queries.public_days import public_days
from tovholder.yearwheel.svg import as_svg


def a3(plan: YearPlan, found: Sequence[Entry], by: str, today: date) -> bytes:
    """Return the wheel and the list of its meetings as one PDF in A3."""
    entries = list(found)
    told = totals(plan, entries)
    wheel = picture(plan, entries, by, today, Marks(url=lambda _entry: "", week_url=""))
    title = _("Årshjul %(year)s") % {"year": plan}
    svg = as_svg(
        wheel, title=title, described=told["described"], middle=[str(plan), told["held"]], for_paper=True
    )
    return render_pdf(
        "yearwheel",
        YearDocument(
            municipality=municipality_name(),
            title=title,
            described=told["described"],
            legend=legend(wheel),
            svg=svg,
            months=[
                _month(first, entries) for first in sorted({each.date.replace(day=1) for each in entries})
            ],
        ),
    )


def legend(wheel: Wheel) -> str:
    """Say what the drawing means: its rings from the outside in, its signs, and what comes back each year."""
    parts = [
        _("Ringene udefra: %(names)s.") % {"names": listed(ring.name for ring in wheel.rings)},
        _("Udfyldt prik: holdt. Tom prik: planlagt. Streg: fællesmøde. Stjerne: arrangement."),
        _("Gråt: ferie og lukkedage."),
        *(_("Lilla bue: %(name)s.") % {"name": each.title} for each in wheel.points),
    ]
    return " ".join(parts if wheel.rings else parts[1:])


def _month(first: date, entries: list[Entry]) -> YearMonth:
    here = [each for each in entries if each.date.replace(day=1) == first]
    theme = next((each.theme for each in here if each.theme), "")
    return YearMonth(
        name=f"{MONTHS[first.month - 1].capitalize()} {first.year}",
        theme=theme,
        lines=[
            YearLine(
                day=f"{WEEKDAYS[each.date.weekday()][:3]} {each.date.day}.",
                clock=f"{each.start.hour}.{each.start.minute:02d}",
                what=each.title,
            )
            for each in here
        ],
    )


def as_calendar(found: Sequence[Entry], plan: YearPlan) -> str:
    """Return the published meetings of the year as a calendar: forum, kind, time and place; no person, no item."""
    wanted = [each.pk for each in found if each.pk is not None]
    rows = Meeting.objects.filter(pk__in=wanted).select_related("lead_forum").order_by("starts_at", "pk")
    entries = []
    for meeting in rows:
        url = public_url(reverse("meetings:before", args=[meeting.pk]))
        entries.append(
            calendar.Entry(
                uid=meeting.uid,
                sequence=meeting.sequence,
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                summary=letters.calendar_title(meeting.lead_forum.name, meeting.kind, meeting.title),
                location=meeting.place,
                description=_("Se mødet (log ind): %(url)s") % {"url": url},
                url=url,
                stamp=meeting.sequence_at or meeting.created_at or _now(),
            )
        )
    return calendar.feed(name=_("Årshjul %(year)s") % {"year": plan}, entries=entries)


def _now() -> datetime:
    return timezone.now()


def closed_names(plan: YearPlan) -> dict[date, str]:
    """Return, by day, the name of the holiday that closes it: a public one by its own name, in a school holiday too."""
    found: dict[date, str] = dict(public_days(plan.starts_on, plan.ends_on))
    for each in closed_days(plan.starts_on, plan.ends_on):
        day, last = date.fromisoformat(each["start"]), date.fromisoformat(each["end"])
        while day <= last:
            found.setdefault(day, each["name"])
            day += timedelta(days=1)
    return found
