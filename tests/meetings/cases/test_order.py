"""What is done in an unusual order opens nothing: a child laid on later, a late guest, a start taken back, a meeting deleted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories import ForumFactory, MeetingFactory, join
from tests.meetings.cases.conftest import NAME, come
from tovholder.access.decision import Refused, yes
from tovholder.citizens.identity import Identity
from tovholder.citizens.services.children import create_child
from tovholder.concerns.models import CaseTeamMember, ConcernStatus
from tovholder.concerns.services.course import set_status
from tovholder.concerns.services.naming import lay_child_on
from tovholder.meetings.models import CaseItem, Disclosure, Meeting, MeetingStatus
from tovholder.meetings.services import capturing, items, minutes, planning, running, topics
from tovholder.meetings.services.cases import Ground, open_case, plan_case, record_ground, recorded_ground
from tovholder.meetings.services.cases_intake import hand_over, read_lines
from tovholder.meetings.services.cases_writing import CaseFacts, finish_case, note_facts

LATER = "Vilma Espelund"


def another_child(concern, people) -> None:
    child = create_child(
        by=people["anna"], decision=yes("triager"), identity=Identity(LATER, date(2013, 5, 6))
    )
    lay_child_on(by=people["anna"], concern=concern, child=child)


def held(meeting: Meeting, people, item) -> Meeting:
    note_facts(by=people["anna"], case_item=item, facts=CaseFacts(no_child_view="Spørges i morgen"))
    left = {each.pk: running.DONE for each in running.unfinished(meeting)}
    return running.finish(by=people["anna"], meeting=meeting, unfinished_items=left)


def page(client_for, user, item) -> str:
    return client_for(user).get(f"/moeder/{item.meeting_id}/sager/{item.pk}/").content.decode()


def test_a_child_laid_on_after_the_meeting_is_not_told_to_those_who_were_there(
    opened, meeting, people, client_for
):
    held(meeting, people, opened)
    assert NAME in page(client_for, people["carla"], opened)
    another_child(opened.concern, people)
    body = page(client_for, people["carla"], opened)
    assert LATER not in body
    assert NAME in body
    assert LATER in page(client_for, people["anna"], opened)


def test_who_comes_after_the_case_is_through_is_not_told_when_somebody_looks(
    opened, meeting, people, client_for
):
    note_facts(by=people["anna"], case_item=opened, facts=CaseFacts(no_child_view="Spørges i morgen"))
    finish_case(by=people["anna"], case_item=opened)
    come(people["anna"], meeting, people["bo"])
    assert NAME in page(client_for, people["anna"], opened)
    assert not Disclosure.objects.filter(case_item=opened, person=people["bo"].person).exists()
    assert client_for(people["bo"]).get(f"/moeder/{meeting.pk}/sager/{opened.pk}/").status_code == 404


def test_a_meeting_where_a_name_was_opened_is_not_taken_back(opened, meeting, people):
    with pytest.raises(Refused):
        running.back_to_planned(by=people["bo"], meeting=meeting)
    meeting.refresh_from_db()
    assert meeting.status == MeetingStatus.RUNNING


def test_a_meeting_with_a_planned_case_is_not_deleted_with_it(planned, item, people):
    later = MeetingFactory(lead_forum=planned.lead_forum, starts_at=planned.starts_at + timedelta(days=7))
    planning.discard(by=people["bo"], meeting=planned)
    assert CaseItem.objects.get(concern=item.concern).meeting == later


def test_names_handed_over_outlive_the_meeting_they_were_brought_to(planned, people):
    lines = read_lines("Elias Holm; 3.4.2010; mistænkt", source="police")
    [made] = hand_over(by=people["carla"], meeting=planned, lines=lines, necessity="Nødvendigt")
    with pytest.raises(Refused):
        planning.discard(by=people["bo"], meeting=planned)
    later = MeetingFactory(lead_forum=planned.lead_forum, starts_at=planned.starts_at + timedelta(days=7))
    plan_case(by=people["anna"], meeting=later, concern=made.concern)
    planning.discard(by=people["bo"], meeting=planned)
    moved = CaseItem.objects.exclude(status="withdrawn").get(concern=made.concern, is_handover=True)
    assert moved.meeting == later
    assert not CaseItem.objects.filter(concern=made.concern, is_handover=False).exists()


def test_the_ground_stands_as_it_was_approved(opened, meeting, people, client_for):
    held(meeting, people, opened)
    minutes.approve(by=people["bo"], meeting=Meeting.objects.get(pk=meeting.pk))
    with pytest.raises(Refused):
        record_ground(
            by=people["anna"], case_item=opened, ground=Ground("consent", "wellbeing", "Andet", "x")
        )
    sent = {"basis": "rpl115", "purpose_code": "wellbeing", "purpose": "Andet", "necessity": "x", "gem": "1"}
    answer = client_for(people["anna"]).post(f"/moeder/{meeting.pk}/sager/{opened.pk}/grundlag/", sent)
    assert answer.status_code == 403
    opened.refresh_from_db()
    assert (opened.basis, opened.purpose_code) == ("rpl115", "crime_prevention")


def test_a_joint_meeting_names_nobody_where_one_of_its_forums_does_not(planned, item, people):
    quiet = ForumFactory(key="stille", name="Stille forum", highest_level="anonymous", bases=[])
    join(people["erik"], quiet)
    planned.kind = "joint"
    planned.save()
    planned.forums.add(quiet)
    meeting = running.start(by=people["anna"], meeting=planned)
    come(people["anna"], meeting, people["anna"])
    with pytest.raises(Refused) as refused:
        open_case(by=people["anna"], case_item=item)
    assert refused.value.decision.code == "level_above_forum"


def test_a_joint_meeting_takes_a_basis_that_all_its_forums_may_use(planned, item, people):
    other = ForumFactory(key="andet", name="Andet forum", highest_level="named", bases=["consent"])
    planned.kind = "joint"
    planned.save()
    planned.forums.add(other)
    meeting = running.start(by=people["anna"], meeting=planned)
    come(people["anna"], meeting, people["anna"])
    with pytest.raises(Refused) as refused:
        open_case(by=people["anna"], case_item=item)
    assert refused.value.decision.code == "basis_not_for_forum"


def test_who_has_left_reads_no_case_though_the_login_is_opened_again(opened, meeting, people, client_for):
    concern = opened.concern
    dina = people["dina"]
    CaseTeamMember.objects.create(
        concern=concern, person=dina.person, basis="rpl115", from_at=timezone.now(), added_by="x"
    )
    client = client_for(dina)
    assert client.get(f"/bekymringer/{concern.code}/").status_code == 200
    dina.person.left_on = timezone.localdate()
    dina.person.save()
    assert client.get(f"/bekymringer/{concern.code}/").status_code == 404
    assert client.get(f"/moeder/{meeting.pk}/sager/{opened.pk}/").status_code == 404
    erik = people["erik"]  # who raised it
    client = client_for(erik)
    assert client.get(f"/bekymringer/{concern.code}/").status_code == 200
    erik.person.left_on = timezone.localdate()
    erik.person.save()
    assert client.get(f"/bekymringer/{concern.code}/").status_code == 404


def test_a_topic_caught_under_an_anonymous_item_stays_anonymous(taken_up, planned, people, client_for):
    meeting = running.start(by=people["anna"], meeting=planned)
    topic = capturing.capture_topic(by=people["anna"], item=taken_up, heading="Eleven der er alene")
    with pytest.raises(Refused):
        topics.edit(by=people["bo"], topic=topic, level="general")
    sent = {"heading": topic.heading, "why": "", "minutes": "10", "level": "general"}
    client_for(people["bo"]).post(f"/moeder/forum/{topic.forum_id}/emner/{topic.pk}/ret/", sent)
    topic.refresh_from_db()
    assert topic.level == "anonymous"
    later = MeetingFactory(lead_forum=meeting.lead_forum, starts_at=meeting.starts_at + timedelta(days=7))
    item = topics.put_on_agenda(by=people["bo"], topic=topic, meeting=later)
    with pytest.raises(Refused):
        items.edit_item(by=people["bo"], item=item, level="general")


def test_an_ended_concern_is_neither_planned_nor_named(planned, item, named, people):
    set_status(by=people["anna"], concern=named, status=ConcernStatus.NO_ACTION, reason="Det løste sig.")
    running.start(by=people["anna"], meeting=planned)
    come(people["anna"], planned, people["anna"])
    with pytest.raises(Refused):
        open_case(by=people["anna"], case_item=item)
    later = MeetingFactory(lead_forum=planned.lead_forum)
    named.refresh_from_db()
    with pytest.raises(ValidationError):
        plan_case(by=people["anna"], meeting=later, concern=named)


def test_what_was_written_of_a_case_outlives_its_meeting_where_the_next_one_has_it_too(planned, item, people):
    later = MeetingFactory(lead_forum=planned.lead_forum, starts_at=planned.starts_at + timedelta(days=7))
    there = plan_case(by=people["anna"], meeting=later, concern=item.concern)
    planning.discard(by=people["bo"], meeting=planned)
    stands = CaseItem.objects.exclude(status="withdrawn").get(concern=item.concern)
    assert stands.meeting == later
    assert recorded_ground(stands).necessity == "Flere parter kender ham"
    assert CaseItem.objects.filter(pk=there.pk).exists()


def test_a_case_of_a_meeting_that_is_called_off_stands_on_the_next(planned, item, people):
    CaseItem.objects.filter(pk=item.pk).update(family_told_on=planned.starts_at.date())
    later = MeetingFactory(lead_forum=planned.lead_forum, starts_at=planned.starts_at + timedelta(days=7))
    planning.cancel(by=people["bo"], meeting=planned, reason="Sygdom")
    item.refresh_from_db()
    assert (item.meeting, item.status, item.family_told_on) == (later, "planned", None)
    assert recorded_ground(item).necessity == "Flere parter kender ham"
    planning.undo_cancel(by=people["bo"], meeting=planned)
    assert CaseItem.objects.get(pk=item.pk).meeting == later


def test_the_ground_of_the_next_meeting_stands_where_both_have_one(planned, item, people):
    later = MeetingFactory(lead_forum=planned.lead_forum, starts_at=planned.starts_at + timedelta(days=7))
    there = plan_case(by=people["anna"], meeting=later, concern=item.concern)
    record_ground(by=people["anna"], case_item=there, ground=Ground("rpl115", "wellbeing", "Andet", "Andet"))
    planning.discard(by=people["bo"], meeting=planned)
    stands = CaseItem.objects.exclude(status="withdrawn").get(concern=item.concern)
    assert (stands, recorded_ground(stands).necessity) == (there, "Andet")
    assert CaseItem.objects.filter(pk=item.pk, status="withdrawn", meeting=later).exists()
