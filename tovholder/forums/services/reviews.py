"""The convener's look at the participants: one tap after a meeting, and a whole look once a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.forums import policy
from tovholder.forums.models import Forum, ParticipantReview

Occasion = ParticipantReview.Occasion
Verdict = ParticipantReview.Verdict


@dataclass(frozen=True)
class Look:
    """What the convener thinks of one participant in the yearly look; 1 low, 2 middle, 3 high."""

    person: Person
    verdict: str
    relevance: int | None = None
    meaning: int | None = None
    outcome: int | None = None
    note: str = ""


@transaction.atomic
def tap(*, by: User, forum: Forum, person: Person, verdict: str, on: date | None = None) -> ParticipantReview:
    """Note keep, ask or thank for a participant of a meeting; a second tap the same day replaces the first."""
    policy.may_review_participants(by, forum).require()
    review, _made = ParticipantReview.objects.update_or_create(
        forum=forum,
        person=person,
        occasion=Occasion.MEETING,
        on=on or timezone.localdate(),
        defaults={"verdict": Verdict(verdict), "created_by": by},
    )
    record(by=by, action="review.tapped", obj=review, details={"forum": forum.pk, "person": person.pk})
    return review


@transaction.atomic
def untap(*, by: User, review: ParticipantReview) -> None:
    """Take a note back."""
    policy.may_review_participants(by, review.forum).require()
    record(
        by=by,
        action="review.removed",
        obj=review,
        details={"forum": review.forum_id, "person": review.person_id},
    )
    review.delete()


@transaction.atomic
def yearly_look(*, by: User, forum: Forum, look: Look) -> ParticipantReview:
    """Save the year's look at one participant; saved again the same year, it replaces the earlier one."""
    policy.may_review_participants(by, forum).require()
    today = timezone.localdate()
    given = {
        "verdict": Verdict(look.verdict),
        "relevance": look.relevance,
        "meaning": look.meaning,
        "outcome": look.outcome,
        "note": look.note.strip(),
        "created_by": by,
    }
    review = ParticipantReview.objects.filter(
        forum=forum, person=look.person, occasion=Occasion.YEARLY, on__year=today.year
    ).first() or ParticipantReview(forum=forum, person=look.person, occasion=Occasion.YEARLY)
    for name, value in given.items():
        setattr(review, name, value)
    review.on = today
    review.save()
    record(by=by, action="review.looked", obj=review, details={"forum": forum.pk, "person": look.person.pk})
    return review
