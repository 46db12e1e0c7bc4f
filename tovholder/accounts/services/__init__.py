"""Changes to logins, their roles, their second factor and their sessions."""

from tovholder.accounts.services.factors import reset_factors
from tovholder.accounts.services.logins import (
    close_login,
    create_administrator,
    create_login,
    open_login,
    set_roles,
)
from tovholder.accounts.services.sessions import end_sessions, note_session, note_use

__all__ = [
    "close_login",
    "create_administrator",
    "create_login",
    "end_sessions",
    "note_session",
    "note_use",
    "open_login",
    "reset_factors",
    "set_roles",
]
