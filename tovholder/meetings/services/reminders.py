"""Reminders before a meeting, each once; and members who came or left after the invitation. Run each minute."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.accounts.models import User
from tovholder.audit.models import SYSTEM
from tovholder.audit.services import record
from tovholder.forums.models import Forum
from tovholder.meetings.models import Answer, Meeting, MeetingStatus
from tovholder.meetings.policy import may_convene
from tovholder.meetings.services import invitations, letters
from tovholder.outbox.models import OutgoingMail

BETWEEN_ASKS = timedelta(minutes=30)


def send_due() -> int:
    """Send what is due now; return how many mails were queued. Safe to run twice at once."""
    now = timezone.now()
    longest = Forum.objects.aggregate(days=Max("reminder_days"))["days"] or 0
    coming = Meeting.every.filter(
        status=MeetingStatus.PLANNED, invited_at__isnull=False, starts_at__gt=now
    ).select_related("lead_forum")
    for meeting in invitations.out_of_step():
        invitations.sync_members(by=SYSTEM, meeting=meeting)
    due = coming.filter(reminded_at__isnull=True, starts_at__lte=now + timedelta(days=longest))
    return sum(_remind(meeting) for meeting in due if letters.next_reminder_at(meeting) <= now)


@transaction.atomic
def _remind(meeting: Meeting) -> int:
    """Remind everybody who has not said no, once; nobody when the invitation itself came as late as that."""
    marked = Meeting.every.filter(pk=meeting.pk, reminded_at__isnull=True).update(reminded_at=timezone.now())
    if not marked or meeting.invited_at is None or meeting.invited_at > letters.next_reminder_at(meeting):
        return 0
    rows = list(
        invitations.invitable(meeting)
        .filter(invited_sequence__isnull=False, person__wants_reminders=True)
        .exclude(answer=Answer.NO)
    )
    for row in rows:
        letters.send_reminder(row)
    record(by=SYSTEM, action="meeting.reminded", obj=meeting, details={"mails": len(rows)})
    return len(rows)


@transaction.atomic
def ask_again(*, by: User, meeting: Meeting) -> int:
    """Remind those who have not answered, when the convener asks for it; not twice within half an hour."""
    meeting = Meeting.every.select_for_update().select_related("lead_forum").get(pk=meeting.pk)
    may_convene(by, meeting).require()
    if meeting.status != MeetingStatus.PLANNED or meeting.invited_at is None:
        no("not_invited_yet", _("Der er ikke sendt indkaldelse til mødet.")).require()
    about = f"meeting:{meeting.pk}:ask"
    if OutgoingMail.objects.filter(about=about, created_at__gt=timezone.now() - BETWEEN_ASKS).exists():
        no("asked_just_now", _("De har lige fået en påmindelse. Vent en halv time.")).require()
    rows = list(invitations.invitable(meeting).filter(invited_sequence__isnull=False, answer=Answer.NONE))
    for row in rows:
        letters.send_reminder(row, about_key=about)
    record(by=by, action="meeting.asked_again", obj=meeting, details={"mails": len(rows)})
    return len(rows)
