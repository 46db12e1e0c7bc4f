"""A zip file from outside, as xlsx and docx are: looked at before anything in it is unpacked."""

from __future__ import annotations

import re
import zipfile
from typing import BinaryIO

from django.utils.translation import gettext as _

from tovholder.imports.reading.problems import Unreadable

MOST_UNPACKED = 50 * 1024 * 1024
MOST_PARTS = 2_000
# What is read whole before the first row is: the styles, names and relations of a workbook.
MOST_AROUND = 8 * 1024 * 1024
_AROUND = re.compile(r"(^|/)(styles|workbook|theme\d*)\.xml$|\.rels$|^\[content_types\]\.xml$", re.IGNORECASE)
_MACROS = re.compile(r"vbaproject|(^|/)activex/|macrosheets/", re.IGNORECASE)
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_TYPES = 512 * 1024
OLD_OR_LOCKED = (
    "Filen er i et ældre format eller har en adgangskode. Åbn den i sit program, fjern adgangskoden, "
    "og gem den som %(kind)s."
)


def check_package(file: BinaryIO, *, main: str, kind: str) -> None:
    """See that `file` is an Open XML file of the type `main`, unpacks to a sensible size and has no macros.

    `kind` is what the person should save it as ("Excel-projektmappe (.xlsx)"). Leaves the file rewound.
    Raises Unreadable with the sentence that says what to do.
    """
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start == _OLD_OFFICE:
        raise Unreadable(_(OLD_OR_LOCKED) % {"kind": kind})
    if start != _ZIP:
        raise Unreadable(
            _("Filen er ikke det, navnet siger. Åbn den i sit program, og gem den som %(kind)s.")
            % {"kind": kind}
        )
    try:
        with zipfile.ZipFile(file) as packed:
            _check_parts(packed, main, kind)
    except (
        zipfile.BadZipFile,
        KeyError,
        RuntimeError,
        NotImplementedError,
        OSError,
        ValueError,
        EOFError,
    ) as error:
        raise Unreadable(
            _("Filen er gået i stykker. Åbn den i sit program, gem den igen som %(kind)s, og prøv igen.")
            % {"kind": kind}
        ) from error
    file.seek(0)


def _check_parts(packed: zipfile.ZipFile, main: str, kind: str) -> None:
    parts = packed.infolist()
    # The size that a part names is also the most that zipfile hands out of it.
    around = sum(part.file_size for part in parts if _AROUND.search(part.filename))
    if (
        len(parts) > MOST_PARTS
        or around > MOST_AROUND
        or sum(part.file_size for part in parts) > MOST_UNPACKED
    ):
        raise Unreadable(
            _("Filen fylder for meget, når den pakkes ud. Gem kun det nødvendige i en ny fil, og prøv igen.")
        )
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unreadable(_(OLD_OR_LOCKED) % {"kind": kind})
    with packed.open("[Content_Types].xml") as described:
        types = described.read(_TYPES)
    if b"macroEnabled" in types or any(_MACROS.search(part.filename) for part in parts):
        raise Unreadable(
            _("Filen har makroer, og dem tager Tovholder ikke imod. Gem den som %(kind)s uden makroer.")
            % {"kind": kind}
        )
    if main.encode() not in types:
        raise Unreadable(
            _("Filen er ikke det, navnet siger. Åbn den i sit program, og gem den som %(kind)s.")
            % {"kind": kind}
        )
