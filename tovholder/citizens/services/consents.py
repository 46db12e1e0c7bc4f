"""Consents: given, withdrawn, and as the sharing rules read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access import sharing
from tovholder.access.decision import Decision, no, yes
from tovholder.access.sharing.case import YOUNG_PERSON, age_on
from tovholder.access.sharing.consents import months_before
from tovholder.accounts.queries import Joined
from tovholder.audit.models import Actor
from tovholder.audit.services import record, record_reading
from tovholder.citizens.models import Adult, Child, Consent
from tovholder.citizens.queries import read_with, sharing_rules
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.directory.models import Organisation
from tovholder.statements import Beside


@dataclass(frozen=True, slots=True)
class ConsentTexts:
    kinds: str
    purpose: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """What is chosen of a consent; `giver` None is the young person."""

    giver: Adult | None
    organisations: Iterable[Organisation]
    form: str
    given: date
    expires: date | None = None


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


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing of a consent that was changed, in clear: for who may read the consent."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was changed of a consent, and the organisations that it named before."""

    lines: tuple[Correction, ...]
    named: frozenset[int]


@transaction.atomic
def correct_consent(
    *, by: Actor, decision: Decision, consent: Consent, facts: ConsentFacts, texts: ConsentTexts, seen: str
) -> Corrected:
    """Set what was wrongly written of a consent to exactly this. Raises Refused, ValidationError by field.

    `seen` is `state_of` it as the reader saw it. A withdrawn one stands as it was. The caller keeps what stood before.
    """
    decision.require()
    consent = Consent.objects.select_for_update(of=("self",)).select_related("child").get(pk=consent.pk)
    may_be_corrected(consent).require()
    if state_of(consent) != seen:
        raise ValidationError(_("En anden har rettet samtykket imens. Se, hvad der nu følger, og gem igen."))
    before, named = _said(consent), frozenset(_named(consent))
    chosen = list(facts.organisations)
    same_giver = consent.giver == facts.giver and consent.given == facts.given
    _check(consent.child, facts.giver, chosen, texts, facts.given, facts.expires, ask_giver=not same_giver)
    consent.giver, consent.form = facts.giver, Consent.Form(facts.form)
    consent.given, consent.expires = facts.given, facts.expires
    sealed = {"kinds": texts.kinds.strip(), "purpose": texts.purpose.strip(), "note": texts.note.strip()}
    Safe.of([consent]).write(consent, **sealed)
    consent.save()
    consent.organisations.set(chosen)
    after = _said(consent)
    changed = {name: after[name] for name in after if after[name] != before[name]}
    if not changed:
        raise ValidationError(_("Der er ikke rettet noget."))
    details = {"consent": consent.pk, "changed": sorted(changed)}
    record(by=by, action="consent.corrected", obj=consent.child, ground=decision.basis, details=details)
    lines = (Correction(str(_LABELS[name]), before[name], after[name]) for name in changed)
    return Corrected(tuple(lines), named)


def may_be_corrected(consent: Consent) -> Decision:
    """The state question: what was withdrawn stands as it was."""
    if consent.withdrawn is not None:
        return no(
            "consent_withdrawn", _("Samtykket er trukket tilbage og kan ikke rettes. Skriv et nyt ned.")
        )
    return yes("consent")


def state_of(consent: Consent) -> str:
    """Return all that a consent says, to tell whether it is still what somebody saw. Shown to nobody, so not logged."""
    return repr(
        (sorted(_said(consent).items()), sorted(_named(consent)), consent.giver_id, consent.withdrawn)
    )


_LABELS = {
    "giver": gettext_lazy("Givet af"),
    "organisations": gettext_lazy("Må få oplysninger"),
    "kinds": gettext_lazy("Hvilke"),
    "purpose": gettext_lazy("Til hvad"),
    "form": gettext_lazy("Hvordan"),
    "given": gettext_lazy("Givet"),
    "expires": gettext_lazy("Udløber"),
    "note": gettext_lazy("Bemærkning"),
}


def _said(consent: Consent) -> dict[str, str]:
    """What a consent says, in words, by the names of its fields."""
    safe, giver = Safe.of([consent.child]), consent.giver
    if giver is not None:
        giver.child = consent.child
    return {
        "giver": str(safe.read(giver, "name")) if giver is not None else _("Den unge selv"),
        "organisations": ", ".join(consent.organisations.order_by("name").values_list("name", flat=True)),
        "kinds": safe.read(consent, "kinds").text,
        "purpose": safe.read(consent, "purpose").text,
        "form": consent.get_form_display(),
        "given": date_format(consent.given, "j. F Y"),
        "expires": date_format(consent.expires, "j. F Y") if consent.expires is not None else "",
        "note": safe.read(consent, "note").text,
    }


def _check(
    child: Child,
    giver: Adult | None,
    organisations: list[Organisation],
    texts: ConsentTexts,
    given: date,
    expires: date | None,
    *,
    ask_giver: bool = True,
) -> None:
    faults: dict[str, str] = {}
    wrong_giver = _fault_of_giver(child, giver, given) if ask_giver else ""
    if wrong_giver:
        faults["giver"] = wrong_giver
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


def _fault_of_giver(child: Child, giver: Adult | None, given: date) -> str:
    """Who may give it on that day: a holder of custody below 18, the young person from 15 (rule 16)."""
    rules, born = sharing_rules(), birth_date_of(child)
    age = age_on(born, given) if born is not None else None
    if giver is None:
        if age is not None and age < rules.own_consent_age:
            first = _("Den unge kan selv give samtykke fra %(age)d år.") % {"age": rules.own_consent_age}
            if child.adults.filter(standing=Adult.Standing.CUSTODY).exists():
                return f"{first} {_('Vælg en, der har forældremyndighed.')}"
            return f"{first} {_('Skriv først på barnets side, hvem der har forældremyndighed.')}"
        return ""
    if giver.child_id != child.pk:
        return _("Vælg en, der hører til barnet.")
    if giver.standing != Adult.Standing.CUSTODY:
        return _("Kun den, der har forældremyndighed, kan give samtykke for barnet.")
    if age is not None and age >= rules.adult_age:
        return _("Den unge er myndig og giver selv samtykke.")
    return ""


def birth_date_of(child: Child) -> date | None:
    """Return the birth date for a rule to look at; None where it cannot be read. Shown to nobody, so not logged."""
    born = Safe.of([child]).read(child, "birth_date").text
    return date.fromisoformat(born) if born else None


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


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent in clear, for one page."""

    id: int
    giver: str
    organisations: tuple[str, ...]
    kinds: Opened
    purpose: Opened
    note: Opened
    form: str
    given: date
    withdrawn: date | None
    expires: date | None
    review_on: date
    has_scan: bool

    @property
    def has_run_out(self) -> bool:
        return self.expires is not None and self.expires < timezone.localdate()

    @property
    def must_be_reviewed(self) -> bool:
        return self.review_on < timezone.localdate()


def show_consents(*, by: Actor, decision: Decision, child: Child, purpose: str) -> list[ConsentView]:
    """Open a child's consents for display, newest first, with a row in the log. Raises Refused."""
    decision.require()
    record_reading(by=by, action="consent.read", obj=child, purpose=purpose, ground=decision.basis)
    return in_clear(child)


def in_clear(child: Child, rules: sharing.SharingRules | None = None) -> list[ConsentView]:
    """Open a child's consents without a row in the log: for a caller who writes it, and may have read the rules."""
    found = read_with(child, "consents")
    if found is None:
        found = list(child.consents.select_related("giver", "scan").prefetch_related("organisations"))
    safe = Safe.of([child])
    months = (rules or sharing_rules()).consent_review_months if found else 0
    views = []
    for each in found:
        each.child = child
        if each.giver is not None:
            each.giver.child = child
        views.append(_view(safe, each, months))
    return views


def _view(safe: Safe, consent: Consent, months: int) -> ConsentView:
    return ConsentView(
        id=consent.pk,
        giver=str(safe.read(consent.giver, "name")) if consent.giver is not None else _("Den unge selv"),
        organisations=tuple(each.name for each in consent.organisations.all()),
        kinds=safe.read(consent, "kinds"),
        purpose=safe.read(consent, "purpose"),
        note=safe.read(consent, "note"),
        form=consent.get_form_display(),
        given=consent.given,
        withdrawn=consent.withdrawn,
        expires=consent.expires,
        review_on=months_before(consent.given, -months),
        has_scan=hasattr(consent, "scan"),
    )


def as_the_rules_read_it(
    child: Child, categories: Iterable[str] = ()
) -> tuple[sharing.Child, tuple[sharing.Consent, ...]]:
    """Return the child and its consents for `access.sharing`: ids for names, organisations by id, texts as they stand.

    Not a reading by a person: nothing is shown, so nothing is logged. A text that cannot be read counts as blank."""
    return all_as_the_rules_read_them([child], categories)[child.pk]


RulesRead = tuple[sharing.Child, tuple[sharing.Consent, ...]]


def all_as_the_rules_read_them(
    children: Sequence[Child],
    categories: Iterable[str] = (),
    *,
    safe: Safe | None = None,
) -> dict[int, RulesRead]:
    """Return the same for several children by their ids, with as many queries as for one.

    `safe` holds their keys, where the caller has fetched them.
    """
    by_id = {each.pk: each for each in children}
    consents = _all_of("consents", children, _CONSENTS)
    adults = _all_of("adults", children, _ADULTS)
    safe, kinds = safe or Safe.of(children), frozenset(categories)
    found: dict[int, RulesRead] = {}
    for pk, child in by_id.items():
        born = safe.read(child, "birth_date").text
        holders = [each for each in adults if each.child_id == pk and each.standing == Adult.Standing.CUSTODY]
        facts = sharing.Child(
            birth_date=date.fromisoformat(born) if born else None,
            custody_holders=tuple(str(each.pk) for each in holders),
            categories=kinds,
        )
        theirs = [each for each in consents if each.child_id == pk]
        found[pk] = facts, tuple(_as_rules_read(safe, each, child) for each in theirs)
    return found


def _all_of(name: str, children: Sequence[Child], rows: Beside[Any]) -> list[Any]:
    """The grown-ups or consents of these children; asks nothing where a page has read them with each child."""
    known = [read_with(child, name) for child in children]
    if any(each is None for each in known):
        return rows.of(child.pk for child in children)
    return [row for each in known if each is not None for row in each]


def _with_named_ids() -> QuerySet[Consent]:
    names: QuerySet[Any, Any] = Consent.organisations.through.objects.filter(consent=OuterRef("pk"))
    ids = (
        names.order_by()
        .values("consent")
        .annotate(ids=Joined(Cast("organisation_id", CharField())))
        .values("ids")
    )
    return Consent.objects.annotate(named_ids=Subquery(ids))


_CONSENTS = Beside("consents", "child", _with_named_ids)
_ADULTS = Beside("adults", "child", Adult.objects.all)


def _as_rules_read(safe: Safe, consent: Consent, child: Child) -> sharing.Consent:
    consent.child = child
    return sharing.Consent(
        giver=YOUNG_PERSON if consent.giver_id is None else str(consent.giver_id),
        organisations=tuple(map(str, _named(consent))),
        kinds=(safe.read(consent, "kinds").text,),
        purpose=safe.read(consent, "purpose").text,
        given=consent.given,
        withdrawn=consent.withdrawn,
        expires=consent.expires,
    )


def _named(consent: Consent) -> list[int]:
    """The ids of the organisations that a consent names; asks nothing where they were read with it (`concerns`)."""
    known: str | None = getattr(consent, "named_ids", "")
    if known == "":
        return [one.pk for one in consent.organisations.all()]
    return sorted(int(each) for each in known.split(",")) if known else []
