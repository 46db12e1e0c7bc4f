"""Who may do what with logins, and who must log in with a second factor."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import Role, User

EVERYBODY = "all"


def may_administer(user: User) -> Decision:
    """May make and close logins and give roles: administrators."""
    if user.has_role(Role.ADMINISTRATOR):
        return yes("administrator")
    return no("not_administrator", _("Kun en administrator kan gøre det."))


def may_close(by: User, user: User) -> Decision:
    """An administrator closes others' logins, not their own: somebody must be able to open it again."""
    decision = may_administer(by)
    if decision and by.pk == user.pk:
        return no("own_login", _("Du kan ikke lukke dit eget login. Bed en anden administrator om det."))
    return decision


def may_set_roles(by: User, user: User, roles: frozenset[str]) -> Decision:
    decision = may_administer(by)
    if decision and by.pk == user.pk and Role.ADMINISTRATOR not in roles:
        return no(
            "own_administrator_role",
            _("Du kan ikke fjerne din egen rolle som administrator. Bed en anden administrator om det."),
        )
    return decision


def may_end_sessions(by: User, user: User) -> Decision:
    """May log somebody out: everybody themselves, an administrator all of another's."""
    return yes("own") if by.pk == user.pk else may_administer(by)


def may_reset_factors(by: User, user: User) -> Decision:
    """May take away the second factor of who has lost it: an administrator, and never one's own that way."""
    decision = may_administer(by)
    if decision and by.pk == user.pk:
        return no("own_factors", _("Du kan ikke nulstille dit eget ekstra trin. Bed en anden administrator."))
    return decision


def must_use_second_factor(user: User) -> bool:
    """Whether a role of the user's demands it (SECOND_FACTOR_ROLES), or everybody must."""
    demanded = settings.SECOND_FACTOR_ROLES
    if not demanded:
        return False
    return EVERYBODY in demanded or user.has_role(*demanded)
