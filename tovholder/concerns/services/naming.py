"""A concern becomes named: a child's record is laid on it, and people come onto its case team, each on a ground."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import Decision
from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy
from tovholder.concerns.models import CaseTeamMember, Concern, ConcernChild, Entry, InformationDuty
from tovholder.concerns.services.course import write_entry
from tovholder.concerns.standing import rules
from tovholder.directory.models import Person


@transaction.atomic
def lay_child_on(
    *,
    by: User,
    concern: Concern,
    child: Child,
    part: str = ConcernChild.Part.SUBJECT,
    decision: Decision | None = None,
) -> ConcernChild:
    """Lay a child's record on a concern, which makes an anonymous one named. Raises Refused, ValidationError.

    `decision` is for who raises a named concern: they may lay the child on it at once and never again.
    """
    (decision or policy.may_name(by, concern)).require()
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    if child.erased_at is not None or child.merged_into_id is not None:
        raise ValidationError(
            _("Barnets oplysninger er slettet eller lagt sammen med andre. Slå barnet op igen.")
        )
    link, made = ConcernChild.objects.get_or_create(concern=concern, child=child, defaults={"part": part})
    if not made:
        return link
    due_on = timezone.localdate() + timedelta(days=rules().information_days)
    InformationDuty.objects.create(concern_child=link, due_on=due_on)
    if concern.level != Level.NAMED:
        concern.level, concern.named_at = Level.NAMED, timezone.now()
        concern.version += 1
        concern.save(update_fields=["level", "named_at", "version"])
        write_entry(by=by, concern=concern, kind=Entry.Kind.NAMED)
    record(by=by, action="concern.child_laid_on", obj=concern, details={"child": child.pk, "part": part})
    return link


@transaction.atomic
def add_to_case_team(
    *,
    by: User,
    concern: Concern,
    person: Person,
    basis: str,
    necessity: str,
    purpose_code: str = "",
    purpose: str = "",
    special_reason: str = "",
) -> CaseTeamMember:
    """Let a person work on the concern by name. Raises Refused, ValidationError by field.

    Whether the basis covers the person is for the caller to have asked (`access.sharing`); that it was is in the log.
    """
    policy.may_triage(by, concern).require()
    faults: dict[str, str] = {}
    if not necessity.strip():
        faults["necessity"] = _("Skriv, hvorfor det er nødvendigt, at personen er med.")
    seated = policy.may_be_seated(person)
    if not seated:
        faults["person"] = seated.reason
    elif concern.case_team.filter(person=person, until_at__isnull=True).exists():
        faults["person"] = _("Personen er allerede med.")
    elif concern.has_ended:  # who is on the team reads on after the end; nobody comes onto it then
        faults["person"] = _("Sagen er afsluttet. Genåbn den først.")
    if faults:
        raise ValidationError({field: [text] for field, text in faults.items()})
    member = CaseTeamMember(
        concern=concern,
        person=person,
        basis=LegalBasis(basis),
        purpose_code=purpose_code,
        from_at=timezone.now(),
        added_by=by.audit_key,
    )
    texts = {"necessity": necessity, "purpose": purpose, "special_reason": special_reason}
    Safe.of([member]).write(member, **{name: text.strip() for name, text in texts.items()})
    member.save()
    record(
        by=by,
        action="concern.case_team_joined",
        obj=concern,
        ground=str(member.basis),
        details={"person": person.pk},
    )
    return member


@transaction.atomic
def take_off_case_team(*, by: User, member: CaseTeamMember) -> None:
    """Take a person off the case team: from the next request on, nothing is seen. Raises Refused."""
    concern = member.concern
    if member.person.user_id != by.pk:
        policy.may_triage(by, concern).require()
    CaseTeamMember.objects.filter(pk=member.pk, until_at__isnull=True).update(until_at=timezone.now())
    record(by=by, action="concern.case_team_left", obj=concern, details={"person": member.person_id})
