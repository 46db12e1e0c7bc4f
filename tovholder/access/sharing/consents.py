"""When a consent holds, and who may give it (domain.md 1.3-1.4, rules 15-18)."""

from __future__ import annotations

from datetime import date

from tovholder.access.sharing.case import YOUNG_PERSON, Case, Consent
from tovholder.access.sharing.rules import SharingRules

MISSING = "consent_missing"
INCOMPLETE = "consent_incomplete"
GIVER_NOT_ENTITLED = "consent_giver_not_entitled"
WITHDRAWN = "consent_withdrawn"
EXPIRED = "consent_expired"


def is_blank(text: str | None) -> bool:
    return text is None or not text.strip()


def has_begun(consent: Consent, day: date) -> bool:
    return consent.given is not None and consent.given <= day


def first_fault(consent: Consent, case: Case, rules: SharingRules) -> str | None:
    """Return the code of the first thing wrong with a consent given on or before the date, or None."""
    if (
        all(is_blank(each) for each in consent.organisations)
        or all(is_blank(each) for each in consent.kinds)
        or is_blank(consent.purpose)
    ):
        return INCOMPLETE
    if not may_give(consent.giver, case, rules):
        return GIVER_NOT_ENTITLED
    if consent.withdrawn is not None and consent.withdrawn <= case.date:
        return WITHDRAWN
    if consent.expires is not None and consent.expires < case.date:
        return EXPIRED
    return None


def may_give(giver: str | None, case: Case, rules: SharingRules) -> bool:
    """Whether this giver may consent on the date: custody holders below 18, the young person from 15."""
    if giver == YOUNG_PERSON:
        return case.age >= rules.own_consent_age
    return giver is not None and giver in case.child.custody_holders and case.age < rules.adult_age


def valid_consents(case: Case, rules: SharingRules) -> list[Consent]:
    return [
        each
        for each in case.consents
        if has_begun(each, case.date) and first_fault(each, case, rules) is None
    ]


def fault_of_the_newest(case: Case, rules: SharingRules) -> str:
    """Why no consent holds: what is wrong with the newest one given (of equals the last in the list)."""
    newest: Consent | None = None
    latest: date | None = None
    for each in case.consents:
        if each.given is not None and each.given <= case.date and (latest is None or each.given >= latest):
            newest, latest = each, each.given
    if newest is None:
        return MISSING
    return first_fault(newest, case, rules) or MISSING


def months_before(day: date, months: int) -> date:
    """Return the date so many calendar months earlier, clipped to the end of its month."""
    at = day.year * 12 + day.month - 1 - months
    year, month = divmod(at, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(f"no such month: {months} months before {day}")
