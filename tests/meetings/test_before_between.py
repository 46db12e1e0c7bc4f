"""The topic bank, what is sent up and down, and events: through the pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import ForumFactory, MeetingFactory, PersonFactory, TopicFactory, join
from tovholder.meetings.models import Meeting, Relay, Topic
from tovholder.meetings.services import planning
from tovholder.outbox.models import OutgoingMail


@pytest.fixture
def meeting(anna, network) -> Meeting:
    starts = timezone.now().replace(microsecond=0) + timedelta(days=30)
    return planning.create_meeting(
        by=anna, forums=[network], starts_at=starts, ends_at=starts + timedelta(minutes=90)
    )


def queries_of(client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_member_proposes_and_the_convener_answers_with_a_reason(anna, bo, client_for, network, meeting):
    client_for(bo).post(
        reverse("meetings:topic_add", args=[network.pk]),
        {"heading": "Snus", "why": "Vi ser det", "minutes": 15, "level": "general"},
    )
    topic = Topic.objects.get()
    assert (topic.status, topic.proposed_by) == ("proposed", bo.person)
    client = client_for(anna)
    assert "forslag venter" in client.get(reverse("meetings:before", args=[meeting.pk])).content.decode()
    client.post(reverse("meetings:topic_decline", args=[network.pk, topic.pk]), {"reason": ""})
    topic.refresh_from_db()
    assert topic.status == "proposed"
    client.post(
        reverse("meetings:topic_decline", args=[network.pk, topic.pk]), {"reason": "Det tager vi i udvalget"}
    )
    mail = OutgoingMail.objects.get()
    assert mail.to == "bo@vestby.example"
    assert "Snus" not in mail.subject + mail.body
    html = (
        client_for(bo)
        .get(reverse("meetings:topics", args=[network.pk]), {"status": "declined"})
        .content.decode()
    )
    assert "Det tager vi i udvalget" in html


def test_yes_to_a_proposal_puts_it_on_with_the_name_of_who_asked(anna, bo, client_for, network, meeting):
    topic = TopicFactory(forum=network, heading="Snus", status="proposed", proposed_by=bo.person)
    client_for(anna).post(
        reverse("meetings:topic_schedule", args=[network.pk, topic.pk]), {"meeting": meeting.pk}
    )
    item = meeting.items.get(topic=topic)
    assert item.source == "proposal"
    assert (
        "Bo har foreslået emnet"
        in client_for(bo).get(reverse("meetings:before", args=[meeting.pk])).content.decode()
    )
    again = client_for(anna).post(
        reverse("meetings:topic_schedule", args=[network.pk, topic.pk]), {"meeting": meeting.pk}
    )
    assert again.status_code == 403
    topic.refresh_from_db()
    assert (topic.times_used, topic.status) == (1, "scheduled")


def test_after_the_deadline_a_proposal_goes_to_the_bank(bo, client_for, network, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() + timedelta(days=2))
    page = client_for(bo).post(
        reverse("meetings:topic_add", args=[network.pk]),
        {"heading": "Snus", "minutes": 15, "level": "general"},
        follow=True,
    )
    assert "lagt i emnebanken" in page.content.decode()
    assert Topic.objects.get().status == "banked"


def test_put_away_and_take_back(anna, client_for, network):
    topic = TopicFactory(forum=network, status="banked")
    client = client_for(anna)
    client.post(reverse("meetings:topic_archive", args=[network.pk, topic.pk]))
    assert Topic.objects.get().status == "archived"
    assert topic.heading not in client.get(reverse("meetings:topics", args=[network.pk])).content.decode()
    client.post(reverse("meetings:topic_bank", args=[network.pk, topic.pk]))
    assert Topic.objects.get().status == "banked"


def test_the_bank_is_the_members_own(erik, grethe, frida, client_for, network):
    TopicFactory(forum=network, heading="Lukket", status="banked", level="anonymous")
    for user in (erik, grethe):
        assert client_for(user).get(reverse("meetings:topics", args=[network.pk])).status_code == 404
        assert client_for(user).get(reverse("meetings:relays", args=[network.pk])).status_code == 404
    join(frida, network)
    assert (
        "Lukket" not in client_for(frida).get(reverse("meetings:topics", args=[network.pk])).content.decode()
    )


def test_topic_bank_queries_are_constant(anna, client_for, network):
    client, url = client_for(anna), reverse("meetings:topics", args=[network.pk])
    TopicFactory(forum=network, status="banked", proposed_by=anna.person)
    first = queries_of(client, url)
    for _ in range(3):
        TopicFactory(forum=network, status="banked", proposed_by=PersonFactory())
    assert queries_of(client, url) == first <= 12


def test_send_to_a_person_who_answers_by_link(anna, client_for, network, meeting):
    person = PersonFactory(email="leder@x.example")
    client = client_for(anna)
    both = {
        "heading": "Lygter",
        "text": "Ved stationen",
        "to_person": person.pk,
        "to_forum": ForumFactory().pk,
    }
    assert (
        "enten et forum eller en person"
        in client.post(reverse("meetings:relay_add", args=[network.pk]), both).content.decode()
    )
    client.post(reverse("meetings:relay_add", args=[network.pk]), {**both, "to_forum": ""})
    relay = Relay.objects.get()
    mail = OutgoingMail.objects.get(to="leder@x.example")
    assert "Lygter" not in mail.subject + mail.body
    # The link as it stands in the mail: one made now would carry another second in its signature.
    url = re.search(r"/moeder/besvar/\S+", mail.body)[0]
    stranger = client.__class__()
    assert "Ved stationen" in stranger.get(url).content.decode()
    stranger.post(url, {"text": "De kommer op i maj"})
    relay.refresh_from_db()
    assert (relay.status, relay.answer, relay.answered_by) == ("answered", "De kommer op i maj", person.name)
    assert meeting.items.get(source="answer").question == "De kommer op i maj"
    assert stranger.get(url + "x").status_code == 404
    html = client.get(reverse("meetings:relays", args=[network.pk])).content.decode()
    assert "De kommer op i maj" in html


def test_sign_up_and_conclusions_through_the_pages(anna, dina, client_for, network):
    event = MeetingFactory(lead_forum=network, kind="event", title="Forebyggelsesdag", capacity=1)
    client = client_for(dina)
    assert "Tilmeld mig" in client.get(reverse("meetings:before", args=[event.pk])).content.decode()
    client.post(reverse("meetings:sign_up", args=[event.pk]))
    assert "Du er tilmeldt" in client.get(reverse("meetings:before", args=[event.pk])).content.decode()
    client.post(reverse("meetings:sign_off", args=[event.pk]))
    assert event.participations.get(person=dina.person).removed_at is not None
    Meeting.objects.filter(pk=event.pk).update(starts_at=timezone.now() - timedelta(days=1))
    client_for(anna).post(reverse("meetings:conclusions", args=[event.pk]), {"conclusions": "Søvn\nSkærmtid"})
    assert set(Topic.objects.values_list("heading", flat=True)) == {"Søvn", "Skærmtid"}


def test_answer_and_substitute_when_logged_in(anna, bo, client_for, meeting):
    client = client_for(bo)
    client.post(reverse("meetings:answer", args=[meeting.pk]), {"answer": "maybe", "note": ""})
    mine = meeting.participations.get(person=bo.person)
    assert mine.answer == "maybe"
    client.post(reverse("meetings:substitute", args=[meeting.pk]), {"name": "Nye", "email": "ny@x.example"})
    substitute = meeting.participations.get(part="substitute")
    html = client_for(anna).get(reverse("meetings:people", args=[meeting.pk])).content.decode()
    assert "Stedfortræder for Bo" in html
    client_for(anna).post(reverse("meetings:substitute_confirm", args=[meeting.pk, substitute.pk]))
    substitute.refresh_from_db()
    assert substitute.substitute_confirmed is True
