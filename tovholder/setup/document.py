"""A set-up file in memory: its rows, and where each came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tovholder.setup import schema
from tovholder.setup.problems import Problem, shown


@dataclass(slots=True)
class Row:
    section: str
    data: dict[str, Any]
    file: str
    number: int
    broken: bool = False  # has an error of form, so that rules about its content say nothing

    @property
    def key(self) -> str:
        """The key, or the section's name for a table that there is only one of."""
        if self.section in {"agreement_rules", "log_review"}:
            return "standard"
        key = self.data.get("key")
        return key if isinstance(key, str) else ""

    @property
    def label(self) -> str:
        return label(self.section, self.data.get("key"), self.number)


@dataclass(slots=True)
class Document:
    """The file and its fragments, merged. `texts` are the files as they were read."""

    main: str
    texts: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def section(self, name: str) -> list[Row]:
        return [row for row in self.rows if row.section == name]

    def keys(self, section: str) -> dict[str, Row]:
        """Return the rows of a section by key; the first of two with the same."""
        found: dict[str, Row] = {}
        for row in self.section(section):
            if row.key:
                found.setdefault(row.key, row)
        return found

    def canonical(self, section: str) -> dict[str, dict[str, Any]]:
        """Return the rows of a section, in order, by key and with every field."""
        return {row.key: schema.canonical(section, row.data) for row in self.section(section)}

    def problem(self, row: Row, name: str, allowed: str, value: Any = None) -> Problem:
        """Return a problem with a field of a row."""
        path: list[str | int] = [row.section, row.number, *([name] if name else [])]
        given = row.data.get(name) if value is None and name else value
        return Problem(
            file=row.file,
            key=f"{row.label}, {name}" if name else row.label,
            value="" if given is None else shown(given),
            allowed=allowed,
            line=find_line(self.texts.get(row.file, ""), path),
        )


def label(section: str, key: Any, number: int) -> str:
    """Name a row: forum "netvaerk-oester", or forum nr. 3 when it has no key."""
    if schema.is_single(section):
        return section
    return f'{section} "{key}"' if isinstance(key, str) and key else f"{section} nr. {number + 1}"


def find_line(text: str, path: list[str | int]) -> int | None:
    """Return the line (from 1) where `path` stands in the file, or where the nearest thing above it does."""
    lines = text.split("\n")
    header: list[str] = []
    best: int | None = None
    at, end = 0, len(lines)
    for part in path:
        if isinstance(part, int):
            hits = [n for n in range(at, end) if _header(lines[n]) == ".".join(header)]
            found = hits[part] if part < len(hits) else None
        else:
            header.append(part)
            found = next((n for n in range(at, end) if _names(lines[n], part, ".".join(header))), None)
        if found is None:
            break
        best = found + 1
        if _header(lines[found]) == ".".join(header) and (
            isinstance(part, int) or not lines[found].startswith("[[")
        ):
            at, end = best, _table_end(lines, best, end, ".".join(header))
    return best


_HEADER = re.compile(r"^\s*\[{1,2}\s*([\w.\s-]+?)\s*\]{1,2}\s*(#.*)?$")


def _header(line: str) -> str:
    """Return "forum" for the line [[forum]], and nothing for a line that opens no table."""
    match = _HEADER.match(line)
    return re.sub(r"\s", "", match.group(1)) if match else ""


def _names(line: str, name: str, header: str) -> bool:
    found = re.match(rf"^\s*[\"']?{re.escape(name)}[\"']?\s*[=.]", line)
    return found is not None or _header(line) == header


def _table_end(lines: list[str], at: int, end: int, header: str) -> int:
    """Return the line where the table that opened before `at` ends: at the first that is not inside it."""
    opens = (
        n for n in range(at, end) if _header(lines[n]) and not _header(lines[n]).startswith(header + ".")
    )
    return next(opens, end)
