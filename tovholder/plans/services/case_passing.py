"""An agreement in a case by name changes hands: who had it leaves, or nothing covers them any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.audit.models import SYSTEM, Actor
from tovholder.audit.services import record
from tovholder.citizens.models import Consent
from tovholder.concerns.models import Concern
from tovholder.concerns.queries import triagers
from tovholder.directory.models import Person
from tovholder.outbox.services import queue_mail
from tovholder.plans.models import Agreement, AgreementStatus, CaseAgreement
from tovholder.plans.services.case_agreements import case_agreements, give, shut
from tovholder.plans.services.case_coverage import uncovered_holders

# So long after a consent ran out do agreements that have ended stand among those asked about each minute.
ASKED_DAYS = 30


@transaction.atomic
def pass_on(*, by: Actor, person: Person) -> int:
    """Let no agreement in a case by name hang on a person who leaves; return how many changed hands.

    Each goes to who is in charge of the case, else to somebody on its team, else to a triager. Whoever lets the person
    leave learns nothing of it: such an agreement is not theirs to see.
    """
    found = CaseAgreement.objects.filter(agreement__status=AgreementStatus.OPEN).select_related("concern")
    helped = found.filter(agreement__helpers=person)
    for case in helped:
        case.agreement.helpers.remove(person)
    count = 0
    for case in found.filter(agreement__responsible=person).order_by("pk"):
        receiver = _heir(case.concern, {person.pk})
        if receiver is None:
            continue
        give(by, case, receiver)
        count += 1
    return count


@transaction.atomic
def pass_on_uncovered(*, by: Actor, concern: Concern) -> int:
    """Take what was agreed in the case from those whom nothing covers any more, as after a consent is withdrawn.

    From the next request on they read none of it, whatever its state. An open one goes to who is in charge of the case, as
    in `pass_on`, who learns by mail that something has; where there is nobody it stands without a responsible. One that has
    ended goes to nobody: that they had it is still told to who works on the case; and it is taken from those only whom an
    ended consent named, since who had it on another ground keeps what they had. Returns how many were taken from somebody.
    """
    rows = list(case_agreements(concern))
    holders = {each.agreement.responsible for each in rows if each.agreement.responsible is not None}
    holders.update(person for each in rows for person in each.agreement.helpers.all())
    gone = {each.pk for each in holders if uncovered_holders(concern, [each])}
    named = _once_named(concern) if gone else set()
    receiver, count, taken = _heir(concern, gone), 0, 0
    for case in rows if gone else ():
        is_open = case.agreement.is_open
        for helper in case.agreement.helpers.all():
            if helper.pk not in gone or not (is_open or helper.organisation_id in named):
                continue
            case.agreement.helpers.remove(helper)
            details = {"agreement": case.agreement_id, "person": helper.pk}
            record(by=by, action="case_agreement.helper_uncovered", obj=concern, details=details)
        holder = case.agreement.responsible
        if holder is None or holder.pk not in gone:
            continue
        if is_open:
            give(by, case, receiver)
            count += 1
            taken += 1
        elif holder.organisation_id in named:
            taken += shut(by, case)
    if count and receiver is not None and receiver.email:
        _tell(receiver, concern)
    return taken


def _once_named(concern: Concern) -> set[int]:
    """The organisations that an ended consent about a child of the concern names."""
    ended = Q(withdrawn__isnull=False) | Q(expires__lt=timezone.localdate())
    of_children = Consent.objects.filter(ended, child__concern_links__concern=concern)
    return set(of_children.exclude(organisations=None).values_list("organisations", flat=True))


def pass_on_expired() -> int:
    """Do so where a consent that names somebody's organisation has run out; the worker does it each minute.

    What has ended is asked about for so many days after the consent did: who is still covered then stays so.
    """
    today = timezone.localdate()
    touched: set[int] = set()
    held = Agreement.every.filter(case__isnull=False)
    lately = Q(expires__gte=today - timedelta(days=ASKED_DAYS))
    for holder in ("responsible", "helpers"):
        ran_out = Consent.objects.filter(
            expires__lt=today,
            child__concern_links__concern=OuterRef("case__concern"),
            organisations=OuterRef(f"{holder}__organisation"),
        )
        is_open = Q(Exists(ran_out), status=AgreementStatus.OPEN)
        found = held.filter(is_open | Q(Exists(ran_out.filter(lately))))
        touched.update(found.values_list("case__concern", flat=True))
    concerns = Concern.objects.filter(pk__in=touched).order_by("pk")
    return sum(pass_on_uncovered(by=SYSTEM, concern=each) for each in concerns)


def _tell(receiver: Person, concern: Concern) -> None:
    link = f"{settings.PUBLIC_URL}{reverse('insights:my_day')}"
    text = _(
        "Hej\n\nEt samtykke er ophørt. Aftaler i en sag er flyttet til dig, fordi den, der havde dem, ikke længere "
        "er dækket. Log ind for at se dem:\n\n%(link)s"
    )
    queue_mail(
        to=receiver.email,
        subject=_("Aftaler i en sag er flyttet til dig"),
        body=text % {"link": link},
        about=f"concern:{concern.pk}",
    )


def _heir(concern: Concern, leaving: Collection[int]) -> Person | None:
    team = [seat.person for seat in concern.case_team.filter(until_at=None).select_related("person")]
    candidates = [concern.handler, *team, *triagers(concern.district_id)]
    for each in candidates:
        if each is not None and each.pk not in leaving and not uncovered_holders(concern, [each]):
            return each
    return None
