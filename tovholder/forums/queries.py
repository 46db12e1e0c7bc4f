"""Reads over forums and memberships."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, DateField, Expression, Q, QuerySet
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.directory.models import Person
from tovholder.forums.models import Charter, Forum, Membership, ParticipantReview
from tovholder.forums.standing import (
    SEES_ALL_FORUMS,
    convened_forum_ids,
    current_memberships,
    own_forum_ids,
    person_of,
)
from tovholder.statements import Given, Statement

__all__ = [
    "SEES_ALL_FORUMS",
    "a_year_after",
    "charter_due_on",
    "charters_due",
    "convened_forum_ids",
    "conveners",
    "current_members",
    "current_memberships",
    "dot",
    "looks",
    "members_of",
    "own_forum_ids",
    "past_members_of",
    "person_of",
    "reviews_of",
    "visible_to",
]


def visible_to(user: User) -> QuerySet[Forum]:
    """Return the forums that the user may know of. Pinned to `policy.may_read` by a test."""
    forums = Forum.objects.filter(retired_at__isnull=True)
    if user.has_role(*SEES_ALL_FORUMS):
        return forums
    return forums.filter(pk__in=own_forum_ids(user))


def conveners(forum: Forum) -> QuerySet[Person]:
    """Return the persons who convene the forum today."""
    rows = current_memberships().filter(forum=forum, role__convenes=True)
    return Person.objects.filter(pk__in=rows.values("person_id"))


def members_of(forum: Forum | Expression, on: date | Expression | None = None) -> QuerySet[Membership]:
    """Return who is in the forum today, conveners first."""
    rows = current_memberships(on).filter(forum=forum)
    return rows.select_related(
        "person", "person__organisation", "person__organisation__kind", "role"
    ).order_by("is_guest", "-role__convenes", "role__position", "person__name", "pk")


def current_members(forum: Forum) -> list[Membership]:
    """Return `members_of` the forum today, read as its page shows them."""
    return _MEMBERS(forum=forum.pk, today=timezone.localdate())


_MEMBERS = Statement(lambda: members_of(Given("forum", BigIntegerField()), Given("today", DateField())))


def past_members_of(forum: Forum) -> QuerySet[Membership]:
    """Return memberships that have ended, the latest first."""
    today = timezone.localdate()
    rows = forum.memberships.filter(Q(valid_until__lt=today) | Q(person__left_on__isnull=False))
    return rows.select_related("person", "role").order_by("-valid_until", "pk")


def charter_due_on(charter: Charter) -> date | None:
    """Return the day when an approved charter is a year old."""
    return a_year_after(charter.approved_on) if charter.approved_on else None


def a_year_after(day: date) -> date:
    """Return the day a year later (rule 38: a charter is looked at again then)."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def charters_due(user: User) -> list[Charter]:
    """Return the charters in force that are a year old, in the open forums that the user convenes (rule 38)."""
    approved = (
        Charter.objects.filter(
            forum__in=convened_forum_ids(user),
            forum__closed_on__isnull=True,
            forum__retired_at__isnull=True,
            approved_on__isnull=False,
        )
        .select_related("forum")
        .order_by("forum", "-version")
    )
    latest: dict[int, Charter] = {}
    for charter in approved:
        latest.setdefault(charter.forum_id, charter)
    today = timezone.localdate()
    return [each for each in latest.values() if (due := charter_due_on(each)) is not None and due <= today]


def reviews_of(user: User, forum: Forum) -> QuerySet[ParticipantReview]:
    """Return the forum's participant reviews; nothing for anybody but its convener."""
    if forum.pk not in convened_forum_ids(user):
        return ParticipantReview.objects.none()
    return ParticipantReview.objects.filter(forum=forum).select_related("person")


@dataclass(frozen=True)
class LookRow:
    """A participant, with the convener's latest taps and the latest yearly look."""

    membership: Membership
    taps: list[ParticipantReview]
    look: ParticipantReview | None
    looked: bool


def looks(user: User, forum: Forum) -> list[LookRow]:
    """Return the convener's look at each participant but herself; empty for anybody else."""
    if forum.pk not in convened_forum_ids(user):
        return []
    year = timezone.localdate().year
    by_person: dict[int, list[ParticipantReview]] = {}
    for review in reviews_of(user, forum):
        by_person.setdefault(review.person_id, []).append(review)
    rows = []
    for member in members_of(forum):
        if member.person.user_id == user.pk:
            continue
        own = by_person.get(member.person_id, [])
        taps = [each for each in own if each.occasion == ParticipantReview.Occasion.MEETING]
        look = next((each for each in own if each.occasion == ParticipantReview.Occasion.YEARLY), None)
        rows.append(LookRow(member, taps[:5], look, look is not None and look.on.year == year))
    return rows


def dot(positions: Iterable[int | None]) -> str:
    """Return the css class of a forum's dot from the places of its districts: a square for several or none."""
    found = [each for each in positions if each is not None]
    return f"th-dot-{found[0] % 6 + 1}" if len(found) == 1 else "th-dot-sq"
