"""Reads over logins."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tovholder.accounts.models import User


def logins(search: str = "", role: str = "") -> QuerySet[User]:
    """Return logins by name, filtered by a piece of name or e-mail and by role."""
    found = User.objects.order_by("name", "pk").prefetch_related("role_grants")
    if search:
        found = found.filter(Q(name__icontains=search) | Q(email__icontains=search))
    if role:
        found = found.filter(role_grants__role=role)
    return found
