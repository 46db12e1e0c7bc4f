"""How the pages of a meeting under way and afterwards find what they show: through `visible_to`, else 404."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from tovholder.meetings import policy
from tovholder.meetings.models import AgendaItem, Meeting, MeetingKind, Minutes
from tovholder.meetings.queries import items_visible_to, one_meeting, shown_to
from tovholder.meetings.services.capturing import next_meeting_fact
from tovholder.meetings.services.carrying import rule_facts
from tovholder.meetings.services.minutes import minutes_of
from tovholder.statements import Statement


def meeting_of(request: HttpRequest, pk: int) -> Meeting:
    """Return the meeting, with what its pages need besides its own row, if the user may know of it; else 404."""
    meeting = shown_to(request.user, pk, _MEETING)
    if meeting is None or meeting.kind == MeetingKind.NETWORK:  # that has pages of its own
        raise Http404
    return meeting


def _meeting() -> QuerySet[Meeting]:
    meeting = one_meeting().select_related("minute_taker", "current_item", "minutes_record__approved_by")
    return meeting.annotate(**rule_facts(), **next_meeting_fact())


_MEETING = Statement(_meeting)


def writable(request: HttpRequest, pk: int) -> tuple[Meeting, Minutes | None]:
    """Return the meeting and its minutes for who writes them; 404 or a refusal for others."""
    meeting = meeting_of(request, pk)
    minutes = minutes_of(meeting)
    policy.may_write_now(request.user, meeting, minutes).require()
    return meeting, minutes


def item_of(request: HttpRequest, meeting: Meeting, item_pk: int | str | None) -> AgendaItem:
    """Return an item of this meeting that the user may read, else 404. The text in an address may be anything."""
    try:
        number = int(item_pk or "")
    except ValueError:
        raise Http404 from None
    item = get_object_or_404(items_visible_to(request.user, meeting), pk=number)
    item.meeting = meeting
    return item
