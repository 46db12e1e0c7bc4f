"""One door to everything that is written under or after a meeting: it locks, and refuses once minutes are approved."""

from __future__ import annotations

from tovholder.accounts.models import User
from tovholder.meetings import policy
from tovholder.meetings.models import Meeting, Minutes


def lock_meeting(meeting: Meeting) -> Meeting:
    """Return the meeting as it is now, locked until the transaction ends."""
    return Meeting.every.select_for_update().get(pk=meeting.pk)


def lock_minutes(meeting: Meeting) -> Minutes:
    """Return the record of the meeting's minutes, locked; make it the first time."""
    minutes, _made = Minutes.objects.get_or_create(meeting=meeting)
    return Minutes.objects.select_for_update().get(pk=minutes.pk)


def open_for_writing(*, by: User, meeting: Meeting) -> tuple[Meeting, Minutes]:
    """Lock the meeting and its minutes. Raises Refused when the actor may not write, or the minutes are approved.

    Approval takes the same locks in the same order, so nothing slips in while the minutes are frozen.
    """
    fresh = lock_meeting(meeting)
    minutes = lock_minutes(fresh)
    policy.may_write_now(by, fresh, minutes).require()
    return fresh, minutes
