"""The lists of the directory as files: the columns of the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tovholder.directory.models import District, School
from tovholder.ui.tables import Column, Table


def persons(rows: QuerySet[Any], *, contact: bool) -> Table:
    """The persons; their phones only for those who see people."""
    columns = [
        Column(_("Navn"), "name"),
        Column(_("Stilling"), "title"),
        Column(_("Kommer fra"), "organisation.name"),
    ]
    if contact:
        columns.append(Column(_("Telefon"), "phone"))
    return Table(_("personer"), [*columns, Column(_("Fratrådt"), "left_on")], rows)


def organisations(rows: QuerySet[Any], *, people: bool) -> Table:
    columns = [
        Column(_("Navn"), "name"),
        Column(_("Slags"), "kind.name"),
        Column(_("Part"), "kind.get_party_type_display"),
        Column(_("Distrikt"), "district.name"),
    ]
    if people:
        columns.append(Column(_("Personer"), "people"))
    return Table(_("organisationer"), columns, rows)


def schools(rows: QuerySet[Any]) -> Table:
    columns = [
        Column(_("Skole"), "name"),
        Column(_("Distrikt"), "district.name"),
        Column(_("Ledige poster"), "vacant"),
    ]
    return Table(_("skoler"), columns, rows)


def districts(rows: QuerySet[District]) -> Table:
    """A row for each school in its district, and one for a district without."""
    lines: list[tuple[District, School | None]] = []
    for each in rows:
        schools = list(each.schools.all())
        lines += [(each, school) for school in schools] if schools else [(each, None)]
    columns = [
        Column(_("Distrikt"), lambda line: line[0].name),
        Column(_("Skole"), lambda line: line[1].name if line[1] else None),
        Column(_("Ledige poster"), lambda line: line[1].vacant if line[1] else None),
    ]
    return Table(_("distrikter"), columns, lines)
