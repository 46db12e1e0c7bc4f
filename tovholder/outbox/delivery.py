"""Delivery: waiting → sending → sent or failed.

A worker claims a mail by one conditional UPDATE, so two workers never send the same, and notes when the text itself
goes over the line. A worker that dies before that note costs nothing: after CLAIM_LASTS the mail is sent, however
often it happens. One that dies between note and answer leaves a doubt: nobody knows whether the receiver has it, and
it is sent once more with the same Message-ID (which mail programs show once), never twice more.
A server that cannot be reached makes all mails wait, however long; a server that says no to one mail
is asked again until GIVE_UP_AFTER, then the mail has failed and is shown so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from django.db import OperationalError
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from tovholder.outbox import transport
from tovholder.outbox.models import Heartbeat, OutgoingMail

log = structlog.get_logger(__name__)
Status = OutgoingMail.Status
T = TypeVar("T")

CLAIM_LASTS = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=24)
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
SERVER_REST = timedelta(seconds=50)  # shorter than the minute tick, so that each tick tries again
SERVER_DOWN = "mail_server_rests_until"
UNCERTAIN = "uncertain"


class ClaimLost(Exception):
    """So slow that the claim was taken back: nothing was handed over, and it is no longer ours to do."""


def attempt(mail_id: int) -> str:
    """Claim one mail and try to send it. Returns what became of it; raises nothing for a mail server's fault."""
    if server_rests():
        return "resting"
    claimed_at = timezone.now()
    if not patiently(_claim, mail_id, claimed_at):
        return "not_mine"
    mail = patiently(OutgoingMail.objects.get, pk=mail_id)
    try:
        transport.hand_over(mail, on_the_way=lambda: patiently(_on_the_way, mail))
    except ClaimLost:
        return "not_mine"
    except transport.Unreachable as error:
        return patiently(_server_down, mail, str(error))
    except transport.NotAccepted as error:
        return patiently(_refused, mail, error)
    except transport.Unanswered:
        return patiently(_unanswered, mail)
    return patiently(_sent, mail)


def patiently(step: Callable[..., T], *args: object, **kwargs: object) -> T:
    """Run one database step again when SQLite was locked. Raises OperationalError when it stays so."""
    for tries_left in (3, 2, 1, 0):
        try:
            return step(*args, **kwargs)
        except OperationalError as error:
            if "locked" not in str(error).lower() or not tries_left:
                raise
            time.sleep(0.2)
    raise AssertionError("unreachable")


def server_rests() -> bool:
    """Tell whether the server just did not answer, so that a queue of mails does not wait for it one by one."""
    now = timezone.now()
    return Heartbeat.objects.filter(name=SERVER_DOWN, at__gt=now, at__lte=now + SERVER_REST).exists()


def due(now: datetime) -> QuerySet[OutgoingMail]:
    """Return what waits and may be tried. A time further off than any pause was written by a clock that was wrong."""
    not_yet = Q(next_attempt_at__gt=now, next_attempt_at__lte=now + BACKOFF[-1])
    return OutgoingMail.objects.filter(~not_yet, status=Status.WAITING)


def release_stale(now: datetime) -> None:
    """Take back claims without an answer: to be sent; in doubt once to be sent again, the second time as failed."""
    # A claim in the future was made before the clock was set back.
    ran_out = Q(claimed_at__lt=now - CLAIM_LASTS) | Q(claimed_at__gt=now + CLAIM_LASTS)
    stale = OutgoingMail.objects.filter(ran_out, status=Status.SENDING)
    waiting = {"status": Status.WAITING, "next_attempt_at": now}
    unsent = stale.filter(handed_over_at=None).update(**waiting)
    again = stale.filter(unconfirmed=0).update(**waiting, unconfirmed=1)
    lost = stale.filter(unconfirmed__gt=0).update(status=Status.FAILED, last_error=UNCERTAIN)
    if unsent or again or lost:
        log.warning("mail_claims_without_answer", unsent=unsent, repeated=again, failed=lost)


def _claim(mail_id: int, at: datetime) -> bool:
    claim = {"status": Status.SENDING, "claimed_at": at, "handed_over_at": None}
    return bool(due(at).filter(pk=mail_id).update(**claim, attempts=F("attempts") + 1))


def _on_the_way(mail: OutgoingMail) -> None:
    """Note that the text goes over the line now. Raises ClaimLost when another worker has the mail by now."""
    if not _finish(mail, handed_over_at=timezone.now()):
        raise ClaimLost


def _finish(mail: OutgoingMail, **values: object) -> bool:
    """Write the outcome, if the claim is still ours."""
    mine = OutgoingMail.objects.filter(pk=mail.pk, status=Status.SENDING, claimed_at=mail.claimed_at)
    return bool(mine.update(**values))


def _sent(mail: OutgoingMail) -> str:
    done = {"status": Status.SENT, "sent_at": timezone.now(), "last_error": ""}
    if not _finish(mail, **done):
        # So slow that the claim was taken back. It has arrived all the same: spare the receiver the repeat.
        OutgoingMail.objects.filter(pk=mail.pk, status__in=[Status.WAITING, Status.FAILED]).update(**done)
    Heartbeat.objects.filter(name=SERVER_DOWN).delete()
    return "sent"


def _server_down(mail: OutgoingMail, reason: str) -> str:
    """The mail waits, unharmed: the fault is not its own, so the attempt does not count."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(name=SERVER_DOWN, defaults={"at": now + SERVER_REST})
    _finish(
        mail, status=Status.WAITING, attempts=F("attempts") - 1, next_attempt_at=now, last_error="unreachable"
    )
    log.warning("mail_server_unreachable", reason=reason)
    return "unreachable"


def _refused(mail: OutgoingMail, refusal: transport.NotAccepted) -> str:
    now = timezone.now()
    if refusal.permanent or now - mail.created_at > GIVE_UP_AFTER:
        _finish(mail, status=Status.FAILED, last_error=refusal.code)
        log.warning("mail_failed", mail=mail.pk, reason=refusal.code)
        return "failed"
    pause = BACKOFF[min(mail.attempts, len(BACKOFF)) - 1]
    _finish(mail, status=Status.WAITING, next_attempt_at=now + pause, last_error=refusal.code)
    return "waiting"


def _unanswered(mail: OutgoingMail) -> str:
    now = timezone.now()
    if mail.unconfirmed:
        _finish(mail, status=Status.FAILED, last_error=UNCERTAIN)
        return "failed"
    _finish(
        mail, status=Status.WAITING, unconfirmed=1, next_attempt_at=now + BACKOFF[0], last_error=UNCERTAIN
    )
    return "unanswered"
