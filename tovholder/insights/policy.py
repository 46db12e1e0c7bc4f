"""Who may read what is put together from all apps."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import Role, User

READS_LOG = (Role.ADMINISTRATOR, Role.LOG_REVIEWER, Role.DATA_PROTECTION_OFFICER)


def may_read_log(user: User) -> Decision:
    """May see who did and read what, and take it out as a file."""
    if user.has_role(*READS_LOG):
        return yes("role")
    return no("not_log_reader", _("Kun administratorer og dem, der gennemgår loggen, kan se den."))
