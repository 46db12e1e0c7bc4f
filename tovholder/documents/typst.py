"""PDF, typeset and tagged so that a screen reader can read it (PDF/UA-1)."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

from tovholder.documents.blocks import blocks, clean
from tovholder.documents.shapes import Document

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "templates_typst"
FONTS = HERE / "fonts"
TYPED = {"declaration", "text", "question", "note", "principles"}  # may hold paragraphs and lists
HEADINGS = {"title", "heading"}  # a heading without words would leave a screen reader's list with a hole
DRAWING = "svg"  # made by us, and not words
NAMELESS = "–"
LONG_WORD = re.compile(r"\S{40}(?=\S)")
UNKNOWN = "□"
MOST_PROBES = 300


def render_pdf(
    template: Literal["agenda", "minutes", "charter", "plan", "consent", "yearwheel"], document: Document
) -> bytes:
    """Typeset one document. Characters that no font has (Chinese) become a small square.

    What people typed goes in as data, never as markup. Raises typst.TypstError when a template is wrong.
    """
    data = _payload(asdict(document))
    text = json.dumps(data, ensure_ascii=False)
    try:
        return _compile(template, text)
    except typst.TypstError:
        shown = _without_unknown(text)
        if shown == text:
            raise
    return _compile(template, shown)


def _payload(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _payload(inner, key) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_payload(inner) for inner in value]
    if isinstance(value, str):
        if name == DRAWING:
            return value
        whole = LONG_WORD.sub("\\g<0>\u200b", value)  # a place where a word without end may break
        if name in TYPED:
            return [asdict(block) for block in blocks(whole)]
        words = " ".join(clean(whole).split())
        return words or (NAMELESS if name in HEADINGS else "")
    return value


def _compile(template: str, data: str) -> bytes:
    return typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        format="pdf",
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,  # the same document on every machine
        sys_inputs={"data": data},
        pdf_standards=["ua-1"],
    )


def _without_unknown(text: str) -> str:
    unknown = _unknown(frozenset(char for char in text if ord(char) > 0x17F))
    if not unknown:
        return text
    gone = "".join(re.escape(char) for char in sorted(unknown))
    # Joiners and selectors belong to the sign before them: one square for the whole sign.
    return re.sub(f"[{gone}][{gone}\u200d\ufe0e\ufe0f]*", UNKNOWN, text)


@lru_cache(maxsize=256)
def _unknown(chars: frozenset[str]) -> frozenset[str]:
    """Find by trial which of `chars` cannot be shown: halves are parted until the culprits stand alone."""
    waiting, found, probes = [sorted(chars)], set(), 0
    while waiting:
        group = waiting.pop()
        if probes >= MOST_PROBES:  # a wall of foreign signs: better squares than a long wait
            found.update(group)
            continue
        probes += 1
        if _shows(group):
            continue
        if len(group) == 1:
            found.update(group)
        else:
            middle = len(group) // 2
            waiting += [group[:middle], group[middle:]]
    return frozenset(found)


def _shows(group: list[str]) -> bool:
    try:
        _compile("probe", json.dumps(" ".join(group)))
    except typst.TypstError:
        return False
    return True
