"""What the three faces of a meeting offer of its cases, to those who may know of them; nothing to others, no gap."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tovholder.access.levels import Level
from tovholder.citizens.queries import rules_read_with
from tovholder.meetings import policy
from tovholder.meetings.models import Meeting, MeetingStatus
from tovholder.meetings.services.cases_room import note_list, shown_cases

OPEN = frozenset({MeetingStatus.PLANNED, MeetingStatus.RUNNING})
SHOWN = 12  # as many as the template lists; the rest stand on a page of their own


def case_links(request: HttpRequest, meeting: Meeting, *, names: bool = True) -> dict[str, Any]:
    """Return the context of `_case_link.html`. Costs nothing at a meeting that holds no cases and takes no names.

    `names` False leaves out the way to hand names over: the page of the names has it too.
    """
    user: Any = request.user
    items = shown_cases(user, meeting) if getattr(meeting, "holds_cases", True) else []
    note_list(by=user, meeting=meeting, items=items[:SHOWN])
    takes_names = names and meeting.lead_forum.highest_level == Level.NAMED and meeting.status in OPEN
    rules = rules_read_with(items[0]) if items else None
    return {
        "case_items": items,
        "may_hand_over": takes_names and bool(policy.may_hand_over(user, meeting, rules)),
    }
