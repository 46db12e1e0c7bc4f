"""What the pages of a forum ask about their reader."""

from __future__ import annotations

from django import template

from tovholder.accounts.models import User
from tovholder.forums.models import Forum
from tovholder.forums.policy import may_read_older_minutes
from tovholder.forums.queries import dot
from tovholder.forums.standing import own_forum_ids, seats_of

register = template.Library()


@register.filter
def sits_in(user: User, forum: Forum) -> bool:
    """Tell whether the user is a member of the forum today."""
    return forum.pk in own_forum_ids(user)


@register.filter
def reads_older_minutes(user: User, forum: Forum) -> bool:
    """Tell whether the user may read the forum's minutes from before Tovholder."""
    return bool(may_read_older_minutes(user, forum))


@register.filter
def dot_for(user: User, forum: Forum) -> str:
    """Return the css class of the forum's dot as it stands in the user's menu; nothing when it does not."""
    return next((dot(seat.districts) for seat in seats_of(user) if seat.forum_id == forum.pk), "")
