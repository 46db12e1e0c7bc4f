"""The example of docs/setup.md loads as it stands."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from jsonschema import Draft202012Validator

from tovholder.audit.models import SYSTEM
from tovholder.forums.models import Forum
from tovholder.setup import schema
from tovholder.setup.reader import first_of, folder, read_setup, texts_source
from tovholder.setup.sections import SECTIONS
from tovholder.setup.services import apply_setup

TEXT = (settings.BASE_DIR / "docs" / "setup.md").read_text()


@pytest.mark.django_db
def test_the_documented_example_loads() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    source = first_of(texts_source({"eksempel.toml": example}), folder(settings.SETUPS_DIR))
    apply_setup(by=SYSTEM, document=read_setup("eksempel.toml", source))
    assert Forum.objects.get().weekdays_by_month == {"9": [2], "10": [1, 3]}


def test_every_section_and_every_shipped_file_is_described() -> None:
    for section in schema.sections():
        assert f"[{section}]" in TEXT
    for path in settings.SETUPS_DIR.glob("*.toml"):
        assert f"`{path.name}`" in TEXT


def test_the_schema_is_one_and_names_every_table() -> None:
    Draft202012Validator.check_schema(schema.schema())
    assert schema.sections() == list(SECTIONS)


def test_every_field_of_the_schema_is_described_in_two_languages() -> None:
    for name, definition in schema.schema()["$defs"].items():
        for field, spec in definition.get("properties", {}).items():
            if "$ref" not in spec:
                assert " / " in spec["description"], f"{name}.{field}"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_field_has_a_column(section: str) -> None:
    table = SECTIONS[section]
    columns = {field.name for field in [*table.model._meta.fields, *table.model._meta.many_to_many]}
    apart = {each[0] for each in (table.children, table.through) if each}
    assert set(schema.properties(section)) - columns == apart


def test_choices_of_the_schema_are_those_of_the_tables() -> None:
    for section, table in SECTIONS.items():
        columns = {field.name: field for field in table.model._meta.fields}
        for name, spec in schema.properties(section).items():
            choices = dict(getattr(columns.get(name), "flatchoices", []) or [])
            if choices and "enum" in spec:
                assert set(spec["enum"]) == set(choices) - {""}, f"{section}.{name}"
