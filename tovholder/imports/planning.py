"""What a file would do: each row new, changed or the same, told without touching a table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.imports.columns import MOST_PROBLEMS, Field, Record
from tovholder.imports.reading.problems import Problem

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

NEW, CHANGED, SAME = "new", "changed", "same"
T = TypeVar("T", bound=models.Model)


class CannotUse(Exception):
    """A row that makes sense in itself but not here: the field it is about, and a Danish sentence."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.sentence = name, sentence


@dataclass(slots=True)
class Wanted:
    """What a row says that there should be. `row_of` is the row it is about, None for one that is not there yet."""

    record: Record
    identity: Hashable
    label: str
    values: dict[str, Any]
    found: models.Model | None


@dataclass(slots=True)
class Item:
    """A row of the plan. `changes` has the fields that differ: {attribute: (before, after)}."""

    row: int
    state: str
    label: str
    obj: models.Model
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    doubles: int = 0

    def of(self, state: str) -> list[Item]:
        return [item for item in self.items if item.state == state]

    @property
    def counts(self) -> dict[str, int]:
        return {state: len(self.of(state)) for state in (NEW, CHANGED, SAME)}

    @property
    def fingerprint(self) -> str:
        """Tells one plan from another, so that what is run is what was shown."""
        told = [
            [
                item.row,
                item.state,
                item.obj.pk,
                {name: [kept(a), kept(b)] for name, (a, b) in item.changes.items()},
            ]
            for item in self.items
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class Matcher(Protocol):
    """Knows the tables that a kind of file is about, read once."""

    def match(self, record: Record) -> Wanted:
        """Return what the row wants. Raises CannotUse."""

    def make(self, wanted: Wanted) -> models.Model:
        """Return a new object, not saved."""

    def check(self, plan: Plan) -> Iterable[tuple[int, CannotUse]]:
        """Return what stands against the plan as a whole, by row."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. `matcher(by, lock)` reads the tables; `created` and `changed` are the words of the log."""

    key: str
    title: StrOrPromise
    one: StrOrPromise
    lead: StrOrPromise
    icon: str
    fields: tuple[Field, ...]
    model: type[models.Model]
    created: str
    changed: str
    matcher: Callable[[User, bool], Matcher]
    # How an attribute is called in the preview; the heading of its column when it is not here.
    words: Mapping[str, StrOrPromise] = field(default_factory=dict)

    def word(self, attribute: str) -> str:
        headings = {each.name: each.heading for each in self.fields}
        return str(self.words.get(attribute) or headings.get(attribute, attribute))


def make_plan(
    kind: Kind,
    records: Sequence[Record],
    *,
    by: User,
    headings: dict[str, str] | None = None,
    lock: bool = False,
) -> Plan:
    """Compare the rows with the tables. With `lock`, the rows compared with are held until the transaction ends."""
    matcher = kind.matcher(by, lock)
    plan, seen = Plan(), dict[Hashable, Wanted]()
    names = headings or {each.name: each.heading for each in kind.fields}
    for record in records:
        try:
            wanted = matcher.match(record)
            if (first := seen.get(wanted.identity)) is not None:
                plan.doubles += _double(first, wanted)
                continue
        except CannotUse as error:
            plan.problems.append(Problem(record.row, names.get(error.name, ""), error.sentence))
            if len(plan.problems) >= MOST_PROBLEMS:
                return plan
            continue
        seen[wanted.identity] = wanted
        plan.items.append(_item(wanted, matcher))
    plan.problems += [
        Problem(row, names.get(error.name, ""), error.sentence) for row, error in matcher.check(plan)
    ]
    return plan


def _double(first: Wanted, second: Wanted) -> int:
    """Pass over a row that says the same twice; refuse one that says something else of the same thing."""
    shared = first.values.keys() & second.values.keys()
    if any(folded(first.values[name]) != folded(second.values[name]) for name in shared):
        raise CannotUse(
            "",
            _("%(what)s står også i række %(row)s, men med noget andet. Behold kun den rigtige.")
            % {"what": first.label, "row": first.record.row},
        )
    return 1


def _item(wanted: Wanted, matcher: Matcher) -> Item:
    if wanted.found is None:
        given = {name: (None, value) for name, value in wanted.values.items() if value not in (None, "")}
        return Item(wanted.record.row, NEW, wanted.label, matcher.make(wanted), given)
    changes = {
        name: (before, value)
        for name, value in wanted.values.items()
        if value not in (None, "") and (before := getattr(wanted.found, name)) != value
    }
    return Item(wanted.record.row, CHANGED if changes else SAME, wanted.label, wanted.found, changes)


def kept(value: Any) -> Any:
    """Return a value as JSON keeps it: a row by its number, a day as text."""
    if isinstance(value, models.Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def said(value: Any) -> str:
    """Return a value as people read it."""
    if value is None or value == "":
        return _("(tomt)")
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)


def folded(text: object) -> str:
    """Return a name as it is compared: without case and doubled blanks."""
    return " ".join(str(text).split()).casefold()


class Names(Generic[T]):
    """Rows by name and by key, with a hint when a name is nearly right."""

    def __init__(self, rows: Iterable[T], sentence: str) -> None:
        """`sentence` says what to do about a name that is not there: "… »%(name)s« findes ikke. …"."""
        self._sentence = sentence
        self._rows: dict[str, list[T]] = {}
        for row in rows:
            for word in {folded(row.name), folded(row.key)}:  # type: ignore[attr-defined]
                self._rows.setdefault(word, []).append(row)

    def find(self, text: str) -> T | None:
        """Return the only row with this name, or None."""
        rows = self._rows.get(folded(text), [])
        return rows[0] if len(rows) == 1 else None

    def get(self, text: str, field_name: str) -> T:
        """Return the row with this name or key. Raises CannotUse."""
        rows = self._rows.get(folded(text), [])
        if len(rows) == 1:
            return rows[0]
        if rows:
            sentence = _("Der er flere, der hedder »%(name)s«. Skriv nøglen fra opsætningen i stedet.")
            raise CannotUse(field_name, sentence % {"name": text[:60]})
        near = get_close_matches(folded(text), self._rows, n=1, cutoff=0.75)
        hint = _(" Mente du »%(name)s«?") % {"name": self._rows[near[0]][0]} if near else ""
        raise CannotUse(field_name, self._sentence % {"name": text[:60]} + hint)
