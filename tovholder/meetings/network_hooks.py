"""What network meetings offer to other apps by name in the settings: an action on a concern's page, and who knows of them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.concerns.actions import ConcernAction
from tovholder.concerns.models import Concern
from tovholder.concerns.queries import Reader
from tovholder.meetings.models import MeetingStatus, Participation
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


def called_to(concern: Concern) -> list[Reader]:
    """Return those called to a network meeting about the concern: they know of it before anything is opened to them."""
    rows = (
        Participation.objects.filter(
            meeting__network__concern=concern,
            removed_at__isnull=True,
            invited_at__isnull=False,
            person__left_on__isnull=True,
        )
        .exclude(meeting__status=MeetingStatus.CANCELLED)
        .exclude(person=concern.raised_by_id)  # who has raised it sees more
        .select_related("person__organisation")
        .order_by("person__name", "pk")
    )
    return [
        Reader(
            each.person.name,
            each.person.organisation.name if each.person.organisation is not None else "",
            _("Tid, sted og deltagere på netværksmødet, og sagskoden"),
            _("Er indkaldt til netværksmødet"),
            each.person_id,
        )
        for each in rows
    ]
