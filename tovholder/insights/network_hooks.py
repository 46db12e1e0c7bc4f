"""What a network meeting still asks of who calls it, on *Min dag*."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.forums.standing import person_of
from tovholder.insights.queries.my_day import Awaiting
from tovholder.meetings.models import Meeting, MeetingKind, MeetingStatus, MinutesStatus
from tovholder.meetings.queries import visible_to


def awaiting(user: User) -> list[Awaiting]:
    """Return the meetings that the user has begun to call, and those whose minutes the user has still to approve."""
    person = person_of(user)
    if person is None:
        return []
    mine = Q(network__initiator=person) | Q(chair=person) | Q(minute_taker=person)
    to_call = Q(status=MeetingStatus.PLANNED, invited_at__isnull=True, network__initiator=person)
    to_approve = Q(status=MeetingStatus.HELD) & ~Q(minutes_record__status=MinutesStatus.APPROVED)
    rows = visible_to(user).filter(mine, to_call | to_approve, kind=MeetingKind.NETWORK)
    return [_line(each) for each in rows.order_by("starts_at", "pk")[:20]]


def _line(meeting: Meeting) -> Awaiting:
    held = meeting.status == MeetingStatus.HELD
    return Awaiting(
        kind="task",
        pk=meeting.pk,
        title=str(meeting),
        forum=_("Referatet mangler at blive godkendt") if held else _("Mangler at blive indkaldt"),
        day=timezone.localtime(meeting.starts_at if held else meeting.created_at).date(),
        url=reverse(
            "network:after" if held else "network:step", args=[meeting.pk] + ([] if held else ["indkald"])
        ),
    )
