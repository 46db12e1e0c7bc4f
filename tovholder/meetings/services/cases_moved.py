"""The planned cases of a meeting that is deleted or called off go to the forum's next one.

Whoever deletes it or calls it off learns nothing of them.
"""

from __future__ import annotations

from django.utils import timezone

from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.meetings.models import CaseItem, Meeting, MeetingKind, MeetingStatus


def follow_to_next(*, by: Actor, meeting: Meeting) -> bool:
    """Let them stand on the forum's next meeting, in the caller's transaction; False where there is none for them.

    A name that was handed over hangs on its meeting: without one nobody is reminded of it, and it is never forgotten.
    """
    cases = list(meeting.case_items.exclude(status=CaseItem.Status.WITHDRAWN).select_related("concern"))
    following = _next(meeting) if cases else None
    if following is None:
        return not cases
    there = {each.concern_id: each for each in following.case_items.exclude(status=CaseItem.Status.WITHDRAWN)}
    last = following.case_items.count()
    for number, item in enumerate(cases):
        known = there.get(item.concern_id)
        if known is not None:
            _lay_together(known, item)
        item.meeting, item.position = following, last + number
        item.family_told_on = None  # of who comes to another meeting (rule 13)
        item.save(update_fields=["meeting", "position", "status", "is_handover", "family_told_on"])
        details = {"from": meeting.pk, "to": following.pk}
        record(by=by, action="case_item.moved", obj=item, details=details)
    return True


def _lay_together(known: CaseItem, item: CaseItem) -> None:
    """Let one of the two stand at the next meeting: the one there, unless only the other has a ground written.

    The other is kept as taken off, so that nothing that was written of the case is lost.
    """
    item.is_handover = known.is_handover = known.is_handover or item.is_handover
    other = known if item.basis and not known.basis else item
    other.status = CaseItem.Status.WITHDRAWN
    known.save(update_fields=["is_handover", "status"])


def _next(meeting: Meeting) -> Meeting | None:
    """The first after it, else the first to come."""
    coming = Meeting.objects.filter(
        lead_forum=meeting.lead_forum_id,
        kind=MeetingKind.ORDINARY,
        status=MeetingStatus.PLANNED,
        ends_at__gte=timezone.now(),
    ).exclude(pk=meeting.pk)
    later = coming.filter(starts_at__gte=meeting.starts_at).order_by("starts_at", "pk").first()
    return later or coming.order_by("starts_at", "pk").first()
