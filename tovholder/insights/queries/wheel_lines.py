"""What the year wheel asks its planner and the conveners to see to, on *Min dag* (rules 31-33)."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import Role, User
from tovholder.forums.standing import convened_forum_ids
from tovholder.insights.queries.my_day import Awaiting
from tovholder.yearwheel.models import YearPlan
from tovholder.yearwheel.queries import watch

SHOWN = 4


def awaiting(user: User) -> list[Awaiting]:
    """Return the most pressing things; the others stand on the wheel."""
    if not (user.has_role(Role.CONSULTANT) or convened_forum_ids(user)):
        return []
    today = timezone.localdate()
    plan = YearPlan.objects.filter(starts_on__lte=today, ends_on__gte=today).only("watched").first()
    return [
        Awaiting(
            kind="task",
            pk=number,
            title=each.text,
            forum=_("Årshjul"),
            day=each.day,
            url=reverse("meetings:before", args=[each.meeting])
            if each.meeting
            else reverse("yearwheel:wheel"),
        )
        for number, each in enumerate(watch.prompts(user, plan)[:SHOWN])
    ]
