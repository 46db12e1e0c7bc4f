"""What would turn a no of the sharing rules into a yes: tried with the rules themselves, not written down beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from tovholder.access.bases import LegalBasis
from tovholder.access.levels import Level
from tovholder.access.sharing import Assessment, Case, Consent, assess
from tovholder.access.sharing.case import YOUNG_PERSON
from tovholder.citizens.queries import sharing_rules


@dataclass(frozen=True, slots=True)
class Mend:
    """One way out: what to do, in a heading and a sentence, and the icon beside it."""

    title: str
    text: str
    icon: str


# What a refusal that needs only a word to be written asks for.
_WRITE = {
    "purpose_missing": {"purpose": "x"},
    "necessity_missing": {"necessity": "x"},
    "special_reason_missing": {"special_reason": "x"},
    "family_not_told": {"family_told": True},
}


def mends(case: Case, answer: Assessment) -> list[Mend]:
    """Return what would help, each tried: with it, the rules answer yes (or come to the next question)."""
    return list(_tried(case, answer)) if not answer.allowed else []


def _tried(case: Case, answer: Assessment) -> Iterator[Mend]:
    if answer.code in _WRITE and _helps(case, replace(case, **_WRITE[answer.code])):  # type: ignore[arg-type]
        yield Mend(_("Gør det, der mangler"), str(answer.reason), "edit")
    outside = set(answer.uncovered)
    if outside:
        staying = tuple(each for each in case.participants if each.id not in outside)
        if _allowed(replace(case, participants=staying)):
            yield Mend(
                _("Lad dem, der ikke er dækket, gå fra"),
                _("Tag punktet sidst på mødet. De får referat uden punktet."),
                "person-remove",
            )
    wider = _with_consent(case)
    if wider is not None and _allowed(wider):
        yield Mend(
            _("Spørg om samtykke"),
            _("Bed om et samtykke, der nævner hver organisation, oplysningerne og formålet."),
            "edit",
        )
    others = [
        each
        for each in LegalBasis
        if each not in (case.basis, LegalBasis.CONSENT) and _allowed(replace(case, basis=each))
    ]
    if others:
        said = _("Det kan lade sig gøre på dette grundlag: %(bases)s. Vælg det kun, hvis det passer.")
        bases = ", ".join(f"»{each.label}«" for each in others)
        yield Mend(_("Vælg et andet grundlag"), said % {"bases": bases}, "sync")
    if case.level == Level.NAMED and _allowed(replace(case, level=Level.ANONYMOUS)):
        yield Mend(
            _("Tag det op uden navn"),
            _("Fjern navn, alder, klasse og andet, der kan genkendes. Så må alle være med."),
            "visibility-off",
        )


def _with_consent(case: Case) -> Case | None:
    """The case with a consent that names everybody in the room; None where nobody comes from an organisation."""
    named = tuple({each.organisation for each in case.participants if each.organisation})
    if not named or case.child.birth_date is None:
        return None
    holders = case.child.custody_holders
    adult = case.age >= sharing_rules().adult_age
    if not adult and not holders and case.age < sharing_rules().own_consent_age:
        return None
    giver = YOUNG_PERSON if adult or not holders else holders[0]
    given = Consent(giver, named, ("x",), "x", case.date)
    return replace(case, consents=(*case.consents, given), basis=case.basis or LegalBasis.CONSENT)


def _allowed(case: Case) -> bool:
    return assess(case, sharing_rules()).allowed


def _helps(before: Case, after: Case) -> bool:
    return assess(after, sharing_rules()).code != assess(before, sharing_rules()).code
