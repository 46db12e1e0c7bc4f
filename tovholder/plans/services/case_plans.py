"""A plan around a child (indsatsaftale): begun, written, scaled by the family, reviewed, closed, given on, opened again.

All that is written is sealed under the concern's key. `version` is what a page showed: where somebody has written since,
nothing is written over, and the one who comes second is told. It is no statutory plan, and nothing is computed from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import Concern, ConcernStatus
from tovholder.concerns.services.course import set_status
from tovholder.plans import policy
from tovholder.plans.models import AgreementStatus, CasePlan, Scaling

Status = CasePlan.Status
HIGHEST = 10


@dataclass(frozen=True, slots=True)
class PlanTexts:
    """What is written in a plan, in clear; lives only as long as it takes to seal it."""

    goals: str
    resources: str = ""
    reflections: str = ""

    def sealed(self) -> dict[str, str]:
        return {name: getattr(self, name).strip() for name in self.__slots__}


@transaction.atomic
def start_plan(
    *, by: User, concern: Concern, child: Child, texts: PlanTexts, review_on: date | None
) -> CasePlan:
    """Begin a plan around a child of the case; the concern is then in a plan. Raises Refused, ValidationError by field."""
    policy.may_make_case_agreement(by, concern).require()
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    policy.may_have_agreements(concern).require()
    faults = _faults(texts, review_on)
    if not concern.concern_children.filter(child=child).exists():
        faults["child"] = [_("Vælg et barn, som sagen handler om.")]
    elif concern.plans.filter(child=child, status=Status.OPEN).exists():
        faults["child"] = [_("Barnet har allerede en indsatsaftale i gang.")]
    if faults:
        raise ValidationError(faults)
    plan = CasePlan(concern=concern, child=child, review_on=review_on, created_by=by.audit_key)
    Safe.of([plan]).write(plan, **texts.sealed())
    plan.save()
    if concern.status != ConcernStatus.PLAN:
        set_status(by=by, concern=concern, status=ConcernStatus.PLAN)
    record(by=by, action="case_plan.started", obj=concern, details={"plan": plan.pk, "child": child.pk})
    return plan


@transaction.atomic
def write_plan(
    *, by: User, plan: CasePlan, texts: PlanTexts, review_on: date | None, version: int
) -> CasePlan:
    """Write in the plan, or set the day when it is looked at again. Raises Refused, ValidationError."""
    plan = _locked(by, plan, version)
    must_be_open(plan)
    if faults := _faults(texts, review_on, before=plan.review_on):
        raise ValidationError(faults)
    changed = Safe.of([plan]).write(plan, **texts.sealed())
    if plan.review_on != review_on:
        plan.review_on = review_on
        changed.append("review_on")
    if changed:
        _save(plan, changed)
        record(
            by=by, action="case_plan.written", obj=plan.concern, details={"plan": plan.pk, "fields": changed}
        )
    return plan


@transaction.atomic
def scale(*, by: User, plan: CasePlan, by_whom: str, value: int, words: str, on: date) -> Scaling:
    """Write down where the family or the young person puts it themselves, with their words. Raises Refused, ValidationError."""
    plan = _locked(by, plan, None)
    must_be_open(plan)
    faults: dict[str, list[str]] = {}
    if not 0 <= value <= HIGHEST:
        faults["value"] = [_("Vælg et tal fra 0 til 10.")]
    if on > timezone.localdate():
        faults["on"] = [_("Datoen ligger i fremtiden.")]
    if faults:
        raise ValidationError(faults)
    scaling = Scaling(plan=plan, by_whom=Scaling.By(by_whom), on=on, written_by=by.audit_key)
    Safe.of([scaling]).write(scaling, value=str(value), words=words.strip())
    scaling.save()
    record(by=by, action="case_plan.scaled", obj=plan.concern, details={"plan": plan.pk, "by": by_whom})
    return scaling


@transaction.atomic
def take_back_scaling(*, by: User, scaling: Scaling) -> None:
    """Take a number back that was written down wrongly. Raises Refused."""
    plan = _locked(by, scaling.plan, None)
    must_be_open(plan)
    scaling.delete()
    record(by=by, action="case_plan.scaling_taken_back", obj=plan.concern, details={"plan": plan.pk})


@transaction.atomic
def close_plan(
    *, by: User, plan: CasePlan, outcome: str, version: int, ends_concern: bool = False
) -> CasePlan:
    """End the plan with its outcome, and the concern with it where asked. Raises Refused, ValidationError.

    Refused while anything agreed in it is open: nothing agreed is lost.
    """
    plan = _end(by, plan, Status.CLOSED, outcome, version)
    if ends_concern:
        set_status(by=by, concern=plan.concern, status=ConcernStatus.CLOSED, reason=outcome)
    record(by=by, action="case_plan.closed", obj=plan.concern, details={"plan": plan.pk})
    return plan


@transaction.atomic
def give_plan_on(
    *, by: User, plan: CasePlan, to: str, reason: str, version: int, ends_concern: bool = False
) -> CasePlan:
    """Give the plan on, as to SSP+ or the authority, with the reason. Raises Refused, ValidationError.

    Tovholder sends nothing to anybody: that it was handed over is what a person writes here.
    """
    plan = _end(by, plan, Status.HANDED_OVER, reason, version, handed_to=CasePlan.Receiver(to))
    if ends_concern:
        set_status(by=by, concern=plan.concern, status=ConcernStatus.HANDED_OVER, reason=reason)
    details = {"plan": plan.pk, "to": str(plan.handed_to)}
    record(by=by, action="case_plan.given_on", obj=plan.concern, details=details)
    return plan


@transaction.atomic
def reopen_plan(*, by: User, plan: CasePlan) -> CasePlan:
    """Undo that it was ended. A concern that ended is opened again with it, by who may. Raises Refused, ValidationError."""
    plan = _locked(by, plan, None)
    if plan.status == Status.OPEN:
        no("plan_open", _("Indsatsaftalen er i gang.")).require()
    concern = plan.concern
    if concern.plans.filter(child=plan.child_id, status=Status.OPEN).exists():
        no("plan_replaced", _("Barnet har fået en ny indsatsaftale imens.")).require()
    if concern.has_ended:
        reason = _("Indsatsaftalen er genåbnet.")
        concern = set_status(by=by, concern=concern, status=ConcernStatus.REOPENED, reason=reason)
    if concern.status != ConcernStatus.PLAN:
        set_status(by=by, concern=concern, status=ConcernStatus.PLAN)
    plan.status, plan.handed_to, plan.closed_at = Status.OPEN, "", None
    _save(plan, ["status", "handed_to", "closed_at"])
    record(by=by, action="case_plan.reopened", obj=plan.concern, details={"plan": plan.pk})
    return plan


def _end(
    by: User, plan: CasePlan, status: CasePlan.Status, outcome: str, version: int, handed_to: str = ""
) -> CasePlan:
    plan = _locked(by, plan, version)
    must_be_open(plan)
    if not outcome.strip():
        raise ValidationError({"outcome": [_("Skriv, hvordan det er gået.")]})
    left = plan.efforts.filter(agreement__status=AgreementStatus.OPEN).count()
    if left:
        raise ValidationError(
            _("Tag først stilling til det, der stadig er aftalt: %(n)s åbne. Vælg gjort, ændr eller stop.")
            % {"n": left}
        )
    changed = Safe.of([plan]).write(plan, outcome=outcome.strip())
    plan.status, plan.handed_to, plan.closed_at = status, handed_to, timezone.now()
    _save(plan, [*changed, "status", "handed_to", "closed_at"])
    return plan


def _locked(by: User, plan: CasePlan, version: int | None) -> CasePlan:
    concerns.may_work(by, plan.concern).require()
    found = CasePlan.objects.select_for_update(of=("self",)).select_related("concern").get(pk=plan.pk)
    if version is not None and found.version != version:
        raise ValidationError(
            _("En anden har skrevet i indsatsaftalen imens. Se, hvad der står nu, og gem igen."),
            code="conflict",
        )
    return found


def must_be_open(plan: CasePlan) -> None:
    """Raise Refused where the plan has ended."""
    if plan.status != Status.OPEN:
        no("plan_closed", _("Indsatsaftalen er afsluttet. Genåbn den først.")).require()


def _save(plan: CasePlan, fields: list[str]) -> None:
    plan.version += 1
    plan.save(update_fields=[*fields, "version"])


def _faults(texts: PlanTexts, review_on: date | None, before: date | None = None) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if not texts.goals.strip():
        faults["goals"] = [_("Skriv mindst ét mål.")]
    if review_on is None:
        faults["review_on"] = [_("Vælg, hvornår I ser på den igen.")]
    elif review_on < timezone.localdate() and review_on != before:
        faults["review_on"] = [_("Vælg en dag, der ikke er gået.")]
    return faults
