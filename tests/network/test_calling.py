"""A network meeting is called step by step; who may know of it at every step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests.factories import OrganisationFactory, OrganisationKindFactory, PersonFactory
from tests.network.conftest import CHILD, GROUND, MOTHER, WORDS, everybody, fresh
from tovholder.access.decision import Refused, yes
from tovholder.access.sharing.sentences import SENTENCES
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.models import Adult, Child
from tovholder.citizens.services.children import add_adult
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Category, Concern, ConcernRules
from tovholder.concerns.services.course import set_status
from tovholder.meetings import policy
from tovholder.meetings.models import FamilyMember, Meeting, NetworkMeeting, Participation
from tovholder.meetings.queries import visible_to
from tovholder.meetings.services import network as calling
from tovholder.meetings.services import network_meeting as running
from tovholder.meetings.services import network_people as people
from tovholder.meetings.services.cases_ahead import can_be_opened
from tovholder.outbox.models import OutgoingMail


def knows(personas: dict[str, User], meeting: Meeting) -> set[str]:
    """Who may know of the meeting, asked both ways, afresh."""
    found = set()
    for name, user in personas.items():
        asking = User.objects.get(pk=user.pk)
        row = Meeting.every.get(pk=meeting.pk)
        seen = visible_to(asking).filter(pk=meeting.pk).exists()
        assert bool(policy.may_read(asking, row)) == seen, name
        if seen:
            found.add(name)
    return found


def test_a_draft_is_known_to_the_people_of_the_case_only(
    draft: NetworkMeeting, erik: User, dina: User, personas: dict[str, User]
) -> None:
    people.add_professional(by=erik, network=draft, person=dina.person)
    assert draft.meeting.title == f"Netværksmøde, {draft.concern}"
    assert knows(personas, draft.meeting) == {"anna", "erik"}  # triager and initiator; Dina is not called yet


def test_once_called_it_is_known_to_who_takes_part_too(
    called: NetworkMeeting, personas: dict[str, User]
) -> None:
    assert knows(personas, called.meeting) == {"anna", "erik", "dina"}
    assert called.concern.status == "network_meeting" or called.concern.__class__.objects.get().status == (
        "network_meeting"
    )


def test_who_is_taken_off_no_longer_knows(
    called: NetworkMeeting, erik: User, dina: User, personas: dict[str, User]
) -> None:
    row = called.meeting.participations.get(person=dina.person)
    people.take_professional_off(by=erik, network=called, participation=row)
    assert knows(personas, called.meeting) == {"anna", "erik"}


def test_nothing_stands_in_clear_and_no_mail_names_anybody(called: NetworkMeeting) -> None:
    mails = list(OutgoingMail.objects.all())
    assert {mail.to for mail in mails} == {"erik@vestby.example", "dina@vestby.example"}
    for mail in mails:
        said = f"{mail.subject} {mail.body} {mail.calendar}"
        assert not [name for name in (*CHILD.split(), *MOTHER.split(), WORDS) if name in said]
        assert str(called.concern) in mail.calendar
    case = calling.case_of(called)
    assert b"ro i hverdagen" not in bytes(case.purpose)


def test_the_steps_ask_for_what_document_001_asks(
    draft: NetworkMeeting, erik: User, dina: User, mother: Adult
) -> None:
    steps = [each.step for each in people.lacks(fresh(draft))]
    assert steps == ["deltagere", "familien", "familien", "grundlag", "tid-og-sted"] or steps[:2] == [
        "opgaver",
        "deltagere",
    ]
    with pytest.raises(ValidationError):
        calling.write_case_kind(by=erik, network=draft, known_case=True, adviser_talked_on=None)
    with pytest.raises(ValidationError):
        calling.write_duties(
            by=erik, network=draft, initiator_leads=False, leader_talked_on=None, chair=erik.person,
            minute_taker=erik.person,
        )  # fmt: skip
    with pytest.raises(ValidationError, match="Myndighedens"):
        calling.call(by=erik, network=draft, lacks=people.lacks(fresh(draft)))
    assert not OutgoingMail.objects.exists()


def test_without_the_authority_it_becomes_a_development_meeting(
    ready: NetworkMeeting, erik: User, dina: User
) -> None:
    row = ready.meeting.participations.get(person=dina.person)
    people.take_professional_off(by=erik, network=ready, participation=row)
    assert "deltagere" in [each.step for each in people.lacks(fresh(ready))]
    calling.set_without_authority(by=erik, network=ready, without=True)
    made = fresh(ready)
    assert made.meeting.lead_forum.forum_type.key == "udviklingsmoede"
    assert made.meeting.title == f"Udviklingsmøde, {made.concern}"
    assert people.lacks(made) == []


def test_somebody_new_undoes_that_the_family_was_told(ready: NetworkMeeting, erik: User, bo: User) -> None:
    assert people.lacks(ready) == []
    people.add_professional(by=erik, network=ready, person=bo.person)
    assert [each.step for each in people.lacks(fresh(ready))] == ["familien"]
    people.tell_family(by=erik, network=ready, on=timezone.localdate())
    assert people.lacks(fresh(ready)) == []


def test_somebody_new_of_the_family_is_to_be_told(
    ready: NetworkMeeting, erik: User, anna: User, child: Child, mother: Adult, client_for: Any
) -> None:
    father = add_adult(by=anna, decision=yes("case_team"), child=child, standing="custody", name="Far Torne")
    people.set_family(by=erik, network=ready, adults=[mother, father], young_people=[])
    [lack] = people.lacks(fresh(ready))
    assert (lack.step, lack.text.endswith("Nye siden sidst: forælder.")) == ("familien", True)
    with pytest.raises(ValidationError):
        calling.call(by=erik, network=ready, lacks=[lack])
    page = client_for(erik).get(f"/netvaerksmoeder/{ready.meeting_id}/trin/familien/").content.decode()
    assert "Har ikke fået besked endnu:</strong> Far Torne" in page
    people.tell_family(by=erik, network=ready, on=timezone.localdate())
    assert people.lacks(fresh(ready)) == []
    people.add_support_person(by=erik, network=ready, child=child, name="Moster", age=40)
    assert "bisidder" in people.lacks(fresh(ready))[0].text


def test_who_is_not_covered_stops_the_calling(
    ready: NetworkMeeting, erik: User, carla: User, frida: User
) -> None:
    """The police take no part on the family's own ground, nor does a club."""
    for outsider in (carla, frida):
        row = people.add_professional(by=erik, network=ready, person=outsider.person)
        people.tell_family(by=erik, network=ready, on=timezone.localdate())
        lacks = people.lacks(fresh(ready))
        assert [each.step for each in lacks] == ["deltagere"]
        with pytest.raises(ValidationError):
            calling.call(by=erik, network=ready, lacks=lacks)
        people.take_professional_off(by=erik, network=ready, participation=row)


def test_many_professionals_are_warned_of(ready: NetworkMeeting, erik: User) -> None:
    ConcernRules.objects.create(key="standard", few_participants=3)
    assert people.too_many(ready.meeting) == 0
    kind = OrganisationKindFactory(key="ppr", name="PPR", sharing_kind="ppr")
    place = OrganisationFactory(kind=kind)
    for _n in range(2):
        people.add_professional(by=erik, network=ready, person=PersonFactory(organisation=place))
    assert people.too_many(ready.meeting) == 4


def test_a_call_is_noted_sealed(draft: NetworkMeeting, erik: User) -> None:
    calling.write_phone_notes(by=erik, network=draft, text="Sundhedsplejersken er ikke nødvendig.")
    row = fresh(draft)
    assert b"Sundhedsplejersken" not in bytes(row.phone_notes)
    assert Safe.of([row]).read(row, "phone_notes").text == "Sundhedsplejersken er ikke nødvendig."


def test_a_support_person_is_at_least_fifteen(draft: NetworkMeeting, erik: User, child: Child) -> None:
    with pytest.raises(ValidationError):
        people.add_support_person(by=erik, network=draft, child=child, name="Ung Ven", age=14)
    member = people.add_support_person(by=erik, network=draft, child=child, name="Ung Ven", age=15)
    assert b"Ung Ven" not in bytes(member.name)
    people.take_support_person_off(by=erik, network=draft, member=member)
    assert not FamilyMember.objects.exists()


def test_only_the_initiator_takes_the_steps_until_the_task_is_handed_over(
    draft: NetworkMeeting, anna: User, erik: User, bo: User
) -> None:
    for other in (anna, bo):
        with pytest.raises(Refused):
            calling.write_ground(by=other, network=draft, ground=GROUND)
    with pytest.raises(ValidationError):
        calling.hand_over_calling(by=anna, network=draft, to=bo.person)  # does not work on the case
    calling.hand_over_calling(by=anna, network=draft, to=anna.person)
    calling.write_ground(by=anna, network=fresh(draft), ground=GROUND)
    with pytest.raises(Refused):
        calling.write_ground(by=erik, network=fresh(draft), ground=GROUND)


def test_strangers_and_ended_or_nameless_concerns_begin_nothing(
    forum: Any, concern: Concern, bo: User, anna: User, erik: User
) -> None:
    with pytest.raises(Refused):
        calling.begin(by=bo, concern=concern)
    set_status(by=anna, concern=concern, status="closed", reason="Løst.")
    concern.refresh_from_db()
    with pytest.raises(Refused):
        calling.begin(by=erik, concern=concern)
    assert not NetworkMeeting.objects.exists()


def test_a_draft_can_be_dropped_and_a_called_meeting_called_off(ready: NetworkMeeting, erik: User) -> None:
    calling.give_up(by=erik, network=ready)
    assert not Meeting.every.exists()


def test_calling_off_tells_who_was_called(called: NetworkMeeting, erik: User) -> None:
    OutgoingMail.objects.all().delete()
    calling.give_up(by=erik, network=called)
    assert Meeting.every.get().status == "cancelled"
    assert OutgoingMail.objects.count() == 2


def test_a_moved_meeting_is_told_of(called: NetworkMeeting, erik: User) -> None:
    OutgoingMail.objects.all().delete()
    starts = called.meeting.starts_at + timedelta(days=1)
    calling.write_time(
        by=erik, network=called, starts_at=starts, ends_at=starts + timedelta(hours=1), place="Rådhuset",
        online_url="",
    )  # fmt: skip
    assert OutgoingMail.objects.filter(subject__startswith="Flyttet").count() == 2


# Journey (e): suspicion against a parent.


def test_suspicion_in_the_family_begins_no_meeting(
    forum: Any, concern: Concern, erik: User, suspicion: Category
) -> None:
    concern.categories.add(suspicion)
    with pytest.raises(Refused) as refused:
        calling.begin(by=erik, concern=concern)
    assert refused.value.decision.code == "family_under_suspicion"


def test_suspicion_that_comes_later_stops_every_step_towards_the_family(
    ready: NetworkMeeting, erik: User, mother: Adult, child: Child, suspicion: Category
) -> None:
    ready.concern.categories.add(suspicion)
    today = timezone.localdate()
    with pytest.raises(Refused):
        people.set_family(by=erik, network=ready, adults=[mother], young_people=[])
    with pytest.raises(Refused):
        people.add_support_person(by=erik, network=ready, child=child, name="En Ven", age=30)
    with pytest.raises(Refused):
        people.tell_family(by=erik, network=ready, on=today)
    with pytest.raises(Refused):
        calling.call(by=erik, network=ready, lacks=[])
    assert "family_under_suspicion" not in [each.text for each in people.lacks(ready)]
    assert [each.step for each in people.lacks(ready)] == ["familien"]
    assert not OutgoingMail.objects.exists()


def test_suspicion_stops_the_meeting_at_the_door(
    called: NetworkMeeting, erik: User, suspicion: Category
) -> None:
    called.concern.categories.add(suspicion)
    with pytest.raises(Refused):
        running.start(by=erik, network=called, **everybody(called))
    assert Meeting.every.get().status == "planned"
    assert not Event.objects.filter(action="case_item.opened").exists()


def test_while_somebody_is_suspected_no_step_asks_to_tell_the_family(
    draft: NetworkMeeting, erik: User, suspicion: Category
) -> None:
    draft.concern.categories.add(suspicion)
    draft.concern.__dict__.pop("by_family", None)
    assert [(each.step, each.text) for each in people.lacks(draft)] == [
        ("familien", SENTENCES["family_under_suspicion"].text)
    ]


def test_what_a_consent_opens_is_told_with_no_date_that_nobody_chose(ready: NetworkMeeting) -> None:
    (said,) = can_be_opened(ready.concern).values()
    assert said.startswith("Netværksmødet den ")
    NetworkMeeting.objects.filter(pk=ready.pk).update(time_chosen=False)
    (said,) = can_be_opened(ready.concern).values()
    assert said == "Netværksmødet, der endnu ikke har en dato"


def answer_of(network: NetworkMeeting, user: User) -> str:
    return Participation.objects.get(meeting=network.meeting_id, person=user.person).answer


def test_who_calls_the_meeting_is_not_asked_whether_they_come(
    called: NetworkMeeting, erik: User, dina: User, client_for: Any
) -> None:
    page = reverse("network:meeting", args=[called.meeting_id])
    assert "Kommer du?" not in client_for(erik).get(page).content.decode()
    assert "Kommer du?" in client_for(dina).get(page).content.decode()
    assert (answer_of(called, erik), answer_of(called, dina)) == ("yes", "none")
    starts = called.meeting.starts_at + timedelta(days=1)
    calling.write_time(
        by=erik, network=called, starts_at=starts, ends_at=starts + timedelta(hours=1), place="Rådhuset", online_url=""
    )  # fmt: skip
    assert answer_of(called, erik) == "yes"


def test_who_takes_the_calling_over_comes_and_is_not_asked(
    called: NetworkMeeting, erik: User, anna: User, client_for: Any
) -> None:
    calling.hand_over_calling(by=erik, network=called, to=anna.person)
    assert answer_of(called, anna) == "yes"
    page = reverse("network:meeting", args=[called.meeting_id])
    assert "Kommer du?" not in client_for(anna).get(page).content.decode()
    assert "Kommer du?" in client_for(erik).get(page).content.decode()


def test_who_can_see_the_case_stands_on_the_meetings_page(
    called: NetworkMeeting, erik: User, dina: User, client_for: Any
) -> None:
    page = client_for(erik).get(reverse("network:meeting", args=[called.meeting_id])).content.decode()
    assert "Hvem kan se dette, og hvorfor?" in page
    assert "SSP-teamet i distriktet" in page
    page = client_for(dina).get(reverse("network:meeting", args=[called.meeting_id])).content.decode()
    assert "Hvem kan se dette, og hvorfor?" not in page  # only called: the case is not open to her yet
