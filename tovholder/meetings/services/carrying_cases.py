"""Nothing agreed in a case is lost: what is open comes up at the next meeting that takes the same case, whatever forum.

It stands with the case there (`agreements_of`), never on the meeting's own agenda, in its minutes or counts: those ask for
ordinary agreements only (`carrying`).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.meetings.models import CarriedAgreement, CaseItem, Meeting, MeetingStatus
from tovholder.plans.models import AgreementStatus, CaseAgreement
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


def carry_case(*, by: Actor, case_item: CaseItem) -> int:
    """Write down which open agreements of the case come up at this meeting; return how many are new.

    Called when a case is opened at a meeting that is under way: what is written already stays, and what was agreed at
    the meeting itself belongs to the next one.
    """
    return carry_cases(by=by, meeting=case_item.meeting, items=[case_item])


@transaction.atomic
def carry_cases(*, by: Actor, meeting: Meeting, items: Iterable[CaseItem] | None = None) -> int:
    """Write it down for these cases; for every one that stands on the meeting when it starts, where none are given."""
    if items is None:
        items = meeting.case_items.exclude(status=CaseItem.Status.WITHDRAWN).select_related("concern")
    now = timezone.now()
    concerns = {each.concern_id: each.concern for each in items}
    known = meeting.carried.values("agreement_id")
    found = CaseAgreement.objects.filter(
        concern__in=concerns,
        agreement__status=AgreementStatus.OPEN,
        agreement__created_at__lte=meeting.started_at or now,
    ).exclude(agreement__in=known)
    new: dict[int, list[int]] = {}
    for concern, agreement in found.order_by("pk").values_list("concern_id", "agreement_id"):
        new.setdefault(concern, []).append(agreement)
    rows = [
        CarriedAgreement(meeting=meeting, agreement_id=agreement, created_at=now)
        for each in new.values()
        for agreement in each
    ]
    CarriedAgreement.objects.bulk_create(rows)
    for concern, agreements in new.items():
        details = {"meeting": meeting.pk, "agreements": agreements}
        record(by=by, action="case_agreement.carried", obj=concerns[concern], details=details)
    return len(rows)
