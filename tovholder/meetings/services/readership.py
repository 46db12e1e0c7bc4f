"""Who gets to read how much of the minutes, told before they are sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from tovholder.accounts.models import Role
from tovholder.directory.models import PartyType, Person
from tovholder.meetings.models import Participation


@dataclass(frozen=True, slots=True)
class Readers:
    """Persons who read the same: everything, or the general items; and those who cannot log in at all."""

    everything: list[Person]
    general: list[Person]
    no_login: list[Person]


def readers(participants: Iterable[Participation], *, some_anonymous: bool) -> Readers:
    """Sort the participants by what they may read once the minutes are approved (same rule as `readable_levels`)."""
    sorted_out = Readers([], [], [])
    rows = list(participants)
    prefetch_related_objects(rows, "person__user__role_grants")
    for row in rows:
        person = row.person
        if person.user is None:
            sorted_out.no_login.append(person)
        elif some_anonymous and (_from_outside(person) or row.only_item_id is not None):
            sorted_out.general.append(person)
        else:
            sorted_out.everything.append(person)
    return sorted_out


def _from_outside(person: Person) -> bool:
    if person.organisation is not None and person.organisation.kind.party_type == PartyType.OUTSIDE:
        return True
    return person.user is not None and any(
        grant.role == Role.OPEN_PARTICIPANT for grant in person.user.role_grants.all()
    )
