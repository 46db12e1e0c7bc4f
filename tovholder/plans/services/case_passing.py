"""An agreement in a case by name changes hands: who had it leaves, or nothing covers them any more."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.audit.models import SYSTEM, Actor
from tovholder.audit.services import record
from tovholder.citizens.models import Consent
from tovholder.concerns.models import Concern
from tovholder.concerns.queries import triagers
from tovholder.concerns.services.consenting import Taken
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
def pass_on_uncovered(*, by: Actor, concern: Concern, named: Collection[int] = ()) -> Taken:
    """Take what was agreed in the case from those whom nothing covers any more, as after a consent is withdrawn.

    From the next request on they read none of it, whatever its state. An open one goes to who is in charge of the case, as
    in `pass_on`, who learns by mail that something has; where there is nobody it stands without a responsible. One that has
    ended goes to nobody: that they had it is still told to who works on the case; and it is taken from those only whom an
    ended consent named (or, of organisations, one in `named` by a consent that was corrected), since who had it on another
    ground keeps what they had. Returns from how many agreements somebody was taken, and what is said of it.
    """
    rows = list(case_agreements(concern))
    holders = {each.agreement.responsible for each in rows if each.agreement.responsible is not None}
    holders.update(person for each in rows for person in each.agreement.helpers.all())
    gone = {each.pk for each in holders if uncovered_holders(concern, [each])}
    if not gone:
        return Taken(0)
    places = _once_named(concern) | set(named)
    receiver, moved, closed = _heir(concern, gone), 0, 0
    for case in rows:
        is_open = case.agreement.is_open
        helped = _take_helpers(by, case, gone, None if is_open else places)
        holder = case.agreement.responsible
        if holder is not None and holder.pk in gone and is_open:
            give(by, case, receiver)
            moved += 1
            continue
        is_named = holder is not None and holder.pk in gone and holder.organisation_id in places
        if (is_named and shut(by, case)) or helped:
            closed += 1
    if moved and receiver is not None and receiver.email:
        _tell(receiver, concern)
    return Taken(moved + closed, _said(moved, closed, receiver))


def _take_helpers(by: Actor, case: CaseAgreement, gone: Collection[int], places: set[int] | None) -> bool:
    """Take helpers off an agreement; of one that has ended only those of these places. Returns whether there was one."""
    found = False
    for helper in case.agreement.helpers.all():
        if helper.pk not in gone or (places is not None and helper.organisation_id not in places):
            continue
        case.agreement.helpers.remove(helper)
        details = {"agreement": case.agreement_id, "person": helper.pk}
        record(by=by, action="case_agreement.helper_uncovered", obj=case.concern, details=details)
        found = True
    return found


def _said(moved: int, closed: int, receiver: Person | None) -> str:
    """What the course says of it: of each thing only where it happened."""
    told = []
    if moved and receiver is not None:
        words = ngettext(
            "Den, der havde en åben aftale, er ikke længere dækket. Aftalen er flyttet til %(name)s.",
            "%(moved)d åbne aftaler er flyttet til %(name)s, fordi de, der havde dem, ikke længere er dækket.",
            moved,
        )
        told.append(words % {"moved": moved, "name": receiver.name})
    elif moved:
        words = ngettext(
            "Den, der havde en åben aftale, er ikke længere dækket. Vælg en anden.",
            "De, der havde %(moved)d åbne aftaler, er ikke længere dækket. Vælg andre.",
            moved,
        )
        told.append(words % {"moved": moved})
    if closed:
        told.append(
            ngettext(
                "Én aftale er lukket for den, der har haft den eller hjulpet med den.",
                "%(closed)d aftaler er lukket for dem, der har haft dem eller hjulpet med dem.",
                closed,
            )
            % {"closed": closed}
        )
    return " ".join(told)


def _once_named(concern: Concern) -> set[int]:
    """The organisations that an ended consent about a child of the concern names."""
    of_children = Consent.objects.filter(_ended(), child__concern_links__concern=concern)
    return set(of_children.exclude(organisations=None).values_list("organisations", flat=True))


def pass_on_expired() -> int:
    """Do so where a consent that names somebody's organisation has run out; the worker does it each minute.

    What has ended is asked about for so many days after the consent did: who is still covered then is asked about once a
    day (`pass_on_ended`).
    """
    today = timezone.localdate()
    ran_out, lately = Q(expires__lt=today), Q(expires__gte=today - timedelta(days=ASKED_DAYS))
    return _pass_on_named(lambda ended: ended(ran_out, status=AgreementStatus.OPEN) | ended(ran_out & lately))


def pass_on_ended() -> int:
    """Do so wherever a consent that names somebody's organisation has ended, however long ago; the worker does it each day.

    It finds whom the withdrawal left covered on another ground that has ended since.
    """
    return _pass_on_named(lambda ended: ended(_ended()))


def _pass_on_named(of: Callable[[Callable[..., Q]], Q]) -> int:
    """Ask in every case where one who holds an agreement is of an organisation that such a consent names."""
    touched: set[int] = set()
    held = Agreement.every.filter(case__isnull=False)
    for holder in ("responsible", "helpers"):
        found = held.filter(of(partial(_named_by, holder)))
        touched.update(found.values_list("case__concern", flat=True))
    concerns = Concern.objects.filter(pk__in=touched).order_by("pk")
    return sum(pass_on_uncovered(by=SYSTEM, concern=each).agreements for each in concerns)


def _named_by(holder: str, consent: Q, **agreement: object) -> Q:
    """Agreements, of this state, whose holder's organisation such a consent about a child of the case names."""
    consents = Consent.objects.filter(
        consent,
        child__concern_links__concern=OuterRef("case__concern"),
        organisations=OuterRef(f"{holder}__organisation"),
    )
    return Q(Exists(consents), **agreement)


def _ended() -> Q:
    return Q(withdrawn__isnull=False) | Q(expires__lt=timezone.localdate())


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
