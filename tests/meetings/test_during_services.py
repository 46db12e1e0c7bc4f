"""The services of a running meeting: begin, items, attendance, texts, what is caught, choices, end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories import (
    AgendaItemFactory,
    AgreementFactory,
    ForumFactory,
    MeetingFactory,
    OrganisationFactory,
    ParticipationFactory,
    PersonFactory,
    join,
)
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.meetings.models import (
    AgendaItem,
    AgreementOrigin,
    Meeting,
    MeetingStatus,
    Topic,
)
from tovholder.meetings.services import attendance, capturing, running, writing
from tovholder.plans.models import Agreement


@pytest.fixture
def meeting(network, anna, bo) -> Meeting:
    meeting = MeetingFactory(lead_forum=network)
    for person in (anna.person, bo.person):
        ParticipationFactory(meeting=meeting, person=person, answer="yes")
    for heading in ("Snus", "Cykelskuret", "Eventuelt"):
        AgendaItemFactory(meeting=meeting, heading=heading, minutes=20)
    return meeting


@pytest.fixture
def running_meeting(meeting, anna) -> Meeting:
    return running.start(by=anna, meeting=meeting)


def items(meeting: Meeting) -> list[AgendaItem]:
    return list(meeting.items.order_by("position"))


# ---------------------------------------------------------------- begin and end


def test_a_start_writes_down_open_agreements_and_opens_the_first_item(meeting, anna, network, carla):
    agreement = AgreementFactory(forum=network)
    other = AgreementFactory()
    started = running.start(by=anna, meeting=meeting)
    assert started.status == MeetingStatus.RUNNING
    assert list(started.carried.values_list("agreement_id", flat=True)) == [agreement.pk]
    assert other.carried.count() == 0
    first = items(started)[0]
    assert first.source == AgendaItem.Source.OPEN_AGREEMENTS
    assert started.current_item == first
    assert items(started)[0].opened_at is not None
    assert started.participations.filter(person=carla.person).exists()  # a member who was never invited
    assert Event.objects.filter(action="meeting.started", object_id=str(meeting.pk)).count() == 1


def test_a_second_start_changes_nothing(running_meeting, anna):
    before = Event.objects.count()
    again = running.start(by=anna, meeting=running_meeting)
    assert again.started_at == running_meeting.started_at
    assert Event.objects.count() == before


def test_only_convener_chair_and_minute_taker_may_start(meeting, bo, carla):
    with pytest.raises(Refused):
        running.start(by=bo, meeting=meeting)
    meeting.chair = carla.person
    meeting.save()
    assert running.start(by=carla, meeting=meeting).status == MeetingStatus.RUNNING


def test_a_cancelled_meeting_cannot_start(meeting, anna):
    Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.CANCELLED)
    with pytest.raises(Refused):
        running.start(by=anna, meeting=meeting)


def test_a_start_by_mistake_is_undone_until_something_is_written(running_meeting, anna, network):
    back = running.back_to_planned(by=anna, meeting=running_meeting)
    assert (back.status, back.current_item, back.carried.count()) == (MeetingStatus.PLANNED, None, 0)
    again = running.start(by=anna, meeting=back)
    writing.save_text(by=anna, item=items(again)[0], text="Noget", base_version=0)
    with pytest.raises(Refused):
        running.back_to_planned(by=anna, meeting=again)


def test_time_is_added_up_item_by_item(running_meeting, anna):
    first, second, _third = items(running_meeting)
    AgendaItem.objects.filter(pk=first.pk).update(opened_at=timezone.now() - timedelta(minutes=5))
    running.go_to_item(by=anna, meeting=running_meeting, item=second, finish_current=True)
    first.refresh_from_db()
    assert 299 <= first.seconds_used <= 305
    assert first.opened_at is None
    assert first.done_at is not None
    running.go_to_item(by=anna, meeting=running_meeting, item=first)
    second.refresh_from_db()
    assert second.done_at is None
    first.refresh_from_db()
    assert first.opened_at is not None


def test_an_item_of_another_meeting_cannot_be_opened(running_meeting, anna):
    with pytest.raises(AgendaItem.DoesNotExist):
        running.go_to_item(by=anna, meeting=running_meeting, item=AgendaItemFactory())


def test_the_end_asks_about_items_that_were_not_reached(running_meeting, anna):
    _first, second, third = items(running_meeting)
    with pytest.raises(ValidationError) as caught:
        running.finish(by=anna, meeting=running_meeting)
    assert caught.value.messages == [
        "Vælg, hvad der skal ske med punktet »Cykelskuret«.",
        "Vælg, hvad der skal ske med punktet »Eventuelt«.",
    ]
    running_meeting.refresh_from_db()
    assert running_meeting.status == MeetingStatus.RUNNING
    held = running.finish(
        by=anna, meeting=running_meeting, unfinished_items={second.pk: running.DEFER, third.pk: running.DONE}
    )
    second.refresh_from_db()
    third.refresh_from_db()
    assert held.status == MeetingStatus.HELD
    assert held.held_at is not None
    assert (second.is_deferred, second.done_at) == (True, None)
    assert (third.is_deferred, third.done_at is not None) == (False, True)


def test_a_deferred_item_comes_to_the_next_meeting_once(running_meeting, anna, network):
    coming = MeetingFactory(lead_forum=network, starts_at=timezone.now() + timedelta(days=60))
    _first, second, third = items(running_meeting)
    running.defer(by=anna, item=second)
    running.finish(by=anna, meeting=running_meeting, unfinished_items={third.pk: running.DONE})
    assert [i.heading for i in coming.items.all()] == ["Cykelskuret"]
    assert coming.items.get().deferred_from == second
    with pytest.raises(Refused):
        running.undo_defer(by=anna, item=second)


def test_a_deferral_is_undone_while_nobody_took_it_up(running_meeting, anna):
    item = items(running_meeting)[1]
    running.defer(by=anna, item=item)
    running.undo_defer(by=anna, item=item)
    item.refresh_from_db()
    assert item.is_deferred is False


def test_open_agreements_are_never_deferred(meeting, anna, network):
    AgreementFactory(forum=network)
    started = running.start(by=anna, meeting=meeting)
    with pytest.raises(Refused):
        running.defer(by=anna, item=items(started)[0])


def test_a_meeting_ended_too_early_goes_on(running_meeting, anna):
    chosen = {i.pk: running.DONE for i in items(running_meeting)}
    held = running.finish(by=anna, meeting=running_meeting, unfinished_items=chosen)
    again = running.start(by=anna, meeting=held)
    assert again.status == MeetingStatus.RUNNING
    assert again.held_at is None
    assert again.started_at == running_meeting.started_at


# ---------------------------------------------------------------- attendance


def test_a_tap_marks_a_participant_present(running_meeting, anna, bo):
    row = running_meeting.participations.get(person=bo.person)
    attendance.set_attended(by=anna, participation=row, attended=True)
    row.refresh_from_db()
    assert row.attended is True


def test_all_who_said_yes_are_here(running_meeting, anna, bo, carla):
    assert attendance.all_expected_are_here(by=anna, meeting=running_meeting) == 2
    assert running_meeting.participations.get(person=carla.person).attended is None


def test_a_member_taken_off_during_the_meeting_keeps_attendance(running_meeting, anna, bo, carla):
    for person in (bo.person, carla.person):
        row = running_meeting.participations.get(person=person)
        if person == bo.person:
            attendance.set_attended(by=anna, participation=row, attended=True)
        row.refresh_from_db()
        row.removed_at = timezone.now()
        row.save()
    names = [row.person.name for row in attendance.at_meeting(running_meeting)]
    assert names == ["Anna", "Bo"]  # Carla was taken off and never there


def test_a_new_guest_is_written_down_with_organisation(running_meeting, anna):
    club = OrganisationFactory(name="Klubben")
    row = attendance.add_guest(by=anna, meeting=running_meeting, name="  Per   Holm ", organisation=club)
    assert (row.person.name, row.person.organisation, row.part, row.attended) == (
        "Per Holm",
        club,
        "guest",
        True,
    )


def test_a_known_guest_is_not_written_twice(running_meeting, anna, bo):
    row = attendance.add_guest(by=anna, meeting=running_meeting, person=bo.person)
    assert row.part == "member"
    assert row.attended is True
    assert running_meeting.participations.filter(person=bo.person).count() == 1


def test_a_guest_needs_a_person_or_a_name(running_meeting, anna):
    with pytest.raises(ValidationError):
        attendance.add_guest(by=anna, meeting=running_meeting, name=" ")


# ---------------------------------------------------------------- texts


def test_a_text_is_saved_with_version_author_and_time(running_meeting, anna):
    item = items(running_meeting)[0]
    saved = writing.save_text(by=anna, item=item, text="Bo fortæller 😀 <script>", base_version=0)
    item.refresh_from_db()
    assert (item.text, item.text_version, item.text_saved_by) == ("Bo fortæller 😀 <script>", 1, "Anna")
    assert saved.version == 1


def test_two_writers_meet_and_neither_is_overwritten(running_meeting, anna, bo):
    running_meeting.minute_taker = bo.person
    running_meeting.save()
    item = items(running_meeting)[0]
    writing.save_text(by=anna, item=item, text="Annas tekst", base_version=0)
    with pytest.raises(writing.TextConflictError) as caught:
        writing.save_text(by=bo, item=item, text="Bos tekst", base_version=0)
    assert (caught.value.mine, caught.value.item.text, caught.value.item.text_version) == (
        "Bos tekst",
        "Annas tekst",
        1,
    )
    item.refresh_from_db()
    assert item.text == "Annas tekst"
    writing.save_text(by=bo, item=item, text="Annas tekst\n\nBos tekst", base_version=1)
    item.refresh_from_db()
    assert item.text_version == 2


def test_the_same_text_again_is_no_conflict(running_meeting, anna):
    """The answer to the first may have been lost on the way."""
    item = items(running_meeting)[0]
    writing.save_text(by=anna, item=item, text="Tekst", base_version=0)
    assert writing.save_text(by=anna, item=item, text="Tekst", base_version=0).version == 1


def test_a_cpr_number_is_refused_before_it_is_stored(running_meeting, anna):
    item = items(running_meeting)[0]
    with pytest.raises(ValidationError):
        writing.save_text(by=anna, item=item, text="Han er født 010203-1234", base_version=0)
    item.refresh_from_db()
    assert item.text == ""


def test_nobody_writes_before_the_meeting_begins(meeting, anna):
    with pytest.raises(Refused):
        writing.save_text(by=anna, item=items(meeting)[0], text="For tidligt", base_version=0)


# ---------------------------------------------------------------- what is caught


def test_an_agreement_takes_the_items_level_and_remembers_where_it_was_made(
    running_meeting, anna, bo, network
):
    item = AgendaItemFactory(meeting=running_meeting, level="anonymous")
    agreement = capturing.add_agreement(by=anna, item=item, what="Ring til klubben", responsible=bo.person)
    assert (agreement.forum, agreement.level, agreement.responsible) == (network, "anonymous", bo.person)
    assert agreement.origin.item == item


def test_a_minute_taker_without_membership_may_catch(running_meeting, erik, network):
    running_meeting.minute_taker = erik.person
    running_meeting.save()
    agreement = capturing.add_agreement(by=erik, item=items(running_meeting)[0], what="Noget")
    assert agreement.created_by == erik.audit_key


def test_a_joint_meeting_chooses_the_forum(anna, network):
    other, stranger = ForumFactory(), ForumFactory()
    meeting = MeetingFactory(lead_forum=network, forums=[network, other], kind="joint")
    item = AgendaItemFactory(meeting=meeting)
    running.start(by=anna, meeting=meeting)
    assert capturing.add_agreement(by=anna, item=item, what="A").forum == network
    assert capturing.add_agreement(by=anna, item=item, what="B", forum=other).forum == other
    with pytest.raises(Refused):
        capturing.add_agreement(by=anna, item=item, what="C", forum=stranger)


def test_a_wrong_agreement_is_taken_away_and_brought_back(running_meeting, anna):
    item = items(running_meeting)[0]
    agreement = capturing.add_agreement(by=anna, item=item, what="Forkert")
    capturing.remove_agreement(by=anna, agreement=agreement)
    agreement.refresh_from_db()
    assert agreement.status == "stopped"
    assert not AgreementOrigin.objects.filter(agreement=agreement).exists()
    capturing.restore_agreement(by=anna, agreement=agreement, item=item)
    agreement = Agreement.objects.get(pk=agreement.pk)
    assert agreement.is_open
    assert agreement.origin.item == item


def test_a_proposal_needs_exactly_one_receiver(running_meeting, anna, bo):
    item = items(running_meeting)[0]
    with pytest.raises(ValidationError):
        capturing.add_outcome(by=anna, item=item, kind="proposal", text="Mere lys")
    with pytest.raises(ValidationError):
        capturing.add_outcome(
            by=anna, item=item, kind="proposal", text="Mere lys", to_forum=ForumFactory(), to_person=bo.person
        )
    outcome = capturing.add_outcome(by=anna, item=item, kind="proposal", text="Mere lys", to_person=bo.person)
    assert outcome.to_person == bo.person


def test_a_decision_never_keeps_a_receiver(running_meeting, anna, bo):
    outcome = capturing.add_outcome(
        by=anna, item=items(running_meeting)[0], kind="decision", text="Ja", to_person=bo.person
    )
    assert outcome.to_person is None


def test_a_caught_topic_lies_in_the_bank(running_meeting, anna, network):
    topic = capturing.capture_topic(
        by=anna, item=items(running_meeting)[0], heading="Lattergas", why="Vi så det"
    )
    assert (topic.forum, topic.status, topic.proposed_by) == (network, "banked", anna.person)
    capturing.remove_topic(by=anna, topic=topic)
    assert Topic.objects.get().status == "archived"
    capturing.restore_topic(by=anna, topic=topic)
    assert Topic.objects.get().status == "banked"


def test_the_usual_day_is_the_next_meeting(running_meeting, network):
    assert capturing.usual_due_day(
        capturing.next_meeting_day(running_meeting)
    ) == timezone.localdate() + timedelta(days=28)
    coming = MeetingFactory(lead_forum=network, starts_at=running_meeting.starts_at + timedelta(days=20))
    assert capturing.usual_due_day(capturing.next_meeting_day(running_meeting)) == timezone.localdate(
        coming.starts_at
    )


def test_only_members_and_participants_can_be_made_responsible(running_meeting, anna, bo, carla):
    guest, stranger = PersonFactory(), PersonFactory()
    attendance.add_guest(by=anna, meeting=running_meeting, person=guest)
    found = set(capturing.may_be_responsible(running_meeting))
    assert found == {anna.person, bo.person, carla.person, guest}
    assert stranger not in found


def test_a_stranger_to_the_forum_takes_no_part(running_meeting, erik):
    other = ForumFactory()
    join(erik, other, convenes=True)
    with pytest.raises(Refused):
        attendance.all_expected_are_here(by=erik, meeting=running_meeting)
