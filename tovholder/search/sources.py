"""What can be found: one table of sorts. How each is read, which texts it gives, who may see them, where they lead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.levels import Level
from tovholder.accounts.models import Role, User
from tovholder.directory.models import Person
from tovholder.directory.queries import visible_to as persons_visible_to
from tovholder.directory.standing import SEES_PEOPLE
from tovholder.forums.models import Forum, OlderMinutes
from tovholder.forums.queries import visible_to as forums_visible_to
from tovholder.forums.standing import SEES_ALL_FORUMS, own_forum_ids, person_of
from tovholder.forums.statements import UserStatement
from tovholder.meetings.models import (
    AgendaAttachment,
    AgendaItem,
    Meeting,
    MinutesAddendum,
    Participation,
    Topic,
)
from tovholder.meetings.queries import minutes_visible_to
from tovholder.meetings.queries import visible_to as meetings_visible_to
from tovholder.meetings.standing import SEES_ALL_MEETINGS, SIGNS_UP
from tovholder.plans.models import Agreement
from tovholder.plans.standing import within_cooperation
from tovholder.search.models import Entry, Kind

MONTHS = "januar februar marts april maj juni juli august september oktober november december".split()
# Who takes part in more meetings than this outside of own forums is looked up without the shortcut.
MOST_GUEST_MEETINGS = 300


@dataclass(frozen=True)
class Draft:
    """An entry before its words are analysed. `scope` says in which circles it can be known at all."""

    kind: str
    object_id: int
    title: str
    moment: datetime
    scope: tuple[str, ...]
    texts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    place: str = ""
    parent_id: int | None = None


@dataclass(frozen=True)
class Sort:
    """A table that is searched: its rows, read with what they need, and the drafts that a row gives (or none)."""

    model: type[models.Model]
    kinds: tuple[str, ...]
    rows: Callable[[], QuerySet[Any]]
    drafts: Callable[[Any], Iterable[Draft]]


def _scope(meeting: Meeting) -> tuple[str, ...]:
    forums = {meeting.lead_forum_id, *(forum.pk for forum in meeting.forums.all())}
    event = ("e",) if meeting.kind == "event" else ()
    return (*(f"f{pk}" for pk in sorted(forums)), f"m{meeting.pk}", *event)


def _day(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.day}. {MONTHS[local.month - 1]} {local.year}"


def _meeting(meeting: Meeting) -> Iterator[Draft]:
    forums = [forum.name for forum in meeting.forums.all() if forum.name != str(meeting)]
    texts = (meeting.get_kind_display(), *forums, meeting.place, meeting.note, meeting.programme)
    yield Draft(
        Kind.MEETING, meeting.pk, str(meeting), meeting.starts_at, _scope(meeting),
        texts=(*texts, _day(meeting.starts_at)), place=_day(meeting.starts_at), parent_id=meeting.pk,
    )  # fmt: skip


def _item(item: AgendaItem) -> Iterator[Draft]:
    if item.level != Level.GENERAL:
        return
    meeting = item.meeting
    place = f"{meeting}, {_day(meeting.starts_at)}"
    shared: dict[str, Any] = {"place": place, "parent_id": meeting.pk}
    points = tuple(str(each) for each in item.sub_points or ())
    yield Draft(
        Kind.ITEM, item.pk, item.heading, meeting.starts_at, _scope(meeting),
        texts=(item.question, *points, item.single_case_reason), **shared,
    )  # fmt: skip
    said = tuple(text for text in (item.text, *(outcome.text for outcome in item.outcomes.all())) if text)
    if said:
        yield Draft(
            Kind.MINUTES, item.pk, item.heading, meeting.starts_at, _scope(meeting), texts=said, **shared
        )


def _addendum(addendum: MinutesAddendum) -> Iterator[Draft]:
    """A correction may be about any item: it is found only where all the meeting's items are general."""
    meeting = addendum.minutes.meeting
    if any(item.level != Level.GENERAL for item in meeting.items.all()):
        return
    yield Draft(
        Kind.ADDENDUM, addendum.pk, _("Tilføjelse til referat"), addendum.at, _scope(meeting),
        texts=(addendum.text,), place=f"{meeting}, {_day(meeting.starts_at)}", parent_id=meeting.pk,
    )  # fmt: skip


def _file(row: AgendaAttachment) -> Iterator[Draft]:
    if row.item is not None and row.item.level != Level.GENERAL:
        return
    yield Draft(
        Kind.FILE, row.pk, row.attachment.name, row.attachment.uploaded_at, _scope(row.meeting),
        place=f"{row.meeting}, {_day(row.meeting.starts_at)}", parent_id=row.meeting_id,
    )  # fmt: skip


def _older(older: OlderMinutes) -> Iterator[Draft]:
    """By its title only: nobody has sorted what is in the file by level."""
    held = datetime.combine(older.held_on, time(12), tzinfo=timezone.get_default_timezone())
    yield Draft(
        Kind.OLDER, older.pk, older.title, held, (f"f{older.forum_id}",),
        texts=(_day(held),), place=f"{older.forum}, {_day(held)}", parent_id=older.forum_id,
    )  # fmt: skip


def _topic(topic: Topic) -> Iterator[Draft]:
    if topic.level == Level.GENERAL:
        yield Draft(
            Kind.TOPIC, topic.pk, topic.heading, topic.created_at, (f"f{topic.forum_id}",),
            texts=(topic.why,), place=topic.forum.name, parent_id=topic.forum_id,
        )  # fmt: skip


def _agreement(agreement: Agreement) -> Iterator[Draft]:
    if agreement.level != Level.GENERAL:
        return
    people = {agreement.responsible_id, *(person.pk for person in agreement.helpers.all())} - {None}
    yield Draft(
        Kind.AGREEMENT, agreement.pk, agreement.what, agreement.created_at,
        (f"f{agreement.forum_id}", *(f"p{pk}" for pk in sorted(filter(None, people)))),
        texts=(agreement.reason,), place=agreement.forum.name, parent_id=agreement.forum_id,
    )  # fmt: skip


def _forum(forum: Forum) -> Iterator[Draft]:
    if forum.retired_at is None:
        # A forum has no moment of its own: forums and persons come after what happened.
        yield Draft(
            Kind.FORUM, forum.pk, forum.name, _first_moment(), (f"f{forum.pk}",),
            texts=(forum.purpose, forum.principles, *(d.name for d in forum.districts.all())),
            names=(forum.name,), place=forum.forum_type.name,
        )  # fmt: skip


def _person(person: Person) -> Iterator[Draft]:
    organisation = person.organisation.name if person.organisation is not None else ""
    yield Draft(
        Kind.PERSON, person.pk, person.name, _first_moment(), (), texts=(organisation, person.title),
        names=(person.name,), place=", ".join(filter(None, (person.title, organisation))),
    )  # fmt: skip


def _first_moment() -> datetime:
    return datetime(1970, 1, 1, tzinfo=timezone.get_default_timezone())


SORTS: dict[str, Sort] = {
    "meeting": Sort(
        Meeting, (Kind.MEETING,),
        lambda: Meeting.objects.select_related("lead_forum").prefetch_related("forums"), _meeting,
    ),
    "item": Sort(
        AgendaItem, (Kind.ITEM, Kind.MINUTES),
        lambda: AgendaItem.objects.select_related("meeting__lead_forum").prefetch_related("meeting__forums", "outcomes"),
        _item,
    ),
    "addendum": Sort(
        MinutesAddendum, (Kind.ADDENDUM,),
        lambda: MinutesAddendum.objects.select_related("minutes__meeting__lead_forum").prefetch_related(
            "minutes__meeting__forums", "minutes__meeting__items"
        ), _addendum,
    ),
    "file": Sort(
        AgendaAttachment, (Kind.FILE,),
        lambda: AgendaAttachment.objects.select_related(
            "attachment", "item", "meeting__lead_forum"
        ).prefetch_related("meeting__forums"), _file,
    ),
    "older": Sort(
        OlderMinutes, (Kind.OLDER,), lambda: OlderMinutes.objects.select_related("forum"), _older
    ),
    "topic": Sort(Topic, (Kind.TOPIC,), lambda: Topic.objects.select_related("forum"), _topic),
    "agreement": Sort(
        Agreement, (Kind.AGREEMENT,),
        lambda: Agreement.objects.select_related("forum").prefetch_related("helpers"), _agreement,
    ),
    "forum": Sort(
        Forum, (Kind.FORUM,),
        lambda: Forum.objects.select_related("forum_type").prefetch_related("districts"), _forum,
    ),
    "person": Sort(Person, (Kind.PERSON,), lambda: Person.objects.select_related("organisation"), _person),
}  # fmt: skip


def readable(user: User, kinds: Iterable[str]) -> Q:
    """Return the condition on entries of these kinds that the user may read what they lead to; no other kind passes.

    The very querysets of the pages, so that search cannot know more than they do.
    """
    chosen, may = set(kinds), Q(pk__in=())

    def among(found: QuerySet[Any], reference: str = "object_id") -> Q:
        # Said as a range of one: for "equal to", PostgreSQL may choose to read the whole table into a hash first.
        return Q(Exists(found.filter(pk__gte=OuterRef(reference), pk__lte=OuterRef(reference))))

    general = among(AgendaItem.objects.filter(level=Level.GENERAL))
    files = AgendaAttachment.objects.filter(Q(item__isnull=True) | Q(item__level=Level.GENERAL))
    if chosen & {Kind.MEETING, Kind.ITEM, Kind.FILE}:
        about = Q(kind=Kind.MEETING) | (Q(kind=Kind.ITEM) & general) | (Q(kind=Kind.FILE) & among(files))
        may |= about & among(meetings_visible_to(user), "parent_id")
    if chosen & {Kind.MINUTES, Kind.ADDENDUM}:
        about = Q(kind=Kind.ADDENDUM) | (Q(kind=Kind.MINUTES) & general)
        may |= about & among(minutes_visible_to(user), "parent_id")
    if Kind.OLDER in chosen:
        # `forums.policy.may_read_older_minutes` as a condition, pinned to it by a test.
        older = OlderMinutes.objects.filter(within_cooperation(user), forum_id__in=own_forum_ids(user))
        may |= Q(kind=Kind.OLDER) & among(older)
    if Kind.TOPIC in chosen:
        topics = Topic.objects.filter(forum_id__in=own_forum_ids(user), level=Level.GENERAL)
        may |= Q(kind=Kind.TOPIC) & among(topics)
    if Kind.AGREEMENT in chosen:
        may |= Q(kind=Kind.AGREEMENT) & among(_agreements(user))
    if Kind.FORUM in chosen:
        may |= Q(kind=Kind.FORUM) & among(forums_visible_to(user))
    if Kind.PERSON in chosen:
        may |= Q(kind=Kind.PERSON) & among(persons_visible_to(user))
    return may


def _agreements(user: User) -> QuerySet[Agreement]:
    """The general ones of `plans.queries.visible_to`, asked of one row: that one lists them all first.

    Pinned to `plans.policy.may_read` by a test.
    """
    may = Q(forum_id__in=own_forum_ids(user))
    if (person := person_of(user)) is not None:
        helped = Agreement.helpers.through.objects.filter(agreement_id=OuterRef("pk"), person_id=person.pk)
        may |= Q(responsible_id=person.pk) | Q(Exists(helped))
    return Agreement.objects.filter(may, level=Level.GENERAL)


def circles(user: User) -> list[str] | None:
    """Return the scopes that hold all the user may read, or None for "look everywhere".

    Never the access rule itself (that is `readable`): only a shortcut past what the user cannot read anyway.
    """
    person = person_of(user)
    found = [f"f{pk}" for pk in sorted(own_forum_ids(user))]
    if user.has_role(*SEES_ALL_MEETINGS):
        found += [_tag(kind) for kind in (Kind.MEETING, Kind.ITEM, Kind.MINUTES, Kind.ADDENDUM, Kind.FILE)]
    elif person is not None:
        meetings = _GUEST_AT(user)
        if len(meetings) > MOST_GUEST_MEETINGS:
            return None
        found += [f"m{pk}" for pk in meetings]
    if person is not None:
        found.append(f"p{person.pk}")
    if user.has_role(*SIGNS_UP):
        found.append("e")
    if user.has_role(*SEES_ALL_FORUMS):
        found.append(_tag(Kind.FORUM))
    if user.has_role(*SEES_PEOPLE, Role.OPEN_PARTICIPANT):
        found.append(_tag(Kind.PERSON))
    return found


def _guest_at(user: User) -> QuerySet[Participation, int]:
    taking_part = Participation.objects.filter(person=person_of(user), removed_at__isnull=True)
    elsewhere = taking_part.exclude(meeting__forums__in=own_forum_ids(user))
    return elsewhere.values_list("meeting_id", flat=True)[: MOST_GUEST_MEETINGS + 1]


_GUEST_AT = UserStatement(_guest_at)


def scope_of(draft: Draft) -> str:
    """Return the scope terms of a draft, its kind among them."""
    return " ".join((_tag(draft.kind), *draft.scope))


def kind_terms(kinds: Iterable[str]) -> list[str]:
    return [_tag(kind) for kind in kinds]


def _tag(kind: str) -> str:
    return f"k{kind}"


def address(entry: Entry) -> str:
    """Return where an entry leads."""
    if entry.kind == Kind.MINUTES or entry.kind == Kind.ADDENDUM:
        return reverse("meetings:after", args=[entry.parent_id])
    if entry.kind == Kind.ITEM or entry.kind == Kind.MEETING:
        return reverse("meetings:before", args=[entry.parent_id])
    if entry.kind == Kind.FILE:
        return reverse("meetings:attachment", args=[entry.parent_id, entry.object_id])
    name = {
        Kind.AGREEMENT.value: "plans:agreement",
        Kind.FORUM.value: "insights:forum",
        Kind.PERSON.value: "insights:person",
        Kind.TOPIC.value: "meetings:topics",
        Kind.OLDER.value: "forums:older_minutes",
    }[entry.kind]
    of_forum = entry.kind in {Kind.TOPIC, Kind.OLDER}
    return reverse(name, args=[entry.parent_id if of_forum else entry.object_id])
