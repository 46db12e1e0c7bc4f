"""Invitations, answers, signed links, substitutes, guests, reminders: each is told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import ParticipationFactory, PersonFactory, join
from tovholder.access.decision import Refused
from tovholder.forums.models import Membership
from tovholder.meetings.models import Meeting, Participation
from tovholder.meetings.services import answers, events, invitations, items, links, planning, reminders
from tovholder.outbox.models import OutgoingMail


@pytest.fixture
def meeting(anna, network) -> Meeting:
    starts = timezone.now().replace(microsecond=0) + timedelta(days=30)
    return planning.create_meeting(
        by=anna, forums=[network], starts_at=starts, ends_at=starts + timedelta(minutes=90), place="Lokale 2"
    )


def row(meeting: Meeting, user) -> Participation:
    return meeting.participations.select_related("person", "meeting").get(person=user.person)


def to() -> list[str]:
    return sorted(OutgoingMail.objects.values_list("to", flat=True))


def move_in_time(meeting: Meeting, **to_start) -> None:
    start = timezone.now() + timedelta(**to_start)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=start, ends_at=start + timedelta(minutes=90))


def test_send_invites_everybody_once(anna, meeting):
    assert invitations.send(by=anna, meeting=meeting) == 3
    assert invitations.send(by=anna, meeting=meeting) == 0
    assert to() == ["anna@vestby.example", "bo@vestby.example", "carla@vestby.example"]
    meeting.refresh_from_db()
    assert meeting.invited_at is not None


def test_the_mail_holds_links_time_and_place_but_no_content(anna, bo, meeting):
    items.add_item(by=anna, meeting=meeting, heading="Snus i udskolingen", level="anonymous")
    planning.edit_meeting(by=anna, meeting=meeting, note="Kære Bo")
    invitations.send(by=anna, meeting=meeting)
    mail = OutgoingMail.objects.get(to="bo@vestby.example")
    whole = mail.subject + mail.body + mail.calendar
    assert "/moeder/svar/" in mail.body
    assert "Lokale 2" in mail.body
    assert "METHOD:REQUEST" in mail.calendar
    for never in ("Snus", "Kære Bo", "Bo ", "Anna", "CN=Bo"):
        assert never not in whole


def test_members_who_come_or_leave_after_sending_are_told_singly(anna, bo, dina, network, meeting):
    invitations.send(by=anna, meeting=meeting)
    OutgoingMail.objects.all().delete()
    join(dina, network)
    Membership.objects.filter(person=bo.person).update(valid_until=timezone.localdate())
    assert [each.pk for each in invitations.out_of_step()] == [meeting.pk]
    reminders.send_due()
    reminders.send_due()
    assert [(mail.to, mail.calendar_method) for mail in OutgoingMail.objects.order_by("to")] == [
        ("bo@vestby.example", "CANCEL"), ("dina@vestby.example", "REQUEST"),
    ]  # fmt: skip
    assert invitations.out_of_step() == []
    Membership.objects.filter(person=bo.person).update(valid_until=None)
    reminders.send_due()
    assert OutgoingMail.objects.filter(to="bo@vestby.example", calendar_method="REQUEST").count() == 1


def test_who_has_no_email_is_not_mailed_and_who_left_never(anna, bo, network, meeting):
    person = PersonFactory(email="")
    join(person, network)
    bo.person.left_on = timezone.localdate()
    bo.person.save()
    invitations.send(by=anna, meeting=meeting)
    assert to() == ["anna@vestby.example", "carla@vestby.example"]


def test_answer_by_link_without_login(anna, bo, meeting):
    mine = row(meeting, bo)
    url = reverse("meetings:answer_link", args=[links.answer_token(mine)])
    page = Client().get(url)
    assert page.status_code == 200
    mine.refresh_from_db()
    assert mine.answer == "none"
    posted = Client().post(url + "gem/", {"answer": "yes", "note": "Kommer kl. 14"}, follow=True)
    assert "Dit svar er gemt" in posted.content.decode()
    mine.refresh_from_db()
    assert (mine.answer, mine.answer_note) == ("yes", "Kommer kl. 14")


def test_the_link_page_shows_general_items_only(anna, bo, meeting):
    items.add_item(by=anna, meeting=meeting, heading="Tryg skolevej")
    items.add_item(by=anna, meeting=meeting, heading="Elev på mellemtrinnet", level="anonymous")
    html = (
        Client()
        .get(reverse("meetings:answer_link", args=[links.answer_token(row(meeting, bo))]))
        .content.decode()
    )
    assert "Tryg skolevej" in html
    assert "Elev på mellemtrinnet" not in html
    assert "Carla" not in html


def test_a_cpr_number_in_a_note_is_refused_with_a_sentence(bo, meeting):
    url = reverse("meetings:answer_link_save", args=[links.answer_token(row(meeting, bo))])
    response = Client().post(url, {"answer": "no", "note": "Barnet 010206-1234 er syg"})
    assert response.status_code == 422
    assert "CPR-nummer" in response.content.decode()
    assert row(meeting, bo).answer == "none"


def test_forged_old_and_expired_links_are_told_kindly(bo, meeting):
    mine = row(meeting, bo)
    token = links.answer_token(mine)

    def status(text: str) -> int:
        response = Client().get(reverse("meetings:answer_link", args=[text]))
        assert "Linket virker ikke" in response.content.decode()
        return response.status_code

    assert status(token[:-2] + "xx") == 404
    assert status("vrøvl") == 404
    assert status(signing.dumps([mine.pk, mine.person_id, 1], salt="another")) == 404
    assert status(signing.dumps([mine.pk, mine.person_id + 99, 1], salt=links.ANSWER_SALT)) == 404
    bo.person.link_version += 1
    bo.person.save()
    assert status(token) == 410
    fresh = links.answer_token(row(meeting, bo))
    move_in_time(meeting, days=-2)
    assert status(fresh) == 410


def test_an_answer_to_a_cancelled_meeting_is_refused_calmly(anna, bo, meeting):
    token = links.answer_token(row(meeting, bo))
    planning.cancel(by=anna, meeting=meeting, reason="x")
    page = Client().get(reverse("meetings:answer_link", args=[token]))
    assert "Mødet er aflyst" in page.content.decode()
    Client().post(reverse("meetings:answer_link_save", args=[token]), {"answer": "yes"})
    assert row(meeting, bo).answer == "none"


def test_the_convener_answers_for_others_but_a_member_does_not(anna, bo, carla, meeting):
    answers.answer(by=anna, participation=row(meeting, bo), answer="no")
    assert row(meeting, bo).answer == "no"
    with pytest.raises(Refused):
        answers.answer(by=carla, participation=row(meeting, bo), answer="yes")


def test_a_substitute_waits_for_the_conveners_yes(anna, bo, meeting, client_for, erik):
    invitations.send(by=anna, meeting=meeting)
    OutgoingMail.objects.all().delete()
    substitute = answers.name_substitute(
        by=bo.person, participation=row(meeting, bo), name="Erik", email="erik@vestby.example"
    )
    assert substitute.person == erik.person
    assert row(meeting, bo).answer == "no"
    assert to() == []
    assert client_for(erik).get(reverse("meetings:before", args=[meeting.pk])).status_code == 404
    with pytest.raises(Refused):
        answers.confirm_substitute(by=bo, participation=substitute)
    answers.confirm_substitute(by=anna, participation=substitute)
    assert to() == ["erik@vestby.example"]
    assert client_for(erik).get(reverse("meetings:before", args=[meeting.pk])).status_code == 200
    with pytest.raises(Refused):
        answers.confirm_substitute(by=anna, participation=substitute)


def test_a_declined_substitute_is_off_and_the_asker_told(anna, bo, meeting):
    substitute = answers.name_substitute(
        by=bo, participation=row(meeting, bo), name="Nye Navn", email="ny@vestby.example"
    )
    answers.decline_substitute(by=anna, participation=substitute)
    substitute.refresh_from_db()
    assert substitute.removed_at is not None
    assert to() == ["bo@vestby.example"]
    again = answers.name_substitute(
        by=bo, participation=row(meeting, bo), name="Nye Navn", email="ny@vestby.example"
    )
    assert again.pk == substitute.pk
    assert again.substitute_confirmed is None


def test_a_guest_is_invited_singly_and_taken_off_with_a_cancel(anna, meeting):
    invitations.send(by=anna, meeting=meeting)
    OutgoingMail.objects.all().delete()
    guest = invitations.add_guest(
        by=anna, meeting=meeting, person=PersonFactory(email="gaest@x.example"), part="speaker"
    )
    assert to() == ["gaest@x.example"]
    with pytest.raises(Refused):
        invitations.add_guest(by=anna, meeting=meeting, person=guest.person)
    invitations.remove_participant(by=anna, participation=guest)
    assert OutgoingMail.objects.filter(to="gaest@x.example", calendar_method="CANCEL").count() == 1
    invitations.restore_participant(by=anna, participation=guest)
    assert OutgoingMail.objects.filter(to="gaest@x.example", calendar_method="REQUEST").count() == 2


def test_nobody_comes_to_a_meeting_that_is_over(anna, bo, meeting):
    """Else its minutes, and what is anonymous in them, would be read by somebody who was not there."""
    guest = invitations.add_guest(by=anna, meeting=meeting, person=PersonFactory())
    invitations.remove_participant(by=anna, participation=guest)
    waiting = answers.name_substitute(by=bo, participation=row(meeting, bo), name="Ny", email="ny@x.example")
    Meeting.objects.filter(pk=meeting.pk).update(status="held", held_at=timezone.now())
    with pytest.raises(Refused, match="slut"):
        invitations.restore_participant(by=anna, participation=guest)
    with pytest.raises(Refused, match="slut"):
        answers.confirm_substitute(by=anna, participation=waiting)
    came = ParticipationFactory(meeting=meeting, part="guest", attended=True)
    invitations.remove_participant(by=anna, participation=came)
    invitations.restore_participant(by=anna, participation=came)
    came.refresh_from_db()
    assert came.removed_at is None


def test_members_cannot_be_taken_off_here(anna, bo, meeting):
    with pytest.raises(Refused, match="forummet"):
        invitations.remove_participant(by=anna, participation=row(meeting, bo))


def test_reminder_once_to_those_who_have_not_said_no(anna, bo, carla, meeting):
    invitations.send(by=anna, meeting=meeting)
    answers.answer(by=bo, participation=row(meeting, bo), answer="no")
    OutgoingMail.objects.all().delete()
    assert reminders.send_due() == 0
    move_in_time(meeting, days=1)
    Meeting.objects.filter(pk=meeting.pk).update(invited_at=timezone.now() - timedelta(days=20))
    assert reminders.send_due() == 2
    assert reminders.send_due() == 0
    assert to() == ["anna@vestby.example", "carla@vestby.example"]
    carla.person.wants_reminders = False
    carla.person.save()


def test_no_reminder_when_the_invitation_came_as_late(anna, meeting):
    invitations.send(by=anna, meeting=meeting)
    OutgoingMail.objects.all().delete()
    move_in_time(meeting, hours=5)
    assert reminders.send_due() == 0


def test_ask_again_only_those_who_have_not_answered_and_not_twice(anna, bo, meeting):
    with pytest.raises(Refused):
        reminders.ask_again(by=anna, meeting=meeting)
    invitations.send(by=anna, meeting=meeting)
    answers.answer(by=bo, participation=row(meeting, bo), answer="yes")
    OutgoingMail.objects.all().delete()
    assert reminders.ask_again(by=anna, meeting=meeting) == 2
    with pytest.raises(Refused, match="lige fået"):
        reminders.ask_again(by=anna, meeting=meeting)
    assert "bo@vestby.example" not in to()


@pytest.fixture
def event(anna, network) -> Meeting:
    starts = timezone.now() + timedelta(days=30)
    return planning.create_meeting(
        by=anna, forums=[network], starts_at=starts, ends_at=starts + timedelta(hours=4), kind="event",
        title="Forebyggelsesdag", programme="Oplæg", capacity=2,
    )  # fmt: skip


def test_sign_up_fills_places_then_the_waiting_list_moves_up(anna, bo, dina, erik, frida, event):
    events.sign_up(by=dina, meeting=event)
    events.sign_up(by=erik, meeting=event)
    assert events.sign_up(by=frida, meeting=event).waiting_list
    answers.answer(by=bo, participation=row(event, bo), answer="yes")
    assert row(event, bo).waiting_list
    OutgoingMail.objects.all().delete()
    events.cancel_sign_up(by=dina, participation=row(event, dina))
    assert not row(event, frida).waiting_list
    assert row(event, bo).waiting_list
    assert "frida@vestby.example" in to()
    again = events.sign_up(by=dina, meeting=event)
    assert again.waiting_list
    assert again.removed_at is None


def test_sign_up_after_the_deadline_is_refused(dina, event):
    Meeting.objects.filter(pk=event.pk).update(signup_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused, match="Fristen"):
        events.sign_up(by=dina, meeting=event)


def test_conclusions_become_themes_once(anna, bo, event):
    with pytest.raises(Refused):
        events.conclusions_to_topics(by=anna, meeting=event, conclusions=["Søvn"])
    move_in_time(event, days=-1)
    made = events.conclusions_to_topics(
        by=anna, meeting=event, conclusions=["Søvn", " Søvn ", "", "Skærmtid"]
    )
    assert [(topic.heading, topic.kind, topic.status) for topic in made] == [
        ("Søvn", "theme", "banked"),
        ("Skærmtid", "theme", "banked"),
    ]
    event.refresh_from_db()
    assert event.status == "held"
    assert events.conclusions_to_topics(by=anna, meeting=event, conclusions=["Søvn"]) == []
    with pytest.raises(Refused):
        events.conclusions_to_topics(by=bo, meeting=event, conclusions=["x"])
