"""The one way to send mail: write a row now, let the worker send it."""

from __future__ import annotations

import time
import uuid
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from tovholder.accounts.models import User
from tovholder.accounts.policy import may_administer
from tovholder.audit.services import record
from tovholder.outbox import delivery, tasks
from tovholder.outbox.models import OutgoingMail

AT_ONCE = 200  # mails tried in one tick, and seconds used: the worker must get to its other work
SECONDS_AT_ONCE = 40


@transaction.atomic
def queue_mail(
    *, to: str, subject: str, body: str, about: str = "", calendar: str = "", calendar_method: str = ""
) -> OutgoingMail:
    """Write one mail in the caller's transaction; the worker sends it after commit, and not if it is rolled back.

    `subject` and `body` hold no personal data (the caller's duty). `about` is the caller's key for
    `withdraw` and for "who was told what". `calendar` is an iTIP message, `calendar_method` its method.
    Raises ValueError without receiver or with only one half of the calendar part.
    """
    if not to.strip():
        raise ValueError("a mail needs a receiver")
    if bool(calendar) != bool(calendar_method):
        raise ValueError("calendar and calendar_method belong together")
    mail = OutgoingMail.objects.create(
        message_id=f"<{uuid.uuid4()}@{_own_domain()}>",
        to=to.strip(),
        subject=" ".join(subject.split())[:200],  # a line break in a subject would be a header of its own
        body=_with_footer(body),
        about=about,
        calendar=calendar,
        calendar_method=calendar_method,
        next_attempt_at=timezone.now(),
    )
    tasks.deliver.enqueue(mail.pk)
    return mail


def withdraw(*, about: str) -> int:
    """Take back the mails with this key that have not left yet; returns how many."""
    waiting = OutgoingMail.objects.filter(about=about, status=OutgoingMail.Status.WAITING)
    return waiting.update(status=OutgoingMail.Status.WITHDRAWN)


@transaction.atomic
def retry(*, by: User, mail: OutgoingMail) -> None:
    """Send a failed mail again, with the same Message-ID. Does nothing when it has not failed. Raises Refused."""
    may_administer(by).require()
    if _wait_again(OutgoingMail.objects.filter(pk=mail.pk)):
        record(by=by, action="mail.retried", obj=mail)


@transaction.atomic
def retry_all(*, by: User) -> int:
    """Send all failed mails again; returns how many. Raises Refused."""
    may_administer(by).require()
    count = _wait_again(OutgoingMail.objects.all())
    record(by=by, action="mail.retried_all", details={"count": count})
    return count


def _wait_again(mails: QuerySet[OutgoingMail]) -> int:
    again = {
        "status": OutgoingMail.Status.WAITING,
        "next_attempt_at": timezone.now(),
        "attempts": 0,
        "unconfirmed": 0,
    }
    return mails.filter(status=OutgoingMail.Status.FAILED).update(**again)


def deliver_due() -> int:
    """Send what waits and is due; run each minute. Returns how many were sent. Stops when no server answers."""
    now = timezone.now()
    delivery.patiently(delivery.release_stale, now)
    due = delivery.due(now)
    sent, until = 0, time.monotonic() + SECONDS_AT_ONCE
    for mail_id in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        outcome = delivery.attempt(mail_id)
        sent += outcome == "sent"
        if outcome in {"resting", "unreachable"} or time.monotonic() > until:
            break
    return sent


def _with_footer(body: str) -> str:
    """Put the municipality's own words under the mail."""
    path = getattr(settings, "MUNICIPALITY_TEXT_PROVIDER", "")
    words = str(import_string(path)("mail_footer")) if path else ""
    return f"{body.rstrip()}\n\n{words}\n" if words else body


def _own_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
