"""Reads over logins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db.models import Aggregate, CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from tovholder.accounts.models import LoginSession, Role, RoleGrant, User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


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


def log_reviewers() -> QuerySet[User]:
    """Return the open logins that review the log."""
    return User.objects.filter(is_active=True, role_grants__role=Role.LOG_REVIEWER).order_by("pk")


def has_second_factor(user: User) -> bool:
    """Whether the user can show more than a password. Recovery codes alone are no factor."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def sessions_of(user: User) -> QuerySet[LoginSession]:
    """Return where the user is logged in now, last used first."""
    alive = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return user.login_sessions.filter(used_at__gte=alive).order_by("-used_at", "-pk")


def uses_sign_on(user: User) -> bool:
    """Whether the user has come by single sign-on, and it is still set up here."""
    return bool(settings.SIGN_ON and SocialAccount.objects.filter(user=user).exists())
