"""What a municipality may decide otherwise, with the shipped values. The set-up file's `[sharing]` replaces them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from tovholder.access.bases import LegalBasis
from tovholder.access.sharing.case import Kind, Participant, PublicTask

_AUTHORITIES_RPL115 = frozenset(
    {
        Kind.POLICE,
        Kind.SOCIAL_AUTHORITY,
        Kind.SSP_TEAM,
        Kind.PPR,
        Kind.SCHOOL,
        Kind.DAY_CARE,
        Kind.HEALTH,
        Kind.DENTAL,
        Kind.YOUTH_GUIDANCE,
        Kind.MUNICIPAL_YOUTH_CLUB,
        Kind.OUTREACH,
        Kind.SUBSTANCE_TREATMENT,
        Kind.JOB_CENTRE,
        Kind.PRISON_SERVICE,
        Kind.INTERPRETER,
    }
)
_WITH_PUBLIC_TASK = frozenset(
    {Kind.SELF_GOVERNING, Kind.FREE_SCHOOL, Kind.RESIDENTIAL_HOME, Kind.UPPER_SECONDARY}
)
_EARLY = frozenset(
    {
        Kind.SOCIAL_AUTHORITY,
        Kind.PPR,
        Kind.SCHOOL,
        Kind.DAY_CARE,
        Kind.HEALTH,
        Kind.DENTAL,
        Kind.FREE_SCHOOL,
        Kind.INTERPRETER,
    }
)
_EARLY_WITH_TASK = frozenset({Kind.SELF_GOVERNING, Kind.RESIDENTIAL_HOME})
_EARLY_TASKS = frozenset({PublicTask.SOCIAL, PublicTask.EDUCATION})
_NOT_BY_PARTICIPATION = frozenset({Kind.POLICE, Kind.PRISON_SERVICE})
_ALSO_BY_PARTICIPATION = frozenset({Kind.PSYCHIATRY, Kind.FOSTER_PARENT})


@dataclass(frozen=True, slots=True)
class SharingRules:
    """The switches of the sharing rules.

    Ages are whole years, the review period whole calendar months. Sources: domain.md 1.1-1.5 and rules 1-8, 15-19.
    """

    ssp_team_in_early_cooperation: bool = False
    youth_club_in_early_cooperation: bool = False
    police_in_participation: bool = False
    own_consent_age: int = 15
    adult_age: int = 18
    support_person_age: int = 15
    consent_review_months: int = 12
    purpose_words: tuple[str, ...] = ("efterforsk", "afhør", "bevis", "sigtelse")

    @classmethod
    def from_setup(cls, table: dict[str, Any]) -> SharingRules:
        """Read the `[sharing]` table of a set-up file. Raises ValueError for a key or type that is not known."""
        known = {each.name: each for each in fields(cls)}
        values: dict[str, Any] = {}
        for key, value in table.items():
            if key not in known:
                raise ValueError(f"sharing.{key}: unknown; there are {', '.join(sorted(known))}")
            default = known[key].default
            if isinstance(default, tuple):
                if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
                    raise ValueError(f"sharing.{key}: must be a list of words")
                values[key] = tuple(value)
            elif type(value) is not type(default):
                raise ValueError(f"sharing.{key}: must be {type(default).__name__}")
            else:
                values[key] = value
        return cls(**values)

    def covers(self, basis: LegalBasis | None, participant: Participant) -> bool:
        """Whether the basis alone lets this participant hear a child's name. Consent covers nobody by kind."""
        covered = _COVERED_BY.get(basis) if basis else None
        return covered is not None and covered(self, participant)


def _by_rpl115(rules: SharingRules, who: Participant) -> bool:
    return who.in_cooperation and _is_party_of_cooperation(who)


def _is_party_of_cooperation(who: Participant) -> bool:
    return who.kind in _AUTHORITIES_RPL115 or (who.kind in _WITH_PUBLIC_TASK and who.public_task is not None)


def _by_early_cooperation(rules: SharingRules, who: Participant) -> bool:
    if who.kind == Kind.SSP_TEAM:
        return rules.ssp_team_in_early_cooperation
    if who.kind == Kind.MUNICIPAL_YOUTH_CLUB:
        return rules.youth_club_in_early_cooperation
    return who.kind in _EARLY or (who.kind in _EARLY_WITH_TASK and who.public_task in _EARLY_TASKS)


def _by_participation(rules: SharingRules, who: Participant) -> bool:
    if who.kind == Kind.POLICE:
        return rules.police_in_participation
    if who.kind in _NOT_BY_PARTICIPATION:
        return False
    return who.kind in _ALSO_BY_PARTICIPATION or _is_party_of_cooperation(who)


_COVERED_BY: dict[LegalBasis, Callable[[SharingRules, Participant], bool]] = {
    LegalBasis.RPL115: _by_rpl115,
    LegalBasis.EARLY_COOPERATION: _by_early_cooperation,
    LegalBasis.PARTICIPATION: _by_participation,
}
