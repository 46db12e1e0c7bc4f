"""What can be done next with a concern in the apps above: offered on its page, told by name in the settings."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from tovholder.accounts.models import User
from tovholder.concerns.models import Concern


@dataclass(frozen=True, slots=True)
class ConcernAction:
    """A way on from the concern's page; `text` says when to choose it."""

    label: str
    url: str
    icon: str = "arrow-forward"
    text: str = ""


def actions_for(user: User, concern: Concern) -> list[ConcernAction]:
    """Return what the apps above offer for the concern, from the functions `(user, concern)` in CONCERN_ACTIONS."""
    found: list[ConcernAction] = []
    for path in getattr(settings, "CONCERN_ACTIONS", []):
        found += import_string(path)(user, concern)
    return found
