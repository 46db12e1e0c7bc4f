"""Agreements in a case by name. The agreement carries the case code only; all that is written of it is sealed beside it.

What the ordinary services write in clear ("Hvad", notes, reasons) is written here under the concern's key. `allowed` is
the right as the layer above has decided it (the minute taker of the meeting where the case is open, say); it replaces the
question of person asked here, never the question of state. `seen` is the `moved_at` that a page showed: where somebody has
moved the agreement since, nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.decision import Decision, no
from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.plans import policy
from tovholder.plans.models import (
    Agreement,
    AgreementNote,
    AgreementStatus,
    CaseAgreement,
    CaseAgreementNote,
    CasePlan,
)
from tovholder.plans.services.case_coverage import uncovered_holders
from tovholder.plans.services.case_reading import CaseAgreementView, show_case_agreements

__all__ = [
    "CaseAgreementView",
    "change",
    "continue_",
    "done",
    "edit",
    "give",
    "make_case_agreement",
    "open_case_agreements",
    "reopen",
    "report",
    "show_case_agreements",
    "stop",
]

Kind = AgreementNote.Kind


def open_case_agreements(concern: Concern) -> QuerySet[CaseAgreement]:
    """Return what is still agreed in the case: the next meeting of the same case takes each of them up again."""
    return case_agreements(concern).filter(agreement__status=AgreementStatus.OPEN)


def case_agreements(concern: Concern) -> QuerySet[CaseAgreement]:
    """Return what was ever agreed in the case, open or ended."""
    return (
        CaseAgreement.objects.filter(concern=concern)
        .select_related("concern", "plan", "agreement__responsible__organisation", "agreement__forum")
        .prefetch_related("agreement__helpers")
        .order_by("priority", F("agreement__due_on").asc(nulls_last=True), "pk")
    )


@transaction.atomic
def make_case_agreement(
    *,
    by: User,
    concern: Concern,
    forum: Forum,
    words: str,
    responsible: Person | None,
    due_on: date | None,
    plan: CasePlan | None = None,
    priority: int = 0,
    sign_of_progress: str = "",
    helpers: Iterable[Person] = (),
    draft: bool = False,
    allowed: Decision | None = None,
) -> CaseAgreement:
    """Agree something in a case by name: who does what by when (rule 28). Raises Refused, ValidationError by field.

    `forum` is the one whose meeting it came from, or which follows it up; its members learn nothing of it. A `draft`, as of
    a plan, may lack who and when: it is shown as lacking, and neither plan nor minutes are ready before it has both.
    """
    (allowed or policy.may_make_case_agreement(by, concern)).require()
    policy.may_have_agreements(concern).require()
    if plan is not None and (plan.concern_id != concern.pk or plan.status != CasePlan.Status.OPEN):
        no("plan_closed", _("Indsatsaftalen er afsluttet.")).require()
    policy.may_take_named(forum).require()
    made = CaseAgreement(concern=concern, plan=plan, priority=priority)
    if not draft:
        _require_who_and_when(words, responsible, due_on)
    _open(by, made, forum, words, responsible, helpers, due_on, sign_of_progress)
    details = {"agreement": made.agreement_id, "forum": forum.pk, "plan": plan.pk if plan else None}
    record(by=by, action="case_agreement.made", obj=concern, details=details)
    return made


@transaction.atomic
def report(*, by: User | Person, case: CaseAgreement, text: str, allowed: Decision | None = None) -> None:
    """Write in words how it goes; sealed."""
    _lock(case)
    (allowed or policy.may_report(by, case.agreement)).require()
    policy.must_be_open(case.agreement).require()
    if not text.strip():
        raise ValidationError({"text": [_("Skriv, hvordan det går med aftalen.")]})
    _move(by, case, Kind.STATUS, text=text)
    _log(by, case, "case_agreement.status_added")


@transaction.atomic
def continue_(
    *,
    by: User | Person,
    case: CaseAgreement,
    note: str = "",
    due_on: date | None = None,
    seen: datetime | None = None,
    allowed: Decision | None = None,
) -> None:
    """Choose that it goes on, perhaps with a new date."""
    _lock(case, seen)
    (allowed or policy.may_decide(by, case.agreement)).require()
    policy.must_be_open(case.agreement).require()
    fields = ["due_on"] if due_on is not None and due_on != case.agreement.due_on else []
    if fields:
        case.agreement.due_on = due_on
    _move(by, case, Kind.CONTINUED, text=note, fields=fields)
    _log(by, case, "case_agreement.continued", fields=fields)


@transaction.atomic
def change(
    *,
    by: User | Person,
    case: CaseAgreement,
    reason: str,
    words: str,
    responsible: Person | None,
    due_on: date | None,
    helpers: Iterable[Person] | None = None,
    sign_of_progress: str | None = None,
    priority: int | None = None,
    seen: datetime | None = None,
    allowed: Decision | None = None,
) -> CaseAgreement:
    """Close it as changed with the reason, and return the one that takes its place in the same case and plan."""
    _lock(case, seen)
    (allowed or policy.may_decide(by, case.agreement)).require()
    old = case.agreement
    kept = list(old.helpers.filter(left_on__isnull=True)) if helpers is None else helpers
    sign = (
        Safe.of([case]).read(case, "sign_of_progress").text if sign_of_progress is None else sign_of_progress
    )
    _require_who_and_when(words, responsible, due_on)
    _close(by, case, AgreementStatus.CHANGED, reason=reason)
    successor = CaseAgreement(
        concern=case.concern, plan=case.plan, priority=case.priority if priority is None else priority
    )
    _open(by, successor, _living(old.forum), words, responsible, kept, due_on, sign, predecessor=old)
    _log(by, case, "case_agreement.changed", successor=successor.agreement_id)
    return successor


@transaction.atomic
def stop(
    *,
    by: User | Person,
    case: CaseAgreement,
    reason: str,
    seen: datetime | None = None,
    allowed: Decision | None = None,
) -> None:
    """Close it as stopped, with the reason, sealed."""
    _lock(case, seen)
    (allowed or policy.may_decide(by, case.agreement)).require()
    _close(by, case, AgreementStatus.STOPPED, reason=reason)
    _log(by, case, "case_agreement.stopped")


@transaction.atomic
def done(*, by: User | Person, case: CaseAgreement, note: str = "", allowed: Decision | None = None) -> None:
    """Close it as done."""
    _lock(case)
    (allowed or policy.may_report(by, case.agreement)).require()
    _close(by, case, AgreementStatus.DONE, note=note)
    _log(by, case, "case_agreement.done")


@transaction.atomic
def reopen(*, by: User | Person, case: CaseAgreement, allowed: Decision | None = None) -> None:
    """Undo that it was done or stopped, while the case is still worked on."""
    _lock(case)
    agreement = case.agreement
    right = policy.may_report if agreement.status == AgreementStatus.DONE else policy.may_decide
    (allowed or right(by, agreement)).require()
    policy.may_become(agreement, AgreementStatus.OPEN).require()
    policy.may_have_agreements(case.concern).require()
    if case.plan is not None and case.plan.status != CasePlan.Status.OPEN:
        no("plan_closed", _("Indsatsaftalen er afsluttet.")).require()
    agreement.status, agreement.reason = AgreementStatus.OPEN, ""
    agreement.closed_at, agreement.closed_by = None, ""
    case.reason = None
    case.save(update_fields=["reason"])
    _move(by, case, Kind.REOPENED, fields=["status", "reason", "closed_at", "closed_by"])
    _log(by, case, "case_agreement.reopened")


@transaction.atomic
def edit(
    *,
    by: User | Person,
    case: CaseAgreement,
    words: str | None = None,
    responsible: Person | None = None,
    due_on: date | None = None,
    helpers: Iterable[Person] | None = None,
    priority: int | None = None,
    seen: datetime | None = None,
    allowed: Decision | None = None,
) -> None:
    """Correct it; None leaves a value as it is. A new person or date moves it. Raises Refused, ValidationError."""
    _lock(case, seen)
    (allowed or policy.may_decide(by, case.agreement)).require()
    policy.must_be_open(case.agreement).require()
    agreement, moved, fields = case.agreement, [], []
    if words is not None:
        if not words.strip():
            raise ValidationError({"words": [_NO_WORDS]})
        fields += Safe.of([case]).write(case, words=words.strip())
    if priority is not None and priority != case.priority:
        case.priority = priority
        fields.append("priority")
    chosen = list(agreement.helpers.all()) if helpers is None else list(helpers)
    if responsible is not None and responsible.pk != agreement.responsible_id:
        agreement.responsible = responsible
        moved.append("responsible")
    if due_on is not None and due_on != agreement.due_on:
        agreement.due_on = due_on
        moved.append("due_on")
    _check_holders(by, case.concern, responsible, chosen if helpers is not None else [])
    if fields:
        case.save(update_fields=fields)
    if helpers is not None or "responsible" in moved:
        agreement.helpers.set([each for each in chosen if each.pk != agreement.responsible_id])
    if moved:
        _move(by, case, Kind.RESCHEDULED, fields=moved)
    _log(by, case, "case_agreement.edited", fields=[*moved, *fields])


def give(by: Actor, case: CaseAgreement, receiver: Person | None) -> None:
    """Let it change hands, in the caller's transaction: the caller has asked."""
    _lock(case)
    giver, case.agreement.responsible = case.agreement.responsible_id, receiver
    if receiver is not None:
        case.agreement.helpers.remove(receiver)
    _move(by, case, Kind.RESCHEDULED, fields=["responsible"])
    to = receiver.pk if receiver is not None else None
    _log(by, case, "case_agreement.passed_on", **{"from": giver, "to": to})


def shut(by: Actor, case: CaseAgreement) -> bool:
    """Close an ended one to who had it, in the caller's transaction; who works on the case still sees who it was.

    Returns whether it was closed: not where it has been opened again meanwhile, or nobody has it.
    """
    _lock(case)
    if case.agreement.is_open or case.agreement.responsible is None:
        return False
    case.former_responsible = case.agreement.responsible
    case.save(update_fields=["former_responsible"])
    case.agreement.responsible = None
    case.agreement.save(update_fields=["responsible"])
    _log(by, case, "case_agreement.shut", **{"from": case.former_responsible_id})
    return True


def _lock(case: CaseAgreement, seen: datetime | None = None) -> None:
    """Lock the agreement and read it again, so that what follows acts on what is, not on what a page showed."""
    case.agreement = Agreement.every.select_for_update().get(pk=case.agreement_id)
    if seen is not None and case.agreement.moved_at != seen:
        raise ValidationError(
            _("En anden har ændret aftalen imens. Se, hvad der står nu, og vælg igen."), code="conflict"
        )


def _living(forum: Forum) -> Forum:
    seen = {forum.pk}
    while not forum.is_open and forum.successor is not None and forum.successor_id not in seen:
        forum = forum.successor
        seen.add(forum.pk)
    return forum


def _check_holders(
    by: Actor, concern: Concern, responsible: Person | None, helpers: Iterable[Person]
) -> None:
    faults = {}
    if responsible is not None and (why := uncovered_holders(concern, [responsible], by=by)):
        faults["responsible"] = why
    if why := uncovered_holders(concern, helpers, by=by):
        faults["helpers"] = why
    if faults:
        raise ValidationError(faults)


_NO_WORDS = gettext_lazy("Skriv, hvad der er aftalt.")


def _require_who_and_when(words: str, responsible: Person | None, due_on: date | None) -> None:
    faults: dict[str, list[object]] = {}
    if not words.strip():
        faults["words"] = [_NO_WORDS]
    if responsible is None:
        faults["responsible"] = [_("Vælg, hvem der gør det.")]
    if due_on is None:
        faults["due_on"] = [_("Vælg en frist.")]
    if faults:
        raise ValidationError(faults)


def _open(
    by: User | Person,
    case: CaseAgreement,
    forum: Forum,
    words: str,
    responsible: Person | None,
    helpers: Iterable[Person],
    due_on: date | None,
    sign_of_progress: str,
    *,
    predecessor: Agreement | None = None,
) -> None:
    if not words.strip():
        raise ValidationError({"words": [_NO_WORDS]})
    lead = responsible.pk if responsible is not None else None
    others = [each for each in helpers if each.left_on is None and each.pk != lead]
    _check_holders(by, case.concern, responsible, others)
    now = timezone.now()
    case.agreement = Agreement.every.create(
        forum=forum,
        what=str(case.concern),
        level=Level.NAMED,
        responsible=responsible,
        due_on=due_on,
        predecessor=predecessor,
        created_at=now,
        created_by=by.audit_key,
        moved_at=now,
    )
    case.agreement.helpers.set(others)
    Safe.of([case]).write(case, words=words.strip(), sign_of_progress=sign_of_progress.strip())
    case.save()


def _close(
    by: User | Person, case: CaseAgreement, status: AgreementStatus, *, reason: str = "", note: str = ""
) -> None:
    agreement = case.agreement
    policy.may_become(agreement, status).require()
    if status != AgreementStatus.DONE and not reason.strip():
        raise ValidationError({"reason": [_("Skriv en begrundelse.")]})
    agreement.status = status
    # What stands in clear is the same for all of them; the reason itself is sealed.
    agreement.reason = "" if status == AgreementStatus.DONE else _("Begrundelsen står i sagen.")
    agreement.closed_by, agreement.closed_at = by.audit_key, timezone.now()
    if changed := Safe.of([case]).write(case, reason=reason.strip()):
        case.save(update_fields=changed)
    fields = ["status", "reason", "closed_at", "closed_by"]
    _move(by, case, Kind.CLOSED, text=reason or note, fields=fields)


def _move(
    by: Actor, case: CaseAgreement, kind: AgreementNote.Kind, *, text: str = "", fields: Iterable[str] = ()
) -> None:
    """Save the fields, note the step sealed, and set the time from which meetings without movement are counted."""
    now = timezone.now()
    case.agreement.moved_at = now
    case.agreement.save(update_fields=[*fields, "moved_at"])
    note = CaseAgreementNote(case_agreement=case, kind=kind, at=now, by=by.audit_key)
    note.by_name = getattr(by, "name", "")
    if text.strip():
        Safe.of([note]).write(note, text=text.strip())
    note.save()


def _log(by: Actor, case: CaseAgreement, action: str, **details: object) -> None:
    record(by=by, action=action, obj=case.concern, details={"agreement": case.agreement_id, **details})
