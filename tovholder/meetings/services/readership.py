"""Who gets to read how much of the minutes, told before they are sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from tovholder.access.levels import Level
from tovholder.directory.models import PartyType, Person
from tovholder.meetings.models import AgreementOrigin, Meeting, Outcome
from tovholder.meetings.services.minute_record import Material
from tovholder.plans.models import AgreementStatus


@dataclass(frozen=True, slots=True)
class Readers:
    """Persons who read the same: everything, or the general items; and those who cannot log in at all."""

    everything: list[Person]
    general: list[Person]
    no_login: list[Person]


def readers(people: Iterable[Any], *, some_anonymous: bool) -> Readers:
    """Sort those at the table by what they may read once the minutes are approved (same rule as `readable_levels`).

    `people` are `gathering.everybody`.
    """
    sorted_out = Readers([], [], [])
    for person in people:
        if not person.at_table:
            continue
        if person.user_id is None:
            sorted_out.no_login.append(person)
        elif some_anonymous and (_from_outside(person) or person.seat.only_item_id is not None):
            sorted_out.general.append(person)
        else:
            sorted_out.everything.append(person)
    return sorted_out


def not_mailed_about(meeting: Meeting, levels: Iterable[str]) -> list[Person]:
    """Return the same as `not_mailed` in one query, where nothing of the meeting is read beforehand."""
    proposed = Outcome.objects.filter(
        item__meeting=meeting, item__level=Level.GENERAL, kind=Outcome.Kind.PROPOSAL
    )
    agreed = AgreementOrigin.objects.filter(
        item__meeting=meeting,
        agreement__status=AgreementStatus.OPEN,
        agreement__level__in=[str(level) for level in levels],
    )
    told = Q(pk__in=proposed.values("to_person")) | Q(pk__in=agreed.values("agreement__responsible"))
    return list(Person.objects.current().filter(told, email="").order_by("name", "pk"))


def not_mailed(material: Material, levels: Iterable[str]) -> list[Person]:
    """Return who gets a proposal or answers for an open agreement of the meeting, but has no address to mail to.

    `levels` are those the reader may see. A proposal under an anonymous item is sent to nobody, so it names nobody.
    """
    seen = {str(level) for level in levels}
    told = [
        outcome.to_person
        for item in material.items
        if item.level == Level.GENERAL
        for outcome in item.outcomes.all()
        if outcome.kind == Outcome.Kind.PROPOSAL
    ]
    told += [
        each.responsible
        for each in material.agreements
        if each.made_under and each.is_open and each.level in seen
    ]
    found = {each for each in told if each is not None and not each.email and each.left_on is None}
    return sorted(found, key=lambda each: (each.name, each.pk))


def _from_outside(person: Any) -> bool:
    if person.organisation is not None and person.organisation.kind.party_type == PartyType.OUTSIDE:
        return True
    return bool(person.logs_in_open)
