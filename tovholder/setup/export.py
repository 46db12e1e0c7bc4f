"""Write the present set-up as one file, in a fixed order: sections as in the schema, rows as they are shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import tomlkit
from tomlkit.items import Item

from tovholder.forums.models import Forum
from tovholder.setup import schema
from tovholder.setup.queries import Present, present
from tovholder.setup.sections import SECTIONS

HEAD = "Opsætningen, som den står i Tovholder. Formatet er forklaret i docs/setup.md."


def export_setup() -> str:
    """Return the set-up as TOML. What is retired or closed is left out."""
    tables = {name: _live(present(section)) for name, section in SECTIONS.items()}
    closed = _successors()
    document = tomlkit.document()
    document.add(tomlkit.comment(HEAD))
    for name, rows in tables.items():
        written = [
            _table(name, schema.without_defaults(name, _within(name, row.data, tables, closed)))
            for row in rows.values()
        ]
        if not written:
            continue
        document.add(tomlkit.nl())
        if SECTIONS[name].single:
            document.add(name, written[0])
        else:
            document.add(name, _array(written))
    return tomlkit.dumps(document)


def _live(rows: dict[str, Present]) -> dict[str, Present]:
    return {key: row for key, row in rows.items() if row.retired_at is None and not row.closed}


def _successors() -> dict[str, str]:
    """Return, by key of a closed forum, the key of the forum that took over."""
    closed = Forum.objects.filter(closed_on__isnull=False, successor__isnull=False)
    return dict(closed.values_list("key", "successor__key"))


def _within(
    section: str, data: dict[str, Any], tables: dict[str, dict[str, Present]], closed: dict[str, str]
) -> dict[str, Any]:
    """Return a row that points only to rows of the file: a closed forum gives way to the one that took over."""
    kept = dict(data)
    for name, spec in schema.properties(section).items():
        target = schema.reference_of(spec)
        value = data.get(name)
        if target is None or value is None:
            continue
        found = [
            _living(key, tables[target], closed) for key in (value if isinstance(value, list) else [value])
        ]
        itself = data["key"] if target == section else None
        keys = list(dict.fromkeys(key for key in found if key is not None and key != itself))
        kept[name] = keys if isinstance(value, list) else next(iter(keys), None)
    return schema.canonical(section, kept)


def _living(key: str, rows: dict[str, Present], closed: dict[str, str]) -> str | None:
    seen: set[str] = set()
    while key in closed and key not in rows and key not in seen:
        seen.add(key)
        key = closed[key]
    return key if key in rows else None


def _array(tables: list[Any]) -> Any:
    array = tomlkit.aot()
    for table in tables:
        array.append(table)
    return array


def _table(definition: str, row: dict[str, Any]) -> Any:
    """Return one row as a table: plain values first, tables inside it last, as TOML wants it."""
    table = tomlkit.table()
    inner: dict[str, Any] = {}
    for name, value in row.items():
        spec = schema.properties(definition)[name]
        child = schema.children_of(spec)
        if child:
            inner[name] = _array([_table(child, each) for each in value])
        elif isinstance(value, dict):
            table.add(name, _inline(value))
        else:
            table.add(name, _value(spec, value))
    for name, each in inner.items():
        table.add(name, each)
    return table


def _inline(value: dict[str, Any]) -> Any:
    table = tomlkit.inline_table()
    for name, each in value.items():
        table.append(name, _value({}, each))
    return table


def _value(spec: schema.Json, value: Any) -> Item:
    if spec.get("format") == "date":
        return tomlkit.item(date.fromisoformat(value))
    if isinstance(value, list):
        array = tomlkit.array()
        for each in value:
            array.append(tomlkit.string(each))
        array.multiline(sum(len(each) + 4 for each in value) > 90)
        return array
    return tomlkit.string(value) if isinstance(value, str) else tomlkit.item(value)
