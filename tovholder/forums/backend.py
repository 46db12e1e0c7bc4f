"""Who is there: a request that asks for its user gets the login with roles, person and seats at once."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from tovholder.accounts.models import User
from tovholder.forums.standing import signed_in


class StandingBackend(AuthenticationBackend):
    """Log in as allauth does; read the user of a session in one query instead of four."""

    def get_user(self, user_id: int) -> User | None:
        user = signed_in(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
