"""What the sharing rules are asked with of cases at a meeting, read for all of them at once, and who is there to hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from tovholder.access.sharing import SharingRules
from tovholder.access.sharing.case import SUSPICION_BY_FAMILY
from tovholder.citizens.queries import rules_read_with, sharing_rules
from tovholder.citizens.services.consents import RulesRead, all_as_the_rules_read_them
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import ConcernChild
from tovholder.concerns.rules_facts import with_family_and_consents
from tovholder.directory.models import Person
from tovholder.forums.standing import current_memberships
from tovholder.meetings.models import (
    CaseItem,
    Disclosure,
    FamilyMember,
    Meeting,
    MeetingStatus,
    Participation,
)
from tovholder.statements import Given, Statement


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules are asked with, read for all cases of a meeting at once. It holds for the moment it was read."""

    rules: SharingRules
    links: dict[int, list[ConcernChild]]
    categories: dict[int, set[str]]
    told: dict[int, RulesRead]
    keys: Safe


def read_cases(items: Sequence[CaseItem]) -> Known:
    """Read the children, consents and categories of these cases with as many queries as for one."""
    concerns_asked = {each.concern_id for each in items}
    links: dict[int, list[ConcernChild]] = {pk: [] for pk in concerns_asked}
    categories: dict[int, set[str]] = {pk: set() for pk in concerns_asked}
    for link in with_family_and_consents(concerns_asked):
        links[link.concern_id].append(link)
        categories[link.concern_id] |= link.marks  # type: ignore[attr-defined]
    everyone = [link.child for each in links.values() for link in each]
    keys = Safe.of([*items, *everyone])
    told = all_as_the_rules_read_them(everyone, safe=keys) if everyone else {}
    return Known(_rules_of(items), links, categories, told, keys)


def _rules_of(items: Sequence[CaseItem]) -> SharingRules:
    """The sharing rules; asks nothing where they were read with the cases (`queries.read_cases_of`)."""
    read_with = next((each for each in items if hasattr(each, "sharing_switches")), None)
    return rules_read_with(read_with) if read_with is not None else sharing_rules()


def known_of(items: Sequence[CaseItem]) -> Known:
    """Return what `read_cases` reads of these, once for a page that shows them and changes nothing."""
    found: list[Known | None] = [each.__dict__.get("known") for each in items]
    first = found[0] if found else None
    if first is not None and all(each is first for each in found):
        return first
    return keep_known(items, read_cases(items))


def keep_known(items: Sequence[CaseItem], known: Known) -> Known:
    """Let the cases know what was read of them; `is_by_family` of their concerns then asks no more."""
    for each in items:
        each.__dict__["known"] = known
        if CaseItem.concern.is_cached(each) and known.links.get(each.concern_id):
            marks = known.categories[each.concern_id]
            each.concern.by_family = SUSPICION_BY_FAMILY in marks  # type: ignore[attr-defined]
    return known


@dataclass(frozen=True, slots=True)
class Circle:
    """All who belong to a meeting, read once for a page that shows them and changes nothing."""

    seats: list[Participation]
    family: list[FamilyMember]


def keep_circle(meeting: Meeting) -> None:
    """Read them, so that whoever asks for the meeting's people afterwards asks no more."""
    rows = _CIRCLE(meeting=meeting.pk)
    seats: dict[int, Participation] = {each.pk: each for each in rows}
    family: dict[int, FamilyMember] = {}
    for row in rows:
        member = getattr(row, "kin", None)  # not set where there is none
        if member is not None:
            member.meeting = meeting
            family.setdefault(member.pk, member)
    for seat in seats.values():
        seat.meeting = meeting
    meeting.__dict__["circle"] = Circle(list(seats.values()), list(family.values()))


def _circle() -> QuerySet[Any, Any]:
    """A row for each seat and member of the family: few of either, so one read is cheaper than two. Who calls has a seat."""
    seats: QuerySet[Any, Any] = Participation.objects.filter(meeting=Given("meeting", BigIntegerField()))
    seats = seats.annotate(kin=FilteredRelation("meeting__family"))
    return seats.select_related("person__organisation__kind", "kin__adult", "kin__child").order_by(
        "pk", "kin__pk"
    )


_CIRCLE = Statement(_circle)


def circle_of(meeting: Meeting) -> Circle | None:
    """Return what `keep_circle` has read, or None."""
    found: Circle | None = meeting.__dict__.get("circle")
    return found


def room_people(meeting: Meeting) -> list[Person]:
    """Return the professionals that a name would be told to: those present once it runs, those expected before."""
    planned, circle = meeting.status == MeetingStatus.PLANNED, circle_of(meeting)
    if circle is not None:
        return [row.person for row in circle.seats if is_in_room(row, planned)]
    rows = meeting.participations.filter(_in_room(planned))
    return [row.person for row in rows.select_related("person__organisation__kind").order_by("pk")]


def is_in_room(row: Participation, planned: bool) -> bool:
    """The same as `_in_room` of one row. Pinned to it by a test."""
    if planned:
        expected = row.substitute_confirmed is not False and row.answer != "no"
        return row.removed_at is None and not row.waiting_list and expected
    return bool(row.attended) and row.left_at is None


def _in_room(planned: bool) -> Q:
    if planned:
        expected = ~Q(substitute_confirmed=False) & ~Q(answer="no")
        return Q(removed_at__isnull=True, waiting_list=False) & expected
    return Q(attended=True, left_at__isnull=True)


def room_family(meeting: Meeting) -> list[FamilyMember]:
    planned, circle = meeting.status == MeetingStatus.PLANNED, circle_of(meeting)
    if circle is not None:
        return [each for each in circle.family if planned or each.attended]
    rows = meeting.family.select_related("adult")
    return list(rows if planned else rows.filter(attended=True))


@dataclass(frozen=True, slots=True)
class Around:
    """Those around a case at its meeting, in one read: `here` hears the name, `choices` may be given an agreement."""

    here: list[Person] = field(default_factory=list)
    family: list[FamilyMember] = field(default_factory=list)
    choices: list[Person] = field(default_factory=list)
    everyone_told: bool = False


def around(item: CaseItem) -> Around:
    """Return those around the case, with what `room_people` and `capturing.may_be_responsible` would answer."""
    meeting = item.meeting
    people = _AROUND[meeting.status == MeetingStatus.PLANNED](
        meeting=meeting.pk, case=item.pk, today=timezone.localdate()
    )
    for person in people:
        if person.pk == meeting.chair_id:
            meeting.chair = person  # read with where they come from
    here = sorted((each for each in people if each.seat is not None), key=lambda each: each.seat)
    kin = room_family(meeting) if getattr(item, "family_comes", True) else []
    told = not kin and all(each.not_told == 0 for each in here)
    return Around(here, kin, [each for each in people if each.can_take_on], told)


def _around(planned: bool) -> QuerySet[Any, Any]:
    meeting, case = Given("meeting", BigIntegerField()), Given("case", BigIntegerField())
    seats = Participation.objects.filter(_in_room(planned), meeting=meeting, person=OuterRef("pk"))
    told = Disclosure.objects.filter(case_item=case, person=OuterRef(OuterRef("pk")), child=OuterRef("child"))
    untold = ConcernChild.objects.filter(~Exists(told), concern__case_items=case).order_by().values("concern")
    members = current_memberships(Given("today", DateField())).filter(forum__meetings=meeting)
    taking_part = Participation.objects.filter(Q(removed_at__isnull=True) | Q(attended=True), meeting=meeting)
    can = Q(left_on__isnull=True) & (
        Q(pk__in=members.values("person")) | Q(pk__in=taking_part.values("person"))
    )
    return (
        Person.objects.annotate(
            seat=Subquery(seats.values("pk")[:1]),
            can_take_on=ExpressionWrapper(can, BooleanField()),
            not_told=Coalesce(Subquery(untold.annotate(n=Count("pk")).values("n")), 0),
        )
        .filter(Q(seat__isnull=False) | Q(can_take_on=True))
        .select_related("organisation__kind")
        .order_by("name", "pk")
    )


_AROUND = {planned: Statement(partial(_around, planned)) for planned in (True, False)}
