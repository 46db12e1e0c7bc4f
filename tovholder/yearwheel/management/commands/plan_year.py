"""Plan the year of one file, so that plans can be tried, checked and compared outside.

Exit status 0: OUT is written with a plan. 2: IN cannot be read; standard error tells JSON path and reason, and there is
no OUT. 3: IN contradicts itself; OUT says infeasible_input.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from tovholder.yearwheel.planning import check_input, plan_year

REFUSED, CONTRADICTORY = 2, 3


class Command(BaseCommand):
    help = "Plan a year: manage.py plan_year IN.json OUT.json (docs/reference/plan_year.md)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("in_file", metavar="IN.json", type=Path)
        parser.add_argument("out_file", metavar="OUT.json", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        source, target = options["in_file"], options["out_file"]
        try:
            data = _read(source)
            faults = check_input(data)
            if faults:
                raise Refused(*(f"{each.path}: {each.reason}" for each in faults))
        except Refused as refused:
            _discard(target, source)
            self._refuse(refused)
        out = plan_year(data)
        try:
            _write(target, out)
        except Refused as refused:
            self._refuse(refused)
        if out["status"] == "infeasible_input":
            sys.exit(CONTRADICTORY)

    def _refuse(self, refused: Refused) -> NoReturn:
        self.stderr.write("\n".join(refused.args))
        sys.exit(REFUSED)


class Refused(Exception):
    """Its arguments are the lines for standard error."""


class Twice(dict[str, Any]):
    """An object of the file in which a key stands twice: which of the two is meant, nobody knows."""

    key: str


def _read(path: Path) -> Any:
    found: list[Twice] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        keys = [key for key, _ in pairs]
        twice = Twice(made)
        twice.key = next(key for i, key in enumerate(keys) if key in keys[:i])
        found.append(twice)
        return twice

    try:
        text = path.read_text(encoding="utf-8-sig")
        data = json.loads(text, object_pairs_hook=once, parse_float=_number)
    except OSError as error:
        raise Refused(f"$: the file cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise Refused(f"$: the file is not JSON in UTF-8: {error}") from error
    if found:
        raise Refused(*_twice(data))
    return data


def _number(text: str) -> int | float:
    """60.0 is a whole number, as JSON Schema has it."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _twice(data: Any) -> list[str]:
    """One line for each object in which a key stands twice. What lies in the first of two is not looked into."""
    told, open_ones = [], [("$", data)]
    while open_ones:
        path, value = open_ones.pop()
        if isinstance(value, Twice):
            told.append(f"{path}.{value.key}: stands twice in one object")
        inside = value.items() if isinstance(value, dict) else ()
        open_ones += [(f"{path}.{key}", each) for key, each in inside]
        if isinstance(value, list):
            open_ones += [(f"{path}[{i}]", each) for i, each in enumerate(value)]
    return sorted(told)


def _write(path: Path, out: dict[str, Any]) -> None:
    text = json.dumps(out, ensure_ascii=False, indent=1) + "\n"
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise Refused(f"$: {path} cannot be written: {error.strerror}") from error


def _discard(target: Path, source: Path) -> None:
    """An older plan at that place is no answer to this file."""
    if target.is_file() and target.resolve() != source.resolve():
        target.unlink()
