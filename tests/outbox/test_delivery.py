"""Mail over a real SMTP connection: what arrives, and what happens when things break."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.outbox.mail_server import Inbox, mail_server
from tovholder.documents.calendar import invitation
from tovholder.outbox import delivery, transport
from tovholder.outbox.models import Heartbeat, OutgoingMail
from tovholder.outbox.services import deliver_due, queue_mail, withdraw

pytestmark = pytest.mark.django_db
START = datetime(2026, 6, 16, 11, 0, tzinfo=UTC)


def mail(**values: Any) -> OutgoingMail:
    return queue_mail(
        **{"to": "bo@skole.test", "subject": "Møde på tirsdag", "body": "Se mødet: https://x.test/", **values}
    )


def calendar(method: str = "REQUEST") -> str:
    return invitation(
        method=method,  # type: ignore[arg-type]
        uid="moede-1@tovholder.test",
        sequence=2,
        starts_at=START,
        ends_at=START + timedelta(hours=2),
        summary="Netværk Øst, møde",
        location="Rådhuset; lokale 2",
        description="Se dagsordenen 😀",
        url="https://tovholder.test/moeder/1/",
        organizer_email="anna@kommune.test",
        organizer_name='Anna "Tov" Ærø',
        attendee_email="bo@skole.test",
        attendee_name="Bo: Skov",
        now=START - timedelta(days=30),
    )


def later(**age: float) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + timedelta(**age), tick=True)


def test_text_arrives_with_danish_letters_and_its_fixed_message_id(inbox: Inbox) -> None:
    row = mail()
    assert deliver_due() == 1
    [got] = inbox.messages
    assert (got["Subject"], got["To"], got["Message-ID"]) == (
        "Møde på tirsdag",
        "bo@skole.test",
        row.message_id,
    )
    assert got.get_content().strip() == "Se mødet: https://x.test/"
    row.refresh_from_db()
    assert (row.status, row.attempts, row.last_error) == ("sent", 1, "")
    assert row.sent_at is not None


def test_calendar_part_is_a_request_that_programs_can_read(inbox: Inbox) -> None:
    mail(calendar=calendar(), calendar_method="REQUEST")
    deliver_due()
    parts = list(inbox.messages[0].walk())
    types = [part.get_content_type() for part in parts]
    assert types == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/calendar",
        "application/ics",
    ]
    part = parts[3]
    assert part.get_param("method") == "REQUEST"
    assert parts[4].get_filename() == "moede.ics"
    read = icalendar.Calendar.from_ical(part.get_content())
    [event] = read.events
    assert (read["method"], event["sequence"], event.start) == ("REQUEST", 2, START)
    assert event["attendee"].params["CN"] == "Bo: Skov"
    assert event["location"] == "Rådhuset; lokale 2"
    assert event["description"] == "Se dagsordenen 😀"
    assert parts[4].get_payload(decode=True).replace(b"\r\n", b"\n") == calendar().encode().replace(
        b"\r\n", b"\n"
    )  # type: ignore[union-attr]


def test_cancel_says_so_in_the_part_and_in_the_event(inbox: Inbox) -> None:
    mail(calendar=calendar("CANCEL"), calendar_method="CANCEL")
    deliver_due()
    part = list(inbox.messages[0].walk())[3]
    assert part.get_param("method") == "CANCEL"
    assert icalendar.Calendar.from_ical(part.get_content()).events[0]["status"] == "CANCELLED"


def test_a_line_break_in_the_subject_makes_no_header(inbox: Inbox) -> None:
    mail(subject="Møde\r\nBcc: alle@kommune.test")
    deliver_due()
    assert inbox.messages[0]["Subject"] == "Møde Bcc: alle@kommune.test"
    assert inbox.messages[0]["Bcc"] is None


def test_a_mail_needs_a_receiver_and_a_whole_calendar_part() -> None:
    with pytest.raises(ValueError, match="receiver"):
        mail(to=" ")
    with pytest.raises(ValueError, match="together"):
        mail(calendar="BEGIN:VCALENDAR")


def test_rollback_of_the_cause_leaves_neither_mail_nor_task(inbox: Inbox) -> None:
    def cause() -> None:
        with transaction.atomic():
            mail()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cause()
    assert not OutgoingMail.objects.exists()
    assert not DBTaskResult.objects.exists()
    assert deliver_due() == 0
    assert inbox.messages == []


def test_server_down_then_up_loses_none_and_tries_only_one(smtp_port: int) -> None:
    rows = [mail() for _n in range(3)]
    assert deliver_due() == 0
    assert [row.status for row in OutgoingMail.objects.all()] == ["waiting"] * 3
    assert sorted(OutgoingMail.objects.values_list("attempts", "last_error")) == [
        (0, ""),
        (0, ""),
        (0, "unreachable"),
    ]
    assert delivery.attempt(rows[1].pk) == "resting"
    with later(days=3), mail_server(smtp_port) as box:
        assert deliver_due() == 3
        assert sorted(box.ids) == sorted(row.message_id for row in rows)
    assert not Heartbeat.objects.filter(name=delivery.SERVER_DOWN).exists()


def test_a_slow_server_does_not_keep_the_worker_from_its_other_work(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _n in range(3):
        mail()
    monkeypatch.setattr("tovholder.outbox.services.SECONDS_AT_ONCE", -1)
    assert deliver_due() == 1
    assert OutgoingMail.objects.filter(status="waiting").count() == 2


def test_a_temporary_no_waits_longer_each_time_and_fails_after_a_day(inbox: Inbox) -> None:
    row = mail()
    for minutes in (1, 5, 15, 60):
        inbox.answers = ["451 later"]
        row.next_attempt_at = timezone.now()
        row.save()
        deliver_due()
        row.refresh_from_db()
        wait = row.next_attempt_at - timezone.now()
        assert (row.status, row.last_error) == ("waiting", "smtp_451")
        assert timedelta(minutes=minutes - 1) < wait <= timedelta(minutes=minutes)
    assert deliver_due() == 0  # not due yet
    inbox.answers = ["451 later"]
    with later(hours=25):
        deliver_due()
    row.refresh_from_db()
    assert (row.status, inbox.messages) == ("failed", [])


def test_an_unknown_receiver_fails_at_once_and_others_are_sent(inbox: Inbox) -> None:
    inbox.rcpt_answer = "550 no such user"
    bad = mail(to="ukendt@skole.test")
    deliver_due()
    inbox.rcpt_answer = ""
    mail()
    assert deliver_due() == 1
    bad.refresh_from_db()
    assert (bad.status, bad.last_error) == ("failed", "smtp_550")


def test_an_address_that_cannot_be_written_fails_without_stopping_the_rest(inbox: Inbox) -> None:
    bad, _good = mail(to="ikke en adresse"), mail()
    assert deliver_due() == 1
    bad.refresh_from_db()
    assert (bad.status, bad.last_error) == ("failed", "bad_address")


def test_withdrawn_mail_is_not_sent_and_sent_mail_is_not_withdrawn(inbox: Inbox) -> None:
    mail(about="meeting:1")
    deliver_due()
    waiting, other = mail(about="meeting:1"), mail(about="meeting:11")
    assert withdraw(about="meeting:1") == 1
    assert delivery.attempt(waiting.pk) == "not_mine"
    assert deliver_due() == 1
    assert inbox.ids[1:] == [other.message_id]


def test_server_that_hangs_up_after_taking_the_mail_gets_it_once_more_only(inbox: Inbox) -> None:
    row = mail()
    inbox.answers = ["hang up", "hang up"]
    deliver_due()
    row.refresh_from_db()
    assert (row.status, row.unconfirmed) == ("waiting", 1)
    with later(minutes=2):
        deliver_due()
    with later(days=2):
        deliver_due()
    row.refresh_from_db()
    assert (row.status, row.last_error) == ("failed", delivery.UNCERTAIN)
    assert inbox.ids == [row.message_id] * 2


class Killed(BaseException):
    """The worker is gone; nothing after this line runs."""


def test_worker_killed_before_handing_over_sends_once(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    row = mail()

    def die(_mail: OutgoingMail, **_more: Any) -> None:
        raise Killed

    # However often it happens: nobody has it yet, so there is no doubt that would use up its chances.
    for minutes in (0, 6, 12, 18):
        with later(minutes=minutes), monkeypatch.context() as broken:
            broken.setattr(transport, "hand_over", die)
            with pytest.raises(Killed):
                deliver_due()
    with later(minutes=20):
        assert deliver_due() == 0  # the claim still holds
    with later(minutes=24):
        assert deliver_due() == 1
    assert inbox.ids == [row.message_id]


def test_worker_killed_after_handing_over_repeats_once_with_the_same_id(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = mail()
    whole = transport.hand_over

    def send_and_die(message: OutgoingMail, **more: Any) -> None:
        whole(message, **more)
        raise Killed

    monkeypatch.setattr(transport, "hand_over", send_and_die)
    for minutes in (0, 6):
        with later(minutes=minutes), pytest.raises(Killed):
            deliver_due()
    with later(minutes=12):
        assert deliver_due() == 0
    with later(days=3):
        assert deliver_due() == 0
    row.refresh_from_db()
    assert inbox.ids == [row.message_id] * 2
    assert (row.status, row.last_error, row.unconfirmed) == ("failed", delivery.UNCERTAIN, 1)


def test_a_slow_worker_that_comes_through_spares_the_repeat(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = mail()
    whole = transport.hand_over

    def slow(message: OutgoingMail, **more: Any) -> None:
        whole(message, **more)
        delivery.release_stale(timezone.now() + timedelta(minutes=6))

    monkeypatch.setattr(transport, "hand_over", slow)
    assert delivery.attempt(row.pk) == "sent"
    row.refresh_from_db()
    assert row.status == "sent"
    assert deliver_due() == 0
    assert len(inbox.messages) == 1


def test_a_locked_database_is_tried_again(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    row = mail()
    whole, faults = delivery._sent, [OperationalError("database is locked")] * 2

    def locked_twice(message: OutgoingMail) -> str:
        if faults:
            raise faults.pop()
        return whole(message)

    monkeypatch.setattr(delivery, "_sent", locked_twice)
    monkeypatch.setattr(delivery.time, "sleep", lambda _seconds: None)
    assert delivery.attempt(row.pk) == "sent"
    assert len(inbox.messages) == 1


def test_another_database_fault_is_not_swallowed() -> None:
    def broken() -> None:
        raise OperationalError("disk I/O error")

    with pytest.raises(OperationalError):
        delivery.patiently(broken)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_once(inbox: Inbox) -> None:
    rows = [mail() for _n in range(6)]
    inbox.delay = 0.02
    faults: list[Exception] = []

    def work() -> None:
        try:
            deliver_due()
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert faults == []
    assert sorted(inbox.ids) == sorted(row.message_id for row in rows)
    assert set(OutgoingMail.objects.values_list("status", "attempts")) == {("sent", 1)}
