"""The overview of one forum: who is at the table, who misses, what comes, what is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    DateField,
    DateTimeField,
    Exists,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.concerns.standing import triage_of
from tovholder.directory.models import Organisation, Post, PostKind, School, Side
from tovholder.forums import policy as forums_policy
from tovholder.forums.models import Charter, Forum, ForumOrganisation, Membership
from tovholder.forums.queries import current_members, current_memberships, own_forum_ids
from tovholder.forums.statements import UserStatement
from tovholder.meetings.models import Meeting, MeetingKind, MeetingStatus, Participation
from tovholder.meetings.queries import visible_to as meetings_visible_to
from tovholder.plans.models import Agreement, AgreementStatus
from tovholder.plans.queries import visible_to as agreements_visible_to
from tovholder.statements import Among, Given, Statement

DOTS = 5
SHOWN_MEETINGS, SHOWN_AGREEMENTS = 4, 6
# Rule 39: a side misses when nobody from it came to the last two meetings.
MISSED = 2


@dataclass(frozen=True)
class SideSeat:
    """One side of the table: how many came to the last two meetings, else when somebody last did."""

    side: str
    label: str
    came: int
    members: int
    last_on: date | None

    @property
    def missing(self) -> bool:
        return self.came == 0


@dataclass(frozen=True)
class MemberRow:
    """A member, and for each of the last held meetings, oldest first: came, did not, or was not in yet (None)."""

    membership: Membership
    dots: list[bool | None]

    @property
    def came(self) -> int:
        return sum(each is True for each in self.dots)

    @property
    def counted(self) -> int:
        return sum(each is not None for each in self.dots)


class Held(NamedTuple):
    """A held meeting."""

    pk: int
    starts_at: datetime


@dataclass(frozen=True)
class Attendance:
    """The last held meetings, latest first, with who came to each: the rows of `_came`."""

    meetings: list[Held]
    rows: list[Any] = field(default_factory=list)

    def came_on(self, side: str) -> dict[int, int]:
        """Return for each meeting how many came from a side."""
        counts = dict.fromkeys((meeting.pk for meeting in self.meetings), 0)
        for row in self.rows:
            if row.attended and row.side == side:
                counts[row.meeting_id] += 1
        return counts


def attendance(forum: Forum) -> Attendance:
    """Return who came to the forum's last held meetings; events do not count."""
    rows = _CAME(forum=forum.pk)
    meetings = {Held(row.meeting_id, row.starts_at) for row in rows}
    return Attendance(sorted(meetings, key=lambda each: (each.starts_at, each.pk), reverse=True), rows)


def _came() -> QuerySet[Participation, Any]:
    own = Meeting.forums.through.objects.filter(forum=Given("forum", BigIntegerField()))
    held = (
        # The forum's own first: by their dates, all that the municipality has held are gone through to find five.
        Meeting.objects.filter(Q(Among(F("pk"), own.values("meeting"))), status=MeetingStatus.HELD)
        .exclude(kind=MeetingKind.EVENT)
        .order_by("-starts_at", "-pk")[:DOTS]
    )
    return (
        Participation.objects.filter(meeting__in=held.values("pk"))
        .annotate(starts_at=F("meeting__starts_at"), side=F("person__organisation__kind__side"))
        .values_list("meeting_id", "person_id", "attended", "removed_at", "starts_at", "side", named=True)
    )


_CAME = Statement(_came)


def sides(forum: Forum, members: list[Membership], held: Attendance) -> list[SideSeat]:
    """Return the sides that belong at the table, each with who came. Before the first meeting members count."""
    found = []
    recent = [meeting.pk for meeting in held.meetings[:MISSED]]
    for side in forum.expected_sides:
        if side not in Side.values:
            continue
        of_side = [
            each
            for each in members
            if each.person.organisation and each.person.organisation.kind.side == side
        ]
        counts = held.came_on(side)
        came = max((counts[pk] for pk in recent), default=0)
        last = next((meeting.starts_at.date() for meeting in held.meetings if counts[meeting.pk]), None)
        found.append(
            SideSeat(
                side,
                str(Side(side).label).replace("vejledning", "\u00advejledning"),
                came if recent else len(of_side),
                len(of_side),
                last,
            )
        )
    return found


def member_rows(members: list[Membership], held: Attendance) -> list[MemberRow]:
    """Return each member with dots for the last held meetings, oldest first."""
    came = {
        (row.meeting_id, row.person_id): row.attended
        for row in held.rows
        if row.removed_at is None or row.attended
    }
    rows = []
    for member in members:
        dots = [
            bool(came[meeting.pk, member.person_id]) if (meeting.pk, member.person_id) in came else None
            for meeting in reversed(held.meetings)
        ]
        rows.append(MemberRow(member, dots))
    return rows


def uncovered(forum: Forum, members: list[Membership]) -> list[str]:
    """Return what should be represented and is not: organisations, schools, and posts of the fixed circle."""
    names = set(_UNCOVERED(forum=forum.pk, today=timezone.localdate()))
    if forum.circle:
        people = {each.person_id for each in members}
        held = Post.objects.filter(person_id__in=people, valid_until__isnull=True).values("kind_id")
        kinds = PostKind.objects.filter(key__in=forum.circle, retired_at__isnull=True).exclude(pk__in=held)
        names |= set(kinds.order_by().values_list("name", flat=True))
    return sorted(names)


def _uncovered() -> QuerySet[Organisation, str]:
    forum = Given("forum", BigIntegerField())
    expected = ForumOrganisation.objects.filter(forum=forum).values("organisation_id")
    schools = School.objects.filter(forums=forum, retired_at__isnull=True)
    here = current_memberships(Given("today", DateField())).filter(
        forum=forum, person__organisation=OuterRef("pk")
    )
    return (
        Organisation.objects.filter(
            Q(pk__in=expected) | Q(school__in=schools), ~Exists(here), retired_at__isnull=True
        )
        .order_by()
        .values_list("name", flat=True)
    )


_UNCOVERED = Statement(_uncovered)


def with_charter(forums: QuerySet[Forum]) -> QuerySet[Forum]:
    """Add version and day of the charter in force, and whether the forum has taken over from another."""
    charters = Charter.objects.filter(forum=OuterRef("pk"), approved_on__isnull=False).order_by("-version")
    return forums.annotate(
        charter_version=Subquery(charters.values("version")[:1]),
        charter_approved_on=Subquery(charters.values("approved_on")[:1]),
        has_predecessors=Exists(Forum.objects.filter(successor=OuterRef("pk"))),
    )


def forum_shown_to(user: User, pk: int) -> Forum | None:
    """Return a forum that the user may know of, as its overview shows it, or None."""
    forum = _FORUM.first(forum=pk)
    return forum if forum is not None and forums_policy.may_read(user, forum) else None


_FORUM = Statement(
    lambda: with_charter(
        Forum.objects.filter(pk=Given("forum", BigIntegerField()), retired_at__isnull=True)
    ).select_related("successor")
)


def next_meetings(user: User, forum: Forum) -> list[Meeting]:
    """Return the next few meetings of the forum that the user may know of."""
    return _NEXT(user, forum=forum.pk, now=timezone.now())


def _next_meetings(user: User) -> QuerySet[Meeting]:
    coming = meetings_visible_to(user).exclude(kind=MeetingKind.NETWORK)
    coming = coming.filter(
        forums=Given("forum", BigIntegerField()),
        status__in=[MeetingStatus.PLANNED, MeetingStatus.RUNNING],
        ends_at__gte=Given("now", DateTimeField()),
    )
    return coming.order_by("starts_at", "pk")[:SHOWN_MEETINGS]


_NEXT = UserStatement(_next_meetings, known=(triage_of,))


def all_meetings(user: User, forum: Forum, forum_ids: set[int]) -> QuerySet[Meeting]:
    """Return the meetings of the forum and of those it has taken over from, the latest first."""
    return (
        meetings_visible_to(user)
        .exclude(kind=MeetingKind.NETWORK)
        .filter(pk__in=Meeting.forums.through.objects.filter(forum_id__in=forum_ids).values("meeting_id"))
        .select_related("lead_forum")
        .order_by("-starts_at", "-pk")
    )


def open_agreements(user: User, forum: Forum | Expression) -> QuerySet[Agreement]:
    """Return the open agreements of the forum that the user may read, earliest due date first."""
    return (
        agreements_visible_to(user)
        .filter(forum=forum, status=AgreementStatus.OPEN)
        .select_related("responsible")
        .order_by("due_on", "pk")
    )


_FIRST_OPEN = UserStatement(
    lambda user: open_agreements(user, Given("forum", BigIntegerField()))[:SHOWN_AGREEMENTS]
)


def closed_agreements(user: User, forum: Forum) -> QuerySet[Agreement]:
    """Return the forum's closed agreements that the user may read, the latest first."""
    rows = agreements_visible_to(user).filter(forum=forum).exclude(status=AgreementStatus.OPEN)
    return rows.select_related("responsible").order_by("-closed_at", "-pk")


def predecessors(forum: Forum) -> list[Forum]:
    """Return all forums that this one has taken over from, the latest closed first."""
    found: dict[int, Forum] = {}
    newest = [forum.pk]
    while newest:
        rows = list(Forum.objects.filter(successor__in=newest).exclude(pk__in=found))
        found |= {each.pk: each for each in rows}
        newest = [each.pk for each in rows]
    return sorted(found.values(), key=lambda each: (each.closed_on or date.min, each.pk), reverse=True)


@dataclass(frozen=True)
class ForumPage:
    """All that stands on the overview."""

    members: list[MemberRow]
    guests: list[MemberRow]
    sides: list[SideSeat]
    held: int
    uncovered: list[str]
    meetings: list[Meeting]
    agreements: list[Agreement]
    predecessors: list[Forum]
    charter_approved_on: date | None

    @property
    def missing_sides(self) -> list[str]:
        return [each.side for each in self.sides if each.missing]


def forum_page(user: User, forum: Forum) -> ForumPage:
    """Return the overview of a forum that was read by `with_charter`."""
    members = current_members(forum)
    held = attendance(forum)
    rows = member_rows(members, held)
    return ForumPage(
        members=[row for row in rows if not row.membership.is_guest],
        guests=[row for row in rows if row.membership.is_guest],
        sides=sides(forum, members, held),
        held=len(held.meetings),
        uncovered=uncovered(forum, members) if forum.is_open else [],
        meetings=next_meetings(user, forum),
        # Who does not sit here finds the few agreements with a part in them on the page of agreements.
        agreements=_FIRST_OPEN(user, forum=forum.pk) if forum.pk in own_forum_ids(user) else [],
        predecessors=predecessors(forum) if forum.has_predecessors else [],  # type: ignore[attr-defined]
        charter_approved_on=forum.charter_approved_on,  # type: ignore[attr-defined]
    )
