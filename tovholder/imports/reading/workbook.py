"""xlsx: the first sheet that holds something, cell by cell, without calculating or believing anything."""

from __future__ import annotations

import re
import zipfile
from datetime import timedelta
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils import range_boundaries

from tovholder.imports.reading.grid import MOST_COLUMNS, MOST_ROWS, Grid, Line, Raw, Wrong
from tovholder.imports.reading.packed import check_package
from tovholder.imports.reading.problems import Unreadable
from tovholder.imports.reading.text import too_many_columns, too_many_rows

EXCEL = "Excel-projektmappe (.xlsx)"
LAST_ROW = 1_048_576
WIDEST = 300  # columns that are looked at at all, to tell how many there are
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})\"")


def read_xlsx(file: BinaryIO) -> Grid:
    """Return the rows of a workbook. Raises Unreadable with a sentence that says what to do."""
    check_package(file, main="spreadsheetml.sheet.main+xml", kind=EXCEL)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        try:
            return _read(book, file)
        finally:
            book.close()
    except Unreadable:
        raise
    except (
        zipfile.BadZipFile,
        ParseError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
    ) as error:
        # What openpyxl and its XML reader raise for a damaged or wicked file is no closed list.
        raise Unreadable(
            _("Filen er gået i stykker. Åbn den i Excel, gem den igen som %(kind)s, og prøv igen.")
            % {"kind": EXCEL}
        ) from error


def _read(book: Any, file: BinaryIO) -> Grid:
    filled: list[tuple[Any, list[Line]]] = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        if lines := _lines(sheet):
            filled.append((sheet, lines))
    if not filled:
        return Grid([])
    sheet, lines = filled[0]
    _mark_merged(lines, _merged(file, sheet))
    notices = []
    if len(filled) > 1:
        others = ", ".join(f"»{other.title}«" for other, _lines_of in filled[1:])
        notices.append(
            _("Filen har flere ark. Kun »%(sheet)s« er læst, ikke %(others)s.")
            % {"sheet": sheet.title, "others": others}
        )
    return Grid(lines, notices)


def _lines(sheet: Any) -> list[Line]:
    sheet.reset_dimensions()  # what the file says of its size is only a claim
    found: list[Line] = []
    for number, row in enumerate(sheet.iter_rows(max_col=WIDEST, max_row=LAST_ROW), start=1):
        cells = [_cell(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise too_many_columns(len(cells))
        found.append(Line(number, cells))
        if len(found) > MOST_ROWS + 100:
            raise too_many_rows()
    return found


def _cell(cell: Any) -> Raw:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f" or (not isinstance(value, str | int | float | bool) and hasattr(value, "ref")):
        return Wrong(
            _(
                "Cellen er en formel. Kopiér kolonnen, og sæt den ind som værdier (Indsæt speciel), før du gemmer."
            )
        )
    if cell.data_type == "e":
        return Wrong(_("Cellen viser fejlen %(error)s. Ret den i Excel.") % {"error": str(value)[:20]})
    if isinstance(value, str):
        return " ".join(value.replace("\xa0", " ").split()) or None
    if isinstance(value, timedelta):
        return str(value)
    found: Raw = value
    return found


def _merged(file: BinaryIO, sheet: Any) -> list[tuple[int, int, int, int]]:
    """The merged ranges of a sheet, which a reader that streams does not tell."""
    with zipfile.ZipFile(file) as packed, packed.open(sheet._worksheet_path) as part:
        text = part.read()
    return [range_boundaries(each.decode()) for each in _MERGED.findall(text)]


def _mark_merged(lines: list[Line], ranges: list[tuple[int, int, int, int]]) -> None:
    """Put a word in each cell that a merged range covers, the upper left one too; a title over the table is left out."""
    by_number = {line.number: line for line in lines}
    for left, top, right, bottom in ranges:
        if top == bottom and by_number.get(top) is not None and _only_cell(by_number[top], left):
            continue
        for number in range(top, min(bottom, top + MOST_ROWS) + 1):
            line = by_number.get(number)
            if line is None:
                continue
            line.cells += [None] * (min(right, MOST_COLUMNS) - len(line.cells))
            for column in range(left - 1, min(right, MOST_COLUMNS)):
                line.cells[column] = Wrong(
                    _("Cellen er flettet med andre. Ophæv fletningen i Excel, og skriv i hver celle.")
                )


def _only_cell(line: Line, column: int) -> bool:
    return all(cell is None or place == column - 1 for place, cell in enumerate(line.cells))
