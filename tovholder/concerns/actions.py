"""What the apps above offer on the page of a concern: a plan, a place on a meeting's agenda.

`settings.CONCERN_ACTIONS` lists functions `(user, concern) -> list[Action]`; each answers only for what the user may do.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from tovholder.accounts.models import User
from tovholder.concerns.models import Concern


@dataclass(frozen=True, slots=True)
class Action:
    """A button or link on the page of a concern."""

    label: str
    url: str


def actions(user: User, concern: Concern) -> list[Action]:
    """Return what the user is offered on the concern, in the order of the settings."""
    return [each for path in settings.CONCERN_ACTIONS for each in import_string(path)(user, concern)]
