"""The format, read from schema.json: its properties, defaults and references drive everything else here."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@cache
def schema() -> Json:
    loaded: Json = json.loads((Path(__file__).parent / "schema.json").read_text(encoding="utf-8"))
    return loaded


def sections() -> list[str]:
    """Return the names of the sections, in the order in which they build on each other."""
    return [name for name in schema()["properties"] if name not in {"fragment", "include"}]


def is_single(section: str) -> bool:
    """A section that is one table, `[municipality]`, and not a list of them, `[[forum]]`."""
    return "$ref" in schema()["properties"][section]


def definition(name: str) -> Json:
    found: Json = schema()["$defs"][name]
    return found


def properties(name: str) -> Json:
    found: Json = definition(name)["properties"]
    return found


def section_title(section: str) -> str:
    return str(schema()["properties"][section]["title"])


def title(section: str, field: str) -> str:
    spec = properties(section).get(field, {})
    return str(spec.get("title") or definition("key")["title"])


def children_of(spec: Json) -> str | None:
    """Return the definition that the items of a list follow, for a list of tables; else None."""
    reference = spec.get("items", {}).get("$ref", "") if spec.get("type") == "array" else ""
    return reference.rpartition("/")[2] or None


def reference_of(spec: Json) -> str | None:
    """Return the section that a field points to, for a field that holds a key or a list of keys."""
    target: str | None = spec.get("x-reference") or spec.get("items", {}).get("x-reference")
    return target


@cache
def keeps_lines() -> frozenset[str]:
    """Return the names of fields whose text may have more than one line."""
    found = set()
    for each in schema()["$defs"].values():
        for inner in [each, *each.get("properties", {}).values()]:
            for name, spec in inner.get("properties", {}).items():
                if spec.get("type") == "string" and spec.get("maxLength", 0) >= 300 and "default" in spec:
                    found.add(name)
    return frozenset(found)


def canonical(name: str, data: Json) -> Json:
    """Return a row with every field in the schema's order, defaults filled in, lists without order sorted."""
    return {field: _canonical_value(spec, data.get(field)) for field, spec in properties(name).items()}


def _canonical_value(spec: Json, value: Any) -> Any:
    if value is None:
        value = spec.get("default")
    child = children_of(spec)
    if child:
        return [canonical(child, each) for each in value or []]
    if spec.get("type") == "object":
        return {key: _in_order(each, value[key]) for key, each in spec["properties"].items() if key in value}
    if isinstance(value, list):
        return sorted(value) if spec.get("x-unordered") else list(value)
    return value


def _in_order(spec: Json, value: Any) -> Any:
    """A list of days or times in a table of months has no order of its own: as the week and the clock have it."""
    if not isinstance(value, list):
        return value
    known = {each: number for number, each in enumerate(spec.get("items", {}).get("enum", []))}
    return sorted(value, key=lambda each: (known.get(each, len(known)), each))


def without_defaults(name: str, row: Json) -> Json:
    """Return a canonical row without what needs not be written."""
    kept: Json = {}
    for field, spec in properties(name).items():
        value = row.get(field)
        if value is None or value == spec.get("default"):
            continue
        child = children_of(spec)
        kept[field] = [without_defaults(child, each) for each in value] if child else value
    return kept
