"""The second factor: what makes a login more than a password."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from tovholder.accounts.models import User
from tovholder.accounts.policy import may_reset_factors
from tovholder.accounts.services.rights import tell_of_rights
from tovholder.accounts.services.sessions import drop_sessions
from tovholder.audit.services import record


@transaction.atomic
def reset_factors(*, by: User, user: User) -> int:
    """Take away every second factor of who has lost it, and log the person out. Returns how many. Raises Refused."""
    may_reset_factors(by, user).require()
    owned = Authenticator.objects.filter(user=user)
    count: int = owned.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    owned.delete()
    record(by=by, action="login.factors_reset", obj=user, details={"factors": count})
    drop_sessions(by=by, user=user)
    tell_of_rights(user=user)
    return count
