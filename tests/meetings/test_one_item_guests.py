"""Who comes instead of a guest for one item comes for that item only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import (
    AgendaItemFactory,
    ForumFactory,
    MeetingFactory,
    ParticipationFactory,
    join,
)
from tovholder.audit.models import Event
from tovholder.meetings.models import Meeting, Participation
from tovholder.meetings.queries import items_visible_to
from tovholder.meetings.services import answers, items, relays
from tovholder.meetings.services.handover import hand_over_person

GUEST = Participation.Part.GUEST


@pytest.fixture
def seat(planned, erik):
    """Erik is a guest for the first item only."""
    return ParticipationFactory(
        meeting=planned, person=erik.person, part=GUEST, only_item=planned.items.get(position=1)
    )


def shown(user, meeting) -> list[str]:
    fresh = Meeting.objects.get(pk=meeting.pk)  # a meeting in hand remembers who came for what
    return [each.heading for each in items_visible_to(user, fresh)]


def test_a_substitute(planned, seat, anna, erik, dina):
    before = shown(erik, planned)
    assert "En elev" not in before
    row = answers.name_substitute(by=erik, participation=seat, person=dina.person)
    answers.confirm_substitute(by=anna, participation=row)
    assert shown(dina, planned) == before


@pytest.mark.parametrize("was_there", [False, True])
def test_who_takes_over_from_somebody_who_leaves(planned, seat, network, hans, erik, dina, was_there):
    if was_there:  # invited to the whole of it once, and taken off
        ParticipationFactory(meeting=planned, person=dina.person, part=GUEST, removed_at=planned.starts_at)
    before = shown(erik, planned)
    hand_over_person(by=hans, person=erik.person, to=dina.person)
    assert shown(dina, planned) == before


def test_when_the_item_is_taken_back_by_who_sent_it(planned, erik, bo, anna):
    other = ForumFactory()
    join(bo, other, convenes=True)
    relay = relays.send(by=bo, from_forum=other, heading="Lygter", text="x", to_forum=planned.lead_forum)
    item = planned.items.get(relay=relay)
    ParticipationFactory(meeting=planned, person=erik.person, part=GUEST, only_item=item)
    relays.withdraw(by=bo, relay=relay)
    assert "Lygter" not in shown(erik, planned)
    assert "En elev" not in shown(erik, planned)


def test_when_the_item_is_not_postponed_after_all(planned, erik, anna, network):
    later = MeetingFactory(lead_forum=network, starts_at=planned.starts_at + timedelta(days=30))
    AgendaItemFactory(meeting=later, level="anonymous", heading="Noget andet")
    item = items.add_item(by=anna, meeting=planned, heading="Fritidspas")
    items.defer_item(by=anna, item=item)
    ParticipationFactory(
        meeting=later, person=erik.person, part=GUEST, only_item=later.items.get(deferred_from=item)
    )
    assert "Noget andet" not in shown(erik, later)
    items.undo_defer(by=anna, item=item)
    assert shown(erik, later) == []


def test_who_was_taken_off_is_not_brought_back_to_the_whole_meeting(planned, erik, anna, client_for):
    item = items.add_item(by=anna, meeting=planned, heading="Fritidspas")
    guest = ParticipationFactory(meeting=planned, person=erik.person, part=GUEST, only_item=item)
    client = client_for(anna)
    client.post(reverse("meetings:remove", args=[planned.pk, guest.pk]))
    items.remove_item(by=anna, item=item)
    restore = reverse("meetings:restore", args=[planned.pk, guest.pk])
    page = client.post(restore, follow=True).content.decode()
    assert "Punktet, gæsten var med til, er taget af. Inviter gæsten igen." in page
    assert "En elev" not in shown(erik, planned)
    assert not planned.participations.filter(person=erik.person, removed_at=None).exists()


def test_that_the_guest_comes_no_more_stands_in_the_log(planned, erik, bo):
    other = ForumFactory()
    join(bo, other, convenes=True)
    relay = relays.send(by=bo, from_forum=other, heading="Lygter", text="x", to_forum=planned.lead_forum)
    ParticipationFactory(
        meeting=planned, person=erik.person, part=GUEST, only_item=planned.items.get(relay=relay)
    )
    relays.withdraw(by=bo, relay=relay)
    assert Event.objects.get(action="meeting.participant_removed").details == {"person": erik.person.pk}
