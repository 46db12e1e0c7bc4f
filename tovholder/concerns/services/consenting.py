"""Consents as the case's people give and withdraw them: what follows for who sees what, follows at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.decision import Decision
from tovholder.accounts.models import User
from tovholder.audit.services import record, record_page
from tovholder.citizens.models import Child, Consent, ConsentScan
from tovholder.citizens.services import children, scans
from tovholder.citizens.services import consents as records
from tovholder.citizens.services.children import ChildView
from tovholder.citizens.services.consents import (
    ConsentFacts,
    ConsentTexts,
    ConsentView,
    Corrected,
    Correction,
)
from tovholder.concerns import policy
from tovholder.concerns.models import Concern, ConcernChild, Entry
from tovholder.concerns.services.course import write_entry
from tovholder.concerns.services.foreseeing import Foreseen, foresee
from tovholder.concerns.services.seats import close_uncovered
from tovholder.concerns.suspicion import by_family, is_by_family

_CLOSED = gettext_lazy(
    "Et samtykke er trukket tilbage. Punkter på møder, der byggede på det, er lukket. "
    "Tag dem anonymt, find et andet grundlag, eller tal med familien igen."
)
# Where somebody in the family is suspected, no line leads to its being asked (rule 22).
_CLOSED_BY_FAMILY = gettext_lazy(
    "Et samtykke er trukket tilbage. Punkter på møder, der byggede på det, er lukket. "
    "Tag dem anonymt, eller find et andet grundlag. Spørg ikke familien."
)


class Taken(NamedTuple):
    """What an app above took from whom nothing covers any more: from how many, and what is said of it in the course."""

    agreements: int
    said: str = ""


@transaction.atomic
def show(*, by: User, concern: Concern, child: Child, purpose: str = "consent") -> list[ConsentView]:
    """Open the consents of a child of the concern, with a row in the log. Raises Refused."""
    return records.show_consents(by=by, decision=_may(by, concern), child=child, purpose=purpose)


@transaction.atomic
def show_to_correct(*, by: User, link: ConcernChild, consent: Consent) -> tuple[ChildView, ConsentView, str]:
    """Open a child and one of its consents for the page that corrects it; the last is `state_of` the consent.

    A row in the log for each. Raises Refused.
    """
    decision = _may(by, link.concern)
    told = [("child.read", link.child, "consent"), ("consent.read", link.child, "consent")]
    record_page(by=by, readings=[(*each, decision.basis) for each in told])
    consent.child = link.child
    shown = next(each for each in records.in_clear(link.child) if each.id == consent.pk)
    return children.in_clear([link.child])[0], shown, records.state_of(consent)


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


def foresee_corrected(
    *, by: User, concern: Concern, consent: Consent, facts: ConsentFacts, texts: ConsentTexts, seen: str
) -> tuple[Foreseen, Corrected]:
    """Tell what would be changed of a consent, and who would gain and lose by it; nothing is kept. Raises as `correct`."""
    made: list[Corrected] = []

    def act() -> None:
        made.append(correct(by=by, concern=concern, consent=consent, facts=facts, texts=texts, seen=seen))

    before = set(consent.organisations.values_list("pk", flat=True))
    giving = before <= {each.pk for each in facts.organisations}
    return foresee(by=by, child=consent.child, giving=giving, act=act), made[0]


@transaction.atomic
def correct(
    *, by: User, concern: Concern, consent: Consent, facts: ConsentFacts, texts: ConsentTexts, seen: str
) -> Corrected:
    """Correct what was wrongly written of a consent, and close what it no longer opens. Raises Refused, ValidationError.

    What stood before is kept in the course of every concern about the child, sealed, where who reads the consent reads it.
    """
    corrected = records.correct_consent(
        by=by, decision=_may(by, concern), consent=consent, facts=facts, texts=texts, seen=seen
    )
    said = "\n".join([_("Et samtykke er rettet."), *map(_said_of, corrected.lines)])
    closed, taken = _follow(by, consent, named=corrected.named, said=lambda _each: said)
    if closed or taken:
        _record_closed(by, concern, consent, closed, taken)
    return corrected


def _said_of(line: Correction) -> str:
    """One thing that was corrected, as the course keeps it."""
    told = {"label": line.label, "before": line.before, "after": line.after or _("taget væk")}
    if not line.before:
        return _("%(label)s: %(after)s (før: ikke skrevet)") % told
    return _("%(label)s: %(after)s (før: %(before)s)") % told


@transaction.atomic
def withdraw(*, by: User, concern: Concern, consent: Consent, on: date) -> int:
    """Write that a consent is withdrawn, and close what it opened; return how many seats of case teams.

    Planned cases at meetings that relied on it are refused by `assess_room` from the next request on; the course of every
    concern about the child says so. Raises Refused, ValidationError by field.
    """
    records.withdraw_consent(by=by, decision=_may(by, concern), consent=consent, on=on)
    closed, taken = _follow(
        by, consent, said=lambda each: str(_CLOSED_BY_FAMILY if is_by_family(each) else _CLOSED)
    )
    _record_closed(by, concern, consent, closed, taken)
    return closed


def _follow(
    by: User,
    consent: Consent,
    *,
    said: Callable[[Concern], str],
    named: frozenset[int] = frozenset(),
) -> tuple[int, int]:
    """Close in every concern of the child what only the consent opened, and say so in its course; return how much.

    That is seats of case teams, and agreements.

    `named` are organisations that the consent named and may name no longer.
    """
    closed = moved = 0
    concerns = Concern.objects.filter(concern_children__child=consent.child_id, erased_at__isnull=True)
    for each in concerns.annotate(by_family=by_family()):
        closed += close_uncovered(by=by, concern=each)
        there = [import_string(path)(by=by, concern=each, named=named) for path in settings.CONSENT_ENDED]
        moved += sum(taken.agreements for taken in there)
        text = "\n".join(filter(None, [said(each), *(taken.said for taken in there)]))
        write_entry(by=by, concern=each, kind=Entry.Kind.NOTE, child=consent.child, text=text)
    return closed, moved


def _record_closed(by: User, concern: Concern, consent: Consent, seats: int, agreements: int) -> None:
    details = {"consent": consent.pk, "seats": seats, "agreements": agreements}
    record(by=by, action="concern.consent_closed", obj=concern, details=details)


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
