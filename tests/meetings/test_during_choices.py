"""What a meeting chooses for the agreements it carries: done, continue, change, stop."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import AgendaItemFactory, AgreementFactory, MeetingFactory, ParticipationFactory
from tovholder.meetings.models import AgendaItem, CarriedAgreement, Meeting
from tovholder.meetings.services import choosing, running
from tovholder.meetings.services.carrying import must_choose, open_agreements
from tovholder.plans.models import Agreement


@pytest.fixture
def meeting(network, anna, bo) -> Meeting:
    meeting = MeetingFactory(lead_forum=network)
    for person in (anna.person, bo.person):
        ParticipationFactory(meeting=meeting, person=person, answer="yes")
    for heading in ("Snus", "Cykelskuret", "Eventuelt"):
        AgendaItemFactory(meeting=meeting, heading=heading, minutes=20)
    return meeting


def items(meeting: Meeting) -> list[AgendaItem]:
    return list(meeting.items.order_by("position"))


@pytest.fixture
def carried(meeting, anna, network):
    agreement = AgreementFactory(forum=network, what="Ring")
    started = running.start(by=anna, meeting=meeting)
    return started, agreement


def test_done_continue_change_and_stop_are_written_down(carried, anna, bo):
    meeting, agreement = carried
    choosing.choose_continue(by=anna, meeting=meeting, agreement=agreement, due_on=timezone.localdate())
    assert meeting.carried.get().choice == "continue"
    successor = choosing.choose_change(
        by=anna,
        meeting=meeting,
        agreement=agreement,
        reason="Bo overtager",
        what="Skriv",
        responsible=bo.person,
        due_on=timezone.localdate(),
    )
    assert meeting.carried.get().choice == "change"
    assert successor.origin.item.source == AgendaItem.Source.OPEN_AGREEMENTS
    agreement.refresh_from_db()
    assert agreement.status == "changed"


def test_a_done_agreement_can_be_opened_again_in_the_meeting(carried, anna):
    meeting, agreement = carried
    choosing.choose_done(by=anna, meeting=meeting, agreement=agreement)
    choosing.undo_choice(by=anna, meeting=meeting, agreement=agreement)
    agreement.refresh_from_db()
    assert agreement.is_open
    assert meeting.carried.get().choice == ""
    choosing.choose_stop(by=anna, meeting=meeting, agreement=agreement, reason="Ikke mere aktuelt")
    assert meeting.carried.get().choice == "stop"


def test_undo_leaves_what_others_closed(carried, anna):
    """The responsible said done from home; the meeting chose nothing, so there is nothing to undo."""
    meeting, agreement = carried
    Agreement.objects.filter(pk=agreement.pk).update(status="done", closed_at=timezone.now())
    choosing.undo_choice(by=anna, meeting=meeting, agreement=agreement)
    agreement.refresh_from_db()
    assert agreement.status == "done"


def test_only_agreements_on_the_agenda_are_chosen_for(carried, anna):
    meeting, _agreement = carried
    with pytest.raises(CarriedAgreement.DoesNotExist):
        choosing.choose_done(by=anna, meeting=meeting, agreement=AgreementFactory(forum=meeting.lead_forum))


def test_after_two_meetings_a_choice_must_be_made(anna, network):
    agreement = AgreementFactory(forum=network, moved_at=timezone.now() - timedelta(days=90))
    for _ in range(2):
        meeting = running.start(by=anna, meeting=MeetingFactory(lead_forum=network))
        open_ones = {i.pk: running.DONE for i in items(meeting)}
        if _ == 0:
            assert not must_choose(meeting)
            running.finish(by=anna, meeting=meeting, unfinished_items=open_ones)
    assert must_choose(meeting) == [agreement]
    assert open_agreements(meeting).get().carried_count == 2
    choosing.choose_continue(by=anna, meeting=meeting, agreement=agreement)
    assert not must_choose(meeting)
