"""What is odd among a month's readings, and how far a review has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.directory.models import Person, Post
from tovholder.forums.models import Forum, Membership
from tovholder.insights.policy import may_see_cases_in_log
from tovholder.insights.queries import log
from tovholder.meetings.models import Meeting, Participation
from tovholder.oversight.models import LogReviewRules, Review, ReviewLine
from tovholder.oversight.policy import may_tick, own_keys

Reason = ReviewLine.Reason
Reading = tuple[int, datetime, str, str, str]


@dataclass(slots=True)
class Odd:
    """Readings by one person on one day that stand out: the first of them, and how many."""

    reason: str
    actor: str
    day: date
    event_id: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of a review with its names, and whether the reader may tick it."""

    line: ReviewLine
    event: log.LogLine | None
    who: str
    by: str
    may_tick: bool


def month_of(day: date) -> tuple[datetime, datetime]:
    """Return the first instant of the day's month, and of the next."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    begin, end = (timezone.make_aware(datetime.combine(each, time())) for each in (first, after))
    return begin, end


def readings(month: date) -> QuerySet[Event]:
    """Return what was read in the month that is marked for read-logging; taking out lists and the log counts too."""
    begin, end = month_of(month)
    return Event.objects.filter(kind=Event.Kind.READ, at__gte=begin, at__lt=end).order_by("at", "pk")


def rules() -> LogReviewRules:
    """Return the municipality's rules of the review, or the shipped defaults (not saved)."""
    found = LogReviewRules.objects.filter(retired_at__isnull=True).order_by("pk").first()
    return found or LogReviewRules(key="standard")


def odd(found: Iterable[Reading], rule: LogReviewRules) -> list[Odd]:
    """Return what stands out by the rules, the most readings first within each reason."""
    many: dict[tuple[str, date], Odd] = {}
    night: dict[tuple[str, date], Odd] = {}
    seen: dict[tuple[str, date, str], Odd] = {}
    for pk, at, actor, kind, object_id in found:
        local = timezone.localtime(at)
        day = local.date()
        _one_more(many, (actor, day), Reason.MANY, pk)
        if rule.is_night(local.time()):
            _one_more(night, (actor, day), Reason.NIGHT, pk)
        if rule.outside_district and kind == "meetings.meeting":
            _one_more(seen, (actor, day, object_id), Reason.DISTRICT, pk)
    strangers = _outside_own_district({(actor, meeting) for actor, _day, meeting in seen})
    groups = (
        [each for each in many.values() if each.count >= rule.many_a_day],
        list(night.values()),
        [each for (actor, _day, meeting), each in seen.items() if (actor, meeting) in strangers],
    )
    return [each for group in groups for each in sorted(group, key=lambda row: (-row.count, row.event_id))]


def _one_more(rows: dict[Any, Odd], key: tuple[Any, ...], reason: str, pk: int) -> None:
    row = rows.setdefault(key, Odd(reason=reason, actor=key[0], day=key[1], event_id=pk))
    row.count += 1


def _outside_own_district(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those (actor, meeting) where both have districts, none in common, and the actor was not asked to come."""
    meetings = {int(meeting) for _actor, meeting in pairs if meeting.isdigit()}
    places = _districts_of_meetings(meetings)
    persons = _persons({actor for actor, _meeting in pairs})
    own = _districts_of_persons(set(persons.values()))
    asked = set(
        Participation.objects.filter(
            meeting_id__in=meetings, person_id__in=set(persons.values())
        ).values_list("person_id", "meeting_id")
    )
    found = set()
    for actor, meeting in pairs:
        person = persons.get(actor, 0)
        here, mine = places.get(int(meeting) if meeting.isdigit() else 0, set()), own.get(person, set())
        if here and mine and not here & mine and (person, int(meeting)) not in asked:
            found.add((actor, meeting))
    return found


def _districts_of_meetings(meetings: set[int]) -> dict[int, set[int]]:
    places: dict[int, set[int]] = {}
    rows = Meeting.objects.filter(pk__in=meetings).order_by()
    for pk, district in rows.values_list("pk", "forums__districts"):
        places.setdefault(pk, set()).update({district} - {None})
    for pk, district in rows.values_list("pk", "lead_forum__districts"):
        places.setdefault(pk, set()).update({district} - {None})
    return places


def _persons(actors: set[str]) -> dict[str, int]:
    """Return the person behind each actor's key."""
    split = [actor.partition(":") for actor in actors]
    users = [int(pk) for kind, _colon, pk in split if kind == "user" and pk.isdigit()]
    rows = Person.objects.filter(user_id__in=users).values_list("user_id", "pk")
    by_link = {f"person:{pk}": int(pk) for kind, _colon, pk in split if kind == "person" and pk.isdigit()}
    return {f"user:{user}": pk for user, pk in rows} | by_link


def _districts_of_persons(persons: set[int]) -> dict[int, set[int]]:
    """Where somebody works, holds a post, or sits in a forum, now or before."""
    ways: tuple[QuerySet[Any, Any], ...] = (
        Person.objects.filter(pk__in=persons).values_list("pk", "organisation__district"),
        Person.objects.filter(pk__in=persons).values_list("pk", "organisation__school__district"),
        Post.objects.filter(person__in=persons).values_list("person", "school__district"),
        Membership.objects.filter(person__in=persons).values_list("person", "forum__districts"),
    )
    own: dict[int, set[int]] = {}
    for rows in ways:
        for person, district in rows.order_by():
            own.setdefault(person, set()).update({district} - {None})
    # Who sits in a forum of the whole municipality is at home everywhere.
    everywhere = Forum.objects.filter(districts__isnull=True, members__in=persons).values_list(
        "members", flat=True
    )
    for person in set(everywhere) & persons:
        own[person] = set()
    return own


def reviews() -> QuerySet[Review]:
    """Return all reviews with how many lines each has, and how many are ticked and not in order."""
    ticked = Q(lines__ticked_at__isnull=False)
    wrong = Q(lines__verdict__in=[ReviewLine.Verdict.ASKED, ReviewLine.Verdict.WRONG])
    return Review.objects.annotate(
        all_lines=Count("lines"),
        ticked_lines=Count("lines", filter=ticked),
        found_lines=Count("lines", filter=wrong),
    ).order_by("-month")


def shown(lines: Iterable[ReviewLine], user: User) -> list[Shown]:
    """Return lines with names: one read for the events, one for who and one for what."""
    rows = list(lines)
    events = Event.objects.filter(pk__in=[row.event_id for row in rows])
    cases = bool(may_see_cases_in_log(user))
    named = {each.event.pk: each for each in log.lines(events, cases=cases)}
    who = log.actor_names({row.actor for row in rows} | {row.ticked_by for row in rows})
    return [
        Shown(
            line=row,
            event=named.get(row.event_id),
            who=who.get(row.actor, ""),
            by=who.get(row.ticked_by, ""),
            may_tick=bool(may_tick(user, row)),
        )
        for row in rows
    ]


def waiting_for(user: User) -> QuerySet[ReviewLine]:
    """Return the lines that wait for the user's word, those of the oldest month first."""
    open_lines = ReviewLine.objects.filter(ticked_at__isnull=True).exclude(actor__in=own_keys(user))
    return open_lines.order_by("review__month", "position")


def as_readings(found: QuerySet[Event]) -> Iterator[Reading]:
    rows: Iterator[Reading] = found.values_list("pk", "at", "actor", "object_type", "object_id").iterator()
    return rows
