"""Topics and their rules; two people at once; the worker's minute."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from tests.factories import ForumFactory, MeetingFactory, TopicFactory, join
from tovholder.access.decision import Refused
from tovholder.audit.models import SYSTEM
from tovholder.meetings.models import AgendaItem, Meeting
from tovholder.meetings.services import agenda, events, invitations, items, planning, reminders, topics
from tovholder.outbox.models import OutgoingMail


def plan(by, forum, days: int = 30, **more) -> Meeting:
    starts = timezone.now().replace(microsecond=0) + timedelta(days=days)
    return planning.create_meeting(
        by=by, forums=[forum], starts_at=starts, ends_at=starts + timedelta(minutes=90), **more
    )


def test_a_topic_wanted_on_a_day_comes_to_the_first_meeting_after_it(anna, network):
    first, second = plan(anna, network, 20), plan(anna, network, 50)
    day = timezone.localdate() + timedelta(days=30)
    topic = topics.propose(by=anna, forum=network, heading="Søvn", wanted_on=day)
    agenda.refresh(by=SYSTEM, meeting=first)
    agenda.refresh(by=SYSTEM, meeting=second)
    assert AgendaItem.objects.get(topic=topic).meeting == second


def test_taken_off_by_a_person_it_does_not_come_back_by_itself(anna, network):
    meeting = plan(anna, network)
    topic = topics.propose(by=anna, forum=network, heading="Søvn", wanted_on=timezone.localdate())
    item = AgendaItem.objects.get(topic=topic, meeting=meeting)
    items.remove_item(by=anna, item=item)
    assert agenda.refresh(by=SYSTEM, meeting=meeting) == 0


@pytest.mark.parametrize("persona", ["erik", "grethe", "hans", "ida", "lise"])
def test_only_members_propose(persona, personas, network):
    with pytest.raises(Refused):
        topics.propose(by=personas[persona], forum=network, heading="x")


def test_an_open_participant_proposes_general_topics_only(anna, frida, network):
    join(frida, network)
    plan(anna, network)
    assert topics.propose(by=frida, forum=network, heading="Åben klub").status == "proposed"
    with pytest.raises(Refused):
        topics.propose(by=frida, forum=network, heading="Elev", level="anonymous")


def test_members_neither_decide_nor_put_on(anna, bo, network):
    meeting, topic = plan(anna, network), TopicFactory(forum=network, status="proposed")
    for attempt in (
        lambda: topics.put_on_agenda(by=bo, topic=topic, meeting=meeting),
        lambda: topics.decline(by=bo, topic=topic, reason="x"),
        lambda: topics.bank(by=bo, topic=topic),
        lambda: topics.archive(by=bo, topic=topic),
        lambda: topics.edit(by=bo, topic=topic, heading="x"),
    ):
        with pytest.raises(Refused):
            attempt()


def test_a_topic_is_not_put_on_another_forums_agenda_or_an_event(anna, network):
    other = ForumFactory()
    join(anna, other, convenes=True)
    topic = TopicFactory(forum=network, status="banked")
    with pytest.raises(Refused, match="andet forum"):
        topics.put_on_agenda(by=anna, topic=topic, meeting=plan(anna, other))
    with pytest.raises(Refused):
        topics.put_on_agenda(by=anna, topic=topic, meeting=plan(anna, network, kind="event"))


def test_an_answered_proposal_is_not_answered_again(anna, bo, network):
    topic = TopicFactory(forum=network, status="proposed", proposed_by=bo.person)
    topics.decline(by=anna, topic=topic, reason="Ikke nu")
    with pytest.raises(Refused):
        topics.decline(by=anna, topic=topic, reason="Igen")
    assert OutgoingMail.objects.count() == 1
    assert topics.bank(by=anna, topic=topic).decline_reason == ""


def test_the_minute_job_needs_few_queries_when_nothing_has_changed(
    anna, network, django_assert_max_num_queries
):
    for days in (10, 40, 70, 100):
        invitations.send(by=anna, meeting=plan(anna, network, days))
    with django_assert_max_num_queries(8):
        assert reminders.send_due() == 0


def test_joint_members_are_kept_while_one_forum_still_has_them(anna, bo, network):
    other = ForumFactory()
    join(bo, other)
    meeting = MeetingFactory(lead_forum=network, forums=[network, other], kind="joint")
    invitations.sync_members(by=SYSTEM, meeting=meeting)
    network.memberships.filter(person=bo.person).delete()
    invitations.sync_members(by=SYSTEM, meeting=meeting)
    assert meeting.participations.get(person=bo.person).removed_at is None


def _at_once(*jobs) -> list[object]:
    """Run the jobs in threads of their own; return what each gave or raised."""
    found: list[object] = [None] * len(jobs)
    gate = threading.Barrier(len(jobs))

    def run(index: int) -> None:
        try:
            gate.wait(timeout=10)
            found[index] = jobs[index]()
        except Exception as error:
            found[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


@pytest.mark.django_db(transaction=True)
def test_two_conveners_send_at_once_and_nobody_gets_two(anna, network):
    if connection.vendor == "sqlite":
        pytest.skip("the test database of SQLite is in memory: one connection")
    meeting = plan(anna, network)
    _at_once(
        lambda: invitations.send(by=anna, meeting=meeting), lambda: invitations.send(by=anna, meeting=meeting)
    )
    assert OutgoingMail.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once(anna, dina, erik, network):
    if connection.vendor == "sqlite":
        pytest.skip("the test database of SQLite is in memory: one connection")
    event = plan(anna, network, kind="event", capacity=1)
    rows = _at_once(
        lambda: events.sign_up(by=dina, meeting=event), lambda: events.sign_up(by=erik, meeting=event)
    )
    assert sorted(row.waiting_list for row in rows) == [False, True]


def test_a_lost_race_to_mark_sends_nothing(anna, network):
    """The second sender has read "not told" before the first marked it: the conditional update stops it."""
    meeting = plan(anna, network)
    stale = list(invitations.not_told(meeting))
    invitations.send(by=anna, meeting=meeting)
    meeting.refresh_from_db()
    assert [invitations._invite(row, meeting, prefix="", opening="") for row in stale] == [
        False,
        False,
        False,
    ]
    assert OutgoingMail.objects.count() == 3


def test_a_rolled_back_move_tells_nobody(anna, network, monkeypatch):
    meeting = plan(anna, network)
    invitations.send(by=anna, meeting=meeting)
    before = OutgoingMail.objects.count()

    def fail(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(invitations.letters, "send_request", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        planning.move(
            by=anna,
            meeting=meeting,
            starts_at=meeting.starts_at + timedelta(days=1),
            ends_at=meeting.ends_at + timedelta(days=1),
        )
    meeting.refresh_from_db()
    assert meeting.sequence == 0
    assert OutgoingMail.objects.count() == before
