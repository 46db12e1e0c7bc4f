"""The big screen: the general item that the meeting is at, and never a word of an anonymous one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import AgendaItemFactory, AgreementFactory, MeetingFactory, ParticipationFactory
from tovholder.meetings.models import AgendaItem, Meeting
from tovholder.meetings.services import capturing, running, writing

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def planned(network, anna, bo, carla) -> Meeting:
    meeting = MeetingFactory(lead_forum=network)
    for person in (anna.person, bo.person, carla.person):
        ParticipationFactory(meeting=meeting, person=person)
    AgendaItemFactory(
        meeting=meeting, position=1, heading="Snus i udskolingen", question="Skal vi holde møde?"
    )
    AgendaItemFactory(meeting=meeting, position=2, heading="En elev", level="anonymous")
    AgendaItemFactory(meeting=meeting, position=3, heading="Eventuelt")
    return meeting


@pytest.fixture
def meeting(planned, anna) -> Meeting:
    return running.start(by=anna, meeting=planned)


@pytest.fixture
def page(client_for, anna):
    return client_for(anna)


def url(name: str, meeting: Meeting, *more) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk, *more])


def at(meeting: Meeting, position: int) -> AgendaItem:
    return meeting.items.get(position=position)


def html(response) -> str:
    return response.content.decode()


def test_the_big_screen_shows_the_general_item_and_its_agreements(client_for, bo, meeting, anna):
    capturing.add_agreement(by=anna, item=at(meeting, 1), what="Hold møde", responsible=bo.person)
    body = html(client_for(bo).get(url("projector", meeting)))
    assert "1. Snus i udskolingen" in body
    assert "Hold møde" in body
    assert 'hx-trigger="every 3s"' in body


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_big_screen_never_shows_an_anonymous_item(page, meeting, anna, headers):
    two = at(meeting, 2)
    writing.save_text(by=anna, item=two, text="Hemmeligt referat", base_version=0)
    capturing.add_agreement(by=anna, item=two, what="Hemmelig aftale")
    coming = html(page.get(url("projector", meeting), **headers))
    assert "punkt 2" in coming
    running.go_to_item(by=anna, meeting=meeting, item=two)
    body = html(page.get(url("projector", meeting), **headers))
    assert "Punktet vises ikke på storskærm" in body
    for secret in ("En elev", "Hemmeligt", "Hemmelig aftale"):
        assert secret not in coming + body


def test_the_big_screen_shows_only_general_carried_agreements(page, planned, anna, network):
    AgreementFactory(forum=network, what="Almindelig")
    AgreementFactory(forum=network, what="Hemmelig", level="anonymous")
    meeting = running.start(by=anna, meeting=planned)
    body = html(page.get(url("projector", meeting)))
    assert "Almindelig" in body
    assert "Hemmelig" not in body


def test_the_big_screen_before_the_meeting_shows_the_general_agenda(page, planned):
    body = html(page.get(url("projector", planned)))
    assert "Snus i udskolingen" in body
    assert "En elev" not in body
