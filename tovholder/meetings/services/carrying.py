"""Nothing agreed is lost: open agreements stand on the next agenda of their forum until a person closes them.

A planned meeting shows them live. When the meeting starts, what stood on its agenda is written down once
(`CarriedAgreement`), which is what the invariant of issue A section 6 is checked against (rules 29 and 30).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from tovholder.access.levels import Level
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.meetings.models import CarriedAgreement, Meeting, MeetingKind, MeetingStatus
from tovholder.plans.models import Agreement, AgreementStatus
from tovholder.plans.queries import rules, with_carried_count


def open_agreements(meeting: Meeting) -> QuerySet[Agreement]:
    """Return the agreements of the meeting's agenda, each once, with `carried_count`, earliest due date first.

    Before the start: all open agreements of the meeting's forums. From the start on: what was written down then,
    closed or not. An event carries none.
    """
    if meeting.kind == MeetingKind.EVENT or meeting.status == MeetingStatus.CANCELLED:
        return Agreement.objects.none()
    if meeting.status == MeetingStatus.PLANNED:
        found = Agreement.objects.filter(forum__in=meeting.forums.all(), status=AgreementStatus.OPEN)
    else:
        found = Agreement.objects.filter(pk__in=meeting.carried.values("agreement_id"))
    return (
        with_carried_count(found)
        .select_related("responsible", "forum")
        .order_by(F("due_on").asc(nulls_first=True), "pk")
    )


def visible_open_agreements(meeting: Meeting, levels: Iterable[str]) -> QuerySet[Agreement]:
    """Return those of `open_agreements` at a level that the reader may see."""
    return open_agreements(meeting).filter(level__in=[str(Level(level)) for level in levels])


@transaction.atomic
def snapshot(*, by: Actor, meeting: Meeting) -> int:
    """Write down which open agreements stand on the meeting's agenda; return how many are new.

    Called when the meeting starts, and again when it is started anew: what is already written stays.
    """
    if meeting.kind == MeetingKind.EVENT:
        return 0
    now = timezone.now()
    # Taken up again after it had ended: what was agreed at the meeting itself belongs to the next one.
    found = Agreement.objects.filter(
        forum__in=meeting.forums.all(), status=AgreementStatus.OPEN, created_at__lte=meeting.started_at or now
    ).exclude(pk__in=meeting.carried.values("agreement_id"))
    rows = [CarriedAgreement(meeting=meeting, agreement=each, created_at=now) for each in found]
    CarriedAgreement.objects.bulk_create(rows)
    if rows:
        record(by=by, action="meeting.agreements_carried", obj=meeting, details={"count": len(rows)})
    return len(rows)


@transaction.atomic
def forget_snapshot(*, by: Actor, meeting: Meeting) -> None:
    """Undo `snapshot` when a meeting was started by mistake and goes back to planned."""
    count, _rows = meeting.carried.all().delete()
    record(by=by, action="meeting.agreements_uncarried", obj=meeting, details={"count": count})


def must_choose(meeting: Meeting) -> QuerySet[CarriedAgreement]:
    """Return the carried agreements that stood at as many meetings as the rules allow without a choice (rule 30)."""
    limit = rules().carry_limit
    stuck = with_carried_count(
        Agreement.objects.filter(pk__in=meeting.carried.values("agreement_id"), status=AgreementStatus.OPEN)
    ).filter(carried_count__gte=limit)
    return (
        meeting.carried.filter(agreement__in=stuck.values("pk"), choice="")
        .select_related("agreement", "agreement__responsible")
        .order_by("agreement__due_on", "pk")
    )


@transaction.atomic
def record_choice(*, by: Actor, meeting: Meeting, agreement: Agreement, choice: str) -> None:
    """Remember what the meeting chose for a carried agreement (done, continue, change or stop).

    The change of the agreement itself is made by `plans.services`. Raises CarriedAgreement.DoesNotExist when the
    agreement was not on the meeting's agenda.
    """
    row = meeting.carried.select_for_update().get(agreement=agreement)
    row.choice = CarriedAgreement.Choice(choice)
    row.save(update_fields=["choice"])
    record(
        by=by,
        action="meeting.agreement_chosen",
        obj=meeting,
        details={"agreement": agreement.pk, "choice": str(row.choice)},
    )
