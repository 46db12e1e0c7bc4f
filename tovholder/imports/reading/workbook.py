"""xlsx: the first sheet that holds something, cell by cell, without calculating or believing anything."""

from __future__ import annotations

import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, time
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.worksheet._reader import MERGE_TAG, ROW_TAG, MergeCells, WorkSheetParser, iterparse

from tovholder.imports.reading.grid import MOST_COLUMNS, MOST_ROWS, Grid, Line, Raw, Wrong
from tovholder.imports.reading.packed import check_package
from tovholder.imports.reading.problems import Unreadable
from tovholder.imports.reading.text import too_many_columns, too_many_rows

EXCEL = "Excel-projektmappe (.xlsx)"
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MOST_MERGED = 1_000
GUIDE = "Vejledning"  # the sheet of our own templates that explains the columns


def read_xlsx(file: BinaryIO) -> Grid:
    """Return the rows of a workbook. Raises Unreadable with a sentence that says what to do."""
    check_package(file, main="spreadsheetml.sheet.main+xml", kind=EXCEL)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        try:
            return _read(book)
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


class _Cells(WorkSheetParser):
    """Reads cells and merged ranges, and nothing else that a sheet may hold half a million of, as links or formats."""

    def parse(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        for _event, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                if self.row_counter >= LAST_ROW or len(element) > LAST_COLUMN:
                    raise ValueError("more than Excel holds")
                row = self.parse_row(element)
                element.clear()
                yield row
            elif element.tag == MERGE_TAG:
                if len(element) > MOST_MERGED:
                    raise _too_many_merged()
                self.merged_cells = MergeCells.from_tree(element)
                element.clear()

    def parse_formula(self, element: Any) -> str:
        """That it is one is all we tell; one that many cells share would be written out anew for each of them."""
        return "="


def _too_many_merged() -> Unreadable:
    return Unreadable(
        _("Arket har over %(most)s flettede områder. Ophæv fletningerne i Excel, gem filen, og prøv igen.")
        % {"most": f"{MOST_MERGED:,}".replace(",", ".")}
    )


def _read(book: Any) -> Grid:
    if not book.worksheets:
        raise ValueError("no sheet")
    filled: list[tuple[Any, list[Line]]] = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible" or (filled and sheet.title == GUIDE):
            continue
        if lines := _lines(sheet):
            filled.append((sheet, lines))
    if not filled:
        return Grid([])
    sheet, lines = filled[0]
    notices = []
    if len(filled) > 1:
        others = ", ".join(f"»{other.title}«" for other, _lines_of in filled[1:])
        notices.append(
            _("Filen har flere ark. Kun »%(sheet)s« er læst, ikke %(others)s.")
            % {"sheet": sheet.title, "others": others}
        )
    return Grid(lines, notices)


def _lines(sheet: Any) -> list[Line]:
    """The rows that are really in the file: one that claims to be number a billion costs nothing."""
    found: list[Line] = []
    book = sheet.parent
    with sheet._get_source() as source:
        parser = _Cells(
            source,
            sheet._shared_strings,
            data_only=False,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, row in parser.parse():
            filled = {cell["column"]: value for cell in row if (value := _cell(cell)) is not None}
            if not filled:
                continue
            if number > LAST_ROW or (found and number <= found[-1].number):
                raise ValueError("rows out of order")
            if max(filled) > MOST_COLUMNS:
                raise too_many_columns(len(filled))
            found.append(Line(number, [filled.get(place) for place in range(1, max(filled) + 1)]))
            if len(found) > MOST_ROWS + 100:
                raise too_many_rows()
    merged = parser.merged_cells.mergeCell if parser.merged_cells else []
    _mark_merged(found, [each.bounds for each in merged])
    return found


def _cell(cell: dict[str, Any]) -> Raw:
    value, kind = cell["value"], cell["data_type"]
    if value is None:
        return None
    if kind == "f":
        return Wrong(
            _(
                "Cellen er en formel. Kopiér kolonnen, og sæt den ind som værdier (Indsæt speciel), før du gemmer."
            )
        )
    if kind == "e":
        return Wrong(_("Cellen viser fejlen %(error)s. Ret den i Excel.") % {"error": str(value)[:20]})
    if isinstance(value, bool | int | float | date | time):
        return value
    return " ".join(str(value).replace("\xa0", " ").split()) or None


def _mark_merged(lines: list[Line], ranges: list[tuple[int, int, int, int]]) -> None:
    """Put a word in each cell that a merged range covers, the upper left one too; a title over the table is left out."""
    numbers = [line.number for line in lines]
    merged = Wrong(_("Cellen er flettet med andre. Ophæv fletningen i Excel, og skriv i hver celle."))
    room = len(lines) * MOST_COLUMNS
    for left, top, right, bottom in ranges:
        covered = lines[bisect_left(numbers, top) : bisect_right(numbers, bottom)]
        if top == bottom and covered and _only_cell(covered[0], left):
            continue
        width = min(right, MOST_COLUMNS) - left + 1
        # Merged ranges never share a cell: together they fill no more than there is.
        room -= len(covered) * max(0, width)
        if room < 0:
            raise ValueError("merged ranges overlap")
        for line in covered:
            line.cells += [None] * (min(right, MOST_COLUMNS) - len(line.cells))
            for column in range(left - 1, min(right, MOST_COLUMNS)):
                line.cells[column] = merged


def _only_cell(line: Line, column: int) -> bool:
    return all(cell is None or place == column - 1 for place, cell in enumerate(line.cells))
