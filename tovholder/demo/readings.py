"""Two months of readings in the log, and the reviews of them: one finished, one begun."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from tovholder.accounts.models import Role, User
from tovholder.audit.models import SYSTEM, Event
from tovholder.directory.models import PartyType
from tovholder.forums.models import Membership
from tovholder.meetings.models import Meeting
from tovholder.meetings.services.reading import AT_THE_TABLE
from tovholder.oversight.models import ReviewLine
from tovholder.oversight.services import make_review, tick

BEGUN = 4
Verdict = ReviewLine.Verdict


def make_readings(now: datetime) -> None:
    """Let members read what was anonymous at their meetings, and Lise review it."""
    chance = Random(11)
    last = (timezone.localdate(now).replace(day=1) - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    for month in (before, last):
        _month(chance, month)
    reviewer = User.objects.filter(role_grants__role=Role.LOG_REVIEWER).first()
    for month in (before, last):
        if reviewer is None or not Event.objects.filter(kind="read", at__date__gte=month).exists():
            continue
        review = make_review(by=SYSTEM, month=month, seed=f"demo-{month:%Y-%m}", tell=False)
        lines = list(review.lines.all())
        for line in lines if month == before else lines[:BEGUN]:
            odd = line.reason == ReviewLine.Reason.NIGHT and month == before
            note = "Havde nattevagt. Talt med lederen." if odd else ""
            tick(by=reviewer, line=line, verdict=Verdict.ASKED if odd else Verdict.FINE, note=note)


def _month(chance: Random, month: date) -> None:
    after = (month + timedelta(days=32)).replace(day=1)
    meetings = Meeting.objects.filter(starts_at__date__gte=month, starts_at__date__lt=after).order_by(
        "starts_at"
    )
    items = {meeting.pk: list(meeting.items.values_list("pk", flat=True)[1:3]) for meeting in meetings}
    rows = []
    for number, meeting in enumerate(meetings):
        inside = Membership.objects.filter(forum=meeting.lead_forum_id).exclude(
            person__organisation__kind__party_type=PartyType.OUTSIDE
        )
        people = inside.select_related("person__user").order_by("pk")[:6]
        for person in [membership.person for membership in people]:
            clock = time(8 + chance.randrange(9), chance.randrange(60))
            if number == 1 and person == people[0].person:
                clock = time(23, 12)
            day = max(
                month, timezone.localtime(meeting.starts_at).date() - timedelta(days=chance.randrange(4))
            )
            rows.append((timezone.make_aware(datetime.combine(day, clock)), person, meeting))
    Event.objects.bulk_create(
        Event(
            at=at,
            kind=Event.Kind.READ,
            actor=person.user.audit_key if person.user else person.audit_key,
            action="meeting.anonymous_read",
            object_type="meetings.meeting",
            object_id=str(meeting.pk),
            purpose="agenda",
            ground=AT_THE_TABLE,
            details={"items": items[meeting.pk]},
        )
        for at, person, meeting in sorted(rows, key=lambda row: row[0])
    )
