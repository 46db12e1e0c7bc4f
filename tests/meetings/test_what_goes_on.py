"""Proposals reach those who can act, and a postponed fixed item does not stand twice on the next agenda."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import (
    AgendaItemFactory,
    AgendaTemplateFactory,
    ForumFactory,
    MeetingFactory,
    ParticipationFactory,
    join,
)
from tovholder.forums.models import AgendaTemplateItem
from tovholder.meetings.models import AgendaItem, Outcome, Relay
from tovholder.meetings.services import agenda, capturing, items, minutes, relays, running
from tovholder.outbox.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(anna):
    forum = ForumFactory(name="Netværk Øster", highest_level="anonymous", acts=False)
    join(anna, forum, convenes=True)
    return forum


@pytest.fixture
def steering(grethe):
    forum = ForumFactory(name="Styregruppen", highest_level="anonymous")
    join(grethe, forum, convenes=True)
    return forum


@pytest.fixture
def meeting(network, anna):
    meeting = MeetingFactory(lead_forum=network)
    ParticipationFactory(meeting=meeting, person=anna.person)
    AgendaItemFactory(meeting=meeting, heading="Snus")
    AgendaItemFactory(meeting=meeting, heading="En elev", level="anonymous")
    return running.start(by=anna, meeting=meeting)


def propose(by, item, text, **receiver) -> Outcome:
    return capturing.add_outcome(by=by, item=item, kind="proposal", text=text, **receiver)


def approve(by, meeting):
    done = {each.pk: running.DONE for each in meeting.items.all()}
    held = running.finish(by=by, meeting=meeting, unfinished_items=done)
    return minutes.approve(by=by, meeting=held)


def test_a_proposal_is_on_the_receivers_next_agenda_once_the_minutes_are_approved(
    anna, grethe, network, steering, meeting
):
    coming = MeetingFactory(lead_forum=steering, starts_at=meeting.starts_at + timedelta(days=9))
    propose(anna, meeting.items.get(heading="Snus"), "Åbn klubben om søndagen", to_forum=steering)
    assert not Relay.objects.exists()
    approve(anna, meeting)
    relay = Relay.objects.get()
    assert (relay.from_forum, relay.to_forum) == (network, steering)
    assert relay.heading == "Forslag: Åbn klubben om søndagen"
    assert relay.text == "Det kom op under punktet »Snus«."
    assert coming.items.get(source="relay").relay == relay
    following = MeetingFactory(lead_forum=network, starts_at=meeting.starts_at + timedelta(days=30))
    relays.answer(by=grethe, relay=relay, text="Det gør vi.")
    assert following.items.get(source="answer").question == "Det gør vi."


def test_a_proposal_to_a_person_is_a_mail_without_content(anna, dina, meeting):
    propose(anna, meeting.items.get(heading="Snus"), "Lav en folder", to_person=dina.person)
    approve(anna, meeting)
    mail = OutgoingMail.objects.get(about=f"relay:{Relay.objects.get().pk}")
    assert mail.to == dina.person.email
    assert "folder" not in mail.body + mail.subject


def test_a_proposal_from_an_anonymous_item_is_not_sent_by_itself(anna, steering, meeting):
    propose(anna, meeting.items.get(heading="En elev"), "Hjælp eleven", to_forum=steering)
    approve(anna, meeting)
    assert not Relay.objects.exists()


def test_what_was_sent_on_already_is_not_sent_again_and_nobody_unreachable_stops_the_approval(
    anna, dina, network, steering, meeting
):
    item = meeting.items.get(heading="Snus")
    relays.send(
        by=anna, from_forum=network, heading="Snus", text="Køb ind", to_forum=steering, from_item=item
    )
    propose(anna, item, "Køb ind", to_forum=steering)
    dina.person.email = ""
    dina.person.save()
    propose(anna, item, "Ring", to_person=dina.person)
    assert approve(anna, meeting).approved_by == anna
    assert Relay.objects.count() == 1


@pytest.fixture
def fixed(network):
    """A forum with one fixed item, and two meetings."""
    template = AgendaTemplateFactory()
    template.items.all().delete()
    AgendaTemplateItem.objects.create(
        template=template,
        position=1,
        heading="Tendenser",
        kind="mapping",
        minutes=15,
        sub_points=["Hvad ser vi?"],
    )
    network.agenda_template = template
    network.save()
    return network


def two_meetings(anna, forum):
    first = MeetingFactory(lead_forum=forum)
    second = MeetingFactory(lead_forum=forum, starts_at=first.starts_at + timedelta(days=30))
    for each in (first, second):
        agenda.build(by=anna, meeting=each)
    return first, second


def test_a_postponed_fixed_item_stands_once_on_the_next_agenda(anna, fixed):
    first, second = two_meetings(anna, fixed)
    item = first.items.get(heading="Tendenser")
    AgendaItem.objects.filter(pk=item.pk).update(presenter=anna.person, minutes=25)
    items.defer_item(by=anna, item=item)
    here = second.items.get(heading="Tendenser")
    assert (here.source, here.deferred_from, here.presenter, here.minutes) == (
        "deferred",
        item,
        anna.person,
        25,
    )
    assert [each.position for each in second.items.order_by("position")] == [1, 2]


def test_when_the_postponement_is_undone_the_fixed_item_is_as_before(anna, fixed):
    first, second = two_meetings(anna, fixed)
    item = first.items.get(heading="Tendenser")
    items.defer_item(by=anna, item=item)
    items.undo_defer(by=anna, item=item)
    here = second.items.get(heading="Tendenser")
    assert (here.source, here.deferred_from, here.minutes) == ("template", None, 15)
    assert here.sub_points == ["Hvad ser vi?"]


def test_two_postponed_items_of_the_same_name_are_both_there(anna, fixed):
    first, second = two_meetings(anna, fixed)
    again = AgendaItemFactory(meeting=first, heading="Tendenser", kind="mapping")
    for item in (first.items.filter(source="template").get(heading="Tendenser"), again):
        items.defer_item(by=anna, item=item)
    assert second.items.filter(heading="Tendenser", source="deferred").count() == 2
    items.undo_defer(by=anna, item=again)
    assert second.items.filter(heading="Tendenser").count() == 2
