"""Consents: given, withdrawn, and as the sharing rules read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access import sharing
from tovholder.access.decision import Decision
from tovholder.access.sharing.case import YOUNG_PERSON
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.citizens.models import Adult, Child, Consent
from tovholder.citizens.services.safe import Safe
from tovholder.directory.models import Organisation


@dataclass(frozen=True, slots=True)
class ConsentTexts:
    kinds: str
    purpose: str
    note: str = ""


@transaction.atomic
def give_consent(
    *,
    by: Actor,
    decision: Decision,
    child: Child,
    giver: Adult | None,
    organisations: Iterable[Organisation],
    texts: ConsentTexts,
    form: str,
    given: date,
    expires: date | None = None,
) -> Consent:
    """Record a consent; `giver` None is the young person. Raises Refused, ValidationError by field (rule 15)."""
    decision.require()
    chosen = list(organisations)
    _check(child, giver, chosen, texts, given, expires)
    consent = Consent(child=child, giver=giver, form=Consent.Form(form), given=given, expires=expires)
    sealed = {"kinds": texts.kinds.strip(), "purpose": texts.purpose.strip(), "note": texts.note.strip()}
    Safe.of([consent]).write(consent, **sealed)
    consent.save()
    consent.organisations.set(chosen)
    record(by=by, action="consent.given", obj=child, ground=decision.basis, details={"consent": consent.pk})
    return consent


def _check(
    child: Child,
    giver: Adult | None,
    organisations: list[Organisation],
    texts: ConsentTexts,
    given: date,
    expires: date | None,
) -> None:
    faults: dict[str, str] = {}
    if giver is not None and giver.child_id != child.pk:
        faults["giver"] = _("Vælg en, der hører til barnet.")
    if not organisations:
        faults["organisations"] = _("Vælg mindst én, der må få oplysninger.")
    if not texts.kinds.strip():
        faults["kinds"] = _("Skriv, hvilke oplysninger samtykket gælder.")
    if not texts.purpose.strip():
        faults["purpose"] = _("Skriv, hvad oplysningerne skal bruges til.")
    if given > timezone.localdate():
        faults["given"] = _("Datoen ligger i fremtiden.")
    if expires is not None and expires < given:
        faults["expires"] = _("Samtykket kan ikke udløbe, før det er givet.")
    if faults:
        raise ValidationError({field: [text] for field, text in faults.items()})


@transaction.atomic
def withdraw_consent(*, by: Actor, decision: Decision, consent: Consent, on: date) -> Consent:
    """Record that a consent was withdrawn: it stops counting from that day. Raises Refused, ValidationError (rule 17)."""
    decision.require()
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.withdrawn is not None:
        raise ValidationError(_("Samtykket er allerede trukket tilbage."))
    if on < consent.given:
        raise ValidationError({"on": [_("Samtykket kan ikke trækkes tilbage, før det er givet.")]})
    if on > timezone.localdate():
        raise ValidationError({"on": [_("Datoen ligger i fremtiden.")]})
    consent.withdrawn = on
    consent.save(update_fields=["withdrawn"])
    record(
        by=by,
        action="consent.withdrawn",
        obj=consent.child,
        ground=decision.basis,
        details={"consent": consent.pk},
    )
    return consent


def as_the_rules_read_it(
    child: Child, categories: Iterable[str] = ()
) -> tuple[sharing.Child, tuple[sharing.Consent, ...]]:
    """Return the child and its consents for `access.sharing`: ids for names, organisations by id, texts as they stand.

    Not a reading by a person: nothing is shown, so nothing is logged. A text that cannot be read counts as blank.
    """
    consents = list(child.consents.prefetch_related("organisations"))
    adults = list(child.adults.all())
    safe = Safe.of([child])
    born = safe.read(child, "birth_date").text
    facts = sharing.Child(
        birth_date=date.fromisoformat(born) if born else None,
        custody_holders=tuple(str(each.pk) for each in adults if each.standing == Adult.Standing.CUSTODY),
        categories=frozenset(categories),
    )
    read = []
    for each in consents:
        each.child = child
        read.append(
            sharing.Consent(
                giver=YOUNG_PERSON if each.giver_id is None else str(each.giver_id),
                organisations=tuple(str(one.pk) for one in each.organisations.all()),
                kinds=(safe.read(each, "kinds").text,),
                purpose=safe.read(each, "purpose").text,
                given=each.given,
                withdrawn=each.withdrawn,
                expires=each.expires,
            )
        )
    return facts, tuple(read)
