"""Who comes from where: what policy and queries both stand on."""

from __future__ import annotations

from django.db.models import Exists, Q

from tovholder.accounts.models import Role, User
from tovholder.directory.models import OrganisationKind, PartyType, Person
from tovholder.forums.standing import person_of


def comes_from_outside(user: User) -> bool:
    """Tell whether the user comes from outside the cooperation and so sees general agreements only."""
    if user.has_role(Role.OPEN_PARTICIPANT):
        return True
    person = person_of(user)
    return (
        person is not None
        and Person.objects.filter(pk=person.pk, organisation__kind__party_type=PartyType.OUTSIDE).exists()
    )


def within_cooperation(user: User) -> Q:
    """Return the opposite of `comes_from_outside` as a condition, so that a list needs no read of its own for it."""
    person = person_of(user)
    if user.has_role(Role.OPEN_PARTICIPANT) or person is None:
        return Q(pk__in=())
    return ~Q(
        Exists(OrganisationKind.objects.filter(organisations__persons=person, party_type=PartyType.OUTSIDE))
    )
