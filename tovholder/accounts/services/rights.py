"""Whoever reviews the log is told at once when somebody is given rights."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from tovholder.accounts.models import User
from tovholder.accounts.queries import log_reviewers


def tell_of_rights(*, user: User, also: list[User] | None = None) -> None:
    """Tell the log reviewers of today, and those in `also`, that this login has got or regained rights.

    In the caller's transaction, by the function that the settings name: mail lives above this app.
    """
    told = {each.pk: each for each in (*log_reviewers(), *(also or ()))}
    import_string(settings.RIGHTS_GIVEN)(user=user, reviewers=list(told.values()))
