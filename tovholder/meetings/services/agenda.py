"""The agenda builds itself: open agreements first, then what waits for this meeting, then the forum's template.

`build` makes it when the meeting is created, `refresh` adds what has come since. Both can run again without
adding anything twice: an answer, a relay or a postponed item is placed exactly once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.levels import Level, level_rank, levels_up_to
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.forums.models import AgendaTemplate, AgendaTemplateItem, Forum, ItemKind, JointMeetingRule
from tovholder.meetings.models import (
    AgendaItem,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Relay,
    Topic,
    TopicStatus,
)
from tovholder.meetings.services.invitations import take_off

Source = AgendaItem.Source
# What comes first on every agenda, in this order; everything else keeps the place it was given.
RANK: dict[str, int] = {Source.OPEN_AGREEMENTS: 0, Source.ANSWER: 1, Source.RELAY: 2, Source.DEFERRED: 3}
LAST = 9


@transaction.atomic
def build(*, by: Actor, meeting: Meeting) -> int:
    """Make the agenda of a new meeting; return the number of items. An event has a programme instead."""
    if meeting.kind == MeetingKind.EVENT or meeting.items.exists():
        return 0
    template = template_items(meeting)
    opening = next((each for each in template if each.kind == ItemKind.AGREEMENTS), None)
    AgendaItem.objects.create(
        meeting=meeting,
        position=1,
        heading=opening.heading if opening else _("Åbne aftaler fra sidst"),
        kind=ItemKind.AGREEMENTS,
        minutes=opening.minutes if opening else _time_left(meeting, template),
        sub_points=opening.sub_points if opening else [],
        source=Source.OPEN_AGREEMENTS,
    )
    highest = highest_level(meeting)
    for each in template:
        if each.kind in {ItemKind.AGREEMENTS, ItemKind.SINGLE_CASE}:
            continue  # a single case needs its own reason, so it is added by a person
        AgendaItem.objects.create(
            meeting=meeting,
            position=each.position + 1,
            heading=each.heading,
            kind=each.kind,
            level=each.level if level_rank(each.level) <= level_rank(highest) else highest,
            minutes=each.minutes,
            sub_points=each.sub_points,
            source=Source.TEMPLATE,
        )
    _bring(meeting)
    count = renumber(meeting)
    record(by=by, action="meeting.agenda_built", obj=meeting, details={"items": count})
    return count


@transaction.atomic
def refresh(*, by: Actor, meeting: Meeting) -> int:
    """Add what has come since; return how many items are new. Only a planned meeting's agenda grows by itself."""
    meeting = Meeting.every.select_for_update().get(pk=meeting.pk)
    if meeting.status != MeetingStatus.PLANNED or meeting.kind == MeetingKind.EVENT:
        return 0
    added = _bring(meeting)
    if added:
        renumber(meeting)
        record(by=by, action="meeting.agenda_refreshed", obj=meeting, details={"items": added})
    return added


def refresh_next(*, by: Actor, forum: Forum) -> Meeting | None:
    """Refresh the agenda of the forum's next planned meeting; return the meeting, or None when there is none."""
    meeting = next_planned([forum.pk])
    if meeting is not None:
        refresh(by=by, meeting=meeting)
    return meeting


def next_planned(forum_ids: Iterable[int]) -> Meeting | None:
    """Return the first planned meeting still to come of any of the forums; events are not meetings of a forum."""
    return (
        Meeting.objects.filter(
            forums__in=list(forum_ids), status=MeetingStatus.PLANNED, ends_at__gte=timezone.now()
        )
        .exclude(kind=MeetingKind.EVENT)
        .order_by("starts_at", "pk")
        .distinct()
        .first()
    )


def _time_left(meeting: Meeting, template: Sequence[AgendaTemplateItem]) -> int:
    """Give the open agreements ten minutes, or what the template leaves, but never less than five."""
    return max(5, min(10, meeting.minutes_planned - sum(each.minutes for each in template)))


def highest_level(meeting: Meeting) -> str:
    """Return the highest level that every forum at the table may take; an event is open and takes general items."""
    if meeting.kind == MeetingKind.EVENT:
        return str(Level.GENERAL)
    highest = min((forum.highest_level for forum in meeting.forums.all()), key=level_rank)
    # The named level waits for the sharing rules.
    return str(min(highest, Level.ANONYMOUS, key=level_rank))


def template_items(meeting: Meeting) -> list[AgendaTemplateItem]:
    """Return the items of the template that the meeting follows: the joint rule's, or the leading forum's."""
    template = meeting.lead_forum.agenda_template
    if meeting.kind == MeetingKind.JOINT:
        template = joint_template(meeting) or template
    return list(template.items.all()) if template is not None else []


def joint_template(meeting: Meeting) -> AgendaTemplate | None:
    """Return the template of the rule whose forums are those of the meeting."""
    rule = joint_rule(list(meeting.forums.all()))
    return rule.agenda_template if rule is not None else None


def joint_rule(forums: Sequence[Forum]) -> JointMeetingRule | None:
    """Return the rule that says that exactly these forums meet together."""
    wanted = {forum.pk for forum in forums}
    for rule in JointMeetingRule.objects.filter(retired_at__isnull=True).prefetch_related("forums"):
        if {forum.pk for forum in rule.forums.all()} == wanted:
            return rule
    return None


def renumber(meeting: Meeting) -> int:
    """Close the gaps in the positions and keep the fixed items first; return the number of items."""
    items = list(meeting.items.order_by("position", "pk"))
    items.sort(key=lambda item: item.source != Source.OPEN_AGREEMENTS)
    for position, item in enumerate(items, start=1):
        item.position = position
    AgendaItem.objects.bulk_update(items, ["position"])
    return len(items)


def _bring(meeting: Meeting) -> int:
    """Put on the agenda what waits for it; return how many items were added."""
    forum_ids = [forum.pk for forum in meeting.forums.all()]
    levels = levels_up_to(highest_level(meeting))
    added = 0
    for forum_id in forum_ids:
        first = next_planned([forum_id])
        if first is None or first.pk == meeting.pk or first.starts_at > meeting.starts_at:
            added += _bring_relays(meeting, forum_id)
        added += _bring_deferred(meeting, forum_id, levels)
    return added + _bring_topics(meeting, levels)


def _bring_relays(meeting: Meeting, forum_id: int) -> int:
    answers = Relay.objects.filter(from_forum=forum_id, status=Relay.Status.ANSWERED).exclude(
        items__source=Source.ANSWER
    )
    received = Relay.objects.filter(to_forum=forum_id, status=Relay.Status.SENT).exclude(
        items__source=Source.RELAY
    )
    found = [(relay, Source.ANSWER) for relay in answers] + [(relay, Source.RELAY) for relay in received]
    for relay, source in found:
        _insert(
            meeting,
            AgendaItem(
                heading=relay.heading,
                question=relay.answer if source == Source.ANSWER else relay.text,
                kind=ItemKind.INFORMATION if source == Source.ANSWER else ItemKind.DISCUSSION,
                minutes=5 if source == Source.ANSWER else 10,
                source=source,
                relay=relay,
            ),
        )
    return len(found)


def waiting_items(forum_id: int, levels: Iterable[str]) -> QuerySet[AgendaItem]:
    """Return the items that were postponed to the forum's next meeting and are on none yet."""
    return (
        AgendaItem.objects.filter(
            is_deferred=True,
            deferred_to__isnull=True,
            meeting__lead_forum__in=with_predecessors(forum_id),
            level__in=list(levels),
        )
        .select_related("meeting", "presenter", "topic", "relay")
        .order_by("meeting__starts_at", "position")
    )


def _bring_deferred(meeting: Meeting, forum_id: int, levels: Iterable[str]) -> int:
    """Postponed items come to the first planned meeting after their own that takes items at their level."""
    waiting = list(waiting_items(forum_id, levels).exclude(meeting=meeting))
    between = list(_earlier(meeting, forum_id)) if waiting else []
    added = 0
    for item in waiting:
        home = item.meeting
        others = [each for each in between if level_rank(item.level) <= level_rank(highest_level(each))]
        if home.status == MeetingStatus.CANCELLED:
            here = not others
        else:
            here = home.starts_at < meeting.starts_at and not any(
                each.starts_at > home.starts_at and each.pk != home.pk for each in others
            )
        if here:
            copy = _copy(item)
            if not _take_twins_place(meeting, copy):
                _insert(meeting, copy)
            added += 1
    return added


def _earlier(meeting: Meeting, forum_id: int) -> QuerySet[Meeting]:
    """The forum's planned meetings still to come before this one."""
    return (
        Meeting.objects.filter(
            forums=forum_id,
            status=MeetingStatus.PLANNED,
            ends_at__gte=timezone.now(),
            starts_at__lt=meeting.starts_at,
        )
        .exclude(Q(kind=MeetingKind.EVENT) | Q(pk=meeting.pk))
        .prefetch_related("forums")
    )


def _copy(item: AgendaItem) -> AgendaItem:
    return AgendaItem(
        heading=item.heading,
        question=item.question,
        kind=item.kind,
        level=item.level,
        minutes=item.minutes,
        presenter=item.presenter,
        sub_points=item.sub_points,
        single_case_reason=item.single_case_reason,
        topic=item.topic,
        relay=item.relay,
        source=Source.DEFERRED,
        deferred_from=item,
    )


# What a postponed item brings along when it takes the place of its twin.
BROUGHT = (
    "question level minutes presenter sub_points single_case_reason topic relay source deferred_from".split()
)


def _take_twins_place(meeting: Meeting, copy: AgendaItem) -> bool:
    """A fixed item that was postponed stands on the next agenda anyway: it must not stand there twice."""
    twin = meeting.items.filter(
        source=Source.TEMPLATE, kind=copy.kind, heading=copy.heading, text="", is_deferred=False
    ).first()
    if twin is None:
        return False
    for name in BROUGHT:
        setattr(twin, name, getattr(copy, name))
    twin.save(update_fields=BROUGHT)
    return True


def drop(item: AgendaItem, *, by: Actor) -> None:
    """Take an item off a planned meeting for good; who came for that item only comes no more.

    Who was taken off before is not brought back: without the item it would be for the whole meeting.
    """
    for guest in item.guests.filter(removed_at__isnull=True).select_related("person", "meeting__lead_forum"):
        take_off(guest)
        details = {"person": guest.person_id}
        record(by=by, action="meeting.participant_removed", obj=item.meeting, details=details)
    item.guests.exclude(attended=True).delete()
    item.delete()
    renumber(item.meeting)


def let_go(copy: AgendaItem, *, by: Actor) -> None:
    """Take a postponed item off the next agenda again; where it stood for a fixed item, that one comes back."""
    meeting = copy.meeting
    same = [
        each for each in template_items(meeting) if (each.heading, each.kind) == (copy.heading, copy.kind)
    ]
    if not same or meeting.items.filter(source=Source.TEMPLATE, heading=copy.heading).exists():
        drop(copy, by=by)
        return
    copy.source, copy.deferred_from, copy.topic, copy.relay = Source.TEMPLATE, None, None, None
    copy.minutes, copy.sub_points, copy.question = same[0].minutes, same[0].sub_points, ""
    copy.save(update_fields=BROUGHT)


def with_predecessors(forum_id: int) -> set[int]:
    """Return the forum and all forums that it has taken over from."""
    found, newest = {forum_id}, {forum_id}
    while newest:
        rows = Forum.objects.filter(successor__in=newest).exclude(pk__in=found)
        newest = set(rows.values_list("pk", flat=True))
        found |= newest
    return found


def _bring_topics(meeting: Meeting, levels: Iterable[str]) -> int:
    """Topics that are wanted from a day on come to the leading forum's first meeting after it."""
    day: date = timezone.localtime(meeting.starts_at).date()
    earlier = (
        Meeting.objects.filter(
            lead_forum=meeting.lead_forum,
            status=MeetingStatus.PLANNED,
            starts_at__lt=meeting.starts_at,
            ends_at__gte=timezone.now(),
        )
        .exclude(Q(kind=MeetingKind.EVENT) | Q(pk=meeting.pk))
        .order_by("-starts_at")
        .values_list("starts_at", flat=True)
        .first()
    )
    wanted = Topic.objects.filter(
        forum=meeting.lead_forum_id, status=TopicStatus.BANKED, wanted_on__lte=day, level__in=list(levels)
    ).exclude(kind=ItemKind.SINGLE_CASE)
    if earlier is not None:
        wanted = wanted.filter(wanted_on__gt=timezone.localtime(earlier).date())
    found = list(wanted.order_by("wanted_on", "pk"))
    for topic in found:
        insert_topic(meeting, topic, Source.TOPIC)
    return len(found)


def insert_topic(meeting: Meeting, topic: Topic, source: str) -> AgendaItem:
    """Put a topic where the template has its theme, else before any other business; count that it is used."""
    items = list(meeting.items.order_by("position", "pk"))
    themes = [
        item.position
        for item in items
        if item.source in {Source.TOPIC, Source.PROPOSAL}
        or (item.source == Source.TEMPLATE and item.kind == ItemKind.THEME)
    ]
    other = [item.position for item in items if item.kind == ItemKind.OTHER]
    after = max(themes) if themes else (min(other) - 1 if other else len(items))
    topic.status = TopicStatus.SCHEDULED
    topic.decline_reason = ""
    topic.times_used += 1
    topic.last_used_on = timezone.localtime(meeting.starts_at).date()
    topic.save(update_fields=["status", "decline_reason", "times_used", "last_used_on"])
    item = AgendaItem(
        heading=topic.heading,
        question=topic.why,
        kind=topic.kind,
        level=topic.level,
        minutes=topic.minutes,
        presenter=_still_here(topic),
        source=source,
        topic=topic,
    )
    return _place(meeting, item, after)


def _still_here(topic: Topic) -> Person | None:
    person = topic.proposed_by
    return person if person is not None and person.left_on is None else None


def _insert(meeting: Meeting, item: AgendaItem) -> AgendaItem:
    """Put an item after the fixed ones that come before its kind."""
    after = 0
    for each in meeting.items.order_by("position", "pk"):
        if RANK.get(each.source, LAST) > RANK[item.source]:
            break
        after = each.position
    return _place(meeting, item, after)


def _place(meeting: Meeting, item: AgendaItem, after: int) -> AgendaItem:
    meeting.items.filter(position__gt=after).update(position=F("position") + 1)
    item.meeting, item.position = meeting, after + 1
    item.save()
    return item
