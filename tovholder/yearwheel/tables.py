"""The year as a file of rows."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.directory.models import Person
from tovholder.ui.naming import MONTHS
from tovholder.ui.tables import Column, Table
from tovholder.yearwheel.models import YearMark, YearPlan
from tovholder.yearwheel.queries.entries import Entry
from tovholder.yearwheel.queries.hours import Line
from tovholder.yearwheel.queries.rules import RuleLine

SHOWN = 30
STATES = {
    "draft": gettext_lazy("Ikke offentliggjort"),
    "moved": gettext_lazy("Flyttes"),
    "dropped": gettext_lazy("Udgår"),
    "planned": gettext_lazy("Planlagt"),
    "held": gettext_lazy("Holdt"),
}


def meetings(rows: list[Entry], plan: YearPlan) -> Table:
    """The meetings of a year."""
    return Table(
        name="årshjul",
        columns=[
            Column(_("Dato"), "date"),
            Column(_("Fra"), lambda row: f"{row.start:%H:%M}"),
            Column(_("Til"), lambda row: f"{row.end:%H:%M}"),
            Column(_("Møde"), "title"),
            Column(_("Fora"), lambda row: ", ".join(forum.name for forum in row.forums)),
            Column(_("Tema"), "theme"),
            Column(_("Status"), lambda row: str(STATES.get(row.state, row.state))),
        ],
        rows=rows,
        about=plan,
    )


def rules(rows: list[RuleLine]) -> Table:
    """What each forum and joint meeting asks for."""
    return Table(
        name="planlægningsregler",
        columns=[
            Column(_("Hvem"), "name"),
            Column(_("Hvor tit"), "how_often"),
            Column(_("Hvornår"), "when"),
            Column(_("Skal være med"), "must"),
        ],
        rows=rows,
    )


def days_of(mark: YearMark) -> str:
    """Say the days of a mark: "20. januar – 20. marts"."""
    first, last = (_day(each) for each in (mark.from_day, mark.until_day))
    return first if first == last else f"{first} – {last}"


def _day(text: str) -> str:
    month, day = (int(part) for part in text.split("-"))
    return f"{day}. {MONTHS[month - 1]}"


def marks(rows: list[YearMark]) -> Table:
    """What comes back each year on the same days."""
    return Table(
        name="faste punkter",
        columns=[
            Column(_("Navn"), "name"),
            Column(_("Dage"), days_of),
            Column(_("Ingen møder"), lambda row: _("Ja") if row.closed else _("Nej")),
        ],
        rows=rows,
    )


def hours(rows: list[Line], plan: YearPlan, name: str) -> Table:
    """Hours in meetings, this year and last year."""
    return Table(
        name=name,
        columns=[
            Column(_("Navn"), "name"),
            Column(_("Timer i år"), "hours"),
            Column(_("Møder i år"), "meetings"),
            Column(_("Timer sidste år"), "hours_before"),
            Column(_("Møder sidste år"), "meetings_before"),
        ],
        rows=rows,
        about=plan,
    )


def busy_people(rows: list[Person]) -> Table:
    """How many busy times each person has written."""
    return Table(
        name="optaget",
        columns=[
            Column(_("Navn"), "name"),
            Column(_("Kommer fra"), "organisation.name"),
            Column(_("Enkelte tidspunkter"), "times"),
            Column(_("Faste hver uge"), "weekly"),
            Column(_("Højst møder på en dag"), "most"),
        ],
        rows=rows,
    )
