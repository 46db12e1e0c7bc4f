"""Read a set-up file and the fragments it takes in. All problems are collected, none stops the reading of the rest."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

from tovholder.setup import schema
from tovholder.setup.checks import check
from tovholder.setup.document import Document, Row, find_line
from tovholder.setup.problems import Problem, SetupInvalid, one_of, shown
from tovholder.setup.structure import form_problems

MAX_BYTES = 1_000_000
# Returns the bytes of a file by its name, or None when there is no such file.
Source = Callable[[str], bytes | None]


def folder(path: Path) -> Source:
    """Files of one folder, by name; never outside it."""

    def read(name: str) -> bytes | None:
        try:
            return (path / name).read_bytes() if Path(name).name == name else None
        except OSError:
            return None

    return read


def first_of(*sources: Source) -> Source:
    """The first source that has the file."""

    def read(name: str) -> bytes | None:
        return next((found for found in (source(name) for source in sources) if found is not None), None)

    return read


def texts_source(texts: Mapping[str, str]) -> Source:
    """Files held in memory."""
    return lambda name: texts[name].encode() if name in texts else None


def read_setup(main: str, source: Source) -> Document:
    """Return the merged document. Raises SetupInvalid with every problem of the file and its fragments."""
    reading = _Reading(Document(main=main), source)
    reading.read(main, asked_by=None, seen=())
    problems = reading.problems
    if reading.complete:
        problems = [*problems, *check(reading.document)]
    if problems:
        order = list(reading.document.texts)
        unique = dict.fromkeys(problems)
        raise SetupInvalid(sorted(unique, key=lambda each: (_place(order, each.file), each.line or 0)))
    return reading.document


def _place(order: list[str], file: str) -> int:
    return order.index(file) if file in order else -1


class _Reading:
    def __init__(self, document: Document, source: Source) -> None:
        self.document = document
        self.source = source
        self.problems: list[Problem] = []
        self.complete = True  # every file could be parsed, and the whole is there, so that a missing key is really missing

    def read(self, name: str, *, asked_by: str | None, seen: tuple[str, ...]) -> None:
        if name in seen:
            self._refuse_include(
                asked_by or name, name, "Filerne tager hinanden med i ring: " + " → ".join((*seen, name))
            )
            return
        if name in self.document.texts:
            return
        raw = self.source(name)
        if raw is None:
            self._missing(name, asked_by)
            return
        data = self._parse(name, raw)
        if data is None:
            return
        self._check_fragment(name, data, asked_by)
        for each in _strings(data.get("include")):
            self.read(each, asked_by=name, seen=(*seen, name))
        found, broken = form_problems(name, self.document.texts[name], data)
        self.problems += found
        self._take_rows(name, data, broken)

    def _parse(self, name: str, raw: bytes) -> dict[str, Any] | None:
        if len(raw) > MAX_BYTES:
            self._unreadable(name, f"{len(raw)} tegn", f"Tilladt er højst {MAX_BYTES} tegn i en fil.")
            return None
        try:
            text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            self._unreadable(name, "", "Filen skal gemmes som almindelig tekst i UTF-8.", line)
            return None
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self._syntax_problem(name, text, str(error))
            return None
        except RecursionError:
            self._unreadable(name, "", "Filen har for mange lister inde i hinanden.")
            return None
        self.document.texts[name] = text
        return _plain(data)

    def _syntax_problem(self, name: str, text: str, message: str) -> None:
        position = re.search(r"at line (\d+)", message)
        lines = text.split("\n")
        line = int(position.group(1)) if position else len(lines)
        twice = "overwrite" in message or "twice" in message
        self._unreadable(
            name,
            shown(lines[line - 1].strip()) if line <= len(lines) else "",
            "Det samme navn må kun stå én gang i en tabel."
            if twice
            else "Linjen skal være gyldig TOML: navn = værdi, med tekst i anførselstegn og lister i firkantede parenteser.",
            line,
        )

    def _unreadable(self, name: str, value: str, allowed: str, line: int | None = None) -> None:
        self.complete = False
        self.problems.append(Problem(file=name, key="filen", value=value, allowed=allowed, line=line))

    def _missing(self, name: str, asked_by: str | None) -> None:
        self.complete = False
        if asked_by is None:
            self.problems.append(Problem(name, "filen", "", "Filen findes ikke eller kan ikke læses."))
        else:
            self._refuse_include(asked_by, name, "Filen findes ikke. Tilladt er et fragment i samme mappe.")

    def _refuse_include(self, file: str, name: str, allowed: str) -> None:
        line = find_line(self.document.texts.get(file, ""), ["include"])
        self.problems.append(Problem(file=file, key="include", value=shown(name), allowed=allowed, line=line))

    def _check_fragment(self, name: str, data: dict[str, Any], asked_by: str | None) -> None:
        is_fragment = data.get("fragment") is True
        if asked_by is None and is_fragment:
            self.complete = False  # half a set-up: what it lacks is no error of its own
            line = find_line(self.document.texts[name], ["fragment"])
            allowed = "Et fragment kan kun indlæses ved, at en kommunes fil nævner det i include."
            self.problems.append(Problem(name, "fragment", "true", allowed, line))
        if asked_by is not None and not is_fragment:
            self._refuse_include(asked_by, name, "Tilladt er kun filer, hvor der står fragment = true.")
        if asked_by is None and not is_fragment and "municipality" not in data:
            allowed = "Tabellen [municipality] med key og name skal stå i filen. " + one_of(schema.sections())
            self.problems.append(Problem(name, "municipality", "(mangler)", allowed))

    def _take_rows(self, name: str, data: dict[str, Any], broken: set[tuple[str, int]]) -> None:
        for section in schema.sections():
            found = data.get(section, [])
            if schema.is_single(section):
                found = [found] if isinstance(found, dict) else []
            for number, each in enumerate(found if isinstance(found, list) else []):
                if isinstance(each, dict):
                    self.document.rows.append(Row(section, each, name, number, (section, number) in broken))


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _plain(value: Any) -> Any:
    """Return TOML's values as JSON's: dates and clock times become text."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, time):
        return value.strftime("%H:%M") if not (value.second or value.microsecond) else value.isoformat()
    return value.isoformat() if isinstance(value, date) else value
