"""A case by name at a meeting: planned, asked of the sharing rules, opened, told to the room, read afterwards.

`assess_room` is the one question, asked when a case is planned or opened, when somebody is invited, substituted, added or
checked in, when a page shows it, and when minutes are approved and sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import no
from tovholder.access.levels import Level, level_rank
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
from tovholder.access.sharing.sentences import SENTENCES
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.models import Adult, Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import Concern
from tovholder.concerns.standing import rules
from tovholder.directory.models import Person
from tovholder.directory.parties import as_participant
from tovholder.meetings.models import (
    CaseItem,
    Disclosure,
    FamilyMember,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Minutes,
    MinutesStatus,
)
from tovholder.meetings.services.carrying_cases import carry_case
from tovholder.meetings.services.cases_known import Known, read_cases, room_family, room_people

ENDED = gettext_lazy("Bekymringen er afsluttet. Genåbn den først.")
TEXTS = ("purpose", "necessity", "special_reason")


@dataclass(frozen=True, slots=True)
class Ground:
    """On what a child is to be named: the basis, the purpose in code and in words, why it is necessary."""

    basis: str
    purpose_code: str
    purpose: str
    necessity: str = ""
    special_reason: str = ""
    family_told_on: date | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """What the sharing rules say of a case before these people, over all its children: the first "no" stands."""

    assessments: tuple[tuple[Child, Assessment], ...]
    people: tuple[Person, ...]
    family: tuple[FamilyMember, ...]

    @property
    def answer(self) -> Assessment:
        """The first refusal, or the first yes. A case without a child is not one to be named."""
        for _child, assessment in self.assessments:
            if not assessment.allowed:
                return assessment
        return self.assessments[0][1]

    @property
    def allowed(self) -> bool:
        return self.answer.allowed

    @property
    def warnings(self) -> list[str]:
        """The Danish sentences of all warnings, each once."""
        codes = sorted({code for _child, each in self.assessments for code in each.warnings})
        return [SENTENCES[code].text for code in codes]

    @property
    def uncovered(self) -> list[Person]:
        """The professionals before whom the name stays closed."""
        ids = {who for _child, each in self.assessments for who in each.uncovered}
        return [person for person in self.people if as_participant(person).id in ids]

    def covered(self, person: Person) -> bool:
        """Whether the rules cover the person for every child of the case, whatever they say of the others."""
        who = as_participant(person).id
        return bool(self.assessments) and all(
            each.coverage.get(who, "none") != "none" for _c, each in self.assessments
        )


def assess_room(
    case_item: CaseItem,
    *,
    people: Iterable[Person] | None = None,
    family: Iterable[FamilyMember] | None = None,
    ground: Ground | None = None,
    on: date | None = None,
    known: Known | None = None,
    chair_is_ssp: bool | None = None,
) -> Room:
    """Ask the sharing rules of the case before these people; those of the meeting now where none are given.

    `known` is what `read_cases` has just read of several cases: a page that asks of each gives it. `chair_is_ssp` saves
    looking for who chairs, where the answer's warnings are not asked for.

    `ground` tries another ground than the recorded one; nothing is stored. Raises nothing: a birth date that cannot be
    read is answered as a missing one, with the refusal `basis_missing`.
    """
    meeting = case_item.meeting
    there = tuple(people) if people is not None else tuple(room_people(meeting))
    kin = tuple(family) if family is not None else tuple(room_family(meeting))
    known = known or read_cases([case_item])
    asked = ground or recorded_ground(case_item, known.keys)
    day = on or timezone.localdate()
    chaired = _chaired_by_ssp(meeting, there) if chair_is_ssp is None else chair_is_ssp
    frame = frame_of(meeting, chair_is_ssp=chaired)
    answers = []
    for child in [link.child for link in known.links[case_item.concern_id]]:
        answers.append((child, _assess(case_item, child, there, kin, asked, day, known, frame)))
    return Room(tuple(answers) or (_no_child(there),), there, kin)


def frame_of(meeting: Meeting, *, chair_is_ssp: bool = False) -> ForumFrame:
    """Return what the meeting may do with a name: no more than every forum at the table may."""
    alone = meeting.kind in {MeetingKind.ORDINARY, MeetingKind.NETWORK}
    forums = [meeting.lead_forum] if alone else [meeting.lead_forum, *meeting.forums.all()]
    bases = [{LegalBasis(each) for each in forum.bases if each in LegalBasis.values} for forum in forums]
    return ForumFrame(
        highest_level=Level(min((forum.highest_level for forum in forums), key=level_rank)),
        bases=frozenset(set.intersection(*bases)),
        chair_is_ssp=chair_is_ssp,
    )


def _no_child(people: Sequence[Person]) -> tuple[Child, Assessment]:
    coverage = {as_participant(each).id: "none" for each in people}
    return Child(), Assessment(False, "basis_missing", coverage)


def _assess(
    case_item: CaseItem,
    child: Child,
    people: Sequence[Person],
    family: Sequence[FamilyMember],
    ground: Ground,
    day: date,
    known: Known,
    frame: ForumFrame,
) -> Assessment:
    facts, consents = known.told[child.pk]
    facts = replace(facts, categories=frozenset(known.categories[case_item.concern_id]))
    early = ground.basis == LegalBasis.EARLY_COOPERATION
    case = Case(
        level=Level.NAMED,
        date=day,
        forum=frame,
        participants=(*map(as_participant, people), *(_relative(each, child) for each in family)),
        basis=LegalBasis(ground.basis) if ground.basis else None,
        purpose=ground.purpose,
        purpose_code=Purpose(ground.purpose_code) if ground.purpose_code else None,
        necessity=ground.necessity,
        child=facts,
        # Only that basis asks of it.
        prior_early_cooperation_meetings=earlier_early_meetings(case_item, child) if early else 0,
        special_reason=ground.special_reason,
        family_told=ground.family_told_on is not None and ground.family_told_on <= day,
        consents=consents,
    )
    try:
        return leading_nobody_to_family(assess(case, known.rules), facts.categories)
    except CaseFault:
        return _no_child(people)[1]


def _relative(member: FamilyMember, child: Child) -> Participant:
    """Somebody of the family as the rules read one. Only their own child's case is theirs (rule 13)."""
    own = member.child_id == child.pk
    if member.part == FamilyMember.Part.ADULT and member.adult is not None:
        if member.adult.standing == Adult.Standing.FOSTER:
            return Participant(f"family:{member.pk}", Kind.FOSTER_PARENT)
        own = own and member.adult.standing == Adult.Standing.CUSTODY
        return Participant(f"family:{member.pk}", Kind.CUSTODY_HOLDER, own_child=own)
    kind = Kind.YOUNG_PERSON if member.part == FamilyMember.Part.YOUNG_PERSON else Kind.SUPPORT_PERSON
    return Participant(f"family:{member.pk}", kind, own_child=own, age=member.age)


def _chaired_by_ssp(meeting: Meeting, people: Sequence[Person]) -> bool:
    if meeting.chair_id is None:
        return False
    # Who is in the room has been read with where they come from.
    chair = next((each for each in people if each.pk == meeting.chair_id), None) or meeting.chair
    place = chair.organisation if chair is not None else None
    return place is not None and place.kind.sharing_kind == Kind.SSP_TEAM


def children_of(concern: Concern) -> list[Child]:
    """Return the children that a concern is about; asks nothing where a page has read them with its case."""
    if "concern_children" in getattr(concern, "_prefetched_objects_cache", {}):
        return [link.child for link in concern.concern_children.all()]
    return [link.child for link in concern.concern_children.select_related("child")]


def earlier_early_meetings(case_item: CaseItem, child: Child) -> int:
    """How many earlier meetings named the child on the early basis in this matter (rules 5 and 6).

    Earlier is what was told before this one was opened, so that a later meeting does not close the minutes of this.
    """
    told = early_disclosures(case_item.concern_id, child).exclude(case_item__meeting=case_item.meeting_id)
    if case_item.opened_at is not None:
        told = told.filter(at__lt=case_item.opened_at)
    return told.values("case_item__meeting").distinct().count()


def early_meetings(concern: Concern, child: Child) -> int:
    """How many meetings so far named the child on the early basis in this matter: for who comes onto the case team."""
    return early_disclosures(concern.pk, child).values("case_item__meeting").distinct().count()


def early_disclosures(concern_id: int, child: Child) -> QuerySet[Disclosure]:
    """Return to whom the child was named on that basis. It is what was told that counts, not what is written since."""
    return Disclosure.objects.filter(
        child=child, case_item__concern=concern_id, ground=LegalBasis.EARLY_COOPERATION
    ).order_by()


def recorded_ground(case_item: CaseItem, keys: Safe | None = None) -> Ground:
    safe = keys or Safe.of([case_item])
    texts = {name: safe.read(case_item, name).text for name in TEXTS}
    return Ground(
        basis=case_item.basis,
        purpose_code=case_item.purpose_code,
        family_told_on=case_item.family_told_on,
        **texts,
    )


@transaction.atomic
def plan_case(*, by: User, meeting: Meeting, concern: Concern, minutes: int = 10) -> CaseItem:
    """Put a concern by name on a meeting, known so far to who works on it only. Raises Refused, ValidationError."""
    concerns.may_work(by, concern).require()
    meeting = Meeting.every.select_for_update().select_related("lead_forum").get(pk=meeting.pk)
    if frame_of(meeting).highest_level != Level.NAMED:
        raise ValidationError(SENTENCES["level_above_forum"].text)
    if meeting.status == MeetingStatus.CANCELLED:
        raise ValidationError(_("Mødet er aflyst."))
    if concern.has_ended:
        raise ValidationError(ENDED)
    if meeting.case_items.filter(concern=concern).exclude(status=CaseItem.Status.WITHDRAWN).exists():
        raise ValidationError(_("Sagen er allerede på mødet."))
    item = CaseItem(
        meeting=meeting,
        concern=concern,
        minutes=minutes,
        position=meeting.case_items.count(),
        created_by=by.audit_key,
    )
    item.save()
    record(
        by=by, action="case_item.planned", obj=item, details={"meeting": meeting.pk, "concern": concern.pk}
    )
    return item


@transaction.atomic
def record_ground(*, by: User, case_item: CaseItem, ground: Ground) -> CaseItem:
    """Write on what ground the child is to be named. It is asked of the rules when the name is opened. Raises Refused.

    It is part of the minutes: it stands as they were approved (rule 46).
    """
    concerns.may_work(by, case_item.concern).require()
    item = CaseItem.objects.select_for_update().select_related("concern").get(pk=case_item.pk)
    if Minutes.objects.filter(meeting=item.meeting_id, status=MinutesStatus.APPROVED).exists():
        no(
            "minutes_approved", _("Referatet er godkendt og kan ikke ændres. Skriv en tilføjelse i stedet.")
        ).require()
    item.basis, item.purpose_code = ground.basis, ground.purpose_code
    item.family_told_on = ground.family_told_on
    Safe.of([item]).write(item, **{name: getattr(ground, name).strip() for name in TEXTS})
    item.save()
    record(by=by, action="case_item.ground_written", obj=item, ground=item.basis)
    return item


@transaction.atomic
def open_case(*, by: User, case_item: CaseItem) -> Room:
    """Open the name to the room: every disclosure is recorded by child and recipient. Raises Refused.

    Refused with the first "no" of the sharing rules while somebody in the room is not covered.
    """
    concerns.may_work(by, case_item.concern).require()
    item = (
        CaseItem.objects.select_for_update()
        .select_related("concern", "meeting__lead_forum")
        .get(pk=case_item.pk)
    )
    if item.meeting.status != MeetingStatus.RUNNING:
        no("meeting_not_running", _("Mødet er ikke i gang.")).require()
    if item.status == CaseItem.Status.WITHDRAWN:
        no("case_unknown", _("Sagen findes ikke.")).require()
    if item.opened_at is None and item.concern.has_ended:
        no("concern_ended", str(ENDED)).require()
    room = assess_room(item)
    room.answer.decision.require()
    now = timezone.now()
    if item.opened_at is None:
        item.opened_at, item.opened_by = now, by.audit_key
        item.information_due_on = timezone.localdate() + timedelta(days=rules().information_days)
    item.status = CaseItem.Status.OPENED
    item.save(update_fields=["opened_at", "opened_by", "information_due_on", "status"])
    tell(item, room)
    if item.meeting.status == MeetingStatus.RUNNING:
        carry_case(by=by, case_item=item)
    record(
        by=by, action="case_item.opened", obj=item, ground=item.basis, details={"people": len(room.people)}
    )
    return room


def tell(case_item: CaseItem, room: Room) -> int:
    """Write down whom the children's names are told to; who was told before is not written again. Return how many."""
    return tell_all([(case_item, room)])


def tell_all(rooms: Iterable[tuple[CaseItem, Room]]) -> int:
    """Do so for several cases with as many queries as for one."""
    now, rows, told = timezone.now(), [], dict(rooms)
    for item, room in told.items():
        for child, assessment in room.assessments:
            rows += [
                Disclosure(
                    case_item=item,
                    child=child,
                    person=person,
                    organisation_id=person.organisation_id,
                    ground=assessment.coverage[as_participant(person).id],
                    at=now,
                )
                for person in room.people
            ]
            rows += [
                Disclosure(
                    case_item=item,
                    child=child,
                    family_member=member,
                    ground=assessment.coverage[f"family:{member.pk}"],
                    at=now,
                )
                for member in room.family
            ]
    columns = ("case_item_id", "child_id", "person_id", "family_member_id")
    known = set(Disclosure.objects.filter(case_item__in=told).values_list(*columns))
    new = [row for row in rows if tuple(getattr(row, name) for name in columns) not in known]
    Disclosure.objects.bulk_create(new, batch_size=500)
    return len(new)
