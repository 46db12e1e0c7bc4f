"""What network meetings offer to other apps by name in the settings: an action on a concern's page, and who knows of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.concerns.actions import ConcernAction
from tovholder.concerns.models import Concern
from tovholder.concerns.queries import (
    OF_CONCERN,
    OF_RAISER,
    Reader,
    ReaderRow,
    ReaderSource,
    reader_of,
    reader_rows,
)
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


def _called_rows() -> QuerySet[Any, Any]:
    called = Participation.objects.filter(
        meeting__network__concern=OF_CONCERN,
        removed_at__isnull=True,
        invited_at__isnull=False,
        person__left_on__isnull=True,
    )
    called = called.exclude(meeting__status=MeetingStatus.CANCELLED)
    return reader_rows(called.exclude(person=OF_RAISER), CALLED)  # who has raised it sees more


def _say_called(row: ReaderRow, concern: Concern) -> Reader:
    what = _("Tid, sted og deltagere på netværksmødet, og sagskoden")
    return reader_of(row, what, _("Er indkaldt til netværksmødet"))


# Those called to a network meeting know of it before anything is opened to them (`settings.CONCERN_READERS`).
CALLED = "tovholder.meetings.network_hooks.called_to"
called_to = ReaderSource(_called_rows, _say_called)
