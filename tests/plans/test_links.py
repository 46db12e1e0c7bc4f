"""Signed links: what a person without a login may do, and when the link ends."""

from __future__ import annotations

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.utils import timezone

from tests.factories import AgreementFactory, PersonFactory
from tovholder.plans import links, services
from tovholder.plans.models import AgreementNote


@pytest.fixture
def person(db):
    return PersonFactory(name="Jens Vikar")


@pytest.fixture
def agreement(network, person):
    return AgreementFactory(
        forum=network,
        what="Ring til klubben",
        responsible=person,
        due_on=timezone.localdate() + timedelta(days=5),
    )


@pytest.fixture
def path(agreement, person):
    return links.answer_url(agreement, person).removeprefix(settings.PUBLIC_URL)


def test_looking_changes_nothing_and_shows_what_date_and_forum_only(path, agreement, anna):
    agreement.helpers.add(anna.person)
    response = Client().get(path)
    html = response.content.decode()
    assert response.status_code == 200
    assert "Ring til klubben" in html
    assert "Netværk Vester" in html
    assert "Anna" not in html
    agreement.refresh_from_db()
    assert agreement.is_open
    assert not AgreementNote.objects.exists()


def test_done_by_link_and_undone(path, agreement, person):
    client = Client()
    assert "Tak. Aftalen er nu gjort." in client.post(path + "gjort/", follow=True).content.decode()
    agreement.refresh_from_db()
    assert (agreement.status, agreement.closed_by) == ("done", f"person:{person.pk}")
    client.post(path + "gjort/", follow=True)
    client.post(path + "aabn/")
    agreement.refresh_from_db()
    assert agreement.is_open


def test_status_by_link(path, agreement):
    client = Client()
    assert client.post(path + "status/", {"text": ""}).status_code == 200
    client.post(path + "status/", {"text": "Jeg venter på svar"})
    note = AgreementNote.objects.get()
    assert (note.text, note.by_name) == ("Jeg venter på svar", "Jens Vikar")


def test_cpr_is_refused_by_link(path, agreement):
    response = Client().post(path + "status/", {"text": "Det er 010203-1234"})
    assert "CPR-nummer" in response.content.decode()
    assert not AgreementNote.objects.exists()


@pytest.mark.parametrize("step", ["gjort/", "status/", "aabn/"])
def test_steps_need_post(path, step):
    assert Client().get(path + step).status_code == 405


def test_the_text_of_an_anonymous_one_is_behind_the_login(path, agreement):
    agreement.level = "anonymous"
    agreement.save()
    html = Client().get(path).content.decode()
    assert "Ring til klubben" not in html
    assert "Netværk Vester" in html


def test_forged_links_are_not_found(path, agreement, person):
    wrong_salt = signing.dumps({"p": person.pk, "v": 1, "a": agreement.pk, "u": 9e9}, salt="other")
    for forged in (path.replace("svar/", "svar/x"), f"/aftaler/svar/{wrong_salt}/", "/aftaler/svar/x/"):
        response = Client().get(forged)
        assert response.status_code == 404
        assert "Linket virker ikke" in response.content.decode()
    assert Client().post("/aftaler/svar/x/gjort/").status_code == 404


def test_a_link_holds_until_sixty_days_after_the_deadline(path, agreement):
    last = timezone.now() + timedelta(days=64)
    with patch("tovholder.plans.links.timezone.now", return_value=last):
        assert links.read_answer(path.split("/")[3]).agreement == agreement
    with patch("tovholder.plans.links.timezone.now", return_value=last + timedelta(days=2)):
        assert Client().get(path).status_code == 410


@pytest.mark.parametrize("end", ["left", "version", "handed_over"])
def test_a_link_ends_when_the_person_leaves_or_another_takes_over(path, agreement, person, anna, bo, end):
    if end == "left":
        person.left_on = date(2026, 1, 1)
        person.save()
    elif end == "version":
        person.link_version += 1
        person.save()
    else:
        services.hand_over(by=anna, person=person, to=bo.person)
    for response in (Client().get(path), Client().post(path + "gjort/")):
        assert response.status_code == 410
        assert "gælder ikke længere" in response.content.decode()
    agreement.refresh_from_db()
    assert agreement.is_open


def test_reminders_are_switched_by_link(person):
    path = links.reminders_url(person).removeprefix(settings.PUBLIC_URL)
    client = Client()
    client.get(path)
    person.refresh_from_db()
    assert person.wants_reminders
    client.post(path, {"til": "0"})
    person.refresh_from_db()
    assert not person.wants_reminders
    client.post(path, {"til": "1"})
    person.refresh_from_db()
    assert person.wants_reminders
    assert client.get("/aftaler/mails/x/").status_code == 404
