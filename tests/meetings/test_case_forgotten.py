"""What ends with a consent, and with a name that led to nothing, at the meetings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.concerns.child_world import SOFIE, CaseWorld, a_consent, make_case, sharing_kind
from tests.factories import MeetingFactory
from tovholder.access.sharing import Kind
from tovholder.accounts.models import User
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern, ConcernChild, ConcernRules, Entry
from tovholder.concerns.services import children, consenting
from tovholder.meetings.models import CaseItem, Disclosure, FamilyMember, FamilyVoice, Meeting
from tovholder.meetings.services.cases import assess_room
from tovholder.meetings.services.forgetting import forget_names


@pytest.fixture
def world(anna: User, erik: User) -> CaseWorld:
    return make_case(anna, erik)


@pytest.fixture
def meeting(world: CaseWorld) -> Meeting:
    meeting = MeetingFactory()
    meeting.lead_forum.highest_level = "named"
    meeting.lead_forum.bases = ["consent", "rpl115"]
    meeting.lead_forum.save()
    return meeting


def on_agenda(world: CaseWorld, meeting: Meeting, **more: Any) -> CaseItem:
    return CaseItem.objects.create(meeting=meeting, concern=world.concern, created_by="x", **more)


def test_a_withdrawn_consent_closes_the_planned_case(world: CaseWorld, meeting: Meeting, frida: User) -> None:
    sharing_kind(frida.person.organisation, Kind.ASSOCIATION)
    consent = a_consent(world, frida.person.organisation)
    item = on_agenda(world, meeting, basis="consent", purpose_code="wellbeing")
    Safe.of([item]).write(item, purpose="støtte")
    item.save()
    assert assess_room(item, people=[frida.person]).allowed
    consenting.withdraw(by=world.anna, concern=world.concern, consent=consent, on=timezone.localdate())
    room = assess_room(item, people=[frida.person])
    assert (room.answer.code, room.uncovered) == ("consent_withdrawn", [frida.person])
    assert not room.covered(frida.person)


def test_a_name_without_action_is_forgotten_with_whom_it_was_told(
    world: CaseWorld, meeting: Meeting, anna: User, django_capture_on_commit_callbacks: Any
) -> None:
    item = on_agenda(world, meeting, is_handover=True)
    Disclosure.objects.create(
        case_item=item, child=world.child, person=anna.person, ground="rpl115", at=timezone.now()
    )
    old = timezone.now() - timedelta(days=31)
    Concern.objects.filter(pk=world.concern.pk).update(status="no_action", ended_at=old)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_names() == 1
        assert forget_names() == 0
    assert not DataKey.objects.filter(use__in=["child", "concern"]).exists()
    assert not Disclosure.objects.exists()
    assert not ConcernChild.objects.exists()
    child = Child.objects.get()
    assert (child.name, child.erased_at is None) == (None, False)


@pytest.fixture
def untouched(world: CaseWorld, meeting: Meeting) -> CaseItem:
    """A name that nobody decided on, at a meeting held 31 days ago."""
    item = on_agenda(world, meeting, is_handover=True)
    held = timezone.now() - timedelta(days=31)
    Meeting.every.filter(pk=meeting.pk).update(status="held", held_at=held)
    world.concern.entries.exclude(kind="raised").delete()
    world.concern.case_team.all().delete()
    Concern.objects.filter(pk=world.concern.pk).update(status="new", handler=None)
    return item


@pytest.mark.parametrize("status", ["planned", "opened", "withdrawn"])
def test_a_name_without_a_decision_is_forgotten_after_the_meeting(untouched: CaseItem, status: str) -> None:
    opened = timezone.now() if status == "opened" else None
    CaseItem.objects.update(status=status, basis="rpl115", opened_at=opened)
    assert forget_names() == 1
    assert Concern.objects.get().erased_at is not None
    assert forget_names() == 0


@pytest.mark.parametrize("why", ["decided", "young", "another meeting", "handler", "note", "clarifying"])
def test_a_name_that_somebody_did_something_about_is_not(
    untouched: CaseItem, world: CaseWorld, anna: User, why: str
) -> None:
    concern = Concern.objects.filter(pk=world.concern.pk)
    if why == "decided":
        CaseItem.objects.update(decision="watch")
    elif why == "young":
        Meeting.every.update(held_at=timezone.now() - timedelta(days=29))
    elif why == "another meeting":
        on_agenda(world, MeetingFactory(), is_handover=True)
    elif why == "handler":
        concern.update(handler=anna.person)
    elif why == "note":
        Entry.objects.create(concern=world.concern, kind="note", at=timezone.now(), by="x")
    else:
        concern.update(status="clarifying")
    assert forget_names() == 0


def test_it_is_not_forgotten_before_a_triager_has_been_reminded(untouched: CaseItem) -> None:
    ConcernRules.objects.create(key="standard", non_case_days=7, decision_days=40)
    assert forget_names() == 0


@pytest.mark.parametrize("why", ["young", "other status", "taken up elsewhere", "no handover"])
def test_other_names_stay(world: CaseWorld, meeting: Meeting, why: str) -> None:
    on_agenda(world, meeting, is_handover=why != "no handover")
    if why == "taken up elsewhere":
        on_agenda(world, MeetingFactory())
    days = 10 if why == "young" else 31
    status = "closed" if why == "other status" else "no_action"
    Concern.objects.update(status=status, ended_at=timezone.now() - timedelta(days=days))
    assert forget_names() == 0
    assert Concern.objects.get().erased_at is None


def test_a_child_with_another_concern_stays(world: CaseWorld, meeting: Meeting) -> None:
    other = make_case(world.anna, world.erik, level="anonymous")
    children.lay_known_child_on(by=world.anna, concern=other.concern, child=world.child, part="subject")
    on_agenda(world, meeting, is_handover=True)
    old = timezone.now() - timedelta(days=31)
    Concern.objects.filter(pk=world.concern.pk).update(status="no_action", ended_at=old)
    assert forget_names() == 1
    assert Child.objects.get().erased_at is None
    assert [link.concern for link in ConcernChild.objects.all()] == [other.concern]


def test_merging_moves_the_family_at_meetings(
    world: CaseWorld, meeting: Meeting, anna: User, erik: User
) -> None:
    other = make_case(anna, erik, SOFIE)
    member = FamilyMember(meeting=meeting, child=other.child, part="support_person", age=40)
    Safe.of([member]).write(member, name="Bodil Bisidder")
    member.save()
    voice = FamilyVoice(family_member=member, kind="question", at=timezone.now())
    Safe.of([voice]).write(voice, text="Hvem kommer?")
    voice.save()
    children.merge(
        by=anna, concern=world.concern, kept=world.child, gone=other.child, answers=children.AdultAnswers()
    )
    member = FamilyMember.objects.select_related("child").get()
    voice = FamilyVoice.objects.select_related("family_member__child").get()
    assert member.child == world.child
    assert str(Safe.of([member]).read(member, "name")) == "Bodil Bisidder"
    assert str(Safe.of([voice]).read(voice, "text")) == "Hvem kommer?"
