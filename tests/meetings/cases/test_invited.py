"""Somebody is called to a meeting before whom a case must stay closed: who works on it hears at once, nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from tests.factories import ParticipationFactory, join
from tests.meetings.cases.conftest import GROUND, NAME
from tovholder.concerns.services import course
from tovholder.forums.models import Membership
from tovholder.meetings.services import invitations
from tovholder.meetings.services.cases import record_ground
from tovholder.meetings.services.cases_room import warnings_for
from tovholder.outbox.models import OutgoingMail


@pytest.fixture
def volunteer(forum, planned, people):
    """Frida comes from a club, and is a member of the forum like the others."""
    join(people["frida"], forum)
    return people["frida"]


def convene_too(user, forum):
    Membership.objects.filter(person=user.person, forum=forum).delete()
    join(user, forum, convenes=True)


def told(item):
    return OutgoingMail.objects.filter(about=f"case-room-{item.pk}").order_by("to")


def send(client, meeting):
    return client.post(
        reverse("meetings:send", args=[meeting.pk]), {"late": "on"}, follow=True
    ).content.decode()


def test_a_convener_who_works_on_the_case_is_warned_on_the_screen(
    forum, planned, item, volunteer, people, client_for
):
    convene_too(people["anna"], forum)
    page = send(client_for(people["anna"]), planned)
    assert f"{item.concern} er lukket, mens Frida er med." in page
    assert not told(item).exists()  # she put it on herself, and has just seen it


def test_a_convener_without_part_is_told_nothing_and_who_works_on_it_is_mailed(
    planned, item, volunteer, people, client_for
):
    course.take_on(by=people["anna"], concern=item.concern)
    page = send(client_for(people["bo"]), planned)
    assert "Indkaldelsen er sendt" in page
    for secret in (str(item.concern), item.concern.code, "lukket", "dækker"):
        assert secret not in page
    assert [each.to for each in told(item)] == [people["anna"].person.email]
    mail = told(item).get()
    assert reverse("meetings:case", args=[planned.pk, item.pk]) in mail.body
    for secret in (NAME, "Frida", "Boldklub", "politi"):
        assert secret not in mail.body + mail.subject
    case = (
        client_for(people["anna"]).get(reverse("meetings:case", args=[planned.pk, item.pk])).content.decode()
    )
    assert "Frida" in case


def test_it_is_told_once_and_again_of_the_next(planned, item, volunteer, people, personas, client_for):
    client = client_for(people["bo"])
    send(client, planned)
    send(client, planned)
    assert told(item).count() == 1
    invitations.add_guest(by=people["bo"], meeting=planned, person=personas["grethe"].person)
    assert told(item).count() == 2
    row = planned.participations.get(person=personas["grethe"].person)
    invitations.remove_participant(by=people["bo"], participation=row)
    client.post(reverse("meetings:restore", args=[planned.pk, row.pk]))
    assert told(item).count() == 3


def test_nothing_is_told_where_everybody_is_covered_or_no_ground_is_written(
    planned, item, people, client_for
):
    send(client_for(people["bo"]), planned)
    assert not told(item).exists()
    record_ground(by=people["anna"], case_item=item, ground=replace(GROUND, basis=""))
    invitations.add_guest(by=people["bo"], meeting=planned, person=people["frida"].person)
    assert not told(item).exists()
    assert warnings_for(people["anna"], planned) == []


def test_a_new_member_after_the_invitation_is_told_of_too(forum, planned, item, people, client_for):
    send(client_for(people["bo"]), planned)
    join(people["frida"], forum)
    invitations.sync_members(by=people["bo"], meeting=planned)
    assert [each.to for each in told(item)] == [people["anna"].person.email]


def test_who_says_yes_after_all_closes_it_again(planned, item, people, client_for):
    convene_too(people["anna"], planned.lead_forum)
    row = ParticipationFactory(meeting=planned, person=people["frida"].person, part="guest", answer="no")
    assert warnings_for(people["anna"], planned) == []
    address = reverse("meetings:answer_for", args=[planned.pk, row.pk])
    page = client_for(people["anna"]).post(address, {"answer": "yes"}, follow=True).content.decode()
    assert f"{item.concern} er lukket, mens Frida er med." in page
    page = client_for(people["anna"]).post(address, {"answer": "no"}, follow=True).content.decode()
    assert "er lukket" not in page
