"""A place that is tried for a meeting, weighed in words: which rules it breaks, what would help, and who cannot come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.ui.naming import WEEKDAYS, day_and_month, listed
from tovholder.yearwheel.models import PlannedMeeting
from tovholder.yearwheel.queries.document import Thing
from tovholder.yearwheel.services import coming, moving
from tovholder.yearwheel.services.moving import Broken, Ground
from tovholder.yearwheel.wording import some

SHOWN = 4


@dataclass(frozen=True)
class Line:
    """One rule that the place breaks, and what would be enough for it not to."""

    text: str
    helps: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Weighed:
    """`clashes` are asked about before the meeting is moved; `missing` are told: members who should be there."""

    clashes: list[Line]
    missing: list[str]

    @property
    def said(self) -> str:
        """All of it in one line, for who hears the page."""
        return " ".join([*map(str, self.clashes), *self.missing]) or _("Ingen sammenfald.")


def weigh(ground: Ground, day: date, start: time) -> Weighed:
    """Weigh a place for a meeting. Nothing is written."""
    row, data, names, trial = ground.row, ground.data, ground.names, ground.trial
    broken = trial.clashes(day, start)
    missing = coming.missing(ground.plan, moving.placed(row, day, start), data, trial.others)
    place = _Place(data, ground.known.get(row.of), day, start)
    lines = [_line(each, [names.get(pk, "") for pk in each.persons], place) for each in broken]
    return Weighed(
        clashes=list({line.text: line for line in lines}.values()),
        missing=[
            missing_said(each.row, [names.get(pk, "") for pk in each.persons], own=each.row.pk == row.pk)
            for each in missing
        ],
    )


def missing_said(row: PlannedMeeting, names: Sequence[str], *, own: bool) -> str:
    """Say which members, who should be there and need not, cannot come to a meeting."""
    who = _some(names)
    if own:
        return _("%(who)s bør være med, men kan ikke.") % {"who": who}
    return _("%(who)s kan så ikke komme til %(title)s kl. %(clock)s.") % {
        "who": who,
        "title": row.title,
        "clock": _clock(row.start),
    }


def _some(names: Sequence[str]) -> str:
    return some(names, SHOWN) or _("Nogen")


def _clock(clock: time) -> str:
    return f"{clock.hour}.{clock.minute:02d}"


@dataclass(frozen=True)
class _Place:
    data: dict[str, Any]
    thing: Thing | None
    day: date
    start: time

    @property
    def weekdays(self) -> list[int]:
        if self.thing is None:
            return []
        return self.thing.wanted.weekdays_on(self.day)


def _line(broken: Broken, names: Sequence[str], place: _Place) -> Line:
    text = said(broken, names, place.day)
    if not broken.own:
        return Line(f"{broken.others[0].title}: {text}" if broken.others else text)
    if broken.code == "no_working_day":
        return _no_day(place, text)
    return Line(text, _helps(broken.code, names, place))


def said(broken: Broken, names: Sequence[str], day: date) -> str:
    """Say a rule that a move by hand breaks, with the names of persons and of the other meetings."""
    who, others = _some(names), broken.others[:3]
    where = listed(
        _("%(name)s kl. %(clock)s") % {"name": each.title, "clock": _clock(each.start)} for each in others
    )
    days = listed(f"{each.title} {day_and_month(each.date)}" for each in others)
    sentences = {
        "no_working_day": _("Forummet kan ikke mødes den dag."),
        "no_start": _("Mødet må ikke begynde på det tidspunkt efter forummets regel."),
        "person_busy": _("%(who)s er optaget."),
        "person_double": _("%(who)s skal være med i %(where)s på samme tid."),
        "overlap": _("Mødet ligger oven i %(where)s."),
        "max_per_day": _("%(who)s får flere møder den dag, end I har tilladt."),
        "max_parallel": _("Der er flere møder på samme tid, end I har tilladt: %(where)s."),
        "min_gap": _("Der er for få dage til %(days)s."),
        "replaced": _("Et fællesmøde træder i stedet for mødet i den periode."),
        "window": _("Forummet får to møder i den samme periode, eller et i en periode uden møder."),
    }
    sentence = sentences.get(broken.code, _("Reglerne for forummet tillader det ikke."))
    return sentence % {"who": who, "where": where, "days": days}


def _no_day(place: _Place, text: str) -> Line:
    """Say which of the three it is: closed, too near today for the notice, or no day of the forum's."""
    day = place.day.isoformat()
    closed = next((each["name"] for each in place.data["closed"] if each["start"] <= day <= each["end"]), "")
    if closed:
        return Line(_("Der er lukket den dag: %(name)s.") % {"name": closed})
    weekday = WEEKDAYS[place.day.weekday()]
    if place.thing is None:
        return Line(text)
    name = place.thing.row
    if place.day.isoweekday() not in place.weekdays:
        never = _("%(name)s mødes ikke på en %(day)s.") % {"name": name, "day": weekday}
        return Line(never, _("tillad også %(weekday)s") % {"weekday": weekday})
    if place.day < timezone.localdate() + timedelta(days=place.thing.notice_days):
        near = _("Det er for tæt på i dag: varslet er %(n)s dage.") % {"n": place.thing.notice_days}
        return Line(near, _("gør varslet kortere"))
    return Line(_("Det er en helligdag."))


def _helps(code: str, names: Sequence[str], place: _Place) -> str:
    helps = {
        "no_start": _("tillad også kl. %(clock)s") % {"clock": _clock(place.start)},
        "person_busy": _("gør deltagelsen valgfri for %(who)s") % {"who": _some(names)},
        "person_double": _("gør deltagelsen valgfri for %(who)s i et af møderne") % {"who": _some(names)},
        "max_per_day": _("tillad flere møder om dagen"),
        "max_parallel": _("tillad flere møder på samme tid"),
        "min_gap": _("tillad færre dage imellem"),
    }
    return helps.get(code, "")
