"""The year as a file of rows."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.directory.models import Person
from tovholder.ui.tables import Column, Table
from tovholder.yearwheel.models import YearPlan
from tovholder.yearwheel.queries.entries import Entry
from tovholder.yearwheel.queries.hours import Line
from tovholder.yearwheel.queries.rules import RuleLine

SHOWN = 150
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
        ],
        rows=rows,
    )
