"""A seat ends or is taken again: the planned meetings follow at once. A meeting that is running keeps its attendance."""

from __future__ import annotations

from django.db import transaction

from tovholder.accounts.models import User
from tovholder.forums.models import Forum, Membership
from tovholder.forums.services.members import end_membership, restore_membership
from tovholder.meetings.models import Meeting, MeetingStatus
from tovholder.meetings.services.invitations import sync_members


@transaction.atomic
def end_seat(*, by: User, membership: Membership) -> None:
    """End a membership and take the person off the planned meetings."""
    end_membership(by=by, membership=membership)
    _sync(by, membership.forum)


@transaction.atomic
def restore_seat(*, by: User, membership: Membership) -> None:
    """Undo `end_seat`."""
    restore_membership(by=by, membership=membership)
    _sync(by, membership.forum)


def _sync(by: User, forum: Forum) -> None:
    for meeting in Meeting.objects.filter(forums=forum, status=MeetingStatus.PLANNED):
        sync_members(by=by, meeting=meeting)
