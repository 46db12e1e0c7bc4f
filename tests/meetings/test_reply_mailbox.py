"""Real mail on loopback: out by SMTP, answered by a calendar program, back by SMTP into a mailbox, read by IMAP."""

from __future__ import annotations

import imaplib
import smtplib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.utils import timezone

from tests.meetings.calendar_program import reply_to
from tests.outbox.conftest import inbox, smtp_port
from tests.outbox.imap_server import ASIDE, Mailbox, imap_server
from tests.outbox.mail_server import Inbox
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.config import schedule
from tovholder.documents.calendar_reply import MAX_MAIL
from tovholder.forums.models import Forum
from tovholder.meetings.models import Meeting
from tovholder.meetings.services import invitations, planning, replies
from tovholder.outbox.mailbox import MailboxError, read_mails
from tovholder.outbox.services import deliver_due

__all__ = ["inbox", "smtp_port"]
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[Mailbox]:
    with imap_server() as box:
        yield box


@pytest.fixture
def mailbox(server: Mailbox, settings: Any) -> Mailbox:
    server.empty()
    settings.REPLIES = server.settings
    return server


@pytest.fixture
def meeting(anna: User, network: Forum, mailbox: Mailbox) -> Meeting:
    starts = timezone.now().replace(microsecond=0) + timedelta(days=30)
    made = planning.create_meeting(
        by=anna, forums=[network], starts_at=starts, ends_at=starts + timedelta(hours=1)
    )
    invitations.send(by=anna, meeting=made)
    return made


def answers_of(meeting: Meeting) -> dict[str, str]:
    return dict(meeting.participations.values_list("person__name", "answer"))


def requests(inbox: Inbox) -> dict[str, str]:
    """What each invited person's calendar program got."""
    found = {}
    for mail in inbox.messages:
        [part] = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
        found[str(mail["To"])] = part.get_content()
    return found


def test_an_invitation_goes_out_and_its_answers_come_home(
    meeting: Meeting, inbox: Inbox, mailbox: Mailbox, smtp_port: int
) -> None:
    assert deliver_due() == 3
    asked = requests(inbox)
    inbox.messages.clear()
    with smtplib.SMTP("127.0.0.1", smtp_port, timeout=5) as out:
        for name, partstat in (("bo", "ACCEPTED"), ("carla", "TENTATIVE")):
            out.send_message(reply_to(asked[f"{name}@vestby.example"], partstat))
        # Carla says no in Anna's name.
        out.send_message(reply_to(asked["anna@vestby.example"], "DECLINED", sender="carla@vestby.example"))
        out.sendmail(
            "x@x.example", "svar@vestby.example", "Subject: Ude af huset\r\n\r\nJeg er tilbage mandag."
        )
    assert [str(mail["To"]) for mail in inbox.messages[:3]] == ["svar@vestby.example"] * 3
    for mail in inbox.messages:
        mailbox.put(mail.as_bytes())
    assert replies.read_mailbox() == 2
    assert answers_of(meeting) == {"Anna": "none", "Bo": "yes", "Carla": "maybe"}
    assert (mailbox.count("INBOX"), mailbox.count(ASIDE)) == (0, 2)
    assert replies.read_mailbox() == 0


def test_the_worker_reads_the_mailbox_each_minute(
    bo: User, meeting: Meeting, inbox: Inbox, mailbox: Mailbox
) -> None:
    deliver_due()
    mailbox.put(reply_to(requests(inbox)["bo@vestby.example"]).as_bytes())
    assert schedule.tick()
    assert answers_of(meeting)["Bo"] == "yes"


def test_a_mail_too_large_is_put_aside_without_being_fetched(mailbox: Mailbox) -> None:
    mailbox.put(b"Subject: stor\r\n\r\n" + b"x" * (MAX_MAIL + 1))
    seen: list[bytes] = []
    assert read_mails(mailbox.settings, lambda mail: bool(seen.append(mail)), most_bytes=MAX_MAIL) == (0, 1)
    assert seen == []
    assert mailbox.count(ASIDE) == 1


def test_a_worker_that_dies_half_way_loses_no_answer_and_counts_none_twice(
    meeting: Meeting, inbox: Inbox, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver_due()
    for request in requests(inbox).values():
        mailbox.put(reply_to(request).as_bytes())
    with monkeypatch.context() as dying:
        # The answer is in the database; the mail is still in the mailbox.
        dying.setattr(imaplib.IMAP4, "expunge", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            replies.read_mailbox()
    replies.read_mailbox()
    assert set(answers_of(meeting).values()) == {"yes"}
    assert mailbox.count("INBOX") <= 1  # the first may stand there, marked as deleted
    assert Event.objects.filter(action="meeting.answered").count() == 3


def test_what_the_database_cannot_take_now_stays_in_the_mailbox(mailbox: Mailbox) -> None:
    def away(mail: bytes) -> bool:
        raise RuntimeError

    for _ in range(2):
        mailbox.put(b"Subject: x\r\n\r\nx")
    with pytest.raises(RuntimeError):
        read_mails(mailbox.settings, away, most_bytes=MAX_MAIL)
    assert (mailbox.count("INBOX"), mailbox.count(ASIDE)) == (2, 0)


@pytest.mark.parametrize(
    "wrong",
    [{"password": "forkert"}, {"folder": "Findes ikke"}, {"port": 1}],
    ids=["password", "folder", "away"],
)
def test_a_mailbox_that_does_not_open_is_told_without_its_secrets(
    mailbox: Mailbox, settings: Any, wrong: dict[str, Any]
) -> None:
    settings.REPLIES = {**mailbox.settings, **wrong}
    with structlog.testing.capture_logs() as lines:
        assert replies.read_mailbox() == 0
    [line] = lines
    assert (line["event"], line["log_level"]) == ("reply_mailbox_unreachable", "warning")
    assert "forkert" not in str(line)
    with pytest.raises(MailboxError):
        read_mails(settings.REPLIES, bool, most_bytes=1)


def test_without_a_mailbox_nothing_is_read(settings: Any) -> None:
    settings.REPLIES = {**settings.REPLIES, "host": ""}
    assert replies.read_mailbox() == 0
