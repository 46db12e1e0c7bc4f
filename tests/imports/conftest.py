"""A municipality with something to compare a file with."""

from __future__ import annotations

import pytest

from tests.factories import (
    DistrictFactory,
    OrganisationKindFactory,
    PersonFactory,
    PostKindFactory,
    RoleFactory,
    SchoolFactory,
)
from tests.imports.files import understood
from tovholder.accounts.models import User
from tovholder.directory.models import Organisation, Person, School
from tovholder.forums.models import Membership
from tovholder.imports.kinds import KINDS
from tovholder.imports.models import Batch
from tovholder.imports.planning import Plan, make_plan
from tovholder.imports.services import keeping, running, undoing

TWO = "Navn;E-mail;Telefon\nEva Ny;eva@vestby.example;11223344\nÅse Sørensen;aase@vestby.example;99887766\n"


@pytest.fixture
def town(network, hans):
    """Netværk Vester with Anna, Bo and Carla; a school, a district, a post, roles."""
    OrganisationKindFactory(key="klub", name="Klub", party_type="authority", side="leisure")
    OrganisationKindFactory(key="folkeskole", name="Folkeskole")
    vester = DistrictFactory(key="vester", name="Vester")
    SchoolFactory(key="vester-skole", name="Vester Skole", district=vester)
    PostKindFactory(key="trivsel", name="Trivselsperson")
    RoleFactory(key="medlem", name="Medlem")
    PersonFactory(name="Åse Sørensen", email="aase@vestby.example", phone="12345678", organisation=None)
    return network


def planned(by: User, kind: str, text: str) -> Plan:
    found = understood(text, kind)
    assert not found.problems, found.problems
    return make_plan(KINDS[kind], found.records, by=by, headings=found.headings)


def kept(by: User, kind: str, text: str) -> Batch:
    found = understood(text, kind)
    plan = make_plan(KINDS[kind], found.records, by=by, headings=found.headings)
    assert not [*found.problems, *plan.problems], [*found.problems, *plan.problems]
    return keeping.keep(by=by, kind=KINDS[kind], understood=found, plan=plan)


def brought(by: User, kind: str, text: str) -> Batch:
    """Bring a file in, as the worker does."""
    batch = kept(by, kind, text)
    running.start(by=by, batch=batch)
    running.run(batch.pk)
    batch.refresh_from_db()
    return batch


def undone(by: User, batch: Batch) -> str:
    """Undo a file, as the worker does. Returns what became of it."""
    undoing.start(by=by, batch=batch)
    return undoing.run(batch.pk)


def snapshot() -> list[list[tuple]]:
    return [
        sorted(model.objects.values_list(), key=str) for model in (Person, Organisation, School, Membership)
    ]


class Killed(BaseException):
    """Like kill -9: no handler of ours runs."""


def dies(*_args: object) -> None:
    raise Killed


__all__ = ["TWO", "Killed", "brought", "dies", "kept", "planned", "snapshot", "town", "undone"]
