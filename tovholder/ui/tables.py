"""A list as a file: CSV as Danish spreadsheets read it, and xlsx. Knows columns and rows, nothing of the web."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | date | datetime | None
# A spreadsheet takes a cell that begins like this for a formula; some pass over blanks, or fold wide signs, first.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
FORMULA_CONTROL = ("\t", "\r", "\n")
LONGEST = 32_767  # what a cell of Excel holds
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Column:
    """`value` is a function, or the path of an attribute or method; what is missing on the way is an empty cell."""

    heading: str
    value: str | Callable[[Any], Any]

    def of(self, row: Any) -> Cell:
        if callable(self.value):
            return _cell(self.value(row))
        found = _along(self.value, row)
        return _cell(found() if callable(found) else found)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a list page, all of them, with the filters in force. `name` is the file's name: what, never who.

    `about` is the row the list belongs to, as a forum; it goes into the log with the name.
    """

    name: str
    columns: Sequence[Column]
    rows: QuerySet[Any, Any] | Sequence[Any]
    about: models.Model | None = None

    def __len__(self) -> int:
        return self.rows.count() if isinstance(self.rows, QuerySet) else len(self.rows)

    @property
    def headings(self) -> list[str]:
        return [str(column.heading) for column in self.columns]

    def lines(self) -> Iterator[list[Cell]]:
        """Return the cells row by row; a query is read a handful at a time."""
        rows = self.rows.iterator(chunk_size=CHUNK) if isinstance(self.rows, QuerySet) else self.rows
        for row in rows:
            yield [column.of(row) for column in self.columns]


def file_stem(name: str) -> str:
    """Return a name that every file system and header takes."""
    for letter, letters in (("æ", "ae"), ("ø", "oe"), ("å", "aa"), (" ", "-")):
        name = name.replace(letter, letters)
    return name


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet could take `text` for a formula."""
    return text.startswith(FORMULA_CONTROL) or text.lstrip().startswith(FORMULA)


def as_csv(headings: Iterable[str], lines: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """Write lines as Danish Excel opens them right: a byte order mark, semicolons, Danish dates, no formulas."""
    writer = csv.writer(_Line(), delimiter=";")
    yield "\ufeff" + writer.writerow(list(headings))
    for line in lines:
        yield writer.writerow([_csv_cell(cell) for cell in line])


def write_xlsx(file: IO[bytes], title: str, headings: Sequence[str], lines: Iterable[Iterable[Cell]]) -> None:
    """Write lines as a workbook of one sheet. Text stays text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(18, len(heading) + 4)
    sheet.append([_bold(sheet, heading) for heading in headings])
    for line in lines:
        sheet.append([_xlsx_cell(sheet, cell) for cell in line])
    book.save(file)


class _Line:
    """What csv.writer takes for a file: hands each line back."""

    def write(self, line: str) -> str:
        return line


def _along(path: str, row: Any) -> Any:
    for name in path.split("."):
        if row is None:
            return None
        row = getattr(row, name)
    return row


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _("Ja") if value else _("Nej")
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if isinstance(value, int | date):
        return value
    return str(value)


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%d-%m-%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    if isinstance(cell, int):
        return str(cell)
    text = cell.replace("\x00", "")
    return f"'{text}" if is_formula(text) else text


def _xlsx_cell(sheet: Any, cell: Cell) -> Any:
    if cell is None or isinstance(cell, int):
        return cell
    if isinstance(cell, date):
        dated = WriteOnlyCell(sheet, value=cell)
        dated.number_format = "dd-mm-yyyy hh:mm" if isinstance(cell, datetime) else "dd-mm-yyyy"
        return dated
    text = ILLEGAL_CHARACTERS_RE.sub("", cell)[:LONGEST]
    if not is_formula(text):
        return text
    plain = WriteOnlyCell(sheet, value=text)
    plain.data_type = "s"
    plain.quotePrefix = True  # the apostrophe of the spreadsheet itself: stays text when the cell is edited
    return plain


def _bold(sheet: Any, heading: str) -> Any:
    cell = WriteOnlyCell(sheet, value=heading)
    cell.font = Font(bold=True)
    return cell


def _sheet_title(name: str) -> str:
    kept = "".join(" " if char in "[]:*?/\\" else char for char in name)
    return kept[:1].upper() + kept[1:31]
