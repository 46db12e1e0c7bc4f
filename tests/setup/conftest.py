"""A small valid set-up to break, and ways to load one."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from tovholder.audit.models import SYSTEM
from tovholder.setup.document import Document
from tovholder.setup.plan import Plan
from tovholder.setup.problems import Problem, SetupInvalid
from tovholder.setup.reader import folder, read_setup, texts_source
from tovholder.setup.services import apply_setup

SMALL = """
[municipality]
key = "lille"
name = "Lille Kommune"

[[district]]
key = "nord"
name = "Nord"

[[organisation_kind]]
key = "skole"
name = "Folkeskole"
party_type = "authority"
side = "school"

[[organisation]]
key = "nordskolen"
name = "Nordskolen"
kind = "skole"

[[school]]
key = "nordskolen"
name = "Nordskolen"
district = "nord"
organisation = "nordskolen"

[[role]]
key = "tovholder"
name = "Tovholder"
convenes = true

[[agenda_template]]
key = "dagsorden"
name = "Dagsorden"

[[agenda_template.items]]
heading = "Nyt"
minutes = 20

[[checklist]]
key = "guide"
name = "Guide"

[[checklist.items]]
phase = "before"
text = "Ring rundt"

[[checklist.items]]
phase = "after"
text = "Send referat"

[[forum_type]]
key = "netvaerk"
name = "Netværk"
checklist = "guide"

[[forum]]
key = "oppe"
name = "Styregruppe"
forum_type = "netvaerk"

[[forum]]
key = "netvaerk-nord"
name = "Netværk Nord"
forum_type = "netvaerk"
parent = "oppe"
districts = ["nord"]
cadence = "monthly"
weekdays = ["tuesday"]
start_time = "13:00"
agenda_template = "dagsorden"
"""


def load(text: str, **more: str) -> Plan:
    """Load a set-up given as text, with fragments by name."""
    return apply_setup(by=SYSTEM, document=read(text, **more))


def read(text: str, **more: str) -> Document:
    texts = {"lille.toml": text, **{f"{name}.toml": each for name, each in more.items()}}
    return read_setup("lille.toml", texts_source(texts))


def problems(text: str, **more: str) -> list[Problem]:
    try:
        read(text, **more)
    except SetupInvalid as invalid:
        return invalid.problems
    return []


def read_shipped(name: str) -> Document:
    return read_setup(name, folder(Path(settings.SETUPS_DIR)))


@pytest.fixture
def small(db: None) -> str:
    load(SMALL)
    return SMALL
