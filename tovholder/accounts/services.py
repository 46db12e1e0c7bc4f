"""Changes to logins and their roles."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from tovholder.accounts.models import Role, RoleGrant, User
from tovholder.accounts.policy import may_administer, may_close, may_set_roles
from tovholder.audit.models import SYSTEM
from tovholder.audit.services import record


@transaction.atomic
def create_login(*, by: User, email: str, name: str, roles: Iterable[str] = ()) -> User:
    """Make a login without a password; the person chooses one by "Glemt adgangskode". Raises Refused."""
    may_administer(by).require()
    user = User.objects.create_user(email=email, name=name)
    record(by=by, action="login.created", obj=user)
    wanted = frozenset(roles)
    if wanted:
        set_roles(by=by, user=user, roles=wanted)
    return user


@transaction.atomic
def create_administrator(*, email: str, name: str) -> User:
    """Make an administrator's login from the server's command line, where nobody is logged in yet."""
    user = User.objects.create_user(email=email, name=name)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    RoleGrant.objects.create(user=user, role=Role.ADMINISTRATOR)
    record(by=SYSTEM, action="login.created", obj=user)
    record(
        by=SYSTEM,
        action="login.roles_set",
        obj=user,
        details={"given": [str(Role.ADMINISTRATOR)], "taken": []},
    )
    return user


@transaction.atomic
def set_roles(*, by: User, user: User, roles: Iterable[str]) -> None:
    """Give exactly these roles. Raises Refused, or ValueError for a role that does not exist."""
    wanted = frozenset(str(Role(role)) for role in roles)
    may_set_roles(by, user, wanted).require()
    present = frozenset(user.role_grants.values_list("role", flat=True))
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role) for role in sorted(wanted - present)])
    user.role_grants.filter(role__in=present - wanted).delete()
    user.__dict__.pop("roles", None)
    if wanted != present:
        record(
            by=by,
            action="login.roles_set",
            obj=user,
            details={"given": sorted(wanted - present), "taken": sorted(present - wanted)},
        )


@transaction.atomic
def close_login(*, by: User, user: User) -> None:
    """Close the login; its sessions end at the next request. Raises Refused."""
    may_close(by, user).require()
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(by=by, action="login.closed", obj=user)


@transaction.atomic
def open_login(*, by: User, user: User) -> None:
    """Open a closed login again. Raises Refused."""
    may_administer(by).require()
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(by=by, action="login.opened", obj=user)
