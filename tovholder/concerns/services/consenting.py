"""Consents as the case's people give and withdraw them: what follows for who sees what, follows at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from tovholder.access.decision import Decision
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.models import Adult, Child, Consent, ConsentScan
from tovholder.citizens.services import consents as records
from tovholder.citizens.services import scans
from tovholder.citizens.services.consents import ConsentTexts, ConsentView
from tovholder.concerns import policy
from tovholder.concerns.models import Concern, Entry
from tovholder.concerns.services.course import write_entry
from tovholder.concerns.services.foreseeing import Foreseen, foresee
from tovholder.concerns.services.seats import close_uncovered
from tovholder.concerns.suspicion import by_family, is_by_family
from tovholder.directory.models import Organisation

_CLOSED = gettext_lazy(
    "Et samtykke er trukket tilbage. Punkter på møder, der byggede på det, er lukket. "
    "Tag dem anonymt, find et andet grundlag, eller tal med familien igen."
)
# Where somebody in the family is suspected, no line leads to its being asked (rule 22).
_CLOSED_BY_FAMILY = gettext_lazy(
    "Et samtykke er trukket tilbage. Punkter på møder, der byggede på det, er lukket. "
    "Tag dem anonymt, eller find et andet grundlag. Spørg ikke familien."
)
_AGREEMENTS = gettext_lazy(
    "De, der ikke længere er dækket, læser ikke længere deres aftaler i sagen. Var nogen af dem åbne, er de flyttet til "
    "sagens ansvarlige."
)


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """What is chosen of a consent; `giver` None is the young person."""

    giver: Adult | None
    organisations: Iterable[Organisation]
    form: str
    given: date
    expires: date | None = None


@transaction.atomic
def show(*, by: User, concern: Concern, child: Child, purpose: str = "consent") -> list[ConsentView]:
    """Open the consents of a child of the concern, with a row in the log. Raises Refused."""
    return records.show_consents(by=by, decision=_may(by, concern), child=child, purpose=purpose)


@transaction.atomic
def give(*, by: User, concern: Concern, child: Child, facts: ConsentFacts, texts: ConsentTexts) -> Consent:
    """Write a consent down. Raises Refused, ValidationError by field."""
    return records.give_consent(
        by=by,
        decision=_may(by, concern),
        child=child,
        giver=facts.giver,
        organisations=facts.organisations,
        texts=texts,
        form=facts.form,
        given=facts.given,
        expires=facts.expires,
    )


def foresee_given(
    *, by: User, concern: Concern, child: Child, facts: ConsentFacts, texts: ConsentTexts
) -> Foreseen:
    """Tell who would gain and lose by this consent; nothing is kept. Raises as `give`."""

    def act() -> None:
        give(by=by, concern=concern, child=child, facts=facts, texts=texts)

    return foresee(by=by, child=child, giving=True, act=act)


def foresee_withdrawn(*, by: User, concern: Concern, consent: Consent, on: date) -> Foreseen:
    """Tell who would lose by the withdrawal of this consent; nothing is kept. Raises as `withdraw`."""

    def act() -> None:
        withdraw(by=by, concern=concern, consent=consent, on=on)

    return foresee(by=by, child=consent.child, giving=False, act=act)


@transaction.atomic
def withdraw(*, by: User, concern: Concern, consent: Consent, on: date) -> int:
    """Write that a consent is withdrawn, and close what it opened; return how many seats of case teams.

    Planned cases at meetings that relied on it are refused by `assess_room` from the next request on; the course of every
    concern about the child says so. Raises Refused, ValidationError by field.
    """
    records.withdraw_consent(by=by, decision=_may(by, concern), consent=consent, on=on)
    closed = moved = 0
    concerns = Concern.objects.filter(concern_children__child=consent.child_id, erased_at__isnull=True)
    for each in concerns.annotate(by_family=by_family()):
        closed += close_uncovered(by=by, concern=each)
        there = sum(import_string(path)(by=by, concern=each) for path in settings.CONSENT_ENDED)
        moved += there
        said = str(_CLOSED_BY_FAMILY if is_by_family(each) else _CLOSED)
        if there:
            said = f"{said} {_AGREEMENTS}"
        write_entry(by=by, concern=each, kind=Entry.Kind.NOTE, child=consent.child, text=said)
    details = {"consent": consent.pk, "seats": closed, "agreements": moved}
    record(by=by, action="concern.consent_closed", obj=concern, details=details)
    return closed


@transaction.atomic
def add_scan(*, by: User, concern: Concern, consent: Consent, upload: UploadedFile[Any]) -> ConsentScan:
    """Keep the signed form of a consent. Raises Refused, ValidationError."""
    return scans.add_scan(by=by, decision=_may(by, concern), consent=consent, upload=upload)


@transaction.atomic
def open_scan(*, by: User, concern: Concern, scan: ConsentScan) -> scans.Scan:
    """Open the signed form of a consent, with a row in the log. Raises Refused."""
    return scans.open_scan(by=by, decision=_may(by, concern), scan=scan, purpose="consent")


def _may(by: User, concern: Concern) -> Decision:
    """Consents are read and written by who works on the concern."""
    return policy.may_work(by, concern).require()
