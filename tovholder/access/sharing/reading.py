"""Reads a case written as JSON (docs/reference/sharing.md tells the keys). Unknown keys are ignored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.db.models import TextChoices

from tovholder.access.bases import LegalBasis
from tovholder.access.levels import Level
from tovholder.access.sharing.case import (
    Case,
    CaseFault,
    Child,
    Consent,
    ForumFrame,
    Kind,
    Participant,
    PublicTask,
    Purpose,
)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MISSING = object()
Choice = TypeVar("Choice", bound=TextChoices)
T = TypeVar("T")


class Table:
    """A JSON object and the path to it. Every reader raises CaseFault with the path and what is wrong."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, Mapping):
            raise CaseFault(f"{path or 'case'}: must be an object")
        self.value, self.path = value, path

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _get(self, key: str, required: bool) -> Any:
        """The value, or None where it is missing or null and need not be there."""
        found = self.value.get(key, _MISSING)
        if found is _MISSING and required:
            raise CaseFault(f"{self._at(key)}: missing")
        return None if found is _MISSING else found

    def _must(self, key: str, kind: type[T], word: str, required: bool) -> T | None:
        found = self._get(key, required)
        if found is None and not required:
            return None
        # True is an int to Python, not to whoever wrote the case.
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            raise CaseFault(f"{self._at(key)}: must be {word}")
        return found

    def text(self, key: str, required: bool = False) -> str:
        return self._must(key, str, "text", required) or ""

    def word(self, key: str) -> str | None:
        return self._must(key, str, "text or null", False)

    def flag(self, key: str, default: bool = False) -> bool:
        found = self._must(key, bool, "true or false", False)
        return default if found is None else found

    def whole(self, key: str) -> int | None:
        return self._must(key, int, "a whole number", False)

    def day(self, key: str, required: bool = False) -> date | None:
        found = self._must(key, str, "a date (YYYY-MM-DD)", required)
        if found is None:
            return None
        try:
            return date.fromisoformat(found if _DAY.fullmatch(found) else "")
        except ValueError:
            raise CaseFault(f"{self._at(key)}: {found!r} is no date (YYYY-MM-DD)") from None

    def choice(self, key: str, choices: type[Choice], required: bool = False) -> Choice | None:
        found = self._get(key, required)
        return None if found is None and not required else _one_of(choices, found, self._at(key))

    def table(self, key: str, required: bool = False) -> Table:
        found = self._get(key, required)
        return Table({} if found is None and not required else found, self._at(key))

    def list(self, key: str, required: bool = False) -> list[object]:
        return self._must(key, list, "a list", required) or []

    def words(self, key: str) -> tuple[str, ...]:
        """Texts; null among them names nothing."""
        found = [each for each in self.list(key) if each is not None]
        return tuple(_text(each, f"{self._at(key)}[{n}]") for n, each in enumerate(found))

    def each(self, key: str, read: Callable[[Table], T], required: bool = False) -> tuple[T, ...]:
        return tuple(
            read(Table(each, f"{self._at(key)}[{n}]")) for n, each in enumerate(self.list(key, required))
        )


def read_case(value: object) -> Case:
    """Return the case written in a JSON value. Raises CaseFault, with the path, for what cannot be read."""
    table = Table(value)
    table._get("id", required=True)
    level = _sure(table.choice("level", Level, required=True))
    named = level == Level.NAMED
    participants = table.each("participants", _participant, required=True)
    _refuse_twice(participants)
    if named:
        table._get("basis", required=True)
    prior = table.whole("prior_early_cooperation_meetings") or 0
    if prior < 0:
        raise CaseFault("prior_early_cooperation_meetings: must not be negative")
    return Case(
        level=level,
        date=_sure(table.day("date", required=True)),
        forum=_forum(table.table("forum", required=True)),
        participants=participants,
        basis=table.choice("basis", LegalBasis),
        purpose=table.text("purpose", required=named),
        purpose_code=table.choice("purpose_code", Purpose, required=named),
        necessity=table.text("necessity"),
        child=_child(table.table("child", required=named), named),
        prior_early_cooperation_meetings=prior,
        special_reason=table.text("special_reason"),
        family_told=table.flag("family_told"),
        consents=table.each("consents", _consent),
    )


def _forum(table: Table) -> ForumFrame:
    bases = table._get("bases", required=False)
    return ForumFrame(
        highest_level=_sure(table.choice("highest_level", Level, required=True)),
        bases=frozenset(LegalBasis)
        if bases is None
        else frozenset(
            _one_of(LegalBasis, each, f"forum.bases[{n}]") for n, each in enumerate(table.list("bases"))
        ),
        chair_is_ssp=table.flag("chair_is_ssp"),
    )


def _child(table: Table, named: bool) -> Child:
    return Child(
        birth_date=table.day("birth_date", required=named),
        custody_holders=table.words("custody_holders"),
        categories=frozenset(table.words("categories")),
    )


def _participant(table: Table) -> Participant:
    return Participant(
        id=table.text("id", required=True),
        kind=_sure(table.choice("kind", Kind, required=True)),
        organisation=table.word("organisation"),
        public_task=table.choice("public_task", PublicTask),
        in_cooperation=table.flag("in_cooperation", default=True),
        own_child=table.flag("own_child"),
        age=table.whole("age"),
    )


def _consent(table: Table) -> Consent:
    return Consent(
        giver=table.word("giver"),
        organisations=table.words("organisations"),
        kinds=table.words("kinds"),
        purpose=table.text("purpose"),
        given=table.day("given"),
        withdrawn=table.day("withdrawn"),
        expires=table.day("expires"),
    )


def _refuse_twice(participants: tuple[Participant, ...]) -> None:
    seen: set[str] = set()
    for each in participants:
        if each.id in seen:
            raise CaseFault(f"participants: {each.id!r} stands twice")
        seen.add(each.id)


def _one_of(choices: type[Choice], value: object, path: str) -> Choice:
    if not isinstance(value, str) or value not in choices.values:
        raise CaseFault(f"{path}: {value!r} is not one of {', '.join(choices.values)}")
    return choices(value)


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise CaseFault(f"{path}: must be text")
    return value


def _sure(value: T | None) -> T:
    if value is None:
        raise CaseFault("missing")
    return value
