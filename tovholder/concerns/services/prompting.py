"""What the people of a case are reminded of about its children (rules 16-20 and 44), each with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.bases import LegalBasis
from tovholder.access.sharing import Consent as Given
from tovholder.access.sharing import SharingRules
from tovholder.access.sharing.case import YOUNG_PERSON, age_on
from tovholder.access.sharing.case import Child as Facts
from tovholder.access.sharing.consents import months_before
from tovholder.citizens.queries import sharing_rules
from tovholder.citizens.services.consents import all_as_the_rules_read_them
from tovholder.concerns.models import Concern, ConcernChild, InformationDuty
from tovholder.concerns.prompts import PARTY_RIGHTS_AGE, birthday, gets_party_rights
from tovholder.concerns.queries import living_children
from tovholder.concerns.suspicion import is_by_family

SHOWN_DAYS = 30  # after a withdrawal
_WITHOUT_CONSENT = {LegalBasis.RPL115, LegalBasis.EARLY_COOPERATION}


@dataclass(frozen=True, slots=True)
class Prompt:
    """One reminder. `child_code` says of which child; no name, so that the list can stand anywhere in the case."""

    code: str
    text: str
    todo: str
    child_code: str = ""
    urgent: bool = False


def child_prompts(
    concern: Concern, only: ConcernChild | None = None, rules: SharingRules | None = None
) -> list[Prompt]:
    """Return the reminders about the children of a concern, for who may read all of it; the caller has asked and logs.

    Nothing of a child is shown but its code and what follows from its age and consents.
    """
    today, rules = timezone.localdate(), rules or sharing_rules()
    by_family = is_by_family(concern)
    bases = {seat.basis for seat in concern.case_team.all() if seat.until_at is None}
    found: list[Prompt] = []
    links = list(living_children(concern)) if only is None else [only]
    read = all_as_the_rules_read_them([link.child for link in links]) if links else {}
    for link in links:
        facts, consents = read[link.child_id]
        of_consents = _of_consents(link.child.code, facts, consents, rules, today)
        found += (_without_family(each) for each in of_consents) if by_family else of_consents
        found += _of_age(link.child.code, facts, today)
        found += _of_information(link, by_family, today)
    if bases & _WITHOUT_CONSENT:
        found.append(
            Prompt(
                "consent_not_required",
                _("Samtykke er ikke et krav på det grundlag, sagen bruger."),
                _("Inddrag alligevel forældrene og den unge, når det er muligt.")
                if not by_family
                else _("Familien får intet at vide, før myndigheden siger til."),
            )
        )
    return sorted(found, key=lambda each: not each.urgent)


def _without_family(prompt: Prompt) -> Prompt:
    """The same reminder where somebody in the family is suspected: it must not lead to their being asked (rule 22)."""
    if prompt.code == "consent_withdrawn":
        return replace(prompt, todo=_("Tag dem anonymt, eller find et andet grundlag. Spørg ikke familien."))
    return replace(prompt, todo=_("Spørg ikke familien, før myndigheden siger til."))


def _holds(consent: Given, today: date) -> bool:
    return (
        consent.given is not None
        and consent.given <= today
        and (consent.withdrawn is None or consent.withdrawn > today)
        and (consent.expires is None or consent.expires >= today)
    )


def _of_consents(
    code: str, facts: Facts, consents: tuple[Given, ...], rules: SharingRules, today: date
) -> Iterator[Prompt]:
    """Rules 16, 17 and 18."""
    holding = [each for each in consents if _holds(each, today)]
    givers = {each.giver for each in holding}
    age = age_on(facts.birth_date, today) if facts.birth_date is not None else None
    if holding and age is not None:
        yield from _of_givers(code, facts, givers, age, rules)
    recently = today - timedelta(days=SHOWN_DAYS)
    if any(each.withdrawn is not None and recently <= each.withdrawn <= today for each in consents):
        yield Prompt(
            "consent_withdrawn",
            _("Et samtykke er trukket tilbage. Planlagte punkter, der byggede på det, er lukket."),
            _("Tag dem anonymt, find et andet grundlag, eller tal med familien igen."),
            code,
            urgent=True,
        )
    limit = months_before(today, rules.consent_review_months)
    turned = birthday(facts.birth_date, rules.own_consent_age) if facts.birth_date is not None else None
    if any(each.given is not None and each.given < limit for each in holding):
        yield Prompt(
            "consent_review_due",
            _("Et samtykke er så gammelt, at det skal ses efter."),
            _("Spørg, om det stadig gælder, og skriv et nyt ned."),
            code,
        )
    elif (
        turned is not None
        and turned <= today
        and any(each.given is not None and each.given < turned for each in holding)
    ):
        yield Prompt(
            "consent_from_before",
            _("Et samtykke er givet, før den unge fyldte %(age)d år.") % {"age": rules.own_consent_age},
            _("Spørg den unge, og skriv et nyt ned."),
            code,
        )


def _of_givers(
    code: str, facts: Facts, givers: set[str | None], age: int, rules: SharingRules
) -> Iterator[Prompt]:
    """Rule 16."""
    if rules.own_consent_age <= age < rules.adult_age and YOUNG_PERSON not in givers:
        said = _("Den unge er fyldt %(age)d år og har ikke selv givet samtykke.")
        yield Prompt(
            "own_consent_missing", said % {"age": rules.own_consent_age}, _("Spørg den unge selv."), code
        )
    holders = set(facts.custody_holders)
    if age < rules.own_consent_age and len(holders) == 2 and len(givers & holders) == 1:
        yield Prompt(
            "second_custody_holder_missing",
            _("Kun den ene af to forældremyndighedsindehavere har givet samtykke."),
            _("Spørg også den anden."),
            code,
        )


def _of_age(code: str, facts: Facts, today: date) -> Iterator[Prompt]:
    """Rule 20."""
    born = facts.birth_date
    if born is not None and gets_party_rights(born, today):
        past = birthday(born, PARTY_RIGHTS_AGE) <= today
        yield Prompt(
            "party_rights",
            _("Barnet fyldte 10 år for nylig.") if past else _("Barnet fylder snart 10 år."),
            _("Fra 10 år er barnet selv part i myndighedens sager. Tal med rådgiveren om det."),
            code,
        )


def _of_information(link: ConcernChild, by_family: bool, today: date) -> Iterator[Prompt]:
    """Rule 44. Where somebody in the family is suspected, the reminder must not lead to their being told."""
    duty: InformationDuty | None = getattr(link, "information", None)
    if duty is None or duty.answered_at is not None:
        return
    days = (duty.due_on - today).days
    if by_family:
        yield Prompt(
            "information_due",
            _("Der er mistanke om vold i familien: familien får intet at vide, før myndigheden siger til."),
            _("Skriv det som grunden til, at I ikke fortæller noget nu."),
            link.child.code,
            urgent=days < 0,
        )
        return
    said = (
        _("Familien skulle have haft at vide, at I har oplysninger om barnet.")
        if days < 0
        else _("Familien skal have at vide, at I har oplysninger om barnet.")
    )
    yield Prompt(
        "information_due",
        said,
        _("Fortæl det, og skriv datoen – eller skriv, hvorfor I lader være."),
        link.child.code,
        urgent=days < 0,
    )
