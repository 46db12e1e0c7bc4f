"""Answers that calendar programs send by mail: the right one sets the answer, every other is set aside.

A reply counts when it names a meeting that is still to come, as it now stands, and comes from the invited person's own
address. An answer given later, on the page or by another mail, is never overwritten by an older one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tovholder.access.decision import Refused
from tovholder.documents.calendar_reply import MAX_MAIL, CalendarReply, UnreadableReplyError, read_reply
from tovholder.meetings.models import Answer, Meeting, Participation
from tovholder.meetings.services import answers
from tovholder.meetings.services.invitations import invitable
from tovholder.outbox.mailbox import MailboxError, read_mails

log = structlog.get_logger(__name__)

ANSWERS = {"ACCEPTED": Answer.YES, "DECLINED": Answer.NO, "TENTATIVE": Answer.MAYBE}
CLOCKS_APART = timedelta(minutes=10)  # how far ahead a sender's clock may be


class SetAside(Exception):
    """The reply sets nothing. Its text is a code, without personal data."""


def read_mailbox() -> int:
    """Read the mailbox that replies are sent to, if there is one; run each minute. Returns how many answers were set."""
    mailbox = settings.REPLIES
    if not mailbox["host"]:
        return 0
    try:
        used, aside = read_mails(mailbox, receive, most_bytes=MAX_MAIL)
    except MailboxError as error:
        log.warning("reply_mailbox_unreachable", reason=str(error))
        return 0
    if used or aside:
        log.info("replies_read", used=used, aside=aside)
    return used


def receive(mail: bytes) -> bool:
    """Take one mail: set the answer in it and return True, or log the code of why not and return False."""
    try:
        apply(read_reply(mail))
    except (UnreadableReplyError, SetAside) as error:
        log.warning("reply_set_aside", reason=str(error))
        return False
    return True


@transaction.atomic
def apply(reply: CalendarReply) -> None:
    """Set the answer. Raises SetAside with a code when the reply is forged, for somebody else, unknown, old or late."""
    _check_sender(reply)
    value = ANSWERS.get(reply.partstat)
    if value is None:
        raise SetAside("no_answer")
    meeting = Meeting.every.select_for_update().filter(uid=reply.uid).first()
    if meeting is None:
        raise SetAside("unknown_meeting")
    if reply.sequence != meeting.sequence:
        raise SetAside("old_sequence" if reply.sequence < meeting.sequence else "unknown_sequence")
    row = _invited(meeting, reply.attendee)
    stamp = _believable(reply, row)
    if row.answered_at is not None and stamp < row.answered_at.replace(microsecond=0):
        raise SetAside("older_than_answer")
    if row.answer == value and row.answered_at == stamp:
        return  # the same mail once more
    try:
        answers.answer(
            by=row.person,
            participation=row,
            answer=value,
            # A note belongs to the answer it was written for.
            note=row.answer_note if row.answer == value else "",
            at=stamp,
            way="calendar",
        )
    except Refused as refused:
        raise SetAside(refused.decision.code) from None


def _check_sender(reply: CalendarReply) -> None:
    if reply.sender != reply.attendee:
        raise SetAside("sender_is_not_attendee")
    authserv = settings.REPLIES["authserv"].lower()
    if authserv and reply.vouched != (authserv, True):
        raise SetAside("sender_not_vouched_for")


def _invited(meeting: Meeting, address: str) -> Participation:
    """Return the one who was invited at this address. Two with the same address cannot be told apart."""
    rows = list(invitable(meeting).filter(person__email__iexact=address, invited_sequence__isnull=False)[:2])
    if not rows:
        raise SetAside("not_invited")
    if len(rows) > 1:
        raise SetAside("shared_address")
    return rows[0]


def _believable(reply: CalendarReply, row: Participation) -> datetime:
    """Return when the answer was given; a clock a little ahead does not let it win over answers to come."""
    now = timezone.now()
    if reply.stamp > now + CLOCKS_APART:
        raise SetAside("from_the_future")
    if row.invited_at is not None and reply.stamp < row.invited_at - CLOCKS_APART:
        raise SetAside("before_invitation")
    return min(reply.stamp, now)
