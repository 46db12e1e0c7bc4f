"""What a person uploads, by its name and its bytes."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from tovholder.imports.reading.grid import Grid
from tovholder.imports.reading.problems import Unreadable
from tovholder.imports.reading.text import read_csv
from tovholder.imports.reading.workbook import read_xlsx

MOST_BYTES = 10 * 1024 * 1024


def read_upload(upload: UploadedFile[Any]) -> Grid:
    """Return the rows of a CSV or xlsx file. Raises Unreadable with a sentence that says what to do."""
    ending = (upload.name or "").rpartition(".")[2].lower()
    check_size(upload, MOST_BYTES)
    if ending in ("csv", "txt", "tsv"):
        return read_csv(upload.read())
    if ending == "xlsx" and upload.file is not None:
        return read_xlsx(upload.file)  # type: ignore[arg-type]
    if ending in ("xlsm", "xltm", "xlsb", "xlam"):
        raise Unreadable(
            _("Excel-filer med makroer tager Tovholder ikke imod. Gem filen som Excel-projektmappe (.xlsx).")
        )
    if ending in ("xls", "ods", "numbers"):
        raise Unreadable(_("Gem filen som Excel-projektmappe (.xlsx), og prøv igen."))
    raise Unreadable(_("Vælg en CSV-fil (.csv) eller en Excel-fil (.xlsx)."))


def check_size(upload: UploadedFile[Any], most: int) -> None:
    """Raise Unreadable for an empty file and for one that is too large."""
    if not upload.size:
        raise Unreadable(_("Filen er tom. Vælg en anden."))
    if upload.size > most:
        raise Unreadable(
            _(
                "Filen fylder %(size)s MB. Den må højst fylde %(most)s MB. Del den i flere, eller slet det, der ikke skal med."
            )
            % {"size": -(-upload.size // (1024 * 1024)), "most": most // (1024 * 1024)}
        )
