"""Who gets to read how much of the minutes, told before they are sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tovholder.directory.models import PartyType, Person


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


def _from_outside(person: Any) -> bool:
    if person.organisation is not None and person.organisation.kind.party_type == PartyType.OUTSIDE:
        return True
    return bool(person.logs_in_open)
