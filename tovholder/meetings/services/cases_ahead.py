"""Which cases by name can be opened at meetings that are not over: what opens or closes with a consent."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tovholder.concerns.models import Concern
from tovholder.meetings.models import CaseItem, MeetingKind, MeetingStatus
from tovholder.meetings.services.cases import assess_room
from tovholder.meetings.services.cases_known import read_cases


def can_be_opened(concern: Concern) -> dict[int, str]:
    """Return the concern's cases whose ground covers all who are there or expected, by number, each in words."""
    items = list(
        CaseItem.objects.filter(
            concern=concern, meeting__status__in=(MeetingStatus.PLANNED, MeetingStatus.RUNNING)
        )
        .exclude(status=CaseItem.Status.WITHDRAWN)
        .exclude(basis="")
        .select_related("concern", "meeting__lead_forum", "meeting__network")
        .order_by("meeting__starts_at", "pk")
    )
    known = read_cases(items) if items else None
    return {
        item.pk: _words(item) for item in items if assess_room(item, known=known, chair_is_ssp=True).allowed
    }


def _words(item: CaseItem) -> str:
    if item.meeting.kind == MeetingKind.NETWORK and not item.meeting.network.time_chosen:
        return _("Netværksmødet, der endnu ikke har en dato")
    day = date_format(localtime(item.meeting.starts_at), "j. F Y")
    if item.meeting.kind == MeetingKind.NETWORK:
        return _("Netværksmødet den %(day)s") % {"day": day}
    return _("Punktet på mødet i %(forum)s den %(day)s") % {"forum": item.meeting.lead_forum, "day": day}
