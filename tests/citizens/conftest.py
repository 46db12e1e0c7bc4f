"""A decision that allows, and a child to work on."""

from __future__ import annotations

from datetime import date

import pytest

from tovholder.access.decision import Decision, yes
from tovholder.accounts.models import User
from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Child
from tovholder.citizens.services.children import create_child


@pytest.fixture
def allowed() -> Decision:
    return yes("case_team")


@pytest.fixture
def identity() -> Identity:
    return Identity("Sophie Kjær Testesen", date(2012, 3, 4), cpr="040312-1234", address="Prøvevej 7")


@pytest.fixture
def child(anna: User, allowed: Decision, identity: Identity) -> Child:
    return create_child(by=anna, decision=allowed, identity=identity)
