"""Who may change the set-up."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import Role, User
from tovholder.audit.models import Actor, SystemActor


def may_manage(actor: Actor) -> Decision:
    """The administrator, and whoever runs commands on the machine itself."""
    if isinstance(actor, SystemActor) or (isinstance(actor, User) and actor.has_role(Role.ADMINISTRATOR)):
        return yes()
    return no("setup.not_administrator", _("Kun en administrator kan se og ændre opsætningen."))
