"""What a person comes as when a child may be spoken of by name: the directory in the words of the sharing rules."""

from __future__ import annotations

from tovholder.access.sharing import Kind, Participant, PublicTask
from tovholder.directory.models import Person


def participant_id(person: Person) -> str:
    """Return the id by which `access.sharing` answers for the person."""
    return f"person:{person.pk}"


def as_participant(person: Person) -> Participant:
    """Return the person as `access.sharing` reads one: kind and task of the organisation, which is named by its id.

    Who comes from nowhere, or from a kind that the set-up file has given no part, comes as a volunteer: only a consent
    can cover them. Reads `organisation.kind`; select it with the person.
    """
    place = person.organisation
    if place is None or not place.kind.sharing_kind:
        organisation = str(place.pk) if place is not None else None
        return Participant(participant_id(person), Kind.VOLUNTEER, organisation)
    return Participant(
        id=participant_id(person),
        kind=Kind(place.kind.sharing_kind),
        organisation=str(place.pk),
        public_task=PublicTask(place.public_task) if place.public_task else None,
        in_cooperation=place.in_cooperation,
    )
