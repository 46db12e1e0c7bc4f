"""Rows of cells as they stand in a file, whatever the file was."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

MOST_COLUMNS = 60
MOST_ROWS = 25_000
HEADER_WITHIN = 20  # rows in which the headings are looked for


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell that cannot be used, and the sentence that says why and what to do."""

    sentence: str


Raw = str | int | float | bool | date | datetime | time | Wrong | None


@dataclass(slots=True)
class Line:
    """One row of the file by the number that its program shows."""

    number: int
    cells: list[Raw]

    @property
    def empty(self) -> bool:
        return all(cell is None or cell == "" for cell in self.cells)


@dataclass(slots=True)
class Grid:
    """The rows that hold something, and what the person should know of how the file was read."""

    lines: list[Line]
    notices: list[str] = field(default_factory=list)
