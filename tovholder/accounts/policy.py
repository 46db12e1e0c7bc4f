"""Who may do what with logins."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import Role, User


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
