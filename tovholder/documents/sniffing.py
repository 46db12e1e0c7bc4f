"""What a file is, told by its bytes. A name is only a claim."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from typing import BinaryIO

import puremagic

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# Extension: the type it is served as. Nothing that a browser or an office program would run is on the list.
TYPES = {
    "pdf": "application/pdf",
    "docx": f"{_OPEN_XML}wordprocessingml.document",
    "xlsx": f"{_OPEN_XML}spreadsheetml.sheet",
    "pptx": f"{_OPEN_XML}presentationml.presentation",
    "odt": f"{_OPEN_DOCUMENT}text",
    "ods": f"{_OPEN_DOCUMENT}spreadsheet",
    "odp": f"{_OPEN_DOCUMENT}presentation",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
    "csv": "text/csv",
}
_MACROS = re.compile(r"vbaproject|(^|/)(basic|scripts|activex)/|macrosheets/", re.IGNORECASE)
_MARKUP = re.compile(rb"<(!doctype|html|head|body|script|svg|\?xml|iframe)\b|<\?(xml|php)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HEAD = 4096
_SMALL = 512 * 1024  # of a description inside a zip file; real ones are a few kilobytes


def is_what_it_says(extension: str, file: BinaryIO) -> bool:
    """Tell whether the bytes of `file` are of the type that `extension` (lower case) claims. Leaves it rewound."""
    check = _CHECKS.get(extension)
    if check is None:
        return False
    file.seek(0)
    try:
        return check(file, TYPES[extension])
    finally:
        file.seek(0)


def _signature(file: BinaryIO, mime: str) -> bool:
    head = file.read(_HEAD)
    try:
        found = puremagic.magic_string(head)
    except puremagic.PureError:
        return False
    return any(match.mime_type == mime for match in found) and not _MARKUP.search(head[:64])


def _open_xml(file: BinaryIO, mime: str) -> bool:
    parts = _zip(file, "[Content_Types].xml")
    if parts is None:
        return False
    names, description = parts
    return (
        f'"{mime}.main+xml"'.encode() in description
        and not _macros(names)
        and b"macroEnabled" not in description
    )


def _open_document(file: BinaryIO, mime: str) -> bool:
    parts = _zip(file, "mimetype")
    return parts is not None and parts[1] == mime.encode() and not _macros(parts[0])


def _zip(file: BinaryIO, description: str) -> tuple[list[str], bytes] | None:
    """The names inside a zip file and its part `description`, or None when it has none. Unpacks nothing else."""
    if file.read(4) != b"PK\x03\x04":  # a zip file behind something else is two files in one
        return None
    try:
        with zipfile.ZipFile(file) as packed, packed.open(description) as part:
            return packed.namelist(), part.read(_SMALL)
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, OSError, ValueError, EOFError):
        return None


def _macros(names: list[str]) -> bool:
    return any(_MACROS.search(name) for name in names)


def _text(file: BinaryIO, mime: str) -> bool:
    """Text in UTF-8 or the older Windows code, which spreadsheets still write. Not markup by another name."""
    head = file.read(_HEAD)
    if _MARKUP.search(head):
        return False
    file.seek(0)
    return not any(_CONTROL.search(chunk) for chunk in iter(lambda: file.read(64 * 1024), b""))


_CHECKS: dict[str, Callable[[BinaryIO, str], bool]] = {
    **dict.fromkeys(("pdf", "png", "jpg", "jpeg"), _signature),
    **dict.fromkeys(("docx", "xlsx", "pptx"), _open_xml),
    **dict.fromkeys(("odt", "ods", "odp"), _open_document),
    **dict.fromkeys(("txt", "csv"), _text),
}
