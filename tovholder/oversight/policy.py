"""Who reviews the log. The data protection officer is independent: reads what was found, and does not do the review."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import Role, User
from tovholder.oversight.models import ReviewLine


def may_read_findings(user: User) -> Decision:
    """May see the reviews and what was said: who reviews the log, and the data protection officer."""
    if user.has_role(Role.LOG_REVIEWER, Role.DATA_PROTECTION_OFFICER):
        return yes("role")
    return no(
        "not_log_reviewer",
        _("Kun den, der gennemgår loggen, og databeskyttelsesrådgiveren kan se gennemgangen."),
    )


def may_review(user: User) -> Decision:
    if user.has_role(Role.LOG_REVIEWER):
        return yes("log_reviewer")
    return no("not_log_reviewer", _("Kun den, der gennemgår loggen, kan vurdere linjerne."))


def may_tick(user: User, line: ReviewLine) -> Decision:
    """May say whether a reading was in order: who reviews the log, and not of what they did themselves."""
    decision = may_review(user)
    if decision and line.actor in own_keys(user):
        return no("own_reading", _("Du kan ikke vurdere dine egne læsninger. Det skal en anden gøre."))
    return decision


def own_keys(user: User) -> list[str]:
    """Return the names under which the user stands in the log: as login, and as person by link."""
    person = getattr(user, "person", None)
    return [user.audit_key, *([person.audit_key] if person is not None else [])]
