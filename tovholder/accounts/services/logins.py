"""Changes to logins and their roles."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from tovholder.accounts.models import Role, RoleGrant, User
from tovholder.accounts.policy import may_administer, may_close, may_set_roles
from tovholder.accounts.queries import log_reviewers
from tovholder.accounts.services.rights import tell_of_rights
from tovholder.accounts.services.sessions import drop_sessions
from tovholder.audit.models import SYSTEM, Actor
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
    tell_of_rights(user=user)
    return user


@transaction.atomic
def set_roles(*, by: User, user: User, roles: Iterable[str]) -> None:
    """Give exactly these roles. Raises Refused, or ValueError for a role that does not exist.

    The log reviewers are told when a role is given, and when one of them is taken off: a watch that can be
    sent home unseen is no watch.
    """
    wanted = frozenset(str(Role(role)) for role in roles)
    may_set_roles(by, user, wanted).require()
    change_roles(by=by, user=user, wanted=wanted)


def change_roles(*, by: Actor, user: User, wanted: frozenset[str]) -> None:
    """Make the roles so, with the log line and the word to the reviewers; who may has been asked before."""
    present = frozenset(user.role_grants.values_list("role", flat=True))
    given, taken = wanted - present, present - wanted
    watched = list(log_reviewers())
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role) for role in sorted(given)])
    user.role_grants.filter(role__in=taken).delete()
    for known in ("roles", "granted_roles"):
        user.__dict__.pop(known, None)
    if given or taken:
        details = {"given": sorted(given), "taken": sorted(taken)}
        record(by=by, action="login.roles_set", obj=user, details=details)
    if given or Role.LOG_REVIEWER in taken:
        tell_of_rights(user=user, also=watched)


@transaction.atomic
def close_login(*, by: User, user: User) -> None:
    """Close the login and end its sessions at once. Raises Refused."""
    may_close(by, user).require()
    watched = list(log_reviewers())
    user.is_active, user.closed_by_sign_on = False, False
    user.save(update_fields=["is_active", "closed_by_sign_on"])
    record(by=by, action="login.closed", obj=user)
    drop_sessions(by=by, user=user)
    if user in watched:
        tell_of_rights(user=user, also=watched)


@transaction.atomic
def open_login(*, by: User, user: User) -> None:
    """Open a closed login again, with the roles it had. Raises Refused."""
    may_administer(by).require()
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(by=by, action="login.opened", obj=user)
    tell_of_rights(user=user)
