"""Laying a child on a concern: one that was found by what was said of it, or that may be seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from tests.concerns.child_world import CaseWorld, make_case, make_triager
from tests.factories import DistrictFactory
from tovholder.accounts.models import User
from tovholder.citizens.identity import Identity
from tovholder.concerns.services.children import register_child
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern

ClientFor = Callable[[User], Client]


@pytest.fixture
def world(anna: User, erik: User) -> CaseWorld:
    return make_case(anna, erik)


def test_a_triager_lays_only_a_child_on_that_was_found_or_may_be_seen(
    anna: User, erik: User, bo: User, world: CaseWorld, client_for: ClientFor
) -> None:
    """Who knows the code of another district's child neither opens its record by it nor learns that it is there."""
    other = children_of_another_district(bo, erik)
    client = client_for(anna)
    for code in (other.child.code, "XXXXXX"):
        assert client.post(world.path(code, "laeg-paa"), {"part": "subject"}).status_code == 404
    assert not world.concern.concern_children.filter(child=other.child).exists()
    told = {"name": "Ida Fjern", "birth_date": "2012-05-06", "cpr": ""}
    page = client.post(world.path("laeg-paa"), told).content.decode()
    found = re.search(r'name="fundet" value="([^"]+)"', page)
    assert found is not None
    for proof in ("", found[1][:-1], f"x{found[1]}"):
        lay = client.post(world.path(other.child.code, "laeg-paa"), {"part": "subject", "fundet": proof})
        assert lay.status_code == 404
    lay = client.post(world.path(other.child.code, "laeg-paa"), {"part": "subject", "fundet": found[1]})
    assert lay.status_code == 302
    assert world.concern.concern_children.filter(child=other.child).exists()


def children_of_another_district(bo: User, erik: User) -> CaseWorld:
    far = DistrictFactory(key="oest", name="Øst")
    make_triager(bo, far)
    concern = raise_concern(
        by=erik, facts=ConcernFacts("named", "child", district=far), texts=ConcernTexts("Set i Øst")
    )
    found = CaseWorld(bo, erik, far, concern)
    found.links = [register_child(by=bo, concern=concern, identity=Identity("Ida Fjern", date(2012, 5, 6)))]
    return found
