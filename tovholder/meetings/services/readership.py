"""Who gets to read how much of the minutes, told before they are sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from tovholder.access.levels import Level
from tovholder.directory.models import PartyType, Person
from tovholder.meetings.models import AgreementOrigin, Meeting, Outcome
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


def not_mailed(meeting: Meeting, levels: Iterable[str]) -> QuerySet[Person]:
    """Return who gets a proposal or answers for an open agreement of the meeting, but has no address to mail to.

    `levels` are those the reader may see. A proposal under an anonymous item is sent to nobody, so it names nobody.
    """
    proposed = Outcome.objects.filter(
        item__meeting=meeting, item__level=Level.GENERAL, kind=Outcome.Kind.PROPOSAL
    )
    agreed = AgreementOrigin.objects.filter(
        item__meeting=meeting,
        agreement__status=AgreementStatus.OPEN,
        agreement__level__in=[str(level) for level in levels],
    )
    return Person.objects.current().filter(
        Q(pk__in=proposed.values("to_person")) | Q(pk__in=agreed.values("agreement__responsible")), email=""
    )


def _from_outside(person: Any) -> bool:
    if person.organisation is not None and person.organisation.kind.party_type == PartyType.OUTSIDE:
        return True
    return bool(person.logs_in_open)
