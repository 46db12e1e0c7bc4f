"""Who is shown an anonymous agreement or topic stands in the log: one line for each page or file, none for general ones."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import AgreementFactory, MeetingFactory, TopicFactory
from tovholder.access.levels import Level
from tovholder.audit.models import Event
from tovholder.forums.models import Forum
from tovholder.insights.presenters import sentence

SECRET = "Følg op på den unge fra før"


@pytest.fixture
def deep(network) -> Forum:
    network.highest_level = Level.ANONYMOUS
    network.save(update_fields=["highest_level"])
    return network


@pytest.fixture
def agreement(deep, bo):
    AgreementFactory(forum=deep, responsible=bo.person, what="Alle kan læse det")
    return AgreementFactory(forum=deep, responsible=bo.person, what=SECRET, level=Level.ANONYMOUS)


def readings(action: str = "agreement.anonymous_read") -> list[tuple[str, str, dict]]:
    rows = Event.objects.filter(action=action, kind="read").order_by("pk")
    return [(each.actor, each.purpose, each.details) for each in rows]


def shown(client, url: str) -> bool:
    answer = client.get(url)
    said = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return SECRET in said.decode()


@pytest.mark.parametrize(
    ("name", "query", "purpose"),
    [
        ("plans:mine", "", "list"),
        ("plans:mine", "?hent=csv", "list file"),
        ("insights:my_day", "", "my day"),
    ],
)
def test_own_lists_are_told_of(client_for, bo, agreement, name, query, purpose):
    assert shown(client_for(bo), reverse(name) + query)
    assert readings() == [(bo.audit_key, purpose, {"agreements": [agreement.pk]})]
    event = Event.objects.get(action="agreement.anonymous_read")
    assert (event.object_type, event.object_id) == ("plans.agreement", str(agreement.pk))
    assert sentence(event).startswith("læste anonyme aftaler ")
    assert sentence(event).endswith("(1 aftale)")


@pytest.mark.parametrize(
    ("query", "purpose"), [("", "list"), ("?hent=csv", "list file"), ("?orden=person", "list")]
)
def test_the_conveners_board_is_told_of(client_for, anna, agreement, query, purpose):
    assert shown(client_for(anna), reverse("plans:board") + query)
    assert readings() == [(anna.audit_key, purpose, {"agreements": [agreement.pk]})]


@pytest.mark.parametrize(
    ("name", "query", "purpose"),
    [
        ("insights:forum", "", "forum"),
        ("insights:forum_agreements", "", "list"),
        ("insights:forum_agreements", "?hent=csv", "list file"),
    ],
)
def test_the_forums_pages_are_told_of(client_for, carla, agreement, deep, name, query, purpose):
    assert shown(client_for(carla), reverse(name, args=[deep.pk]) + query)
    assert readings() == [(carla.audit_key, purpose, {"agreements": [agreement.pk]})]


@pytest.mark.parametrize("name", ["agreement", "go_on", "change", "stop", "complete"])
def test_its_own_pages_are_told_of(client_for, anna, agreement, name):
    assert shown(client_for(anna), reverse(f"plans:{name}", args=[agreement.pk]))
    assert readings() == [(anna.audit_key, "agreement", {"agreements": [agreement.pk]})]


def test_several_are_one_line_about_the_forum(client_for, carla, agreement, deep):
    other = AgreementFactory(forum=deep, level=Level.ANONYMOUS)
    client_for(carla).get(reverse("insights:forum_agreements", args=[deep.pk]))
    event = Event.objects.get(action="agreement.anonymous_read")
    assert (event.object_type, event.object_id) == ("forums.forum", str(deep.pk))
    assert event.details == {"agreements": sorted([agreement.pk, other.pk])}


def test_a_general_one_and_one_filtered_away_are_not_told_of(client_for, bo, agreement):
    client = client_for(bo)
    client.post(reverse("plans:mine"), {"q": "alle kan"}, follow=True)
    general = agreement.forum.agreements.get(level=Level.GENERAL)
    client.get(reverse("plans:agreement", args=[general.pk]))
    assert readings() == []


def test_what_a_meeting_carries_stands_in_the_meetings_own_line(client_for, bo, agreement, deep):
    meeting = MeetingFactory(lead_forum=deep)
    client = client_for(bo)
    meeting.items.create(heading="Åbne aftaler", source="open_agreements", position=1, minutes=5)
    assert shown(client, reverse("meetings:before", args=[meeting.pk]))
    assert readings("meeting.anonymous_read") == [(bo.audit_key, "agenda", {"agreements": [agreement.pk]})]
    client.get(reverse("meetings:agenda_word", args=[meeting.pk]))
    assert readings("meeting.anonymous_read")[-1] == (
        bo.audit_key,
        "agenda file",
        {"agreements": [agreement.pk]},
    )


def test_the_topic_bank_is_told_of_and_my_day_does_not_say_the_words(client_for, anna, deep):
    topic = TopicFactory(forum=deep, heading=SECRET, level=Level.ANONYMOUS, status="proposed")
    TopicFactory(forum=deep, heading="Til alle", status="proposed")
    client = client_for(anna)
    day = client.get(reverse("insights:my_day")).content.decode()
    assert SECRET not in day
    assert "Et anonymt emne" in day
    assert "Til alle" in day
    assert readings("topic.anonymous_read") == []
    for url, purpose in (
        (reverse("meetings:topics", args=[deep.pk]), "list"),
        (reverse("meetings:topics", args=[deep.pk]) + "?hent=csv", "list file"),
        (reverse("meetings:topic_edit", args=[deep.pk, topic.pk]), "topic"),
        (reverse("meetings:topic_decline", args=[deep.pk, topic.pk]), "topic"),
    ):
        assert shown(client, url), url
        assert readings("topic.anonymous_read")[-1] == (anna.audit_key, purpose, {"topics": [topic.pk]})
    assert len(readings("topic.anonymous_read")) == 4


def test_what_is_handed_over_is_told_of(client_for, anna, agreement, bo):
    assert shown(client_for(anna), reverse("meetings:hand_over", args=[bo.person.pk]))
    assert readings() == [(anna.audit_key, "handover", {"agreements": [agreement.pk]})]
