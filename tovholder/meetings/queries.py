"""Which meetings and items a person may see."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.forums.models import Forum
from tovholder.forums.standing import own_forum_ids
from tovholder.meetings.models import AgendaItem, Meeting, Relay, Topic
from tovholder.meetings.standing import (
    SEES_ALL_MEETINGS,
    at_the_table,
    is_open_participant,
    only_item_of,
    open_events,
    readable_levels,
    sits_at_table,
)

__all__ = [
    "SEES_ALL_MEETINGS",
    "at_the_table",
    "is_open_participant",
    "item_ids_visible_to",
    "items_visible_to",
    "open_events",
    "readable_levels",
    "relays_visible_to",
    "sits_at_table",
    "topics_visible_to",
    "visible_to",
]


def visible_to(user: User) -> QuerySet[Meeting]:
    """Return the meetings that the user may know of. Pinned to `policy.may_read` by a test."""
    if user.has_role(*SEES_ALL_MEETINGS):
        return Meeting.objects.all()
    return Meeting.objects.filter(at_the_table(user) | open_events(user))


def items_visible_to(user: User, meeting: Meeting) -> QuerySet[AgendaItem]:
    """Return the meeting's items that the user may read, in order.

    A guest for one item sees the general items and that item.
    """
    items = meeting.items.select_related("presenter", "meeting", "topic", "relay")
    levels = readable_levels(user, meeting)
    only = only_item_of(user, meeting)
    if only is None or is_open_participant(user) or not sits_at_table(user, meeting):
        return items.filter(level__in=levels)
    return items.filter(Q(level__in=levels) | Q(pk=only))


def item_ids_visible_to(user: User, meeting: Meeting) -> set[int]:
    """Return the ids of `items_visible_to`; for members out of `meeting.items` where a page has read them already."""
    read = "items" in getattr(meeting, "_prefetched_objects_cache", {})
    if read and own_forum_ids(user).intersection(forum.pk for forum in meeting.forums.all()):
        levels = readable_levels(user, meeting)
        return {item.pk for item in meeting.items.all() if item.level in levels}
    return set(items_visible_to(user, meeting).values_list("pk", flat=True))


def topics_visible_to(user: User, forum: Forum) -> QuerySet[Topic]:
    """Return the forum's topics that the user may read, each with `upcoming`: whether it is on a coming agenda.

    Members read the bank; who comes from outside reads its general topics only; others none.
    """
    if forum.pk not in own_forum_ids(user):
        return Topic.objects.none()
    on_agenda = AgendaItem.objects.filter(topic=OuterRef("pk"), meeting__status__in=("planned", "running"))
    topics = (
        Topic.objects.filter(forum=forum)
        .select_related("proposed_by", "theme")
        .annotate(upcoming=Exists(on_agenda))
    )
    return topics.filter(level=Level.GENERAL) if is_open_participant(user) else topics


def relays_visible_to(user: User, forum: Forum) -> tuple[QuerySet[Relay], QuerySet[Relay]]:
    """Return what the forum has sent and what it has received, for its members."""
    relays = Relay.objects.select_related("from_forum", "to_forum", "to_person")
    if forum.pk not in own_forum_ids(user):
        return relays.none(), relays.none()
    return relays.filter(from_forum=forum), relays.filter(to_forum=forum).exclude(
        status=Relay.Status.WITHDRAWN
    )
