"""Who is what in the directory: read once a request, stood on by policies and queries."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from tovholder.accounts.models import Role, User
from tovholder.directory.models import Person

# These work in or with the networks. Log reviewers and data protection officers do not need the directory.
LOOKS = (Role.ADMINISTRATOR, Role.CONSULTANT, Role.MEMBER, Role.MANAGEMENT, Role.OPEN_PARTICIPANT)
SEES_PEOPLE = (Role.ADMINISTRATOR, Role.CONSULTANT, Role.MEMBER, Role.MANAGEMENT)


def conveners_today() -> QuerySet[Person]:
    """Return the persons who convene some forum today. What a forum is, is known further up."""
    today = timezone.localdate()
    return Person.objects.current().filter(
        Q(memberships__valid_until__isnull=True) | Q(memberships__valid_until__gte=today),
        memberships__role__convenes=True,
        memberships__valid_from__lte=today,
    )


def convenes_something(user: User) -> bool:
    """Tell whether the user convenes any forum today; read once a request."""
    cached: bool | None = getattr(user, "_convenes_something", None)
    if cached is None:
        cached = conveners_today().filter(user=user).exists()
        user._convenes_something = cached  # type: ignore[attr-defined]
    return cached
