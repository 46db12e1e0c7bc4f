"""Before the ground of a network meeting is saved: who gains, who loses, and who is not covered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.network.conftest import kind_of
from tests.twice import MARK, look_and_save
from tovholder.accounts.models import User
from tovholder.citizens.models import Child
from tovholder.meetings.models import CaseItem, NetworkMeeting
from tovholder.meetings.services import network_people as people
from tovholder.meetings.services.cases import recorded_ground

For = Callable[[User], Client]
GROUND = {"purpose_code": "wellbeing", "purpose": "Ro i hverdagen.", "necessity": "Vi skal handle sammen."}


def step(network: NetworkMeeting) -> str:
    return f"/netvaerksmoeder/{network.meeting_id}/trin/grundlag/"


def part(page: str, heading: str) -> str:
    """What stands under a heading of the answer, up to the next one."""
    after = page.split(heading, 1)[1]
    return after.split("<h3", 1)[0].split("</section>", 1)[0]


def test_the_page_asks_to_look_before_it_saves(ready: NetworkMeeting, erik: User, client_for: For) -> None:
    page = client_for(erik).get(step(ready)).content.decode()
    form = page.split('id="skema"')[1].split("</form>")[0]
    assert "Se, hvem der får adgang" in form
    assert "Gem og gå videre" not in form
    client_for(erik).post(step(ready), GROUND | {"basis": "consent"})
    assert recorded_ground(CaseItem.objects.get()).basis == "participation"


def test_another_ground_says_who_loses_before_it_is_saved(
    ready: NetworkMeeting, erik: User, client_for: For
) -> None:
    client = client_for(erik)
    shown, answer = look_and_save(client, step(ready), GROUND | {"basis": "consent"})
    lost = part(shown, "Mister adgang")
    assert "Dina" in lost
    assert "Erik" not in lost  # who works on the case reads it on any ground
    assert "Ingen nye" in part(shown, "Får adgang, når navnet åbnes")
    assert answer.status_code == 302
    assert recorded_ground(CaseItem.objects.get()).basis == "consent"
    back = client.post(step(ready), GROUND | {"basis": "participation"}).content.decode()
    assert "Dina" in part(back, "Får adgang, når navnet åbnes")
    assert "Ingen." in part(back, "Mister adgang")


def test_who_is_not_covered_on_either_ground_is_named(
    ready: NetworkMeeting, erik: User, frida: User, client_for: For
) -> None:
    kind_of(frida, "association")
    people.add_professional(by=erik, network=ready, person=frida.person)
    shown = client_for(erik).post(step(ready), GROUND | {"basis": "participation"}).content.decode()
    assert "Frida" in part(shown, "Er ikke dækket")
    assert "Få et samtykke, der nævner" in shown


@pytest.mark.parametrize("field", ["purpose", "necessity", "basis"])
def test_what_is_changed_after_the_look_is_looked_at_again(
    ready: NetworkMeeting, erik: User, client_for: For, field: str
) -> None:
    client, told = client_for(erik), GROUND | {"basis": "participation"}
    mark = MARK.search(client.post(step(ready), told).content.decode())
    assert mark is not None
    other = "consent" if field == "basis" else "Noget andet."
    again = client.post(step(ready), told | {field: other, "vist": mark[1]})
    assert again.status_code == 200
    assert "Noget er ændret" in again.content.decode()
    assert recorded_ground(CaseItem.objects.get()).purpose != "Noget andet."


def test_the_child_is_not_named_in_the_answer(
    ready: NetworkMeeting, child: Child, erik: User, client_for: For
) -> None:
    shown = client_for(erik).post(step(ready), GROUND | {"basis": "consent"}).content.decode()
    assert "Før du gemmer" in shown
    assert "<title>" in shown
    assert child.code not in shown.split("</title>")[0]
