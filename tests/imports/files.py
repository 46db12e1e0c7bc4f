"""Files as people make them, good and bad."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from tovholder.imports.columns import Understood, understand
from tovholder.imports.kinds import KINDS
from tovholder.imports.reading.files import read_upload
from tovholder.imports.reading.grid import Grid


def upload(data: bytes | str, name: str = "fil.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data.encode() if isinstance(data, str) else data)


def xlsx(*rows: list[Any], sheets: dict[str, list[list[Any]]] | None = None, merge: str = "") -> bytes:
    book = Workbook()
    first = book.active
    first.title = "Ark1"
    for row in rows:
        first.append(row)
    if merge:
        first.merge_cells(merge)
    for title, lines in (sheets or {}).items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def packed(data: bytes, changes: dict[str, bytes | None], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Take a zip file apart and put it together with other parts: None leaves one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", level) as new:
        for part in old.infolist():
            if part.filename not in changes:
                new.writestr(part.filename, old.read(part.filename))
        for name, content in changes.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return old.read(name)


def read(data: bytes | str, name: str = "fil.csv") -> Grid:
    return read_upload(upload(data, name))


def cells(grid: Grid) -> list[list[Any]]:
    return [line.cells for line in grid.lines]


def understood(data: bytes | str, kind: str = "personer", name: str = "fil.csv") -> Understood:
    return understand(read(data, name), KINDS[kind].fields)
