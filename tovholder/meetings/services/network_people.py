"""Who takes part in a network meeting: few professionals, the authority's caseworker, and the family.

Whoever joins after the family was told undoes that they were told: they are to know beforehand who comes and why (rule 13).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.access.sharing import Kind
from tovholder.access.sharing.sentences import SENTENCES
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.models import Adult, Child
from tovholder.citizens.queries import sharing_rules
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns.standing import rules
from tovholder.directory.models import Person
from tovholder.meetings import policy
from tovholder.meetings.models import (
    Answer,
    CaseItem,
    FamilyMember,
    Meeting,
    NetworkMeeting,
    Participation,
)
from tovholder.meetings.services.cases import Room, assess_room, children_of
from tovholder.meetings.services.cases_known import circle_of
from tovholder.meetings.services.invitations import take_off
from tovholder.meetings.services.network import Lack, case_of, prepared
from tovholder.ui.naming import listed

Part = FamilyMember.Part


def professionals(meeting: Meeting) -> list[Participation]:
    """Return who is asked to come, in the order of their names."""
    circle = circle_of(meeting)
    if circle is not None:
        asked = [each for each in circle.seats if each.removed_at is None]
        return sorted(asked, key=lambda each: each.person.name)
    rows = meeting.participations.filter(removed_at__isnull=True)
    return list(rows.select_related("person__organisation__kind").order_by("person__name", "pk"))


def is_authority(person: Person) -> bool:
    """Tell whether the person comes from the authority for children and families."""
    place = person.organisation
    return place is not None and place.kind.sharing_kind == Kind.SOCIAL_AUTHORITY


def authority_comes(meeting: Meeting) -> bool:
    """Tell whether a caseworker of the authority is asked and has not said no."""
    return any(is_authority(each.person) and each.answer != Answer.NO for each in professionals(meeting))


def too_many(meeting: Meeting) -> int:
    """Return the number of professionals when they are more than the municipality finds wise, else 0."""
    count = len(professionals(meeting))
    return count if count > rules().few_participants else 0


@transaction.atomic
def add_professional(*, by: User, network: NetworkMeeting, person: Person) -> Participation:
    """Ask a professional to come. Nobody is told before the meeting is called. Raises Refused, ValidationError."""
    fresh = prepared(by, network)
    if person.left_on is not None:
        raise ValidationError({"person": [_("Personen er fratrådt.")]})
    row = fresh.meeting.participations.filter(person=person).first()
    if row is not None and row.removed_at is None:
        raise ValidationError({"person": [_("%(name)s er allerede med.") % {"name": person.name}]})
    row = row or Participation(meeting=fresh.meeting, person=person)
    row.part, row.removed_at, row.answer = Participation.Part.GUEST, None, Answer.NONE
    row.invited_at = row.invited_sequence = None
    row.save()
    _untell(fresh)
    record(by=by, action="network.professional_added", obj=fresh.meeting, details={"person": person.pk})
    return row


@transaction.atomic
def take_professional_off(*, by: User, network: NetworkMeeting, participation: Participation) -> None:
    """Take a professional off again; who was called is told. Raises Refused."""
    fresh = prepared(by, network)
    row = fresh.meeting.participations.select_related("person", "meeting__lead_forum").get(
        pk=participation.pk
    )
    if row.person_id == fresh.initiator_id:
        no("initiator_stays", _("Den, der indkalder, er med. Giv først opgaven til en anden.")).require()
    take_off(row)
    Participation.objects.filter(pk=row.pk).update(invited_at=None)
    own = fresh.initiator
    for field in ("chair_id", "minute_taker_id"):
        if getattr(fresh.meeting, field) == row.person_id:
            Meeting.every.filter(pk=fresh.meeting_id).update(**{field: own.pk})
    record(by=by, action="network.professional_off", obj=fresh.meeting, details={"person": row.person_id})


@transaction.atomic
def set_family(
    *, by: User, network: NetworkMeeting, adults: Collection[Adult], young_people: Collection[Child]
) -> None:
    """Choose who of the family takes part, out of the children's records. Raises Refused, ValidationError."""
    fresh = prepared(by, network)
    policy.may_meet_family(fresh.concern).require()
    children = {each.pk: each for each in children_of(fresh.concern)}
    if any(each.child_id not in children for each in adults) or any(
        each.pk not in children for each in young_people
    ):
        raise ValidationError(_("Vælg nogen, der hører til barnet."))
    wanted = {(each.child_id, each.pk) for each in adults} | {(each.pk, None) for each in young_people}
    there = {
        (row.child_id, row.adult_id): row for row in fresh.meeting.family.exclude(part=Part.SUPPORT_PERSON)
    }
    for key, row in there.items():
        if key not in wanted:
            row.delete()
    new = sorted(wanted - set(there), key=lambda key: (key[0], key[1] or 0))
    for child_id, adult_id in new:
        part = Part.ADULT if adult_id is not None else Part.YOUNG_PERSON
        FamilyMember.objects.create(
            meeting=fresh.meeting,
            child=children[child_id],
            adult_id=adult_id,
            part=part,
            age=None if adult_id is not None else _age(children[child_id]),
        )
    if new:
        _untell(fresh)
    if new or set(there) - wanted:
        record(by=by, action="network.family_set", obj=fresh.meeting, details={"people": len(wanted)})


def _age(child: Child) -> int | None:
    """Whole years today, where the birth date can be read."""
    text = Safe.of([child]).read(child, "birth_date").text
    if not text:
        return None
    born, today = date.fromisoformat(text), timezone.localdate()
    return max(0, today.year - born.year - ((today.month, today.day) < (born.month, born.day)))


@transaction.atomic
def add_support_person(
    *, by: User, network: NetworkMeeting, child: Child, name: str, age: int | None
) -> FamilyMember:
    """Let the child bring a support person (bisidder). Raises Refused, ValidationError by field."""
    fresh = prepared(by, network)
    policy.may_meet_family(fresh.concern).require()
    if child not in children_of(fresh.concern):
        raise ValidationError(_("Vælg nogen, der hører til barnet."))
    if not name.strip():
        raise ValidationError({"name": [_("Skriv bisidderens navn.")]})
    if age is not None and age < sharing_rules().support_person_age:
        raise ValidationError({"age": [SENTENCES["support_person_too_young"].text]})
    member = FamilyMember(meeting=fresh.meeting, child=child, part=Part.SUPPORT_PERSON, age=age)
    Safe.of([child]).write(member, name=" ".join(name.split()))
    member.save()
    _untell(fresh)
    record(by=by, action="network.family_set", obj=fresh.meeting, details={"support_person": member.pk})
    return member


@transaction.atomic
def take_support_person_off(*, by: User, network: NetworkMeeting, member: FamilyMember) -> None:
    """Take a support person off again. Raises Refused."""
    fresh = prepared(by, network)
    row = fresh.meeting.family.get(pk=member.pk, part=Part.SUPPORT_PERSON)
    row.delete()
    record(by=by, action="network.family_set", obj=fresh.meeting, details={"support_person": member.pk})


@transaction.atomic
def tell_family(*, by: User, network: NetworkMeeting, on: date) -> None:
    """Write that the family was told, by a person, who comes and why. Raises Refused, ValidationError."""
    fresh = prepared(by, network)
    policy.may_meet_family(fresh.concern).require()
    if on > timezone.localdate():
        raise ValidationError({"told_on": [_("Datoen ligger i fremtiden.")]})
    if not fresh.meeting.family.exists():
        raise ValidationError({"told_on": [_("Vælg først, hvem fra familien der er med.")]})
    fresh.meeting.family.update(told_on=on)
    CaseItem.objects.filter(pk=case_of(fresh).pk).update(family_told_on=on)
    record(by=by, action="network.family_told", obj=fresh.meeting)


def _untell(network: NetworkMeeting) -> None:
    CaseItem.objects.filter(pk=case_of(network).pk).update(family_told_on=None)


def names_of(family: Collection[FamilyMember]) -> dict[int, Opened]:
    """Return the name of each of the family, in clear, for a page whose reading is logged by the caller."""
    if not family:
        return {}
    children = {each.child_id: each.child for each in family}
    safe = Safe.of(children.values())
    found: dict[int, Opened] = {}
    for each in family:
        if each.part == Part.SUPPORT_PERSON:
            found[each.pk] = safe.read(each, "name")
        elif each.adult is not None:
            each.adult.child = each.child
            found[each.pk] = safe.read(each.adult, "name")
        else:
            found[each.pk] = safe.read(each.child, "name")
    return found


@dataclass(frozen=True, slots=True)
class ShownGround:
    """Why the child is spoken of at the meeting, in clear; the last two for who works on the case only."""

    purpose: Opened
    necessity: Opened
    phone_notes: Opened
    support: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.purpose or self.necessity or self.phone_notes or self.support)


def shown_ground(case: CaseItem, network: NetworkMeeting, *, works: bool) -> ShownGround:
    """Open the ground for who may read the case. The caller has asked, and logs the reading."""
    safe, support = Safe.of([case]), []
    if works:
        rows = [each for each in family_of(network.meeting) if each.part == Part.SUPPORT_PERSON]
        support = [str(name) for name in names_of(rows).values()]
    notes = safe.read(network, "phone_notes") if works else Opened()
    return ShownGround(safe.read(case, "purpose"), safe.read(case, "necessity"), notes, tuple(support))


def family_of(meeting: Meeting) -> list[FamilyMember]:
    circle = circle_of(meeting)
    if circle is not None:
        return list(circle.family)
    return list(meeting.family.select_related("adult", "child"))


def part_word(member: FamilyMember) -> str:
    """Write what somebody of the family is, never who."""
    if member.part == FamilyMember.Part.ADULT and member.adult is not None:
        return {
            "foster": _("Plejeforælder"),
        }.get(str(member.adult.standing), _("Forælder"))
    return str(member.get_part_display())


def copy_people(*, by: User, network: NetworkMeeting) -> None:
    """Ask the same people to a follow-up as came to the meeting before, in the caller's transaction."""
    earlier = network.follows
    if earlier is None:
        return
    there = set(network.meeting.participations.values_list("person_id", flat=True))
    rows = earlier.meeting.participations.filter(removed_at__isnull=True, person__left_on__isnull=True)
    Participation.objects.bulk_create(
        Participation(meeting=network.meeting, person_id=row.person_id, part=Participation.Part.GUEST)
        for row in rows
        if row.person_id not in there
    )
    for old in earlier.meeting.family.select_related("child", "adult"):
        member = FamilyMember(
            meeting=network.meeting, child=old.child, adult=old.adult, part=old.part, age=old.age
        )
        if old.part == Part.SUPPORT_PERSON:
            safe = Safe.of([old.child])
            safe.write(member, name=safe.read(old, "name").text)
        elif old.part == Part.YOUNG_PERSON:
            member.age = _age(old.child)
        member.save()
    Meeting.every.filter(pk=network.meeting_id).update(
        chair=earlier.meeting.chair, minute_taker=earlier.meeting.minute_taker, place=earlier.meeting.place
    )
    record(by=by, action="network.people_copied", obj=network.meeting)


def lacks(network: NetworkMeeting, room: Room | None = None) -> list[Lack]:
    """Return all that stands in the way of calling the meeting, in the order of the steps.

    While somebody in the family is suspected it is that alone: no other line may lead to their being told (rule 22).
    """
    meeting, found = network.meeting, []
    family = policy.may_meet_family(network.concern)
    if not family:
        return [Lack("familien", family.reason)]
    if network.known_case and network.adviser_talked_on is None:
        found.append(Lack("sagen", _("Tal med familiens rådgiver om mødet.")))
    if not network.initiator_leads and network.leader_talked_on is None:
        found.append(Lack("opgaver", _("Planlæg mødet med den pædagogiske leder.")))
    if not network.without_authority and not authority_comes(meeting):
        text = _("Myndighedens rådgiver mangler. Bed en med, eller hold et udviklingsmøde i stedet.")
        found.append(Lack("deltagere", text))
    members, case = family_of(meeting), case_of(network)
    if not members:
        found.append(Lack("familien", _("Vælg, hvem fra familien der er med.")))
    if case.family_told_on is None or any(each.told_on is None for each in members):
        found.append(Lack("familien", _untold(members)))
    room = room or assess_room(case)
    if not room.allowed and room.answer.code not in _SAID:
        found.append(Lack(_STEP.get(room.answer.code, "grundlag"), SENTENCES[room.answer.code].text))
    if not network.time_chosen:
        found.append(Lack("tid-og-sted", _("Vælg tid og sted.")))
    return found


def _untold(members: Collection[FamilyMember]) -> str:
    """Say that the family is to be told; by part, never by name, who of them has not been while others have."""
    new = [part_word(each).lower() for each in members if each.told_on is None]
    if not new or len(new) == len(members):
        return _("Fortæl familien, hvem der kommer og hvorfor, og skriv datoen.")
    text = _("Fortæl familien, hvem der kommer og hvorfor, og skriv datoen. Nye siden sidst: %(who)s.")
    return text % {"who": listed(new)}


# Said by a line of its own above.
_SAID = {"family_not_told"}
# In which step a refusal of the sharing rules is mended; others on the ground itself.
_STEP = {
    "family_under_suspicion": "familien",
    "family_not_present": "familien",
    "support_person_too_young": "familien",
    "not_own_child": "familien",
    "party_outside_rpl115": "deltagere",
    "party_outside_early_cooperation": "deltagere",
    "party_not_named_in_consent": "deltagere",
}
