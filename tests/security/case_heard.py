"""What a crawl heard: the tokens of a text, and what was found wrong."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import zip_longest
from typing import Any
from zipfile import ZipFile

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from tests.security.case_oracle import MUST, answer
from tests.security.case_world import CAST, FAMILY, CaseWorld

# Everything that can be a token, in one pass: words, then CPR numbers, days, codes, and numbers that stand for themselves.
_ANY = re.compile(
    r"kz[a-z0-9]{7}q|26-\d{7}|\d{6}-?\d{4}|\bb-[a-z2-9]{6}\b|(?<!\d)\d{9}(?!\d)"
    r"|\d{1,2}\. [a-zæøå]+ 20\d\d|\d\d[./-]\d\d[./-]20\d\d|20\d\d-\d\d-\d\d",
    re.IGNORECASE,
)


@dataclass
class Heard:
    """What a crawl found. `pairs` are tokens times answers; `full` those whose answer was a page, not a "no"."""

    responses: int = 0
    pairs: int = 0
    full: int = 0
    urls: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    answered: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    leaks: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)  # does not stand where it must
    told_apart: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    by: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def hidden(self, world: CaseWorld, persons: Iterable[str] = (*CAST, *FAMILY)) -> list[str]:
        """What somebody is to read and found nowhere, or not where it must stand."""
        nowhere = (
            f"{who}: {fact.kind} {fact.note} of {', '.join(each.row.code for each in fact.cases)}"
            f"{' at ' + fact.item.meeting if fact.item else ''}"
            for fact in world.facts.values()
            for who in persons
            if answer(fact, who) == MUST and fact.token not in self.by[who]
        )
        return sorted({*nowhere, *self.missed})

    def add(self, other: Heard) -> None:
        for name in ("responses", "pairs", "full"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.urls |= other.urls
        self.names |= other.names


def tokens_in(world: CaseWorld, text: str, typed: Collection[str] = ()) -> set[str]:
    """Return the tokens that stand in the text, in whatever manner they may look.

    `typed` was typed by the one who looks, in small letters: so it may come back.
    """
    looks, found = _looks(world), set()
    for each in _ANY.findall(text):
        token = looks.get(each.lower())
        if token is not None and not (token in typed and each == each.lower()):
            found.add(token)
    return found


def secrets_in(world: CaseWorld, text: str) -> set[str]:
    """Return the tokens that stand in the text and tell of a person, or of what was written: not the codes."""
    return {
        token
        for token in tokens_in(world, text)
        if world.facts[token].cases
        and not world.facts[token].is_code
        and world.facts[token].kind != "meeting.place"
    }


def _looks(world: CaseWorld) -> dict[str, str]:
    known: dict[str, str] | None = world.__dict__.get("_looks")
    if known is None:
        known = {look.lower(): token for token, fact in world.facts.items() for look in (token, *fact.looks)}
        world.__dict__["_looks"] = known
    return known


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return words_of(content)


def words_of(content: bytes) -> str:
    """Return what a page, a workbook, a Word file or a PDF says."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as packed:
            content = b"\n".join(packed.read(name) for name in packed.namelist())
    elif content.startswith(b"%PDF"):
        return f"{_of_pdf(content)}\n{content.decode('latin-1')}"
    return content.decode("utf-8", "replace")


def _of_pdf(content: bytes) -> str:
    try:
        read = PdfReader(BytesIO(content))
        said = "\n".join(page.extract_text() for page in read.pages)
    except PyPdfError:  # a scan that only begins like one
        return ""
    return f"{said}\n{dict(read.metadata or {})}"


def difference(one: str, other: str) -> str:
    """Return the first lines that differ, cut short: what gives it away."""
    lines = zip_longest(one.splitlines(), other.splitlines(), fillvalue="")
    for mine, theirs in lines:
        if mine != theirs:
            at = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), 0)
            return f"»{mine[max(0, at - 40) : at + 60]}« not »{theirs[max(0, at - 40) : at + 60]}«"
    return ""


class Lines(logging.Handler):
    """Every line that was logged, as it was given and as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.msg} {record.args}")
        if record.exc_info:
            self.said.append(logging.Formatter().formatException(record.exc_info))


@contextmanager
def lines_heard() -> Iterator[Lines]:
    """Catch what is logged by anybody, instead of where it would be written."""
    root, lines = logging.getLogger(), Lines()
    before, level = root.handlers[:], root.level
    root.handlers[:] = [lines]
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.handlers[:] = before
        root.setLevel(level)
