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


def may_see_cases_in_log(user: User) -> Decision:
    """May see in the log which case was read or changed, by its code: who reviews it (issue C, section 3).

    An administrator and the data protection officer see that somebody read a case, and learn of none that it exists.
    """
    if user.has_role(Role.LOG_REVIEWER):
        return yes("log_reviewer")
    return no("not_log_reviewer", _("Kun den, der gennemgår loggen, ser, hvilken sag en linje handler om."))
