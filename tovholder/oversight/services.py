"""A review of the log is made each month, ticked line by line; what is old is forgotten."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from random import Random

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import Role, User
from tovholder.audit import purging
from tovholder.audit.models import SYSTEM, Actor
from tovholder.audit.services import record
from tovholder.directory.models import RetentionPeriod
from tovholder.outbox.services import queue_mail
from tovholder.oversight import queries
from tovholder.oversight.models import Review, ReviewLine
from tovholder.oversight.policy import may_tick

RETENTION_KEY = "log"


def make_due() -> int:
    """Make the reviews that are due, each month's once, from the first of the next; run each minute.

    Also of the months in which no worker ran. Returns how many lines.
    """
    made = 0
    while (month := queries.next_month()) is not None:
        made += make_review(by=SYSTEM, month=month).lines.count()
    return made


@transaction.atomic
def make_review(*, by: Actor, month: date, seed: str = "", tell: bool = True) -> Review:
    """Draw a sample of the month's readings, add the odd ones, and `tell` those who review the log.

    Raises ValueError when nothing was read. IntegrityError when another made it first.
    """
    seed = seed or secrets.token_hex(8)
    found = list(queries.as_readings(queries.readings(month)))
    if not found:
        raise ValueError("nothing was read in the month")
    numbers = [reading[0] for reading in found]
    rule = queries.rules()
    odd, left_out = queries.taken(queries.odd(found, rule), rule.odd_at_most)
    review = Review.objects.create(
        month=month,
        made_at=timezone.now(),
        seed=seed,
        readings=len(found),
        first_event=min(numbers),
        last_event=max(numbers),
        left_out=sum(left_out.values()),
    )
    by_number = {reading[0]: reading for reading in found}
    rows = [
        queries.Odd(
            reason=ReviewLine.Reason.CHANCE,
            actor=by_number[number][2],
            day=timezone.localtime(by_number[number][1]).date(),
            event_id=number,
            count=1,
        )
        for number in sample(numbers, seed, rule.sample)
    ]
    ReviewLine.objects.bulk_create(
        ReviewLine(
            review=review,
            position=position,
            reason=row.reason,
            actor=row.actor,
            day=row.day,
            event_id=row.event_id,
            count=row.count,
        )
        for position, row in enumerate([*odd, *rows], start=1)
    )
    details = {"readings": len(found), **({"left_out": left_out} if left_out else {})}
    record(by=by, action="oversight.review_made", obj=review, details=details)
    if tell:
        _tell(review)
    return review


def sample(numbers: list[int], seed: str, size: int) -> list[int]:
    """Draw `size` numbers; the same seed draws the same from the same numbers, so that the drawing can be checked."""
    ordered = sorted(numbers)
    drawn = Random(seed).sample(ordered, min(size, len(ordered)))  # noqa: S311 (to be repeated, not kept secret)
    return sorted(drawn)


@transaction.atomic
def tick(*, by: User, line: ReviewLine, verdict: str, note: str = "") -> None:
    """Say whether a reading was in order. Raises Refused; ValueError when something is wrong and no word says what."""
    may_tick(by, line).require()
    if verdict not in ReviewLine.Verdict.values:
        raise ValueError("unknown verdict")
    if verdict != ReviewLine.Verdict.FINE and not note.strip():
        raise ValueError("say what is wrong")
    line.verdict, line.note = verdict, note.strip()
    line.ticked_at, line.ticked_by = timezone.now(), by.audit_key
    line.save(update_fields=["verdict", "note", "ticked_at", "ticked_by"])
    record(
        by=by, action="oversight.line_ticked", obj=line.review, details={"line": line.pk, "verdict": verdict}
    )


def forget_old() -> int:
    """Forget what the log need not remember any more; run each day. Returns how many lines of the log."""
    before = forget_before(timezone.now())
    return purging.purge(by=SYSTEM, before=before) if before is not None else 0


def forget_before(now: datetime) -> datetime | None:
    """Return the instant before which the log is forgotten by the municipality's rule; None without a rule."""
    rule = RetentionPeriod.objects.filter(key=RETENTION_KEY, retired_at__isnull=True).first()
    if rule is None:
        return None
    months = now.year * 12 + now.month - 1 - rule.months
    return now.replace(year=months // 12, month=months % 12 + 1, day=min(now.day, 28))


def _tell(review: Review) -> None:
    reviewers = User.objects.filter(is_active=True, role_grants__role=Role.LOG_REVIEWER)
    for reviewer in reviewers.order_by("pk"):
        queue_mail(
            to=reviewer.email,
            subject=_("Loggen er klar til gennemgang"),
            body=_(
                "Hej\n\nMånedens gennemgang af loggen er klar. Der er %(count)s linjer at se på:\n\n%(link)s"
            )
            % {
                "count": review.lines.count(),
                "link": f"{settings.PUBLIC_URL}{reverse('oversight:review', args=[review.pk])}",
            },
            about="log review",
        )
