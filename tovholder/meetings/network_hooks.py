"""What network meetings offer to other apps by name in the settings: an action on a concern's page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.concerns.actions import ConcernAction
from tovholder.concerns.models import Concern
from tovholder.meetings.policy import may_call_network


def concern_actions(user: User, concern: Concern) -> list[ConcernAction]:
    """Offer a network meeting to who may call one. The family under suspicion is offered nothing."""
    if not may_call_network(user, concern):
        return []
    return [
        ConcernAction(
            label=_("Indkald til netværksmøde"),
            url=reverse("network:begin", args=[concern.code]),
            text=_("Mød barnets forældre, skolen og myndigheden om, hvem der gør hvad."),
        )
    ]
