"""Nothing agreed in a case is lost: what is open comes up at the next meeting that takes the same case, whatever forum.

It stands with the case there (`agreements_of`), never on the meeting's own agenda, in its minutes or counts: those ask for
ordinary agreements only (`carrying`).
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.meetings.models import CarriedAgreement, CaseItem, Meeting, MeetingStatus
from tovholder.plans.models import CaseAgreement
from tovholder.plans.services.case_agreements import open_case_agreements


def agreements_of(case_item: CaseItem) -> QuerySet[CaseAgreement]:
    """Return what is to be followed up in the case at this meeting: live before it, what was written down from then on.

    What the meeting has closed stays among them, so that the minutes can tell what became of it.
    """
    meeting = case_item.meeting
    live = open_case_agreements(case_item.concern)
    if meeting.status == MeetingStatus.PLANNED:
        return live
    carried = CarriedAgreement.objects.filter(meeting=meeting).values("agreement_id")
    return (
        CaseAgreement.objects.filter(agreement__in=carried, concern=case_item.concern)
        .select_related("concern", "plan", "agreement__responsible__organisation", "agreement__forum")
        .prefetch_related("agreement__helpers")
        .order_by("priority", "agreement__due_on", "pk")
    )


@transaction.atomic
def carry_case(*, by: Actor, case_item: CaseItem) -> int:
    """Write down which open agreements of the case come up at this meeting; return how many are new.

    Called when the meeting starts, and when a case is opened at one that is under way: what is written already stays, and
    what was agreed at the meeting itself belongs to the next one.
    """
    meeting = case_item.meeting
    now = timezone.now()
    found = open_case_agreements(case_item.concern).filter(
        agreement__created_at__lte=meeting.started_at or now
    )
    known = set(meeting.carried.values_list("agreement_id", flat=True))
    rows = [
        CarriedAgreement(meeting=meeting, agreement_id=each.agreement_id, created_at=now)
        for each in found
        if each.agreement_id not in known
    ]
    CarriedAgreement.objects.bulk_create(rows)
    if rows:
        details = {"meeting": meeting.pk, "agreements": [row.agreement_id for row in rows]}
        record(by=by, action="case_agreement.carried", obj=case_item.concern, details=details)
    return len(rows)


def carry_cases(*, by: Actor, meeting: Meeting) -> None:
    """Write it down for every case that stands on the meeting when it starts."""
    standing = meeting.case_items.exclude(status=CaseItem.Status.WITHDRAWN)
    for case_item in standing.select_related("concern"):
        case_item.meeting = meeting
        carry_case(by=by, case_item=case_item)
