"""Answers from calendar programs: the right mail sets the answer, every other is set aside without a word of it."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
import structlog
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import PersonFactory
from tests.meetings.calendar_program import mail_of, reply_to
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.documents.calendar_reply import MAX_MAIL, UnreadableReplyError, read_reply
from tovholder.forums.models import Forum
from tovholder.meetings.models import Answer, Meeting, Participation
from tovholder.meetings.services import answers, invitations, planning, replies
from tovholder.outbox.models import OutgoingMail

ADDRESS = "svar@vestby.example"


@pytest.fixture(autouse=True)
def _mailbox(settings: Any) -> None:
    settings.REPLIES = {**settings.REPLIES, "address": ADDRESS, "authserv": ""}


@pytest.fixture
def meeting(anna: User, network: Forum) -> Meeting:
    starts = timezone.now().replace(microsecond=0) + timedelta(days=30)
    made = planning.create_meeting(
        by=anna, forums=[network], starts_at=starts, ends_at=starts + timedelta(hours=1)
    )
    invitations.send(by=anna, meeting=made)
    return made


def request_for(user: User) -> str:
    """The newest calendar part that was sent to the user."""
    return OutgoingMail.objects.filter(to=user.email).exclude(calendar="").latest("pk").calendar


def row(meeting: Meeting, user: User) -> Participation:
    return meeting.participations.get(person=user.person)


def receive(mail: Any) -> tuple[bool, list[Any]]:
    with structlog.testing.capture_logs() as lines:
        used = replies.receive(mail if isinstance(mail, bytes) else mail.as_bytes())
    return used, lines


def code_of(mail: Any) -> str:
    used, [line] = receive(mail)
    assert not used
    assert set(line) == {"event", "log_level", "reason"}
    assert line["event"] == "reply_set_aside"
    return str(line["reason"])


# ---- the right ones


@pytest.mark.parametrize(
    ("partstat", "answer"),
    [("ACCEPTED", "yes"), ("DECLINED", "no"), ("TENTATIVE", "maybe"), ("accepted", "yes")],
)
def test_the_answer_is_set_and_written_in_the_log(
    bo: User, meeting: Meeting, partstat: str, answer: str
) -> None:
    at = timezone.now().replace(microsecond=0)
    assert receive(reply_to(request_for(bo), partstat, at=at)) == (True, [])
    mine = row(meeting, bo)
    assert (mine.answer, mine.answered_at, mine.answer_note) == (answer, at, "")
    event = Event.objects.filter(action="meeting.answered").get()
    assert event.actor == bo.person.audit_key
    assert event.details == {"person": bo.person.pk, "answer": answer, "way": "calendar"}
    others = meeting.participations.exclude(pk=mine.pk)
    assert set(others.values_list("answer", flat=True)) == {Answer.NONE}


def test_what_is_written_beside_the_answer_is_kept_nowhere(bo: User, meeting: Meeting) -> None:
    answers.answer(by=bo, participation=row(meeting, bo), answer="yes", note="Kommer kl. 13.30")
    later = timezone.now() + timedelta(minutes=1)
    receive(reply_to(request_for(bo), "ACCEPTED", at=later))
    assert row(meeting, bo).answer_note == "Kommer kl. 13.30"
    receive(reply_to(request_for(bo), "DECLINED", at=later + timedelta(minutes=1)))
    assert row(meeting, bo).answer_note == ""


def test_the_invitation_asks_for_an_answer_at_that_address(bo: User, meeting: Meeting, settings: Any) -> None:
    text = request_for(bo).replace("\r\n ", "")
    assert f"mailto:{ADDRESS}" in text
    assert "RSVP=TRUE" in text
    assert "Svar her i kalenderen" in text


def test_without_a_mailbox_nobody_is_asked_to_answer_there(
    anna: User, bo: User, meeting: Meeting, settings: Any
) -> None:
    settings.REPLIES = {**settings.REPLIES, "address": ""}
    planning.edit_meeting(by=anna, meeting=meeting, place="Lokale 3")
    text = request_for(bo).replace("\r\n ", "")
    assert ADDRESS not in text
    assert "RSVP=FALSE" in text


def test_the_newest_answer_counts_whichever_way_it_came(bo: User, meeting: Meeting) -> None:
    now = timezone.now().replace(microsecond=0)
    request = request_for(bo)
    receive(reply_to(request, "DECLINED", at=now - timedelta(minutes=2)))
    # Sent before, and arriving after.
    assert code_of(reply_to(request, "ACCEPTED", at=now - timedelta(minutes=4))) == "older_than_answer"
    answers.answer(by=bo, participation=row(meeting, bo), answer="maybe")
    assert code_of(reply_to(request, "ACCEPTED", at=now - timedelta(minutes=1))) == "older_than_answer"
    assert row(meeting, bo).answer == Answer.MAYBE
    assert receive(reply_to(request, "ACCEPTED", at=timezone.now() + timedelta(seconds=1)))[0]
    assert row(meeting, bo).answer == Answer.YES


def test_two_changes_of_mind_that_waited_in_the_mailbox_both_count(bo: User, meeting: Meeting) -> None:
    now = timezone.now()
    for minutes, partstat in ((8, "ACCEPTED"), (5, "DECLINED")):
        assert receive(reply_to(request_for(bo), partstat, at=now - timedelta(minutes=minutes)))[0]
    assert row(meeting, bo).answer == Answer.NO


def test_the_same_mail_twice_is_one_answer(bo: User, meeting: Meeting) -> None:
    mail = reply_to(request_for(bo))
    assert [receive(mail)[0] for _ in range(2)] == [True, True]
    assert Event.objects.filter(action="meeting.answered").count() == 1


# ---- set aside

NOW = timezone.now
Mail = Callable[[User, Meeting], Any]
ASIDE: dict[str, tuple[str, Mail]] = {
    "forged sender": ("sender_is_not_attendee", lambda bo, m: reply_to(request_for(bo), sender="ond@andet.example")),
    "a colleague": ("sender_is_not_attendee", lambda bo, m: reply_to(request_for(bo), sender="carla@vestby.example")),
    "another's attendee": (
        "sender_is_not_attendee",
        lambda bo, m: reply_to(request_for(bo), sender=bo.email, attendee="carla@vestby.example"),
    ),
    "not invited": (
        "not_invited",
        lambda bo, m: reply_to(request_for(bo), sender="x@vestby.example", attendee="x@vestby.example"),
    ),
    "unknown meeting": ("unknown_meeting", lambda bo, m: reply_to(request_for(bo), uid="en-anden@tovholder")),
    "older sequence": ("old_sequence", lambda bo, m: reply_to(request_for(bo), sequence=-1)),
    "later sequence": ("unknown_sequence", lambda bo, m: reply_to(request_for(bo), sequence=m.sequence + 1)),
    "no answer in it": ("no_answer", lambda bo, m: reply_to(request_for(bo), "NEEDS-ACTION")),
    "delegated": ("no_answer", lambda bo, m: reply_to(request_for(bo), "DELEGATED")),
    "tomorrow": ("from_the_future", lambda bo, m: reply_to(request_for(bo), at=NOW() + timedelta(days=1))),
    "before it was sent": ("before_invitation", lambda bo, m: reply_to(request_for(bo), at=NOW() - timedelta(days=1))),
    "a counter-proposal": ("not_a_reply", lambda bo, m: reply_to(request_for(bo), method="COUNTER")),
    "our own request": ("not_a_reply", lambda bo, m: mail_of(request_for(bo).encode(), bo.email, ADDRESS)),
    "no meeting named": ("no_uid", lambda bo, m: reply_to(request_for(bo), uid=None)),
    "no time": ("no_time", lambda bo, m: reply_to(request_for(bo), dtstamp=None)),
    "one of a series": ("part_of_series", lambda bo, m: reply_to(request_for(bo), **{"recurrence-id": datetime(2026, 1, 1)})),
    "a NUL": ("no_uid", lambda bo, m: reply_to(request_for(bo), uid="a\x00b")),
    "too large": ("too_large", lambda bo, m: reply_to(request_for(bo)).as_bytes() + b"x" * MAX_MAIL),
    "a large calendar": ("too_large", lambda bo, m: reply_to(request_for(bo), comment="x" * 40_000)),
    "an ordinary mail": ("no_calendar", lambda bo, m: b"From: bo@vestby.example\r\nSubject: Hej\r\n\r\nJeg kommer"),
    "nothing": ("no_calendar", lambda bo, m: b""),
}  # fmt: skip


def test_set_aside(bo: User, carla: User, meeting: Meeting) -> None:
    for kind, (code, mail) in ASIDE.items():
        assert code_of(mail(bo, meeting)) == code, kind
    assert not meeting.participations.exclude(answer=Answer.NONE).exists()
    assert not Event.objects.filter(action="meeting.answered").exists()


def raw(bo: User, meeting: Meeting, *changes: tuple[str, str]) -> bytes:
    """A reply as text, so that headers and lines can be bent."""
    mail = reply_to(request_for(bo))
    [part] = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    text = part.get_payload(decode=True).decode()  # type: ignore[union-attr]
    head = f"From: {bo.email}\r\nTo: {ADDRESS}\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"
    whole = head + text
    for old, new in changes:
        assert old in whole
        whole = whole.replace(old, new)
    return whole.encode()


def test_bent_mails(bo: User, meeting: Meeting) -> None:
    sender, event = f"From: {bo.email}\r\n", "BEGIN:VEVENT"
    whole = raw(bo, meeting).decode()
    again = whole[whole.index(event) : whole.index("END:VCALENDAR")]
    attendee = whole[whole.index("ATTENDEE") :].split("\r\n")[0]
    bent = {
        "not_one_sender": [(sender, sender * 2)],
        "not_one_sender ": [(sender, f"From: {bo.email}, carla@vestby.example\r\n")],
        "not_one_sender  ": [(sender, "")],
        "sent_by_another": [(sender, f"{sender}Sender: ond@andet.example\r\n")],
        "not_one_event": [(event, again + event)],
        "not_one_attendee": [(attendee, f"{attendee}\r\n{attendee}")],
        "attendee_without_mail": [("mailto:bo", "urn:uuid:bo")],
        "no_time": [("DTSTAMP:20", "DTSTAMP:9")],
        "garbage:LookupError": [("charset=utf-8", "charset=findes-ikke")],
    }
    assert receive(whole.encode())[0]
    for code, changes in bent.items():
        found = code_of(raw(bo, meeting, *changes))
        assert found.split(":")[0] == code.strip().split(":")[0], code


def test_a_cancelled_meeting_takes_no_answers(anna: User, bo: User, meeting: Meeting) -> None:
    request = request_for(bo)
    planning.cancel(by=anna, meeting=meeting, reason="x")
    assert code_of(reply_to(request)) == "old_sequence"
    assert code_of(reply_to(request, sequence=1)) == "meeting_cancelled"


def test_an_answer_to_the_old_time_says_nothing_about_the_new(anna: User, bo: User, meeting: Meeting) -> None:
    old = request_for(bo)
    planning.move(
        by=anna, meeting=meeting, starts_at=meeting.starts_at + timedelta(days=1), ends_at=meeting.ends_at + timedelta(days=1)
    )  # fmt: skip
    assert code_of(reply_to(old)) == "old_sequence"
    assert receive(reply_to(request_for(bo)))[0]


def test_a_meeting_that_is_over_takes_no_answers(bo: User, meeting: Meeting) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=long_ago, ends_at=long_ago + timedelta(hours=1))
    assert code_of(reply_to(request_for(bo))) == "meeting_over"


def test_who_was_taken_off_or_shares_an_address_is_not_guessed(
    anna: User, bo: User, meeting: Meeting
) -> None:
    guest = PersonFactory(email=bo.email.upper())
    invitations.add_guest(by=anna, meeting=meeting, person=guest)
    assert code_of(reply_to(request_for(bo))) == "shared_address"
    meeting.participations.update(removed_at=timezone.now())
    assert code_of(reply_to(request_for(bo))) == "not_invited"


@pytest.mark.parametrize(
    ("results", "counts"),
    [
        (["mail.vestby.example; spf=pass; dmarc=pass (p=reject) header.from=vestby.example"], True),
        (["mail.vestby.example; spf=pass; dmarc=fail"], False),
        (["mail.vestby.example; spf=pass (dmarc=pass); dmarc=none"], False),
        (["ond.example; dmarc=pass"], False),
        (["ond.example; dmarc=pass", "mail.vestby.example; dmarc=pass"], False),
        ([], False),
    ],
)
def test_where_the_mail_server_vouches_an_answer_needs_its_word(
    bo: User, meeting: Meeting, settings: Any, results: list[str], counts: bool
) -> None:
    settings.REPLIES = {**settings.REPLIES, "authserv": "mail.vestby.example"}
    mail = reply_to(request_for(bo)).as_bytes()
    head = "".join(f"Authentication-Results: {each}\r\n" for each in results)
    assert receive(head.encode() + mail)[0] is counts


def test_no_log_line_holds_anything_of_the_mail(bo: User, carla: User, meeting: Meeting) -> None:
    lines = []
    for _code, mail in ASIDE.values():
        lines += receive(mail(bo, meeting))[1]
    text = str(lines)
    for never in ("@", "Bo", "Jonas", "carla", meeting.uid):
        assert never not in text


CODES = (
    "no_calendar too_large too_many_parts several_calendars not_a_reply not_one_event part_of_series not_one_attendee "
    "attendee_without_mail no_time no_uid not_one_sender sent_by_another"
).split()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.integers(0, 600), st.integers(0, 60))
def test_any_bytes_are_read_or_refused_with_a_code(junk: bytes, at: int, cut: int) -> None:
    request = "\r\n".join([
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:a@x", "SEQUENCE:0", "DTSTART:20270101T120000Z", "DTSTAMP:20260101T120000Z",
        "ORGANIZER:mailto:svar@x.example", "ATTENDEE:mailto:bo@x.example", "END:VEVENT", "END:VCALENDAR",
    ])  # fmt: skip
    whole = reply_to(request).as_bytes()
    for mail in (junk, whole[:at] + junk + whole[at + cut :]):
        code = ""
        try:
            read_reply(mail)
        except UnreadableReplyError as error:
            code = str(error)
        assert code in {"", *CODES} or code.startswith("garbage:")


def test_nested_without_end_is_refused() -> None:
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2000)
    )
    with pytest.raises(UnreadableReplyError):
        read_reply(b"From: bo@x.example\r\n" + deep)


# ---- the pipe


def piped(mail: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(mail)))
    out = io.StringIO()
    call_command("read_reply", stdout=out, stderr=out)
    return out.getvalue()


def test_a_reply_can_come_by_a_pipe(bo: User, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "gemt" in piped(reply_to(request_for(bo), "TENTATIVE").as_bytes(), monkeypatch)
    assert row(meeting, bo).answer == Answer.MAYBE
    assert "ikke et gyldigt svar" in piped(b"x" * (MAX_MAIL + 5), monkeypatch)


def test_the_pipe_asks_for_the_mail_again_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    command = "tovholder.meetings.management.commands.read_reply.receive"
    with patch(command, side_effect=OperationalError), pytest.raises(SystemExit) as ended:
        piped(b"", monkeypatch)
    assert ended.value.code == os.EX_TEMPFAIL
