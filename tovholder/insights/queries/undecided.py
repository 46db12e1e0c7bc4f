"""Names handed over long ago that nobody has decided on (rule 37), as a line on *Min dag* of those who triage."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.accounts.models import User
from tovholder.concerns.standing import triage_of
from tovholder.insights.queries.my_day import Awaiting
from tovholder.meetings.services.cases_intake import undecided


def awaiting(user: User) -> list[Awaiting]:
    """Return a line for each meeting that waits for a decision; codes and numbers only."""
    if not triage_of(user):
        return []
    waiting: dict[int, int] = {}
    for item in undecided(user):
        waiting[item.meeting_id] = waiting.get(item.meeting_id, 0) + 1
    return [
        Awaiting(
            kind="task",
            pk=meeting,
            title=_("Overleverede navne mangler en beslutning"),
            forum=ngettext("%(n)d navn", "%(n)d navne", count) % {"n": count},
            day=timezone.localdate(),
            url=reverse("meetings:names", args=[meeting]),
        )
        for meeting, count in waiting.items()
    ]
