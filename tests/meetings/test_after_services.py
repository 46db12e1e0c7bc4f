"""From draft to approved: what stops it, who wins, and that what is approved stays as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import (
    AgendaItemFactory,
    AgreementFactory,
    MeetingFactory,
    ParticipationFactory,
    PersonFactory,
)
from tovholder.access.decision import Refused
from tovholder.meetings.models import Meeting, Minutes, MinutesComment, MinutesStatus
from tovholder.meetings.services import (
    attendance,
    capturing,
    choosing,
    minute_letters,
    minutes,
    running,
    writing,
)
from tovholder.meetings.services.links import BadLinkError
from tovholder.meetings.services.minute_record import for_reader
from tovholder.outbox.models import OutgoingMail


@pytest.fixture
def meeting(network, anna, bo, carla) -> Meeting:
    meeting = MeetingFactory(lead_forum=network)
    for person in (anna.person, bo.person, carla.person):
        ParticipationFactory(meeting=meeting, person=person)
    AgendaItemFactory(meeting=meeting, heading="Snus")
    AgendaItemFactory(meeting=meeting, heading="En elev", level="anonymous")
    return running.start(by=anna, meeting=meeting)


def hold(meeting: Meeting, by) -> Meeting:
    return running.finish(
        by=by, meeting=meeting, unfinished_items={i.pk: running.DONE for i in meeting.items.all()}
    )


def first(meeting: Meeting):
    return meeting.items.order_by("position").first()


def test_approval_says_which_agreement_lacks_what(meeting, anna, bo):
    capturing.add_agreement(
        by=anna, item=first(meeting), what="Aftal åbningstid med klubben", responsible=bo.person
    )
    capturing.add_agreement(by=anna, item=first(meeting), what="Ring", due_on=timezone.localdate())
    with pytest.raises(ValidationError) as caught:
        minutes.approve(by=anna, meeting=meeting)
    assert caught.value.messages[0] == "Mødet er ikke afsluttet endnu."
    hold(meeting, anna)
    with pytest.raises(ValidationError) as caught:
        minutes.approve(by=anna, meeting=meeting)
    assert caught.value.messages == [
        "Aftalen »Aftal åbningstid med klubben« har ingen frist. Vælg en frist.",
        "Aftalen »Ring« har ingen ansvarlig. Vælg en ansvarlig.",
    ]
    assert Minutes.objects.get().status == MinutesStatus.DRAFT
    for agreement in capturing.correctable(meeting):
        capturing.edit_agreement(
            by=anna, meeting=meeting, agreement=agreement, responsible=bo.person, due_on=timezone.localdate()
        )
    assert minutes.approve(by=anna, meeting=meeting).status == MinutesStatus.APPROVED


def test_approval_is_refused_while_a_stuck_agreement_has_no_choice(anna, network):
    agreement = AgreementFactory(forum=network, what="Ring", moved_at=timezone.now() - timedelta(days=90))
    for _ in range(2):
        meeting = hold(running.start(by=anna, meeting=MeetingFactory(lead_forum=network)), anna)
    with pytest.raises(ValidationError, match="Vælg fortsæt, ændr eller stop"):
        minutes.approve(by=anna, meeting=meeting)
    choosing.choose_stop(by=anna, meeting=meeting, agreement=agreement, reason="Ikke mere aktuelt")
    minutes.approve(by=anna, meeting=meeting)


def test_closed_agreements_block_nothing(meeting, anna):
    agreement = capturing.add_agreement(by=anna, item=first(meeting), what="Forkert")
    capturing.remove_agreement(by=anna, agreement=agreement)
    hold(meeting, anna)
    assert minutes.blockers(Meeting.objects.get()) == []


def test_only_the_convener_approves(meeting, anna, bo):
    meeting.minute_taker = bo.person
    meeting.save()
    hold(meeting, bo)
    with pytest.raises(Refused):
        minutes.approve(by=bo, meeting=meeting)


def test_two_approve_at_once_and_one_wins(meeting, anna):
    hold(meeting, anna)
    minutes.approve(by=anna, meeting=meeting)
    mails = OutgoingMail.objects.count()
    with pytest.raises(minutes.AlreadyApprovedError):
        minutes.approve(by=anna, meeting=meeting)
    assert OutgoingMail.objects.count() == mails


def test_approval_loses_calmly_against_a_change_behind_its_back(meeting, anna, monkeypatch):
    """The conditional update decides, also where the row lock is not to be had."""
    hold(meeting, anna)

    def sneak(*args, **kwargs):
        Minutes.objects.update(status=MinutesStatus.APPROVED, approved_at=timezone.now(), approved_by=anna)
        return {}

    monkeypatch.setattr(minutes, "build", sneak)
    with pytest.raises(minutes.AlreadyApprovedError):
        minutes.approve(by=anna, meeting=meeting)


def test_approved_minutes_are_frozen_as_they_were(meeting, anna, bo):
    item = first(meeting)
    writing.save_text(by=anna, item=item, text="Som det var", base_version=0)
    agreement = capturing.add_agreement(
        by=anna, item=item, what="Ring", responsible=bo.person, due_on=timezone.localdate()
    )
    capturing.add_outcome(by=anna, item=item, kind="decision", text="Vi gør det")
    attendance.set_attended(
        by=anna, participation=meeting.participations.get(person=bo.person), attended=True
    )
    held = hold(meeting, anna)
    record = minutes.approve(by=anna, meeting=held)
    bo.person.name = "Bodil"
    bo.person.save()
    held.items.update(heading="Andet", text="Andet")  # past every service, straight in the table
    agreement.what = "Andet"
    agreement.save()
    said = for_reader(anna, held, record)
    assert said["items"][0]["text"] == "Som det var"
    assert said["items"][0]["heading"] == "Snus"
    assert said["items"][0]["agreements"][0]["what"] == "Ring"
    assert said["items"][0]["agreements"][0]["responsible"] == "Bo"
    assert said["items"][0]["outcomes"] == [
        {"kind": "decision", "kind_word": "Beslutning", "text": "Vi gør det", "to": ""}
    ]
    assert [row["attended"] for row in said["attendance"] if row["name"] == "Bo"] == [True]


def test_every_way_of_writing_is_closed_after_approval(meeting, anna, bo):
    item = first(meeting)
    outcome = capturing.add_outcome(by=anna, item=item, kind="decision", text="Ja")
    topic = capturing.capture_topic(by=anna, item=item, heading="Emne")
    agreement = capturing.add_agreement(
        by=anna, item=item, what="Ring", responsible=bo.person, due_on=timezone.localdate()
    )
    held = hold(meeting, anna)
    minutes.approve(by=anna, meeting=held)
    row = held.participations.get(person=bo.person)
    attempts = [
        lambda: running.start(by=anna, meeting=held),
        lambda: running.set_done(by=anna, item=item, done=False),
        lambda: running.defer(by=anna, item=item),
        lambda: running.undo_defer(by=anna, item=item),
        lambda: writing.save_text(by=anna, item=item, text="Nyt", base_version=0),
        lambda: attendance.set_attended(by=anna, participation=row, attended=True),
        lambda: attendance.add_guest(by=anna, meeting=held, name="Sen gæst"),
        lambda: attendance.all_expected_are_here(by=anna, meeting=held),
        lambda: capturing.add_agreement(by=anna, item=item, what="Ny"),
        lambda: capturing.edit_agreement(by=anna, meeting=held, agreement=agreement, what="Ny"),
        lambda: capturing.remove_agreement(by=anna, agreement=agreement),
        lambda: capturing.add_outcome(by=anna, item=item, kind="decision", text="Ny"),
        lambda: capturing.edit_outcome(by=anna, outcome=outcome, text="Ny"),
        lambda: capturing.remove_outcome(by=anna, outcome=outcome),
        lambda: capturing.capture_topic(by=anna, item=item, heading="Nyt"),
        lambda: capturing.edit_topic(by=anna, topic=topic, heading="Nyt", why=""),
        lambda: choosing.choose_done(by=anna, meeting=held, agreement=agreement),
        lambda: minutes.send_for_comments(by=anna, meeting=held),
        lambda: minutes.back_to_draft(by=anna, meeting=held),
        lambda: minutes.comment(by=bo, meeting=held, stance="accept"),
    ]
    for attempt in attempts:
        with pytest.raises(Refused):
            attempt()


def test_the_table_refuses_approval_without_time_and_person(meeting):
    with pytest.raises(IntegrityError), transaction.atomic():
        Minutes.objects.update(status=MinutesStatus.APPROVED)


def test_corrections_are_additions_with_author_and_time(meeting, anna, bo):
    held = hold(meeting, anna)
    with pytest.raises(Refused):
        minutes.add_addendum(by=anna, meeting=held, text="For tidligt")
    minutes.approve(by=anna, meeting=held)
    frozen = Minutes.objects.get().frozen
    addendum = minutes.add_addendum(by=anna, meeting=held, text="Mødet sluttede kl. 14")
    assert (addendum.by, addendum.text) == (anna, "Mødet sluttede kl. 14")
    assert Minutes.objects.get().frozen == frozen
    with pytest.raises(Refused):
        minutes.add_addendum(by=bo, meeting=held, text="Det må jeg ikke")
    with pytest.raises(ValidationError):
        minutes.add_addendum(by=anna, meeting=held, text=" ")


# ---------------------------------------------------------------- comments


def test_comments_are_asked_for_once_by_link_without_content(meeting, anna, network):
    network.comment_days = 5
    network.save()
    writing.save_text(by=anna, item=first(meeting), text="Hemmelig tekst", base_version=0)
    held = hold(meeting, anna)
    record = minutes.send_for_comments(by=anna, meeting=held)
    assert record.comments_until == timezone.localdate() + timedelta(days=5)
    mails = OutgoingMail.objects.filter(about=f"minutes:{meeting.pk}")
    assert sorted(mail.to for mail in mails) == [
        "anna@vestby.example",
        "bo@vestby.example",
        "carla@vestby.example",
    ]
    for mail in mails:
        assert "Hemmelig" not in mail.body + mail.subject
        assert "Snus" not in mail.body + mail.subject
        assert "/moeder/referat/" in mail.body
    with pytest.raises(Refused):
        minutes.send_for_comments(by=anna, meeting=held)
    assert mails.count() == 3


def test_an_objection_needs_words_and_an_answer_can_be_changed(meeting, anna, bo):
    held = hold(meeting, anna)
    minutes.send_for_comments(by=anna, meeting=held)
    with pytest.raises(ValidationError):
        minutes.comment(by=bo, meeting=held, stance="object", text=" ")
    minutes.comment(by=bo, meeting=held, stance="object", text="Det sagde jeg ikke")
    minutes.comment(by=bo.person, meeting=held, stance="accept")
    found = MinutesComment.objects.get()
    assert (found.person, found.stance, found.text) == (bo.person, "accept", "")


def test_comments_end_with_the_period(meeting, anna, bo):
    held = hold(meeting, anna)
    with pytest.raises(Refused):
        minutes.comment(by=bo, meeting=held, stance="accept")
    minutes.send_for_comments(by=anna, meeting=held)
    Minutes.objects.update(comments_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused):
        minutes.comment(by=bo, meeting=held, stance="accept")


def test_only_participants_comment(meeting, anna, erik):
    held = hold(meeting, anna)
    minutes.send_for_comments(by=anna, meeting=held)
    with pytest.raises(Refused):
        minutes.comment(by=erik, meeting=held, stance="accept")


def test_a_signed_link_is_bound_to_person_version_and_period(meeting, anna, bo):
    held = hold(meeting, anna)
    record = minutes.send_for_comments(by=anna, meeting=held)
    token = minute_letters.comment_url(record, bo.person).rstrip("/").rpartition("/")[2]
    assert minute_letters.minutes_behind(token) == (record, bo.person)
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", ""):
        with pytest.raises(BadLinkError):
            minute_letters.minutes_behind(forged)
    stranger = minute_letters.comment_url(record, PersonFactory()).rstrip("/").rpartition("/")[2]
    with pytest.raises(BadLinkError):
        minute_letters.minutes_behind(stranger)
    bo.person.link_version += 1
    bo.person.save()
    with pytest.raises(BadLinkError):
        minute_letters.minutes_behind(token)


def test_approval_tells_the_participants_by_link_only(meeting, anna):
    held = hold(meeting, anna)
    minutes.approve(by=anna, meeting=held)
    mails = OutgoingMail.objects.filter(about=f"minutes:{meeting.pk}")
    assert mails.count() == 3
    assert all(f"/moeder/{meeting.pk}/efter/" in mail.body for mail in mails)


# ---------------------------------------------------------------- who reads what


def test_the_record_is_cut_to_what_the_reader_may_see(meeting, anna, grethe, frida):
    ParticipationFactory(meeting=meeting, person=frida.person)
    anonymous = meeting.items.get(level="anonymous")
    capturing.add_agreement(by=anna, item=anonymous, what="Morgenmodtagelse")
    assert [i["heading"] for i in for_reader(anna, meeting, None)["items"]] == ["Snus", "En elev"]
    for outsider in (grethe, frida):
        said = for_reader(outsider, meeting, None)
        assert [i["heading"] for i in said["items"]] == ["Snus"]
        assert "Morgenmodtagelse" not in str(said)


def test_carried_anonymous_agreements_stay_with_who_may_see_them(anna, frida, network):
    AgreementFactory(forum=network, what="Anonym aftale", level="anonymous")
    AgreementFactory(forum=network, what="Almindelig aftale")
    meeting = MeetingFactory(lead_forum=network)
    ParticipationFactory(meeting=meeting, person=frida.person)
    meeting = running.start(by=anna, meeting=meeting)
    assert {a["what"] for a in for_reader(anna, meeting, None)["carried"]} == {
        "Anonym aftale",
        "Almindelig aftale",
    }
    assert {a["what"] for a in for_reader(frida, meeting, None)["carried"]} == {"Almindelig aftale"}
