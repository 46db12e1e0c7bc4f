"""What the pages before a network meeting cost, with all that can be on them: at most twelve reads and 30 kB each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.network.conftest import fresh
from tovholder.access.decision import yes
from tovholder.accounts.models import User
from tovholder.citizens.models import Adult
from tovholder.citizens.services.consents import ConsentTexts, give_consent
from tovholder.meetings.models import NetworkMeeting
from tovholder.meetings.services import network, network_people
from tovholder.meetings.views.network_steps import STEPS

MAX_QUERIES, MAX_HTML = 12, 30_000


@pytest.fixture
def full(ready: NetworkMeeting, erik: User, dina: User, mother: Adult) -> NetworkMeeting:
    """Ready to be called, with notes, a support person, and a consent that names somebody."""
    network.write_phone_notes(by=erik, network=ready, text="Talt med skolen")
    network_people.add_support_person(by=erik, network=ready, child=mother.child, name="Ida Prøvesen", age=40)
    give_consent(
        by=erik, decision=yes("case_team"), child=mother.child, giver=mother,
        organisations=[dina.person.organisation], texts=ConsentTexts("Skolegang", "Hjælp"), form="written",
        given=date(2026, 9, 1),
    )  # fmt: skip
    return fresh(ready)


@pytest.mark.parametrize("state", ["ready", "called"])
def test_every_page_of_the_calling_is_read_cheaply(
    state: str, full: NetworkMeeting, erik: User, dina: User, client_for: Callable[[User], Client]
) -> None:
    pk = full.meeting_id
    pages = [reverse(f"network:{name}", args=[pk]) for name in ("meeting", "family_links")]
    if state != "ready":
        network.call(by=erik, network=full, lacks=[])
    pages += [reverse("network:step", args=[pk, slug]) for slug in STEPS]
    asked = [(erik, path) for path in pages] + [(dina, pages[0])] * (state != "ready")
    cost = {(user.name, path): _cost(client_for(user), path) for user, path in asked}
    assert {
        each: found for each, found in cost.items() if found[0] > MAX_QUERIES or found[1] > MAX_HTML
    } == {}


def _cost(client: Client, path: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as queries:
        answer: Any = client.get(path)
    assert answer.status_code == 200, path
    return len(queries), len(answer.content)
