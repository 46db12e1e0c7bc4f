"""Errors of form, found by the JSON Schema and said in Danish."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tovholder.setup import schema
from tovholder.setup.document import find_line, label
from tovholder.setup.problems import Problem, one_of, shown

TYPES = {
    "string": "tekst i anførselstegn",
    "integer": "et helt tal",
    "boolean": "true eller false",
    "array": "en liste i firkantede parenteser",
    "object": "en tabel",
}


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema.schema())


def form_problems(file: str, text: str, data: dict[str, Any]) -> tuple[list[Problem], set[tuple[str, int]]]:
    """Return every error of form in one file, and the rows (section, number) that have one."""
    problems: dict[Problem, None] = {}
    broken: set[tuple[str, int]] = set()
    for error in sorted(
        _validator().iter_errors(data), key=lambda each: [str(part) for part in each.absolute_path]
    ):
        path = list(error.absolute_path)
        if path:
            number = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
            broken.add((str(path[0]), number))
        for name, value, allowed in _said(error):
            where = [*path, name] if name else path
            problems[
                Problem(
                    file=file,
                    key=_named(where, data),
                    value=value,
                    allowed=allowed,
                    line=find_line(text, where),
                )
            ] = None
    return list(problems), broken


def _named(path: list[str | int], data: dict[str, Any]) -> str:
    """Return a path as a person would say it: forum "netvaerk-oester", items nr. 2, minutes."""
    parts: list[str] = []
    rest: list[str | int] = list(path)
    if len(path) > 1 and isinstance(path[1], int) and path[0] in schema.sections():
        row = data[str(path[0])][path[1]]
        parts.append(label(str(path[0]), row.get("key") if isinstance(row, dict) else None, path[1]))
        rest = rest[2:]
    for part in rest:
        if isinstance(part, int) and parts:
            parts[-1] += f" nr. {part + 1}"
        else:
            parts.append(str(part))
    return ", ".join(parts) or "filen"


def _said(error: Any) -> Iterator[tuple[str, str, str]]:
    """Yield (field below the path or "", value, what is allowed) for one error of the schema."""
    instance, rule = error.instance, error.validator_value
    if error.validator == "additionalProperties":
        allowed = list(error.schema["properties"])
        for name in sorted(set(instance) - set(allowed)):
            yield name, _brief(instance[name]), "Navnet kendes ikke. " + one_of(allowed, name)
    elif error.validator == "required":
        for name in rule:
            if name not in instance:
                yield name, "(mangler)", "Skal stå der: " + _kind(error.schema["properties"][name]) + "."
    else:
        yield "", shown(instance), _rule_said(error, instance, rule)


def _rule_said(error: Any, instance: Any, rule: Any) -> str:
    match error.validator:
        case "enum":
            return one_of(rule, instance)
        case "minimum" | "maximum":
            return f"Tilladt er et helt tal fra {error.schema['minimum']} til {error.schema['maximum']}."
        case "maxLength":
            return f"Tilladt er højst {rule} tegn; her er {len(instance)}."
        case "uniqueItems":
            return "Tilladt er hver værdi én gang."
        case "minItems":
            return f"Tilladt er mindst {rule} værdier."
        case "type" if rule == "array" and isinstance(instance, dict):
            return "Skal være en liste af tabeller med dobbelte firkantede parenteser: [[ ]]."
        case "type":
            return f"Skal være {TYPES.get(str(rule), str(rule))}."
        case _:
            return f"Tilladt er {_kind(error.schema)}."


def _kind(spec: dict[str, Any]) -> str:
    if "$ref" in spec:
        spec = schema.definition(spec["$ref"].rpartition("/")[2])
    if "enum" in spec:
        return "en af " + ", ".join(map(str, spec["enum"]))
    target = schema.reference_of(spec)
    if target:
        return (
            f"nøglen på en række i {target}"
            if spec.get("type") == "string"
            else f"nøgler på rækker i {target}"
        )
    return str(spec.get("x-allowed") or TYPES.get(spec.get("type", ""), "en værdi"))


def _brief(value: Any) -> str:
    return (
        ""
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict))
        else shown(value)
    )
