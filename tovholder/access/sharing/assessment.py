"""The sharing rules: one answer a case. The first "no" from the top is the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import Decision
from tovholder.access.levels import Level, level_rank
from tovholder.access.sharing.case import (
    NEAR_THE_FAMILY,
    SUSPICION_BY_FAMILY,
    SUSPICIONS,
    YOUNG_PERSON,
    Case,
    Consent,
    Kind,
    Participant,
    Purpose,
)
from tovholder.access.sharing.consents import (
    fault_of_the_newest,
    is_blank,
    months_before,
    valid_consents,
)
from tovholder.access.sharing.rules import SharingRules
from tovholder.access.sharing.sentences import SENTENCES

NOT_NEEDED, OWN_CASE, BY_CONSENT, NONE = "not_needed", "own_case", "consent", "none"
NO_PERSON = "no_person"
_NEEDS_NECESSITY = frozenset({LegalBasis.RPL115, LegalBasis.EARLY_COOPERATION, LegalBasis.PARTICIPATION})
_EARLY_PURPOSES = frozenset({Purpose.EARLY_SUPPORT, Purpose.WELLBEING})
# What says that the family is to be told, or waited for.
_FAMILY_FIRST = frozenset({"family_not_told", "family_not_present"})
# Whom a name must not be told by row 12, in the words of the basis.
_OUTSIDE = {
    LegalBasis.RPL115: "party_outside_rpl115",
    LegalBasis.EARLY_COOPERATION: "party_outside_early_cooperation",
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer: a stable code, what covers each participant (by id), and sorted codes of warnings."""

    allowed: bool
    code: str
    coverage: dict[str, str]
    warnings: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        return SENTENCES[self.code].text

    @property
    def source(self) -> str:
        return SENTENCES[self.code].source

    @property
    def decision(self) -> Decision:
        basis = self.code if self.allowed and self.code != NO_PERSON else ""
        return Decision(self.allowed, self.code, self.reason, basis)

    @property
    def uncovered(self) -> list[str]:
        """The ids of those for whom the name stays closed."""
        return [who for who, by in self.coverage.items() if by == NONE]


def leading_nobody_to_family(found: Assessment, categories: Collection[str]) -> Assessment:
    """Return the answer for who acts on it: a family under suspicion is not to be told first, or waited for (rule 22)."""
    if found.code in _FAMILY_FIRST and SUSPICION_BY_FAMILY in categories:
        return replace(found, code="family_under_suspicion")
    return found


def assess(case: Case, rules: SharingRules | None = None) -> Assessment:
    """Answer whether the item may be taken at its level before these participants (issue C, section 2).

    Raises CaseFault at the named level where the child's birth date is unknown.
    """
    rules = rules or SharingRules()
    if case.level != Level.NAMED:
        coverage = dict.fromkeys((each.id for each in case.participants), NOT_NEEDED)
        above = level_rank(case.level) > level_rank(case.forum.highest_level)
        return Assessment(not above, "level_above_forum" if above else NO_PERSON, coverage)
    named = _Named(case, rules)
    refused = next(named.refusals(), None)
    if refused is not None:
        return Assessment(False, refused, named.coverage)
    return Assessment(True, str(case.basis), named.coverage, tuple(sorted(named.warnings())))


class _Named:
    """A case at the named level, with what several rows ask for worked out once."""

    def __init__(self, case: Case, rules: SharingRules) -> None:
        self.case, self.rules = case, rules
        self.age = case.age
        self.valid = valid_consents(case, rules)
        self.consented = {name for each in self.valid for name in each.organisations}
        self.coverage = {each.id: self._coverage(each) for each in case.participants}

    def _coverage(self, who: Participant) -> str:
        if who.is_family:
            theirs = who.own_child and not self._holds_no_custody_any_more(who)
            return OWN_CASE if theirs else NONE
        if self.rules.covers(self.case.basis, who):
            return str(self.case.basis)
        if who.organisation is not None and who.organisation in self.consented:
            return BY_CONSENT
        return NONE

    def _holds_no_custody_any_more(self, who: Participant) -> bool:
        return who.kind == Kind.CUSTODY_HOLDER and self.age >= self.rules.adult_age

    # ---- the rows, from the top
    def refusals(self) -> Iterator[str]:
        for row in _ROWS:
            code = row(self)
            if code is not None:
                yield code

    def above_forum(self) -> str | None:
        above = level_rank(self.case.level) > level_rank(self.case.forum.highest_level)
        return "level_above_forum" if above else None

    def investigation(self) -> str | None:
        return "purpose_investigation" if self.case.purpose_code == Purpose.INVESTIGATION else None

    def basis(self) -> str | None:
        case = self.case
        if case.basis is None:
            return "basis_missing"
        if is_blank(case.purpose):
            return "purpose_missing"
        if case.basis not in case.forum.bases:
            return "basis_not_for_forum"
        crime = case.basis != LegalBasis.RPL115 or case.purpose_code == Purpose.CRIME_PREVENTION
        early = case.basis != LegalBasis.EARLY_COOPERATION or case.purpose_code in _EARLY_PURPOSES
        return None if crime and early else "basis_purpose_mismatch"

    def necessity(self) -> str | None:
        missing = self.case.basis in _NEEDS_NECESSITY and is_blank(self.case.necessity)
        return "necessity_missing" if missing else None

    def notify(self) -> str | None:
        suspected = self.case.child.categories & SUSPICIONS
        return "notify_at_once" if self._early and suspected else None

    def suspicion(self) -> str | None:
        if SUSPICION_BY_FAMILY not in self.case.child.categories:
            return None
        present = any(each.kind in NEAR_THE_FAMILY for each in self.case.participants)
        return "family_under_suspicion" if present else None

    def used_up(self) -> str | None:
        prior = self.case.prior_early_cooperation_meetings
        if not self._early or prior < 1:
            return None
        if prior > 1:
            return "early_cooperation_used_up"
        return "special_reason_missing" if is_blank(self.case.special_reason) else None

    def consent(self) -> str | None:
        if self.case.basis != LegalBasis.CONSENT or self.valid:
            return None
        return fault_of_the_newest(self.case, self.rules)

    def participation(self) -> str | None:
        if self.case.basis != LegalBasis.PARTICIPATION:
            return None
        if not self.case.family_told:
            return "family_not_told"
        return None if any(map(self._presence_counts, self.case.participants)) else "family_not_present"

    def _presence_counts(self, who: Participant) -> bool:
        parent = who.kind == Kind.CUSTODY_HOLDER and who.own_child and self.age < self.rules.adult_age
        self_there = who.kind == Kind.YOUNG_PERSON and self.age >= self.rules.own_consent_age
        return parent or self_there

    def support_person(self) -> str | None:
        young = any(
            each.kind == Kind.SUPPORT_PERSON
            and each.age is not None
            and each.age < self.rules.support_person_age
            for each in self.case.participants
        )
        return "support_person_too_young" if young else None

    def own_child(self) -> str | None:
        strange = any(
            (each.is_family and not each.own_child) or self._holds_no_custody_any_more(each)
            for each in self.case.participants
        )
        return "not_own_child" if strange else None

    def outside(self) -> str | None:
        if NONE not in self.coverage.values():
            return None
        return _OUTSIDE.get(self.case.basis, "party_not_named_in_consent") if self.case.basis else None

    @property
    def _early(self) -> bool:
        return self.case.basis == LegalBasis.EARLY_COOPERATION

    # ---- beside a yes
    def warnings(self) -> Iterator[str]:
        case, relied_on = self.case, self._relied_on()
        givers = {each.giver for each in relied_on}
        between = self.rules.own_consent_age <= self.age < self.rules.adult_age
        if between and relied_on and YOUNG_PERSON not in givers:
            yield "own_consent_missing"
        two = len(set(case.child.custody_holders)) == 2
        if self.age < self.rules.own_consent_age and two and len(givers) == 1:
            yield "second_custody_holder_missing"
        limit = months_before(case.date, self.rules.consent_review_months)
        if any(each.given is not None and each.given < limit for each in relied_on):
            yield "consent_review_due"
        if case.basis in (LegalBasis.RPL115, LegalBasis.EARLY_COOPERATION):
            yield "consent_not_required"
        if case.basis == LegalBasis.RPL115:
            if not case.forum.chair_is_ssp:
                yield "chair_not_ssp"
            if any(each.kind == Kind.PRISON_SERVICE and self._by_rpl115(each) for each in case.participants):
                yield "prison_service_check"
        if any(word.casefold() in case.purpose.casefold() for word in self.rules.purpose_words):
            yield "purpose_wording"

    def _by_rpl115(self, who: Participant) -> bool:
        return self.coverage[who.id] == LegalBasis.RPL115

    def _relied_on(self) -> list[Consent]:
        named = {each.organisation for each in self.case.participants if self.coverage[each.id] == BY_CONSENT}
        return [each for each in self.valid if named.intersection(each.organisations)]


_ROWS: tuple[Callable[[_Named], str | None], ...] = (
    _Named.above_forum,
    _Named.investigation,
    _Named.basis,
    _Named.necessity,
    _Named.notify,
    _Named.suspicion,
    _Named.used_up,
    _Named.consent,
    _Named.participation,
    _Named.support_person,
    _Named.own_child,
    _Named.outside,
)
