"""A child, or a whole concern, is erased: its key is destroyed, so that its texts can be read nowhere any more."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import User
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.models import Child
from tovholder.citizens.services import children as records
from tovholder.concerns import policy
from tovholder.concerns.models import (
    ENDED,
    AbsenceReminder,
    AgeReminder,
    CaseTeamMember,
    Concern,
    ConcernChild,
    ConcernStatus,
    Entry,
    InformationDuty,
    Notification,
    Question,
)
from tovholder.concerns.services.absences import look_again
from tovholder.concerns.services.rewriting import is_rewritten

TEXTS = ("seen", "since", "tried", "works", "factors", "offence", "outcome")


def concerns_of(child: Child) -> QuerySet[Concern]:
    """Return the concerns about a child that still say something, with how many living children each has."""
    living = Count("concern_children", filter=Q(concern_children__child__erased_at__isnull=True))
    return (
        Concern.objects.filter(
            pk__in=ConcernChild.objects.filter(child=child).values("concern_id"), erased_at__isnull=True
        )
        .annotate(living=living)
        .order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class Erasure:
    """What stands in the way of erasing a child, and what goes with it."""

    to_rewrite: tuple[Concern, ...]
    alone: tuple[Concern, ...]
    shared: tuple[Concern, ...]


def may_erase(by: User, child: Child) -> Decision:
    """May erase a child: who triages every concern about it."""
    for concern in concerns_of(child):
        if not policy.may_triage(by, concern):
            return no(
                "not_triager_of_all",
                _("Barnet er også på en sag, som andre modtager. Tal med jeres databeskyttelsesrådgiver."),
            )
    return yes("triager")


def look_before_erasing(child: Child) -> Erasure:
    """Return which concerns must be rewritten first, because they are about several, and which go with the child."""
    links = {each.concern_id: each for each in ConcernChild.objects.filter(child=child)}
    alone, shared, waiting = [], [], []
    for concern in concerns_of(child):
        if concern.living <= 1:  # type: ignore[attr-defined]
            alone.append(concern)
        else:
            shared.append(concern)
            if not is_rewritten(concern, links[concern.pk]):
                waiting.append(concern)
    return Erasure(tuple(waiting), tuple(alone), tuple(shared))


@transaction.atomic
def erase_child(*, by: User, child: Child) -> None:
    """Erase a child, and the concerns that are about nobody else. Raises Refused, ValidationError.

    Where a concern is about several, its text must have been written anew first.
    """
    decision = may_erase(by, child).require()
    plan = look_before_erasing(child)
    if plan.to_rewrite:
        raise ValidationError(_("Skriv først teksterne om i de sager, der handler om flere børn."))
    Entry.objects.filter(child=child).update(text=None)
    AgeReminder.objects.filter(concern_child__child=child).delete()
    records.erase_child(by=by, decision=decision, child=child)
    for concern in Concern.objects.filter(concern_children__child=child):
        look_again(by=by, concern=concern)
    for concern in plan.alone:
        erase_concern(by=by, concern=concern, decision=decision)


@transaction.atomic
def erase_concern(*, by: Actor, concern: Concern, decision: Decision) -> None:
    """Erase the texts of a concern and destroy its key when the rest stands. The row stays, without a word in it.

    Raises Refused.
    """
    decision.require()
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    now = timezone.now()
    for name in TEXTS:
        setattr(concern, name, None)
    if concern.status not in ENDED:
        concern.status, concern.status_at, concern.ended_at = ConcernStatus.CLOSED, now, now
    concern.erased_at, concern.version = now, concern.version + 1
    concern.save()
    AbsenceReminder.objects.filter(concern=concern).delete()
    Entry.objects.filter(concern=concern).update(text=None)
    Question.objects.filter(concern=concern).update(question=None, answer=None, withdrawn_at=now)
    Notification.objects.filter(concern=concern).update(note=None)
    InformationDuty.objects.filter(concern_child__concern=concern).update(exception=None)
    team = CaseTeamMember.objects.filter(concern=concern)
    team.update(necessity=None, purpose=None, special_reason=None)
    team.filter(until_at__isnull=True).update(until_at=now)
    record(by=by, action="concern.erased", obj=concern, ground=decision.basis)
    transaction.on_commit(lambda: keyring.destroy(concern.key))


def finish_erasures() -> int:
    """Destroy the keys of erased concerns that a crash left behind, and return how many. The worker does it."""
    erased = Concern.objects.exclude(erased_at=None).values_list("key", flat=True)
    left = list(DataKey.objects.filter(pk__in=list(erased)).values_list("pk", flat=True))
    for key in left:
        keyring.destroy(key)
    return len(left)
