"""What imports hand out: an empty template for each kind, and the preview as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tovholder.imports.models import Batch
from tovholder.imports.planning import Kind
from tovholder.imports.reading.workbook import GUIDE
from tovholder.ui.tables import Column, Table

STATES = {"new": gettext_lazy("Ny"), "changed": gettext_lazy("Ændret")}


def template_headings(kind: Kind) -> list[str]:
    return [each.heading for each in kind.fields]


def write_template(file: IO[bytes], kind: Kind) -> None:
    """Write a workbook with the headings, and a sheet beside it that explains them.

    Every column is text, so that Excel takes no zero from a phone number and turns no date round.
    """
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  # a new workbook has a sheet
    sheet.title, sheet.freeze_panes = str(kind.title)[:31], "A2"
    for number, each in enumerate(kind.fields, start=1):
        cell = sheet.cell(row=1, column=number, value=each.heading)
        cell.font = Font(bold=True)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(18, len(each.heading) + 4)
        sheet.column_dimensions[letter].number_format = "@"
    guide = book.create_sheet(GUIDE)
    for number, line in enumerate(guide_lines(kind), start=1):
        for column, text in enumerate(line, start=1):
            cell = guide.cell(row=number, column=column, value=text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    guide.column_dimensions["A"].width, guide.column_dimensions["C"].width = 22, 70
    book.save(file)


def guide_lines(kind: Kind) -> list[list[str]]:
    """Return what each column is for: heading, whether it must be filled in, and how."""
    needed = {True: _("skal udfyldes"), False: _("kan være tom")}
    how = {"date": _("Dato, for eksempel 1.8.2026."), "flag": _("ja eller nej"), "email": "", "phone": ""}
    return [
        [str(each.heading), needed[each.required], str(each.help or how.get(each.reads, ""))]
        for each in kind.fields
    ]


def preview(batch: Batch, rows: Sequence[dict[str, Any]]) -> Table:
    columns = [
        Column(_("Række i filen"), lambda row: row["row"]),
        Column(_("Hvad sker der"), lambda row: str(STATES[row["state"]])),
        Column(_("Hvem eller hvad"), lambda row: row["label"]),
        Column(
            _("Felter"),
            lambda row: "; ".join(f"{word}: {before} → {after}" for word, before, after in row["fields"]),
        ),
    ]
    return Table(_("gennemsyn af import"), columns, rows, about=batch)
