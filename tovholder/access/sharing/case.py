"""What is asked: an item of a meeting, the people in the room, the child, the consents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tovholder.access.bases import LegalBasis
from tovholder.access.levels import Level


class CaseFault(ValueError):
    """A case that cannot be read: an unknown word, a bad date, something required that is missing."""


class Purpose(models.TextChoices):
    CRIME_PREVENTION = "crime_prevention", _("Forebygge kriminalitet")
    EARLY_SUPPORT = "early_support", _("Tidlig støtte")
    WELLBEING = "wellbeing", _("Trivsel")
    INVESTIGATION = "investigation", _("Efterforskning")

    @classmethod
    def choosable(cls) -> list[tuple[str, Any]]:
        """Return those to choose among where a name is to be told: an investigation is none of them (rule 7)."""
        return [each for each in cls.choices if each[0] != cls.INVESTIGATION]


class PublicTask(models.TextChoices):
    SOCIAL = "social", _("Socialområdet")
    EDUCATION = "education", _("Undervisning")
    EMPLOYMENT = "employment", _("Beskæftigelse")
    PSYCHIATRY = "psychiatry", _("Psykiatri")


class Kind(models.TextChoices):
    """What a person in the room comes as (domain.md, 1.8)."""

    POLICE = "police", _("Politi")
    SOCIAL_AUTHORITY = "social_authority", _("Socialmyndighed")
    SSP_TEAM = "ssp_team", _("SSP-team")
    PPR = "ppr", _("PPR")
    SCHOOL = "school", _("Folkeskole")
    DAY_CARE = "day_care", _("Dagtilbud")
    HEALTH = "health", _("Sundhedspleje")
    DENTAL = "dental", _("Tandpleje")
    YOUTH_GUIDANCE = "youth_guidance", _("Ungevejledning")
    MUNICIPAL_YOUTH_CLUB = "municipal_youth_club", _("Kommunal klub")
    OUTREACH = "outreach", _("Gadeplan")
    SUBSTANCE_TREATMENT = "substance_treatment", _("Rusmiddelbehandling")
    JOB_CENTRE = "job_centre", _("Jobcenter")
    PRISON_SERVICE = "prison_service", _("Kriminalforsorg")
    PSYCHIATRY = "psychiatry", _("Psykiatri")
    SELF_GOVERNING = "self_governing", _("Selvejende institution")
    FREE_SCHOOL = "free_school", _("Fri skole")
    RESIDENTIAL_HOME = "residential_home", _("Opholdssted")
    UPPER_SECONDARY = "upper_secondary", _("Ungdomsuddannelse")
    ASSOCIATION = "association", _("Forening")
    VOLUNTEER = "volunteer", _("Frivillig")
    BUSINESS = "business", _("Erhvervsliv")
    HOUSING = "housing", _("Boligorganisation")
    INTERPRETER = "interpreter", _("Tolk")
    FOSTER_PARENT = "foster_parent", _("Plejeforælder")
    CUSTODY_HOLDER = "custody_holder", _("Forældremyndighedsindehaver")
    YOUNG_PERSON = "young_person", _("Den unge selv")
    SUPPORT_PERSON = "support_person", _("Bisidder")


FAMILY = frozenset({Kind.CUSTODY_HOLDER, Kind.YOUNG_PERSON, Kind.SUPPORT_PERSON})
# Whom a suspicion of violence in the family must not reach.
NEAR_THE_FAMILY = frozenset({Kind.CUSTODY_HOLDER, Kind.FOSTER_PARENT, Kind.SUPPORT_PERSON})
SUSPICION_BY_FAMILY = "suspected_violence_by_family"
SUSPICIONS = frozenset({"suspected_violence", "suspected_abuse", SUSPICION_BY_FAMILY})
YOUNG_PERSON = "young_person"  # the giver of a consent who is the child, not a custody holder


@dataclass(frozen=True, slots=True)
class Participant:
    """One in the room. `own_child`: the case is about their own child (or themselves); `age` in whole years."""

    id: str
    kind: Kind
    organisation: str | None = None
    public_task: PublicTask | None = None
    in_cooperation: bool = True
    own_child: bool = False
    age: int | None = None

    @property
    def is_family(self) -> bool:
        return self.kind in FAMILY


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent (samtykke): it lifts confidentiality towards the organisations it names, for what it names."""

    giver: str | None = None
    organisations: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    purpose: str = ""
    given: date | None = None
    withdrawn: date | None = None
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Child:
    birth_date: date | None = None
    custody_holders: tuple[str, ...] = ()
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ForumFrame:
    """What the forum allows: the highest level of item, the bases, and whether an SSP person chairs."""

    highest_level: Level
    bases: frozenset[LegalBasis] = frozenset(LegalBasis)
    chair_is_ssp: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """An item as it would be taken. Below the named level only `level`, `forum` and `participants` matter."""

    level: Level
    date: date
    forum: ForumFrame
    participants: tuple[Participant, ...]
    basis: LegalBasis | None = None
    purpose: str = ""
    purpose_code: Purpose | None = None
    necessity: str = ""
    child: Child = field(default_factory=Child)
    prior_early_cooperation_meetings: int = 0
    special_reason: str = ""
    family_told: bool = False
    consents: tuple[Consent, ...] = ()

    @property
    def age(self) -> int:
        """The child's age in whole years on the date. Raises CaseFault where the birth date is unknown."""
        if self.child.birth_date is None:
            raise CaseFault("child.birth_date: missing")
        return age_on(self.child.birth_date, self.date)


def age_on(born: date, day: date) -> int:
    """Return whole years. Whoever is born on 29 February has their birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
