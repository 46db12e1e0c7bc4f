"""A named item shows its level, basis, purpose, necessity and recipients, to those who may see that it is there."""

from __future__ import annotations

from html import unescape

from django.urls import reverse

from tests.meetings.cases.conftest import GROUND, NAME, guest
from tovholder.meetings.services.cases import plan_case


def page(client_for, user, item) -> str:
    answer = client_for(user).get(reverse("meetings:case", args=[item.meeting_id, item.pk]))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_a_planned_case_shows_its_ground_and_whom_it_is_planned_for(item, people, client_for):
    body = page(client_for, people["anna"], item)
    shown = (
        "Navngivet",
        item.get_basis_display(),
        f"{item.get_purpose_code_display()}. {GROUND.purpose}",
        GROUND.necessity,
        "4 personer</a>, alle dækket",
        people["carla"].person.name,
    )
    assert [each for each in shown if each not in body] == []
    assert NAME not in body


def test_a_planned_case_without_a_ground_says_so(planned, named, people, client_for):
    body = page(client_for, people["anna"], plan_case(by=people["anna"], meeting=planned, concern=named))
    assert body.count("Ikke skrevet endnu") == 3
    assert "ingen dækket" in body


def test_an_opened_case_names_whom_it_was_told_to(opened, people, client_for):
    told = ", ".join(people[name].person.name for name in ("anna", "carla", "dina"))
    for name in ("anna", "carla"):
        body = page(client_for, people[name], opened)
        assert f"<dd>{told}</dd>" in body
        assert GROUND.necessity in body


def test_while_it_is_shut_those_told_see_the_ground_without_its_words(opened, meeting, people, client_for):
    guest(people["anna"], meeting, people["frida"])
    shown = {name: page(client_for, people[name], opened) for name in ("anna", "carla")}
    for name, body in shown.items():
        assert opened.get_basis_display() in body
        assert "4 personer</a>, heraf 3 dækket" in body
        assert people["frida"].person.name in body
        for words in (GROUND.purpose, GROUND.necessity):
            assert (words in body) == (name == "anna")
