"""Who leaves does not take a network meeting along, and who lets them leave learns nothing of it; the log knows it by code."""

from __future__ import annotations

import pytest

from tests.factories import ForumFactory, make_user
from tests.network.conftest import fresh
from tovholder.accounts.models import Role, User
from tovholder.audit.models import Event
from tovholder.concerns.models import TeamMember
from tovholder.concerns.queries import readers
from tovholder.forums.models import Forum
from tovholder.insights.queries.log import lines
from tovholder.meetings.models import Meeting, NetworkMeeting
from tovholder.meetings.services.handover import belongings, hand_over_person
from tovholder.meetings.services.network import case_of
from tovholder.meetings.services.network_passing import follow_forum
from tovholder.outbox.models import OutgoingMail


@pytest.fixture
def hans(db: None) -> User:
    return make_user("Hans", Role.ADMINISTRATOR)


def leave(hans: User, user: User) -> None:
    hand_over_person(by=hans, person=user.person, to={})


def test_the_initiators_meeting_goes_to_a_triager(
    called: NetworkMeeting, erik: User, anna: User, dina: User, hans: User
) -> None:
    assert belongings(erik.person, hans) == []
    OutgoingMail.objects.all().delete()
    leave(hans, erik)
    now = fresh(called)
    meeting = Meeting.every.get(pk=called.meeting_id)
    assert (now.initiator, meeting.chair, meeting.minute_taker) == (anna.person,) * 3
    there = meeting.participations.filter(removed_at=None)
    assert set(there.values_list("person", flat=True)) == {anna.person.pk, dina.person.pk}
    # The family did not know that she comes.
    assert case_of(now).family_told_on is None
    assert anna.person.email in OutgoingMail.objects.values_list("to", flat=True)
    assert Event.objects.filter(action="network.handed_over", object_id=str(meeting.pk)).count() == 1


def test_without_anybody_on_the_case_it_waits_for_a_triager(
    called: NetworkMeeting, erik: User, hans: User
) -> None:
    TeamMember.objects.all().delete()
    leave(hans, erik)
    assert fresh(called).initiator == erik.person


def test_a_minute_taker_who_leaves_gives_it_to_the_initiator(
    called: NetworkMeeting, erik: User, dina: User, hans: User
) -> None:
    Meeting.every.filter(pk=called.meeting_id).update(minute_taker=dina.person)
    leave(hans, dina)
    meeting = Meeting.every.get(pk=called.meeting_id)
    assert (fresh(called).initiator, meeting.minute_taker) == (erik.person, erik.person)
    assert case_of(called).family_told_on is not None


def test_coming_meetings_follow_a_forum_that_takes_names(
    called: NetworkMeeting, forum: Forum, anna: User
) -> None:
    follow_forum(by=anna, forum=forum, successor=ForumFactory(highest_level="anonymous"))
    assert Meeting.every.get(pk=called.meeting_id).lead_forum == forum
    heir = ForumFactory(highest_level="named")
    follow_forum(by=anna, forum=forum, successor=heir)
    meeting = Meeting.every.get(pk=called.meeting_id)
    assert (meeting.lead_forum, list(meeting.forums.all())) == (heir, [heir])


def test_the_log_names_it_by_case_code(called: NetworkMeeting) -> None:
    found = lines(Event.objects.filter(action="network.called"), cases=True)
    assert [each.about[:-12] for each in found] == [f"Netværksmøder, {called.concern}"]  # and the day


def test_who_is_called_is_among_the_readers_of_the_concern(called: NetworkMeeting, dina: User) -> None:
    said = {each.name: (each.what, each.why) for each in readers(called.concern)}
    assert said["Dina"] == (
        "Tid, sted og deltagere på netværksmødet, og sagskoden",
        "Er indkaldt til netværksmødet",
    )


def test_who_is_not_called_yet_is_not(ready: NetworkMeeting, dina: User) -> None:
    assert dina.person.pk not in {each.person_id for each in readers(ready.concern)}
