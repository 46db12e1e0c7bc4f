"""Reads over logins."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.sql.compiler import SQLCompiler

from tovholder.accounts.models import RoleGrant, User


class Joined(Aggregate):
    """The texts of a group as one, with commas between."""

    function = "GROUP_CONCAT"
    name = "Joined"
    output_field = CharField()

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> Any:
        template = "%(function)s(%(expressions)s, ',')"
        return self.as_sql(compiler, connection, function="STRING_AGG", template=template)


def with_roles(users: QuerySet[User]) -> QuerySet[Any, Any]:
    """Add `granted_roles`, which `User.roles` reads instead of asking."""
    grants = RoleGrant.objects.filter(user=OuterRef("pk")).order_by().values("user")
    return users.annotate(granted_roles=Subquery(grants.annotate(joined=Joined("role")).values("joined")))


def logins(search: str = "", role: str = "") -> QuerySet[User]:
    """Return logins by name, filtered by a piece of name or e-mail and by role."""
    found = User.objects.order_by("name", "pk").prefetch_related("role_grants")
    if search:
        found = found.filter(Q(name__icontains=search) | Q(email__icontains=search))
    if role:
        found = found.filter(role_grants__role=role)
    return found
