"""Text that people typed, made ready for print: cleaned, and parted into paragraphs, headings and lists."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

# They turn the direction of the text that follows them, out of their own field and into the document.
_DIRECTION = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_FORBIDDEN = {
    "Cc",
    "Cs",
    "Cn",
    "Co",
}  # control, half a pair, not assigned, private: no font and no XML has them


@dataclass(frozen=True, slots=True)
class Block:
    kind: Literal["heading", "paragraph", "list"]
    lines: tuple[str, ...]


def clean(text: str) -> str:
    """Return `text` without characters that a document cannot hold. Line breaks and tabs stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(
        char
        for char in text
        if char in "\n\t" or (char not in _DIRECTION and unicodedata.category(char) not in _FORBIDDEN)
    )


def blocks(text: str) -> list[Block]:
    """Part `text`: "# " begins a heading, "- " or "* " a line of a list; other lines make paragraphs."""
    found: list[Block] = []
    for line in clean(text).split("\n"):
        kind, words = _read(line.strip())
        if not words:
            found.append(Block("paragraph", ()))  # parts two paragraphs; dropped below
        elif found and found[-1].kind == kind and found[-1].lines and kind != "heading":
            found[-1] = Block(kind, (*found[-1].lines, words))
        else:
            found.append(Block(kind, (words,)))
    return [block for block in found if block.lines]


def _read(line: str) -> tuple[Literal["heading", "paragraph", "list"], str]:
    if line.startswith("#") and line.lstrip("#").startswith(" "):
        return "heading", line.lstrip("#").strip()
    if line[:2] in {"- ", "* ", "• ", "– "}:
        return "list", line[2:].strip()
    return "paragraph", line
