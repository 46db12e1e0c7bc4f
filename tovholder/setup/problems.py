"""What is wrong in a set-up file, said so that it can be mended: file, key, value, what is allowed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from tovholder.access.personal_data import contains_cpr


@dataclass(frozen=True, slots=True)
class Problem:
    file: str
    key: str
    value: str
    allowed: str
    line: int | None = None

    @property
    def place(self) -> str:
        return f"{self.file}, linje {self.line}" if self.line else self.file

    @property
    def sentence(self) -> str:
        """Everything in one Danish sentence."""
        what = f"{self.key} = {self.value}" if self.value else self.key
        return f"{self.place}: {what} kan ikke bruges. {self.allowed}"


class SetupInvalid(Exception):
    """The file cannot be used; carries every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(problem.sentence for problem in self.problems))


def shown(value: Any) -> str:
    """Return a value as the file would write it, cut short; never one that holds a CPR number."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    if contains_cpr(text):
        return "(skjult)"
    return text if len(text) <= 80 else text[:77] + "…"


def one_of(allowed: Iterable[str], given: Any = None) -> str:
    """Say which values are allowed, and the nearest to what was given."""
    names = [str(name) for name in allowed]
    if not names:
        return "Der er ingen at vælge imellem."
    near = get_close_matches(given, names, n=1, cutoff=0.5) if isinstance(given, str) else []
    listed = ", ".join(names[:40]) + (" …" if len(names) > 40 else "")
    return f"Tilladt er: {listed}." + (f" Mente du {near[0]}?" if near else "")
