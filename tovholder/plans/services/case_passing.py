"""An agreement in a case by name changes hands: who had it leaves, or nothing covers them any more."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
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
from tovholder.plans.services.case_agreements import give, open_case_agreements
from tovholder.plans.services.case_coverage import uncovered_holders


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
    """Take what is agreed in the case from those whom nothing covers any more, as after a consent is withdrawn.

    From the next request on they read none of it. Each goes to who is in charge of the case, as in `pass_on`, who learns by
    mail that something has; where there is nobody it stands without a responsible. Returns how many changed hands.
    """
    rows = list(open_case_agreements(concern))
    holders = {each.agreement.responsible for each in rows if each.agreement.responsible is not None}
    holders.update(person for each in rows for person in each.agreement.helpers.all())
    gone = {each.pk for each in holders if uncovered_holders(concern, [each])}
    receiver, count = _heir(concern, gone), 0
    for case in rows if gone else ():
        for helper in [each for each in case.agreement.helpers.all() if each.pk in gone]:
            case.agreement.helpers.remove(helper)
            details = {"agreement": case.agreement_id, "person": helper.pk}
            record(by=by, action="case_agreement.helper_uncovered", obj=concern, details=details)
        if case.agreement.responsible_id in gone:
            give(by, case, receiver)
            count += 1
    if count and receiver is not None and receiver.email:
        _tell(receiver, concern)
    return count


def pass_on_expired() -> int:
    """Do so where a consent that names somebody's organisation has run out; the worker does it each minute."""
    today = timezone.localdate()
    touched: set[int] = set()
    held = Agreement.every.filter(status=AgreementStatus.OPEN, case__isnull=False)
    for holder in ("responsible", "helpers"):
        ran_out = Consent.objects.filter(
            expires__lt=today,
            child__concern_links__concern=OuterRef("case__concern"),
            organisations=OuterRef(f"{holder}__organisation"),
        )
        touched.update(held.filter(Exists(ran_out)).values_list("case__concern", flat=True))
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
        if each is not None and each.pk not in leaving and each.left_on is None:
            return each
    return None
