"""The case team: who comes on it, on what ground, and who is off it again when the ground is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import no
from tovholder.access.levels import Level
from tovholder.access.sharing import (
    Assessment,
    Case,
    CaseFault,
    ForumFrame,
    Kind,
    Participant,
    Purpose,
    assess,
    leading_nobody_to_family,
)
from tovholder.access.sharing.case import SUSPICION_BY_FAMILY
from tovholder.access.sharing.sentences import SENTENCES
from tovholder.accounts.models import User
from tovholder.audit.models import SYSTEM, Actor
from tovholder.audit.services import record
from tovholder.citizens.models import Child, Consent
from tovholder.citizens.queries import sharing_rules
from tovholder.citizens.services.consents import as_the_rules_read_it
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns import policy
from tovholder.concerns.models import CaseTeamMember, Concern
from tovholder.concerns.services.naming import add_to_case_team
from tovholder.concerns.suspicion import is_by_family
from tovholder.directory.models import Person
from tovholder.directory.parties import as_participant

TEXTS = ("purpose", "necessity", "special_reason")
_FAMILY = "family"


@dataclass(frozen=True, slots=True)
class SeatGround:
    """On what a person comes onto the case team. `family_takes_part`: the family is in on it and has been told.

    `special_reason` is asked for on the early basis when a meeting has named the child on it before (rule 5).
    """

    basis: str
    purpose_code: str
    purpose: str
    necessity: str
    family_takes_part: bool = False
    special_reason: str = ""


@dataclass(frozen=True, slots=True)
class ShownSeat:
    """A seat on the case team with why the person has it, in clear for who may read all of the concern."""

    seat: CaseTeamMember
    purpose: Opened
    necessity: Opened
    special_reason: Opened


def shown_seats(seats: Iterable[CaseTeamMember], concern: Concern) -> list[ShownSeat]:
    """Open why each sits there. The caller has asked who reads it, and logs the reading."""
    safe, found = Safe.of([concern]), []
    for seat in seats:
        seat.concern = concern
        found.append(ShownSeat(seat, *(safe.read(seat, name) for name in TEXTS)))
    return found


@dataclass(frozen=True, slots=True)
class SeatAnswer:
    """What the sharing rules say of a person on the case team, over all the children of the concern."""

    assessment: Assessment
    warnings: tuple[str, ...]

    @property
    def allowed(self) -> bool:
        return self.assessment.allowed


def assess_seat(concern: Concern, person: Person, ground: SeatGround) -> SeatAnswer:
    """Ask the sharing rules of this person, alone, for every child of the concern: the first "no" stands.

    Nothing is shown of the children, so nothing is logged. Raises nothing.
    """
    categories = [each.suspicion or each.key for each in concern.categories.all()]
    if is_by_family(concern):
        categories.append(SUSPICION_BY_FAMILY)
    answers = [_assess(concern, child, person, ground, categories) for child in _children(concern)]
    if not answers:
        who = as_participant(person).id
        return SeatAnswer(Assessment(False, "basis_missing", {who: "none"}), ())
    first = next((each for each in answers if not each.allowed), answers[0])
    first = leading_nobody_to_family(first, categories)
    codes = sorted({code for each in answers for code in each.warnings})
    return SeatAnswer(first, tuple(SENTENCES[code].text for code in codes))


def _children(concern: Concern) -> Iterable[Child]:
    return Child.objects.filter(concern_links__concern=concern, erased_at__isnull=True).order_by("pk")


def _earlier_meetings(concern: Concern, child: Child, basis: str) -> int:
    """How often the child was named on the early basis in this matter; the meetings, further up, know (rules 5 and 6)."""
    if basis != LegalBasis.EARLY_COOPERATION:
        return 0
    count: int = import_string(settings.EARLY_MEETINGS)(concern, child)
    return count


def _assess(
    concern: Concern, child: Child, person: Person, ground: SeatGround, categories: list[str]
) -> Assessment:
    facts, consents = as_the_rules_read_it(child, categories)
    them: tuple[Participant, ...] = (as_participant(person),)
    if ground.family_takes_part:
        them += (Participant(_FAMILY, Kind.CUSTODY_HOLDER, own_child=True),)
    case = Case(
        level=Level.NAMED,
        date=timezone.localdate(),
        forum=ForumFrame(Level.NAMED, chair_is_ssp=True),
        participants=them,
        basis=LegalBasis(ground.basis) if ground.basis else None,
        purpose=ground.purpose,
        purpose_code=Purpose(ground.purpose_code) if ground.purpose_code else None,
        necessity=ground.necessity,
        child=facts,
        prior_early_cooperation_meetings=_earlier_meetings(concern, child, ground.basis),
        special_reason=ground.special_reason,
        family_told=ground.family_takes_part,
        consents=consents,
    )
    try:
        if ground.family_takes_part and case.age >= sharing_rules().adult_age:
            them = (them[0], Participant(_FAMILY, Kind.YOUNG_PERSON, own_child=True))
            case = replace(case, participants=them)
        return assess(case, sharing_rules())
    except CaseFault:
        return Assessment(False, "basis_missing", {them[0].id: "none"})


@transaction.atomic
def join_case_team(*, by: User, concern: Concern, person: Person, ground: SeatGround) -> CaseTeamMember:
    """Let a person work on the concern by name, where the sharing rules cover them. Raises Refused, ValidationError."""
    policy.may_triage(by, concern).require()
    answer = assess_seat(concern, person, ground)
    if not answer.allowed:
        no(answer.assessment.code, answer.assessment.reason).require()
    return add_to_case_team(
        by=by,
        concern=concern,
        person=person,
        basis=ground.basis,
        # A consent is its own reason: only there may the field stand empty.
        necessity=ground.necessity or ground.purpose,
        purpose_code=ground.purpose_code,
        purpose=ground.purpose,
        special_reason=ground.special_reason if ground.basis == LegalBasis.EARLY_COOPERATION else "",
    )


def on_consent_only(concern: Concern) -> list[CaseTeamMember]:
    """Return the seats that stand on a consent."""
    seats = concern.case_team.filter(until_at__isnull=True, basis=LegalBasis.CONSENT)
    return list(seats.select_related("person__organisation__kind"))


def _covered(concern: Concern, person: Person) -> bool:
    """Whether a consent that holds today names the person's organisation, for every child of the concern."""
    who = as_participant(person)
    for child in _children(concern):
        facts, consents = as_the_rules_read_it(child, ())
        case = Case(
            level=Level.NAMED,
            date=timezone.localdate(),
            forum=ForumFrame(Level.NAMED),
            participants=(who,),
            basis=LegalBasis.CONSENT,
            child=facts,
            consents=consents,
        )
        try:
            if assess(case, sharing_rules()).coverage[who.id] == "none":
                return False
        except CaseFault:
            return False
    return True


@transaction.atomic
def close_uncovered(*, by: Actor, concern: Concern) -> int:
    """Take off the case team whom a consent covered and none does any more; return how many.

    From the next request on they see nothing.
    """
    closed = 0
    for seat in on_consent_only(concern):
        if not _covered(concern, seat.person):
            CaseTeamMember.objects.filter(pk=seat.pk).update(until_at=timezone.now())
            details = {"person": seat.person_id, "consent": "ended"}
            record(by=by, action="concern.case_team_left", obj=concern, details=details)
            closed += 1
    return closed


def close_expired() -> int:
    """Take off the case teams whose consents ran out; the worker does it each minute. Returns how many seats."""
    today = timezone.localdate()
    ran_out = Consent.objects.filter(expires__lt=today).values("child_id")
    touched = (
        Concern.objects.filter(
            case_team__basis=LegalBasis.CONSENT,
            case_team__until_at__isnull=True,
            concern_children__child_id__in=ran_out,
        )
        .distinct()
        .order_by("pk")
    )
    return sum(close_uncovered(by=SYSTEM, concern=each) for each in touched)
