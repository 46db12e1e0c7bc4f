"""What is odd among a month's readings, and how far a review has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.audit.models import LISTED_WITH, Event
from tovholder.insights.policy import may_see_cases_in_log
from tovholder.insights.queries import log
from tovholder.oversight import places
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
    """Return what was read in the month that is marked for read-logging; taking out lists and the log counts too.

    A list is one reading, however many cases stood on it.
    """
    begin, end = month_of(month)
    found = Event.objects.filter(kind=Event.Kind.READ, at__gte=begin, at__lt=end)
    return found.exclude(details__has_key=LISTED_WITH).order_by("at", "pk")


def rules() -> LogReviewRules:
    """Return the municipality's rules of the review, or the shipped defaults (not saved)."""
    found = LogReviewRules.objects.filter(retired_at__isnull=True).order_by("pk").first()
    return found or LogReviewRules(key="standard")


def odd(found: Iterable[Reading], rule: LogReviewRules) -> list[Odd]:
    """Return what stands out by the rules, reason by reason, the most readings first within each."""
    many: dict[tuple[str, date], Odd] = {}
    night: dict[tuple[str, date], Odd] = {}
    seen: dict[tuple[str, date, str, str], Odd] = {}
    for pk, at, actor, kind, object_id in found:
        local = timezone.localtime(at)
        day = local.date()
        _one_more(many, (actor, day), Reason.MANY, pk)
        if rule.is_night(local.time()):
            _one_more(night, (actor, day), Reason.NIGHT, pk)
        if rule.outside_district and kind in places.ROADS:
            _one_more(seen, (actor, day, kind, object_id), Reason.DISTRICT, pk)
    strangers = places.outside_own_district({(actor, kind, pk) for actor, _day, kind, pk in seen})
    groups = (
        [each for each in many.values() if each.count >= rule.many_a_day],
        list(night.values()),
        [each for (actor, _day, kind, pk), each in seen.items() if (actor, kind, pk) in strangers],
    )
    return [each for group in groups for each in sorted(group, key=lambda row: (-row.count, row.event_id))]


def taken(found: list[Odd], at_most: int) -> tuple[list[Odd], dict[str, int]]:
    """Return those that there is room for, one of each reason in turn, and how many were left out by reason."""
    groups: dict[str, list[Odd]] = {}
    for each in found:
        groups.setdefault(each.reason, []).append(each)
    turns = [each for turn in zip_longest(*groups.values()) for each in turn if each is not None]
    left = Counter(each.reason for each in turns[at_most:])
    rows = [each for reason, group in groups.items() for each in group[: len(group) - left.get(reason, 0)]]
    return rows, dict(left)


def left_out(review: Review) -> list[tuple[str, int]]:
    """Return what stood out and is not in the review, by reason in words; nothing once the log has forgotten it."""
    made = Event.objects.filter(
        action="oversight.review_made", object_type=review._meta.label_lower, object_id=str(review.pk)
    )
    event = made.order_by("at", "pk").first() if review.left_out else None
    by_reason = event.details.get("left_out", {}) if event is not None else {}
    return [(str(reason.label), by_reason[reason]) for reason in Reason if reason in by_reason]


def _one_more(rows: dict[Any, Odd], key: tuple[Any, ...], reason: str, pk: int) -> None:
    row = rows.setdefault(key, Odd(reason=reason, actor=key[0], day=key[1], event_id=pk))
    row.count += 1


def next_month() -> date | None:
    """Return the first month before this one, a year back at most, that was read in and has no review after it."""
    this = timezone.localdate().replace(day=1)
    start = this.replace(year=this.year - 1)
    newest = Review.objects.order_by("-month").values_list("month", flat=True).first()
    if newest is not None:
        start = max(start, (newest + timedelta(days=32)).replace(day=1))
    oldest = Event.objects.filter(
        kind=Event.Kind.READ, at__gte=month_of(start)[0], at__lt=month_of(this)[0]
    ).order_by("at", "pk")
    at = oldest.values_list("at", flat=True).first()
    return None if at is None else timezone.localdate(at).replace(day=1)


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
