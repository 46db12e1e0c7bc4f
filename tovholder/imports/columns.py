"""What columns a kind of file has, under which headings they are known, and where they stand in a given file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tovholder.imports.reading.grid import HEADER_WITHIN, Grid, Line
from tovholder.imports.reading.problems import Problem, Unreadable
from tovholder.imports.reading.values import CPR_IN_CELL, READERS, BadCell, looks_like_cpr

MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Field:
    """A column: the heading we write, other words for it, and how a cell of it is read."""

    name: str
    heading: str
    words: tuple[str, ...] = ()
    reads: str = "text"
    required: bool = False
    longest: int = 200
    help: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it was understood. What stands in no column of the file is not among the values."""

    row: int
    values: dict[str, Any]

    def get(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(slots=True)
class Understood:
    records: list[Record]
    problems: list[Problem]
    notices: list[str]
    headings: dict[str, str] = field(default_factory=dict)


def plain(heading: object) -> str:
    """Return a heading without case, blanks and signs: "E-mail *" and "email" are one."""
    return re.sub(r"[^a-zæøå0-9]", "", str(heading or "").casefold())


def understand(grid: Grid, fields: Sequence[Field]) -> Understood:
    """Find the headings and read every row below them. Raises Unreadable when there is no table to be found."""
    if not grid.lines:
        raise Unreadable(_("Filen er tom. Hent skabelonen, udfyld den, og prøv igen."))
    header, places = _header(grid.lines, fields)
    missing = [each.heading for each in fields if each.required and each.name not in places]
    if missing:
        raise Unreadable(
            _("Kolonnen %(missing)s mangler. Overskrifterne skal stå i én række øverst, som i skabelonen.")
            % {"missing": ", ".join(f"»{each}«" for each in missing)}
        )
    lines = [line for line in grid.lines if line.number > header.number]
    if not lines:
        raise Unreadable(_("Filen har kun overskrifter. Skriv mindst én række under dem, og prøv igen."))
    headings = {name: str(header.cells[place]) for name, place in places.items()}
    understood = Understood([], [], [*grid.notices, *_unknown(header, places)], headings)
    for line in grid.lines:
        _refuse_cpr(line, header, understood.problems)
    for line in lines:
        if len(understood.problems) >= MOST_PROBLEMS:
            break
        _read(line, header, fields, places, understood)
    return understood


def _header(lines: Sequence[Line], fields: Sequence[Field]) -> tuple[Line, dict[str, int]]:
    """The row among the first with most known headings, and where each column stands."""
    best: tuple[Line, dict[str, int]] = (lines[0], {})
    known = {plain(word): each.name for each in fields for word in (each.heading, each.name, *each.words)}
    for line in lines[:HEADER_WITHIN]:
        places: dict[str, int] = {}
        for place, cell in enumerate(line.cells):
            name = known.get(plain(cell)) if isinstance(cell, str) else None
            if name is not None and name in places and name not in best[1]:
                _twice(line, str(cell))
            if name is not None:
                places.setdefault(name, place)
        if len(places) > len(best[1]):
            best = (line, places)
    return best


def _twice(line: Line, heading: str) -> None:
    raise Unreadable(
        _("Kolonnen »%(heading)s« står to gange i række %(row)s. Slet den ene, og prøv igen.")
        % {"heading": heading[:40], "row": line.number}
    )


def _unknown(header: Line, places: dict[str, int]) -> list[str]:
    used = set(places.values())
    names = [str(cell)[:40] for place, cell in enumerate(header.cells) if cell and place not in used]
    if not names:
        return []
    return [_("Disse kolonner bruges ikke: %(names)s.") % {"names": ", ".join(names)}]


def _heading(header: Line, place: int) -> str:
    cell = header.cells[place] if place < len(header.cells) else None
    return str(cell)[:40] if cell else _column_letter(place)


def _column_letter(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _refuse_cpr(line: Line, header: Line, problems: list[Problem]) -> None:
    for place, cell in enumerate(line.cells):
        if looks_like_cpr(cell) and len(problems) < MOST_PROBLEMS:
            own = line.number != header.number
            problems.append(
                Problem(
                    line.number, _heading(header, place) if own else _column_letter(place), _(CPR_IN_CELL)
                )
            )


def _read(
    line: Line, header: Line, fields: Sequence[Field], places: dict[str, int], understood: Understood
) -> None:
    values: dict[str, Any] = {}
    wrong = len(understood.problems)
    beyond = [place for place in range(len(header.cells), len(line.cells)) if line.cells[place] is not None]
    if beyond:
        sentence = _("Rækken har flere felter end overskrifterne. Er der et skilletegn for meget i en tekst?")
        understood.problems.append(Problem(line.number, _column_letter(beyond[0]), sentence))
    for each in fields:
        if each.name not in places:
            continue
        place = places[each.name]
        raw = line.cells[place] if place < len(line.cells) else None
        if looks_like_cpr(raw):
            continue  # told already, without the number
        try:
            values[each.name] = _value(each, READERS[each.reads](raw))
        except BadCell as error:
            understood.problems.append(Problem(line.number, understood.headings[each.name], str(error)))
    if len(understood.problems) == wrong:
        understood.records.append(Record(line.number, values))


def _value(each: Field, value: Any) -> Any:
    if value in (None, "") and each.required:
        raise BadCell(_("Cellen er tom. Den skal udfyldes."))
    if isinstance(value, str) and len(value) > each.longest:
        raise BadCell(
            _("Teksten er for lang (%(n)s tegn). Den må højst være %(most)s tegn.")
            % {"n": len(value), "most": each.longest}
        )
    return value
