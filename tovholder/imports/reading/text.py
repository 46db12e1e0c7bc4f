"""CSV: encoding, separator and quoting found out, not asked for."""

from __future__ import annotations

import codecs
import csv
import io
import re

from django.utils.translation import gettext as _

from tovholder.imports.reading.grid import MOST_COLUMNS, MOST_ROWS, Grid, Line, Raw
from tovholder.imports.reading.problems import Unreadable

SEPARATORS = (";", ",", "\t")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# What æ, ø, å, Æ, Ø, Å and é become when a program reads UTF-8 as the older Windows code.
_GARBLED = re.compile("Ã[¦¸¥†˜…©]|ï¿½|\ufffd")
_MARKUP = re.compile(rb"^\s*<(!doctype|html|\?xml|table)", re.IGNORECASE)
# Beginnings of what is often renamed to .csv: PDF, zip (Excel, Word), old Office, pictures.
_OTHER_FILES = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")


def read_csv(data: bytes) -> Grid:
    """Return the rows of a CSV file. Raises Unreadable with a sentence that says what to do."""
    if data.startswith(_OTHER_FILES) or _MARKUP.match(data[:200]):
        raise Unreadable(
            _(
                "Filen hedder .csv, men er noget andet. Åbn den i Excel, og gem den som Excel-projektmappe (.xlsx)."
            )
        )
    text, notice = _decoded(data)
    separator = _separator(text)
    lines = [line for line in _rows(text, separator) if not line.empty]
    return Grid(lines, [notice] if notice else [])


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return _clean(data.decode(encoding)), ""
            except UnicodeDecodeError:
                break
    bad = [number for number, line in enumerate(data.split(b"\n"), start=1) if not _is_utf8(line)]
    if not bad:
        return _clean(data.decode("utf-8-sig", "strict")), ""
    if data.startswith(codecs.BOM_UTF8) or any(
        not line.isascii() and _is_utf8(line) for line in data.split(b"\n")
    ):
        raise Unreadable(
            _(
                "Række %(row)s er gemt med andre tegn (tegnsæt) end resten af filen. "
                "Åbn filen i Excel, se efter, at æ, ø og å er rigtige, og gem den igen."
            )
            % {"row": bad[0]}
        )
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return _clean(text), _(
        "Filen er gemt med ældre danske tegn (Windows). Se efter, at æ, ø og å er rigtige."
    )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _clean(text: str) -> str:
    for number, line in enumerate(text.split("\n"), start=1):
        if _CONTROL.search(line):
            raise Unreadable(
                _(
                    "Række %(row)s har tegn, der ikke er tekst. Gem filen som CSV (UTF-8) eller .xlsx, og prøv igen."
                )
                % {"row": number}
            )
        if _GARBLED.search(line):
            raise Unreadable(
                _("Række %(row)s har ødelagte danske bogstaver. Ret dem, gem filen som .xlsx, og prøv igen.")
                % {"row": number}
            )
    return text


def _separator(text: str) -> str:
    """The sign that parts the first rows into most fields, the same number in each; a semicolon when in doubt."""
    head = [line for line in text.splitlines() if line.strip()][:20]
    if head and head[0].lower().startswith("sep=") and head[0][4:5] in SEPARATORS:
        return head[0][4]

    def score(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in head]
        return (sum(1 for count in counts if count and count == max(counts)), sum(counts))

    return max(SEPARATORS, key=score) if head else ";"


def _rows(text: str, separator: str) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[Line] = []
    row = 1
    try:
        for cells in reader:
            if not (row == 1 and len(cells) <= 2 and "".join(cells).lower().startswith("sep=")):
                found.append(Line(row, [_cell(cell) for cell in cells]))
            row += 1
            _check_size(found, row)
    except csv.Error as error:
        raise Unreadable(
            _("Række %(row)s har et anførselstegn, der ikke bliver lukket. Ret det, og prøv igen.")
            % {"row": row}
        ) from error
    return found


def _check_size(found: list[Line], row: int) -> None:
    if row - 1 > MOST_ROWS + 100 and not found[-1].empty:
        raise too_many_rows()
    if found and any(cell for cell in found[-1].cells[MOST_COLUMNS:]):
        raise too_many_columns(len(found[-1].cells))


def too_many_rows() -> Unreadable:
    return Unreadable(
        _("Filen har over %(most)s rækker. Del den i flere, og hent dem ind en ad gangen.")
        % {"most": f"{MOST_ROWS:,}".replace(",", ".")}
    )


def too_many_columns(count: int) -> Unreadable:
    return Unreadable(
        _("Filen har %(count)s kolonner. Behold kun dem, der skal hentes ind, og prøv igen.")
        % {"count": count}
    )


def _cell(cell: str) -> Raw:
    """A cell without blanks around it, and without the apostrophe that keeps a spreadsheet from calculating."""
    text = cell.strip().strip("\ufeff")
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@":
        text = text[1:]
    return text or None
