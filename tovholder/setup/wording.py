"""A change said to a person: Danish names for fields, choices, days and references, no codes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models

from tovholder.access.bases import LegalBasis
from tovholder.directory.models import Side
from tovholder.setup import schema
from tovholder.setup.sections import DAYS, MONTHS, SECTIONS

EMPTY = "(ingen)"
_DAYS = dict(zip(DAYS, "mandag tirsdag onsdag torsdag fredag lørdag søndag".split(), strict=True))
_MONTHS = dict(
    zip(
        MONTHS,
        "januar februar marts april maj juni juli august september oktober november december".split(),
        strict=True,
    )
)
_LABELS: dict[str, dict[str, str]] = {
    "weekdays": _DAYS,
    "preferred_weekdays": _DAYS,
    "months": _MONTHS,
    "bases": {str(value): str(text) for value, text in LegalBasis.choices},
    "expected_sides": {str(value): str(text) for value, text in Side.choices},
}

# Names of rows by (section, key), so that a reference is shown by name.
Names = dict[tuple[str, str], str]


def said(section: str, field: str, value: Any, names: Names) -> str:
    """Return a value in Danish."""
    if value in (None, "", [], {}):
        return EMPTY
    if isinstance(value, bool):
        return "ja" if value else "nej"
    spec = schema.properties(section).get(field, {})
    if spec.get("format") == "date":
        return f"{date.fromisoformat(value):%d.%m.%Y}"
    if schema.children_of(spec):
        return " · ".join(_child_said(each) for each in value)
    if field == "weekdays_by_month":
        days = (f"{_MONTHS[month]}: {', '.join(_DAYS[day] for day in value[month])}" for month in value)
        return "; ".join(days)
    if field == "starts_by_month":
        return "; ".join(f"{_MONTHS[month]}: {', '.join(value[month])}" for month in value)
    if isinstance(value, dict):
        texts = spec.get("properties", {})
        return "; ".join(f"{texts.get(key, {}).get('title', key)}: {each}" for key, each in value.items())
    target = schema.reference_of(spec)
    each_said = [
        _one(section, field, target, each, names) for each in (value if isinstance(value, list) else [value])
    ]
    return ", ".join(each_said)


def _one(section: str, field: str, target: str | None, value: Any, names: Names) -> str:
    if target:
        return names.get((target, value), str(value))
    if field in _LABELS:
        return _LABELS[field].get(value, str(value))
    columns = {column.name: column for column in SECTIONS[section].model._meta.fields}
    column = columns.get(field)
    choices = dict(column.flatchoices) if isinstance(column, models.CharField) and column.choices else {}
    return str(choices.get(value, value))


def _child_said(child: dict[str, Any]) -> str:
    text = str(child.get("heading") or child.get("text") or child.get("label") or "")
    return f"{text} ({child['minutes']} min)" if "minutes" in child else text
