"""Which meetings and items a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    BigIntegerField,
    DateTimeField,
    Exists,
    Expression,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.utils import timezone

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.citizens.queries import rules_beside
from tovholder.concerns import queries as concerns
from tovholder.concerns.models import CaseTeamMember, ConcernChild
from tovholder.concerns.policy import NEVER, Part
from tovholder.concerns.standing import triage_of
from tovholder.forums.models import Forum
from tovholder.forums.standing import convened_forum_ids, own_forum_ids, person_of
from tovholder.forums.statements import UserStatement
from tovholder.meetings import policy
from tovholder.meetings.models import (
    AgendaItem,
    CaseItem,
    CaseText,
    Disclosure,
    FamilyMember,
    Meeting,
    MeetingKind,
    MinutesStatus,
    NetworkMeeting,
    Outcome,
    Relay,
    Topic,
)
from tovholder.meetings.standing import (
    SEES_ALL_MEETINGS,
    about_own_cases,
    at_the_table,
    is_open_participant,
    only_item_of,
    open_events,
    readable_levels,
    sits_at_table,
    still_reads,
)
from tovholder.statements import Given, GivenSet, Statement, keep_rows

__all__ = [
    "SEES_ALL_MEETINGS",
    "at_the_table",
    "cases_visible_to",
    "is_open_participant",
    "item_ids_visible_to",
    "items_shown_to",
    "items_visible_to",
    "minutes_visible_to",
    "one_meeting",
    "open_events",
    "read_case_of",
    "read_cases_of",
    "read_forums",
    "read_items",
    "read_items_and_outcomes",
    "read_network_case",
    "readable_levels",
    "relays_visible_to",
    "shown_to",
    "sits_at_table",
    "topics_visible_to",
    "visible_to",
]


def visible_to(user: User) -> QuerySet[Meeting]:
    """Return the meetings that the user may know of. Pinned to `policy.may_read` by a test.

    A network meeting is known to those who take part in it or work on its concern, whatever their role.
    """
    if user.has_role(*SEES_ALL_MEETINGS):
        known = ~Q(kind=MeetingKind.NETWORK) | at_the_table(user)
    else:
        known = at_the_table(user) | open_events(user)
    return Meeting.every.filter(known | about_own_cases(user))


def cases_visible_to(
    user: User, meeting: Meeting | Expression, now: Expression | None = None
) -> QuerySet[CaseItem]:
    """Return the meeting's cases that the user may read. Pinned to `policy.may_read_case` by a test.

    `works` marks those the user works on, `on_team` on whose case team they are, `told_ground` on what ground they were
    told. Whether the name may be shown in the room at this moment is another question: `services.cases.assess_room`.
    """
    own = concerns.visible_to(user, Part.ALL)
    works = Exists(own.filter(pk=OuterRef("concern")))
    person = person_of(user)
    told = Disclosure.objects.none()
    seats = CaseTeamMember.objects.none()
    if person is not None and not user.has_role(*NEVER):
        told = Disclosure.objects.filter(still_reads(now), case_item=OuterRef("pk"), person=person)
        told = told.exclude(ground="none")
        seats = CaseTeamMember.objects.filter(
            concern=OuterRef("concern"), person=person, until_at__isnull=True
        )
    ground = Subquery(told.order_by("pk").values("ground")[:1])
    opened = Q(status__in=(CaseItem.Status.OPENED, CaseItem.Status.DONE))
    items = CaseItem.objects.filter(meeting=meeting)
    items = items.annotate(works=works, on_team=Exists(seats), told_ground=ground)
    items = items.filter(Q(works=True) | (Q(told_ground__isnull=False) & opened))
    return (
        items.exclude(status=CaseItem.Status.WITHDRAWN).select_related("concern").order_by("position", "pk")
    )


def read_cases_of(user: User, meeting: Meeting) -> list[CaseItem]:
    """Return these as the pages of cases read them: with the sharing rules that they are asked of.

    What the policy would ask again of the same user is kept with each.
    """
    found = _CASES(user, meeting=meeting.pk, now=timezone.now())
    for item in found:
        item.meeting = meeting
        _keep(user, item)
    return found


def read_case_of(user: User, meeting_pk: int, pk: int) -> CaseItem | None:
    """Return one of them with its meeting, in one read, if the user may know of both."""
    item: CaseItem | None = _CASE.first(user, meeting=meeting_pk, case=pk, now=timezone.now())
    if item is None:
        return None
    read_forums(item.meeting)
    _keep(user, item)
    return item if policy.may_read(user, item.meeting) else None


def _keep(user: User, item: Any) -> None:
    person = person_of(user)
    if person is not None:
        item.concern.__dict__["on_case_team"] = {person.pk: item.on_team}
        item.__dict__["told_on"] = {person.pk: item.told_ground or ""}


def _cases(user: User) -> QuerySet[Any, Any]:
    meeting, now = Given("meeting", BigIntegerField()), Given("now", DateTimeField())
    kin = FamilyMember.objects.filter(meeting=OuterRef("meeting"))
    return cases_visible_to(user, meeting, now).annotate(family_comes=Exists(kin), **rules_beside())


def read_network_case(user: User, network: NetworkMeeting) -> CaseItem | None:
    """Return the case of a network meeting, if the user may read it, with its texts and its children, in one read."""
    rows = _NETWORK_CASE(user, meeting=network.meeting_id, concern=network.concern_id, now=timezone.now())
    if not rows:
        return None
    item: CaseItem = rows[0]
    concern = network.concern
    texts = {row.written.pk: row.written for row in rows if getattr(row, "written", None) is not None}
    links = {row.link.pk: row.link for row in rows if getattr(row, "link", None) is not None}
    for text in texts.values():
        text.case_item = item
    for link in links.values():
        link.concern = concern
    item.meeting, item.concern = network.meeting, concern
    keep_rows(item, "texts", CaseText.objects.filter(case_item=item), texts.values())
    keep_rows(concern, "concern_children", ConcernChild.objects.filter(concern=concern), links.values())
    _keep(user, item)
    return item


def _network_case(user: User) -> QuerySet[Any, Any]:
    """A row for each text and child of the case."""
    found: QuerySet[Any, Any] = _cases(user).filter(concern=Given("concern", BigIntegerField()))
    found = found.annotate(
        written=FilteredRelation("texts"), link=FilteredRelation("concern__concern_children")
    )
    return found.select_related("concern", "written", "link__child").order_by("written__pk", "link__pk")


def _case(user: User) -> QuerySet[Any, Any]:
    found = _cases(user).filter(pk=Given("case", BigIntegerField()))
    return found.select_related(
        "concern",
        "meeting__lead_forum__forum_type",
        "meeting__chair",
        "meeting__minute_taker",
        "meeting__minutes_record__approved_by",
    )


_NETWORK_CASE = UserStatement(_network_case, known=(triage_of,))
_CASES = UserStatement(_cases, known=(triage_of,))
_CASE = UserStatement(_case, known=(triage_of,))


def one_meeting() -> QuerySet[Meeting]:
    """Begin the statement of a page of one meeting: the given one, with what stands on all its faces."""
    found = Meeting.every.filter(pk=Given("meeting", BigIntegerField())).annotate(**holds_cases())
    return found.select_related("lead_forum__forum_type", "chair", "minutes_record")


def holds_cases() -> dict[str, Exists]:
    """Return the annotation that says in the meeting's own query whether there is any case to ask about."""
    rows = CaseItem.objects.filter(meeting=OuterRef("pk")).exclude(status=CaseItem.Status.WITHDRAWN)
    return {"holds_cases": Exists(rows)}


def shown_to(user: User, pk: int, statement: Statement[Meeting]) -> Meeting | None:
    """Return the meeting, as the statement of a page reads it, if the user may know of it."""
    meeting = statement.first(meeting=pk)
    if meeting is None:
        return None
    read_forums(meeting)
    return meeting if policy.may_read(user, meeting) else None


def read_forums(meeting: Meeting) -> None:
    """Let `meeting.forums.all()` be answered without asking again; an ordinary meeting has the one that leads it."""
    if meeting.kind == MeetingKind.ORDINARY:
        keep_rows(meeting, "forums", Forum.objects.filter(meetings=meeting), [meeting.lead_forum])
    else:
        prefetch_related_objects([meeting], "forums")


def read_items(meeting: Meeting) -> list[AgendaItem]:
    """Return all items, read once: a page that only shows them asks `meeting.items.all()` as often as it likes."""
    prefetch_related_objects([meeting], Prefetch("items", AgendaItem.objects.select_related("presenter")))
    return list(meeting.items.all())


def read_items_and_outcomes(meeting: Meeting) -> list[AgendaItem]:
    """Do as `read_items`, with what each item led to, in the same query."""
    rows = (
        AgendaItem.objects.filter(meeting=meeting)
        .annotate(led_to=FilteredRelation("outcomes"))
        .select_related("presenter", "led_to__to_forum", "led_to__to_person")  # type: ignore[misc]
        .order_by("position", "pk", "led_to__pk")
    )
    items: dict[int, AgendaItem] = {}
    outcomes: dict[int, list[Outcome]] = {}
    for row in rows:
        item = items.setdefault(row.pk, row)
        item.meeting = meeting
        found = outcomes.setdefault(row.pk, [])
        if (outcome := getattr(row, "led_to", None)) is not None:  # not set where there is none
            found.append(outcome)
    for pk, item in items.items():
        keep_rows(item, "outcomes", Outcome.objects.filter(item=item), outcomes[pk])
    keep_rows(meeting, "items", AgendaItem.objects.filter(meeting=meeting), items.values())
    return list(items.values())


def items_visible_to(user: User, meeting: Meeting) -> QuerySet[AgendaItem]:
    """Return the meeting's items that the user may read, in order.

    A guest for one item sees the general items and that item.
    """
    levels, only = _readable(user, meeting)
    items = meeting.items.select_related("presenter", "meeting", "topic", "relay")
    return items.filter(Q(level__in=levels) | Q(pk=only)) if only else items.filter(level__in=levels)


def items_shown_to(user: User, meeting: Meeting) -> list[AgendaItem]:
    """Return `items_visible_to` as the agenda shows them: with who holds them, and what brought them there."""
    levels, only = _readable(user, meeting)
    items = _SHOWN(meeting=meeting.pk, levels=levels, only=only or 0)
    for item in items:
        item.meeting = meeting
    return items


def _readable(user: User, meeting: Meeting) -> tuple[tuple[str, ...], int | None]:
    """Return the levels that the user reads at the meeting, and the one item besides."""
    levels = readable_levels(user, meeting)
    only = only_item_of(user, meeting)
    if only is None or is_open_participant(user) or not sits_at_table(user, meeting):
        return levels, None
    return levels, only


def _shown() -> QuerySet[AgendaItem]:
    readable = Q(level__in=GivenSet("levels", AgendaItem._meta.get_field("level")))
    return (
        AgendaItem.objects.filter(meeting=Given("meeting", BigIntegerField()))
        .filter(readable | Q(pk=Given("only", BigIntegerField())))
        .select_related(
            "presenter",
            "topic__proposed_by",
            "relay__from_forum",
            "relay__to_forum",
            "relay__to_person",
            "deferred_from__meeting",
        )
        .order_by("position", "pk")
        # Forums and persons are wide; of what brought the item here only the name is told.
        .only(
            *(field.attname for field in AgendaItem._meta.concrete_fields),
            "presenter__name",
            "topic__proposed_by__name",
            "relay__from_forum__name",
            "relay__to_forum__name",
            "relay__to_person__name",
            "deferred_from__meeting__starts_at",
        )
    )


_SHOWN = Statement(_shown)


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


def minutes_visible_to(user: User) -> QuerySet[Meeting]:
    """Return the meetings whose minutes the user may read. Pinned to `policy.may_read_minutes` by a test."""
    convened, person = convened_forum_ids(user), person_of(user)
    through = Meeting.forums.through.objects
    writes = Q(lead_forum_id__in=convened)
    writes |= Q(Exists(through.filter(meeting_id=OuterRef("pk"), forum_id__in=convened)))
    if person is not None:
        writes |= Q(chair=person) | Q(minute_taker=person)
    approved = Q(minutes_record__status=MinutesStatus.APPROVED)
    commenting = Q(minutes_record__status=MinutesStatus.COMMENTING) & at_the_table(user)
    return visible_to(user).filter(writes | approved | commenting)
