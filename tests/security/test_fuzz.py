"""Every address in every manner, by several people: an answer, never a fault. The long run is `benchmarks/fuzz.py`."""

from __future__ import annotations

import random

import pytest
from django.conf import settings as django_settings
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.security import case_rows
from tests.security.case_crawl import client_of as case_client_of
from tests.security.case_crawl import papers_said
from tests.security.case_world import CaseWorld
from tests.security.fuzz import (
    ANSWERS,
    CASE_PERSONS,
    PERSONS,
    addresses,
    addresses_of_cases,
    fire,
    names_near,
    shot_at,
    shut,
)
from tests.security.fuzz_shut import OF_CASES
from tests.security.world import World, build
from tovholder.accounts.models import User


@pytest.fixture
def world(personas, network, monkeypatch) -> World:
    # Typesetting takes longer than all the rest, and knows nothing of what is sent.
    for place in ("meetings.views.papers.render_pdf", "meetings.views.papers.render_docx", "forums.views.charters.render_pdf"):  # fmt: skip
        monkeypatch.setattr(f"tovholder.{place}", lambda _template, _document: b"")
    monkeypatch.setattr("logging.root.manager.disable", 50)
    return build(personas, network)


@pytest.fixture
def case_world(municipality, monkeypatch) -> CaseWorld:
    monkeypatch.setattr("logging.root.manager.disable", 50)
    return case_rows.build("suite", 3)


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    return client


@settings(
    max_examples=2,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],  # the first fault is told as it came; a smaller one takes minutes to find
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_no_address_breaks(world, seed):
    chance = random.Random(seed)
    clients = [client_of(world.users.get(name)) for name in PERSONS]
    faults = []
    for address in addresses(world):
        if not address.name.endswith("account_logout"):
            faults += filter(None, [fire(chance.choice(clients), shot_at(address, chance)) for _ in range(2)])
    assert not faults, "\n" + "\n".join(map(str, faults))
    assert ANSWERS[200] + ANSWERS[302] > sum(ANSWERS.values()) / 5  # not all of it ended at the door


def test_no_address_about_children_breaks_and_each_lets_somebody_in(case_world, monkeypatch):
    chance = random.Random(1)
    clients = [case_client_of(case_world, who) for who in CASE_PERSONS]
    there = addresses_of_cases(case_world)
    with papers_said(monkeypatch):
        closed, faults = shut([each for each in there if each.name not in OF_CASES], clients)
        for address in there:
            faults += filter(None, [fire(chance.choice(clients), shot_at(address, chance))])
    assert not faults, "\n" + "\n".join(map(str, faults))
    assert closed == set()
    assert set(OF_CASES) <= {each.name for each in there}


def test_the_names_of_fields_are_found_beside_the_views():
    """The fuzz would be worth little if it called every field x."""
    assert {"what", "responsible", "due_on"} <= set(names_near("tovholder.plans.views.steps"))
    assert {"text", "version", "item", "heading"} <= set(names_near("tovholder.meetings.views.running"))


def test_a_fault_would_be_seen(world, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("tovholder.config.views.HttpResponse", broken)
    anna = client_of(world.users["anna"])
    chance = random.Random(1)
    healthz = next(each for each in addresses(world) if each.name == ":healthz")
    found = [fire(anna, shot_at(healthz, chance)) for _ in range(5)]
    assert any(fault and "ZeroDivisionError" in str(fault) for fault in found)
