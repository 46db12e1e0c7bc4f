"""What a set-up file would change: compared with the tables, without touching them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tovholder.setup import schema
from tovholder.setup.document import Document
from tovholder.setup.problems import Problem
from tovholder.setup.queries import Present, forums_in_use, keys_from_files, present
from tovholder.setup.sections import SECTIONS
from tovholder.setup.wording import Names, said

KINDS = {
    "new": "Ny",
    "changed": "Ændret",
    "back": "Kommer igen",
    "retired": "Udgår",
    "order": "Ny rækkefølge",
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    title: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    section: str
    kind: str
    key: str
    name: str
    fields: tuple[FieldChange, ...] = ()

    @property
    def kind_said(self) -> str:
        return KINDS[self.kind]


@dataclass(slots=True)
class Plan:
    document: Document
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # What the file does not touch, though one might think so.
    notices: list[str] = field(default_factory=list)

    def of(self, section: str) -> list[Change]:
        return [change for change in self.changes if change.section == section]

    @property
    def grouped(self) -> list[tuple[str, list[Change]]]:
        """Return the changes by section title."""
        groups = ((schema.section_title(name), self.of(name)) for name in SECTIONS)
        return [(title, changes) for title, changes in groups if changes]

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)

    @property
    def summary(self) -> str:
        counts = ((self.count(kind), word) for kind, word in _COUNTED.items())
        parts = [f"{number} {word[0] if number == 1 else word[1]}" for number, word in counts if number]
        return ", ".join(parts)

    @property
    def fingerprint(self) -> str:
        """Tells one plan from another, so that what is applied is what was shown."""
        told = [[c.section, c.kind, c.key, [[f.field, f.old, f.new] for f in c.fields]] for c in self.changes]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


_COUNTED = {
    "new": ("ny række", "nye rækker"),
    "changed": ("ændret række", "ændrede rækker"),
    "back": ("række kommer igen", "rækker kommer igen"),
    "retired": ("række udgår", "rækker udgår"),
    "order": ("ny rækkefølge", "nye rækkefølger"),
}


def make_plan(document: Document) -> Plan:
    """Return what loading `document` would change, and what stands against it."""
    plan = Plan(document)
    tables = {name: present(section) for name, section in SECTIONS.items()}
    names = _names(document, tables)
    held = keys_from_files()
    for section, rows in tables.items():
        if section == "municipality":
            plan.problems += _other_municipality(document, rows)
        wanted = document.canonical(section)
        plan.changes += _arriving(section, wanted, rows, names)
        if section != "municipality":
            plan.changes += _leaving(section, wanted, rows, held.get(section, set()))
        plan.changes += _reordered(section, wanted, rows)
        plan.notices += _untouched(section, wanted, rows, held.get(section, set()))
    plan.problems += _forums_in_use(document, plan)
    return plan


def _names(document: Document, tables: dict[str, dict[str, Present]]) -> Names:
    names = {(section, key): row.name for section, rows in tables.items() for key, row in rows.items()}
    names.update({(row.section, row.key): str(row.data.get("name", row.key)) for row in document.rows})
    return names


def _name(section: str, key: str, data: dict[str, Any]) -> str:
    return str(data.get("name") or schema.section_title(section) or key)


def _arriving(
    section: str, wanted: dict[str, dict[str, Any]], rows: dict[str, Present], names: Names
) -> Iterator[Change]:
    for key, data in wanted.items():
        row = rows.get(key)
        if row is not None and row.closed:
            continue
        fields = _field_changes(section, row.data if row else {}, data, names)
        if row is None:
            yield Change(section, "new", key, _name(section, key, data), fields)
        elif row.retired_at is not None:
            yield Change(section, "back", key, _name(section, key, data), fields)
        elif fields:
            yield Change(section, "changed", key, row.name or _name(section, key, data), fields)


def _field_changes(
    section: str, old: dict[str, Any], new: dict[str, Any], names: Names
) -> tuple[FieldChange, ...]:
    """Return the fields that differ; for a new row those that are not as always."""
    changes = []
    for name, value in new.items():
        before = old.get(name) if old else schema.properties(section).get(name, {}).get("default")
        if value == before or (not old and name in {"key", "name"}):
            continue
        if not old and value in (None, "", [], {}):
            continue
        told = (said(section, name, before, names), said(section, name, value, names))
        changes.append(FieldChange(name, schema.title(section, name), *told))
    return tuple(changes)


def _leaving(
    section: str, wanted: dict[str, dict[str, Any]], rows: dict[str, Present], held: set[str]
) -> Iterator[Change]:
    for key, row in rows.items():
        if key in held and key not in wanted and row.retired_at is None and not row.closed:
            yield Change(section, "retired", key, _name(section, key, row.data))


def _reordered(section: str, wanted: dict[str, dict[str, Any]], rows: dict[str, Present]) -> Iterator[Change]:
    live = {key for key, row in rows.items() if row.retired_at is None}
    if [key for key in wanted if key in live] != [key for key in rows if key in live and key in wanted]:
        yield Change(section, "order", "", schema.section_title(section))


def _untouched(
    section: str, wanted: dict[str, dict[str, Any]], rows: dict[str, Present], held: set[str]
) -> Iterator[str]:
    if SECTIONS[section].single:
        return
    title = schema.section_title(section)
    live = {key: row for key, row in rows.items() if row.retired_at is None}
    own = [row.name for key, row in live.items() if key not in wanted and key not in held and not row.closed]
    if own:
        yield f"{title}: {', '.join(own)} er oprettet i Tovholder, står ikke i filen og bliver, som de er."
    closed = [row.name for key, row in live.items() if key in wanted and row.closed]
    if closed:
        yield f"{title}: {', '.join(closed)} er lukket i Tovholder og bliver ved med at være det."


def _other_municipality(document: Document, rows: dict[str, Present]) -> Iterator[Problem]:
    for row in document.section("municipality"):
        if rows and row.key not in rows:
            here = next(iter(rows))
            yield document.problem(row, "key", f"Her er indlæst en anden kommune. Tilladt er kun: {here}.")


def _forums_in_use(document: Document, plan: Plan) -> Iterator[Problem]:
    leaving = [change for change in plan.of("forum") if change.kind == "retired"]
    in_use = forums_in_use() if leaving else {}
    for change in leaving:
        if change.key in in_use:
            agreements, meetings = in_use[change.key]
            yield Problem(
                file=document.main,
                key=f'forum "{change.key}"',
                value="(mangler)",
                allowed=f"{change.name} har {agreements} åbne aftaler og {meetings} planlagte møder og kan ikke udgå. "
                "Luk forummet i Tovholder med en efterfølger, eller lad det stå i filen.",
            )
