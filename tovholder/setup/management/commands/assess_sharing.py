"""`manage.py assess_sharing FILE.jsonl`: the sharing rules for many cases at once, so that a lawyer can try them."""

from __future__ import annotations

import json
import sys
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tovholder.access.sharing import CaseFault, SharingRules, assess
from tovholder.access.sharing.reading import read_case
from tovholder.access.sharing.sentences import SENTENCES
from tovholder.setup.reader import folder


class Command(BaseCommand):
    help = "Answer each case of a JSON Lines file with one JSON line. Nothing is read from or kept in the database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="one case a line; - for standard input")
        parser.add_argument("--setup", help="set-up file whose [sharing] replaces the shipped values")

    def handle(self, *args: Any, **options: Any) -> None:
        rules = _rules(options["setup"])
        faults = 0
        for answer in answers(_lines(options["file"]), rules):
            faults += "error" in answer
            text = json.dumps(answer, ensure_ascii=False)
            # A lone surrogate cannot be written; as \\udXXX it is the same text, in JSON's own words.
            self.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
        if faults:
            sys.exit(2)


def answers(lines: Iterable[bytes], rules: SharingRules) -> Iterator[dict[str, Any]]:
    """Yield an answer for each line that is not blank: the assessment, or the id and what is wrong."""
    for line in lines:
        if not line.strip():
            continue
        value: object = None
        try:
            value = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse_constant)
            yield _answer(value, rules)
        except CaseFault as fault:
            yield {"id": value.get("id") if isinstance(value, dict) else None, "error": str(fault)}
        except (ValueError, RecursionError) as fault:
            yield {"id": None, "error": f"invalid JSON: {fault}"}


def _answer(value: object, rules: SharingRules) -> dict[str, Any]:
    answer = assess(read_case(value), rules)
    return {
        "id": value["id"] if isinstance(value, dict) else None,
        "allowed": answer.allowed,
        "code": answer.code,
        "reason": answer.reason,
        "source": answer.source,
        "coverage": answer.coverage,
        "warnings": list(answer.warnings),
        "warning_reasons": [SENTENCES[code].text for code in answer.warnings],
    }


def _lines(name: str) -> Iterator[bytes]:
    if name == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as file:
            yield from file
    except OSError as fault:
        raise CommandError(f"{name}: {fault}") from fault


def _refuse_constant(name: str) -> None:
    """Python would take NaN and Infinity; JSON has neither, and an answer with one in it would be no JSON."""
    raise ValueError(f"{name} is not JSON")


def _rules(name: str | None) -> SharingRules:
    """Return the shipped rules, or those of a set-up file and the fragments it takes in; never those in the database.

    A file with nothing but `[sharing]` will do: only what stands there, and in its fragments, is read.
    """
    if name is None:
        return SharingRules()
    path, table = Path(name), dict[str, Any]()
    try:
        for data in _with_fragments(path, ()):
            told = data.get("sharing", {})
            table |= {key: value for key, value in told.items() if key != "proposal"}
        return SharingRules.from_setup(table)
    except (OSError, ValueError) as fault:
        raise CommandError(f"{name}: {fault}") from fault


def _with_fragments(path: Path, seen: tuple[Path, ...]) -> Iterator[dict[str, Any]]:
    """The fragments of a set-up file, then the file itself, so that the file has the last word. Raises ValueError."""
    if path in seen:
        raise ValueError(f"{path.name}: the files take one another in, round and round")
    raw = folder(path.parent)(path.name)
    if raw is None:
        raise ValueError(f"{path.name}: there is no such file beside it")
    data = tomllib.loads(raw.decode("utf-8-sig"))
    included = data.get("include", [])
    if not (isinstance(included, list) and all(isinstance(each, str) for each in included)):
        raise ValueError(f"{path.name}: include must be a list of file names")
    if not isinstance(data.get("sharing", {}), dict):
        raise ValueError(f"{path.name}: sharing must be a table")
    for each in included:
        yield from _with_fragments(path.with_name(each), (*seen, path))
    yield data
