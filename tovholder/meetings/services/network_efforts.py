"""Efforts (indsatser) agreed at a network meeting: in order of priority, each with a responsible and a date; and at a
follow-up what becomes of each earlier one (rules 28 and 30).

An effort is a case agreement: `Agreement` carries the case code only, its words are sealed in `CaseAgreement`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.decision import Decision, no, yes
from tovholder.access.personal_data import refuse_cpr
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.directory.models import Person
from tovholder.meetings.models import CaseItem, CaseOrigin, NetworkMeeting
from tovholder.meetings.services.guarding import open_for_writing
from tovholder.meetings.services.network_meeting import open_case
from tovholder.plans.models import (
    Agreement,
    AgreementNote,
    AgreementStatus,
    CaseAgreement,
    CaseAgreementNote,
    CasePlan,
)
from tovholder.plans.services import case_agreements as plans
from tovholder.plans.services.case_coverage import uncovered_holders
from tovholder.plans.wording import lacking

Kind = AgreementNote.Kind
# The right of who writes at the meeting, and may read the case there.
DECIDED_HERE: Decision = yes("decided_at_the_meeting")
CONTINUE, CHANGE, STOP, DONE = "continue", "change", "stop", "done"
CHOICES = {
    CONTINUE: gettext_lazy("Fortsætter"),
    CHANGE: gettext_lazy("Ændres"),
    STOP: gettext_lazy("Stopper"),
    DONE: gettext_lazy("Er gjort"),
}


@dataclass(frozen=True, slots=True)
class EffortText:
    """An effort as it is typed, in clear; lives only as long as it takes to seal it."""

    words: str
    responsible: Person | None
    due_on: date | None
    sign_of_progress: str = ""

    def check(self) -> None:
        """Raise ValidationError by field."""
        faults: dict[str, list[str]] = {}
        if not self.words.strip():
            faults["words"] = [_("Skriv, hvad der skal gøres.")]
        if self.responsible is not None and self.responsible.left_on is not None:
            faults["responsible"] = [
                _("%(person)s er fratrådt og kan ikke få aftaler.") % {"person": self.responsible.name}
            ]
        for text in (self.words, self.sign_of_progress):
            refuse_cpr(text)
        if faults:
            raise ValidationError(faults)


@dataclass(frozen=True, slots=True)
class Effort:
    """An effort in clear, for who may read the case."""

    id: int
    agreement_id: int
    priority: int
    words: Opened
    sign: Opened
    reason: Opened
    responsible: Person | None
    due_on: date | None
    status: str
    status_word: str
    choice: str = ""  # what was chosen of it at this meeting
    made_here: bool = False

    @property
    def lacks(self) -> str:
        """What an open effort must have before the minutes are approved (rule 28)."""
        return lacking(self.responsible, self.due_on) if self.status == AgreementStatus.OPEN else ""

    @property
    def choice_word(self) -> str:
        return str(CHOICES.get(self.choice, ""))


def efforts(case: CaseItem, network: NetworkMeeting) -> tuple[list[Effort], list[Effort]]:
    """Return the efforts from before this meeting and those made at it, both in the order of priority."""
    since = network.meeting.started_at
    went_on = CaseAgreementNote.objects.filter(
        case_agreement=OuterRef("pk"), kind=Kind.CONTINUED, at__gte=since or timezone.now()
    )
    rows = list(
        CaseAgreement.objects.filter(concern=case.concern_id)
        .select_related(
            "agreement__responsible__organisation",
            "agreement__case_origin",
            "former_responsible__organisation",
        )
        .annotate(went_on=Exists(went_on))
        .order_by("priority", "pk")
    )
    for row in rows:
        row.concern = case.concern
    safe = Safe.of([case])
    old, new = [], []
    for row in rows:
        origin = getattr(row.agreement, "case_origin", None)
        here = origin is not None and origin.case_item_id == case.pk
        effort = _effort(safe, row, since, here)
        if here and row.agreement.status != AgreementStatus.CHANGED:
            new.append(effort)
        elif not here and (effort.choice or row.agreement.is_open):
            old.append(effort)
    return old, new


def _effort(safe: Safe, row: Any, since: datetime | None, here: bool) -> Effort:
    agreement = row.agreement
    return Effort(
        id=row.pk,
        agreement_id=agreement.pk,
        priority=row.priority,
        words=safe.read(row, "words"),
        sign=safe.read(row, "sign_of_progress"),
        reason=safe.read(row, "reason"),
        responsible=row.held_by,
        due_on=agreement.due_on,
        status=agreement.status,
        status_word=str(agreement.get_status_display()),
        choice="" if here else _chosen(row, since),
        made_here=here,
    )


def _chosen(row: Any, since: datetime | None) -> str:
    """What was chosen of the effort since the meeting began."""
    agreement = row.agreement
    if since is None:
        return ""
    if agreement.closed_at is not None and agreement.closed_at >= since:
        return {
            AgreementStatus.STOPPED: STOP,
            AgreementStatus.CHANGED: CHANGE,
            AgreementStatus.DONE: DONE,
        }.get(AgreementStatus(agreement.status), "")
    return CONTINUE if row.went_on else ""


@transaction.atomic
def add_effort(*, by: User, network: NetworkMeeting, effort: EffortText) -> CaseAgreement:
    """Agree on an effort, last in the order. Who and when may be filled in later, but before the approval.

    Raises Refused, ValidationError by field.
    """
    case = _writable(by, network)
    effort.check()
    return _make(by, case, effort)


def _make(by: User, case: CaseItem, effort: EffortText) -> CaseAgreement:
    last = CaseAgreement.objects.filter(concern=case.concern, agreement__status=AgreementStatus.OPEN)
    plan = CasePlan.objects.filter(concern=case.concern, status=CasePlan.Status.OPEN).order_by("pk").first()
    row = plans.make_case_agreement(
        by=by,
        concern=case.concern,
        forum=case.meeting.lead_forum,
        words=effort.words,
        responsible=effort.responsible,
        due_on=effort.due_on,
        plan=plan,
        priority=(last.aggregate(last=Max("priority"))["last"] or 0) + 1,
        sign_of_progress=effort.sign_of_progress,
        draft=True,
        allowed=DECIDED_HERE,
    )
    CaseOrigin.objects.create(agreement=row.agreement, case_item=case)
    return row


@transaction.atomic
def change_effort(*, by: User, network: NetworkMeeting, row: CaseAgreement, effort: EffortText) -> None:
    """Correct an effort made at this meeting, before the minutes are approved. Raises Refused, ValidationError."""
    case = _writable(by, network)
    effort.check()
    fresh = _locked(row, case)
    if getattr(fresh.agreement, "case_origin", None) is None or (
        fresh.agreement.case_origin.case_item_id != case.pk
    ):
        no(
            "effort_of_before", _("Indsatsen er fra før. Vælg, om den fortsætter, ændres eller stopper.")
        ).require()
    agreement = fresh.agreement
    _still_open(agreement)
    receiver = effort.responsible
    is_new = receiver is not None and receiver.pk != agreement.responsible_id
    if is_new and (why := uncovered_holders(fresh.concern, filter(None, [receiver]), by=by)):
        raise ValidationError({"responsible": why})
    agreement.responsible, agreement.due_on = receiver, effort.due_on
    agreement.save(update_fields=["responsible", "due_on"])
    if changed := Safe.of([fresh]).write(
        fresh, words=effort.words.strip(), sign_of_progress=effort.sign_of_progress.strip()
    ):
        fresh.save(update_fields=changed)
    record(by=by, action="network.effort_edited", obj=case.meeting, details={"agreement": agreement.pk})


@transaction.atomic
def remove_effort(*, by: User, network: NetworkMeeting, row: CaseAgreement) -> None:
    """Take an effort away that was written at this meeting by mistake. Raises Refused."""
    case = _writable(by, network)
    fresh = _locked(row, case)
    origin = getattr(fresh.agreement, "case_origin", None)
    if origin is None or origin.case_item_id != case.pk or fresh.agreement.predecessor_id is not None:
        no(
            "effort_of_before", _("Indsatsen er fra før. Vælg, om den fortsætter, ændres eller stopper.")
        ).require()
    agreement = fresh.agreement
    _still_open(agreement)
    record(by=by, action="network.effort_removed", obj=case.meeting, details={"agreement": agreement.pk})
    fresh.delete()
    agreement.delete()


@transaction.atomic
def move_effort(*, by: User, network: NetworkMeeting, row: CaseAgreement, up: bool) -> None:
    """Let an effort come before (or after) its neighbour: the first matters most. Raises Refused."""
    case = _writable(by, network)
    rows = list(
        CaseAgreement.objects.select_for_update()
        .filter(concern=case.concern, agreement__status=AgreementStatus.OPEN)
        .order_by("priority", "pk")
    )
    place = next((n for n, each in enumerate(rows) if each.pk == row.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for number, each in enumerate(rows, start=1):
        each.priority = number
    CaseAgreement.objects.bulk_update(rows, ["priority"])
    record(by=by, action="network.efforts_ordered", obj=case.meeting)


@transaction.atomic
def choose(
    *,
    by: User,
    network: NetworkMeeting,
    row: CaseAgreement,
    choice: str,
    reason: str = "",
    instead: EffortText | None = None,
) -> None:
    """Let an earlier effort go on, be changed into another, stop, or be done. Change and stop say why (rule 30).

    Raises Refused, ValidationError by field.
    """
    case = _writable(by, network)
    fresh = _locked(row, case)
    agreement = fresh.agreement
    if choice not in CHOICES:
        raise ValidationError({"choice": [_("Vælg en mulighed.")]})
    _still_open(agreement)
    if choice in {CHANGE, STOP} and not reason.strip():
        raise ValidationError({"reason": [_("Skriv hvorfor.")]})
    refuse_cpr(reason)
    if choice == CHANGE:
        if instead is None:
            raise ValidationError({"words": [_("Skriv, hvad der skal gøres i stedet.")]})
        instead.check()
    made = _act(by, fresh, choice, reason.strip(), instead)
    if made is not None:
        CaseOrigin.objects.create(agreement=made.agreement, case_item=case)
    record(
        by=by,
        action="network.effort_chosen",
        obj=case.meeting,
        details={"agreement": agreement.pk, "choice": choice},
    )


def _still_open(agreement: Agreement) -> None:
    if not agreement.is_open:
        no("agreement_closed", _("Aftalen er allerede afsluttet.")).require()


def _act(
    by: User, row: CaseAgreement, choice: str, reason: str, instead: EffortText | None
) -> CaseAgreement | None:
    """Let the effort's own service do what was chosen; return the one that takes its place."""
    if choice == CONTINUE:
        plans.continue_(by=by, case=row, note=reason, allowed=DECIDED_HERE)
    elif choice == STOP:
        plans.stop(by=by, case=row, reason=reason, allowed=DECIDED_HERE)
    elif choice == DONE:
        plans.done(by=by, case=row, note=reason, allowed=DECIDED_HERE)
    elif instead is not None:
        return plans.change(
            by=by,
            case=row,
            reason=reason,
            words=instead.words,
            responsible=instead.responsible,
            due_on=instead.due_on,
            sign_of_progress=instead.sign_of_progress,
            allowed=DECIDED_HERE,
        )
    return None


def _writable(by: User, network: NetworkMeeting) -> CaseItem:
    """Lock the meeting and return its case, for who writes at it and may read the case. Raises Refused."""
    open_for_writing(by=by, meeting=network.meeting)
    return open_case(by, network)


def _locked(row: CaseAgreement, case: CaseItem) -> CaseAgreement:
    fresh = (
        CaseAgreement.objects.select_for_update(of=("self",))
        .select_related("agreement__case_origin", "concern")
        .get(pk=row.pk, concern=case.concern_id)
    )
    return fresh
