"""docx: the rows of the tables that say what, who and when. The columns may stand in any order."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, BinaryIO

import docx
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table, _Cell, _Row

from tovholder.imports.columns import plain
from tovholder.imports.reading.files import check_size
from tovholder.imports.reading.grid import MOST_COLUMNS
from tovholder.imports.reading.packed import check_package
from tovholder.imports.reading.problems import Unreadable
from tovholder.imports.reading.values import BadCell, as_date, looks_like_cpr

WORD = "Word-dokument (.docx)"
MOST_BYTES = 10 * 1024 * 1024
MOST_LINES, MOST_ROWS, HEADER_WITHIN = 100, 500, 3
MOST_SIGNS = 5_000_000  # in all cells, a merged one counted in each place that it fills
HEADINGS = {
    "what": {
        "hvad",
        "aftale",
        "aftaler",
        "aftalen",
        "opgave",
        "handling",
        "aktion",
        "beslutning",
        "hvadskalgøres",
    },
    "who": {"hvem", "ansvarlig", "ansvarlige", "ansvar", "ansvarligperson", "hvemgørdet", "tovholder"},
    "when": {"hvornår", "frist", "deadline", "dato", "tidsfrist", "senest", "tid"},
}


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """A row of a table as it was written, with the day when it could be understood."""

    what: str
    who: str
    when: str
    due_on: date | None


def read_agreements(upload: UploadedFile[Any]) -> list[AgreementLine]:
    """Return the agreements of a Word document. Raises Unreadable with a sentence that says what to do."""
    ending = (upload.name or "").rpartition(".")[2].lower()
    check_size(upload, MOST_BYTES)
    if ending in ("docm", "dotm"):
        raise Unreadable(
            _("Word-filer med makroer tager Tovholder ikke imod. Gem filen som %(kind)s.") % {"kind": WORD}
        )
    if ending != "docx" or upload.file is None:
        raise Unreadable(_("Vælg et %(kind)s. Et ældre dokument kan gemmes som det i Word.") % {"kind": WORD})
    check_package(upload.file, main="wordprocessingml.document.main+xml", kind=WORD)  # type: ignore[arg-type]
    return _lines(_tables(upload.file))  # type: ignore[arg-type]


def _tables(file: BinaryIO) -> list[list[list[str]]]:
    try:
        document = docx.Document(file)
        tables, signs = [], 0
        for table in document.tables:
            tables.append(_cells(table))
            signs += sum(1 + len(cell) for row in tables[-1] for cell in row)
            if signs > MOST_SIGNS:
                raise _too_long()
        return tables
    except (
        OpcError,
        SyntaxError,  # what the XML reader raises
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        AttributeError,
        IndexError,
        OSError,
    ) as error:
        # What a damaged or wicked file makes the reader raise is no closed list.
        raise Unreadable(
            _("Filen er gået i stykker. Åbn den i Word, gem den igen som %(kind)s, og prøv igen.")
            % {"kind": WORD}
        ) from error


def _cells(table: Table) -> list[list[str]]:
    rows: list[list[str]] = []
    above: dict[int, str] = {}
    for row in table.rows:
        if len(rows) >= MOST_ROWS:
            raise _too_long()
        rows.append(_row(row, above))
    return rows


def _row(row: _Row, above: dict[int, str]) -> list[str]:
    """The text in each column of the table; a merged cell's in each that it fills, as python-docx's `cells` has it.

    `cells` itself repeats a cell as many times as the file says, a billion too. `above` is the text by column of
    the row before, and is made that of this row.
    """
    # Only as many are looked at as it takes to see that there are too many.
    found = list(islice(row._tr.iterchildren(qn("w:tc")), MOST_COLUMNS + 1))
    if len(found) > MOST_COLUMNS or sum(max(1, cell.grid_span) for cell in found) > MOST_COLUMNS:
        raise Unreadable(
            _("Tabellen har over %(most)s kolonner. Behold kun Hvad, Hvem og Hvornår, og prøv igen.")
            % {"most": MOST_COLUMNS}
        )
    texts: list[str] = []
    here: dict[int, str] = {}
    for cell in found:
        column = row.grid_cols_before + len(texts)
        goes_on = cell.vMerge == "continue" and column in above
        text = above[column] if goes_on else " ".join(_Cell(cell, row.table).text.split())
        texts += [text] * max(1, cell.grid_span)
        here[column] = text
    above.clear()
    above.update(here)
    return texts


def _too_long() -> Unreadable:
    return Unreadable(_("Tabellen er for lang. Del dokumentet i flere."))


def _lines(tables: list[list[list[str]]]) -> list[AgreementLine]:
    found: list[AgreementLine] = []
    headed = 0
    for rows in tables:
        for number, row in enumerate(rows[:HEADER_WITHIN]):
            places = _places(row)
            if "what" in places and len(places) > 1:
                headed += 1
                found += [line for each in rows[number + 1 :] if (line := _line(each, places)) is not None]
                break
    if not headed:
        raise Unreadable(
            _(
                "Dokumentet har ingen tabel med overskrifterne Hvad, Hvem og Hvornår. Sæt dem over kolonnerne, og prøv igen."
            )
        )
    if not found:
        raise Unreadable(_("Tabellen har overskrifter, men ingen aftaler."))
    if len(found) > MOST_LINES:
        raise Unreadable(_("Dokumentet har over %(most)s aftaler. Del det i flere.") % {"most": MOST_LINES})
    return found


def _places(row: list[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, heading in enumerate(row):
        for name, words in HEADINGS.items():
            if plain(heading) in words:
                places.setdefault(name, place)
    return places


def _line(row: list[str], places: dict[str, int]) -> AgreementLine | None:
    said = {name: row[place] if place < len(row) else "" for name, place in places.items()}
    if any(looks_like_cpr(cell) for cell in row):
        raise Unreadable(
            _("En af tabellens rækker ligner et CPR-nummer. Fjern det fra dokumentet. Intet af det er gemt.")
        )
    if not said["what"]:
        return None
    when = said.get("when", "")
    try:
        due_on = as_date(when)
    except BadCell:
        due_on = None
    return AgreementLine(what=said["what"], who=said.get("who", ""), when=when, due_on=due_on)
