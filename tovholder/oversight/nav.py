"""What the log's review offers in the navigation and on *Min dag*."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.accounts.models import User
from tovholder.insights.queries.my_day import Awaiting
from tovholder.oversight.policy import may_read_findings, may_review
from tovholder.oversight.queries import waiting_for
from tovholder.oversight.wording import month_name
from tovholder.ui.navigation import NavItem


def entries(request: HttpRequest) -> list[NavItem]:
    if not request.user.is_authenticated or not may_read_findings(request.user):
        return []
    return [
        NavItem(label=_("Gennemgå loggen"), url=reverse("oversight:list"), icon="checklist", order=121),
    ]


def awaiting(user: User) -> list[Awaiting]:
    """Return what waits for the reviewer's word: a line for each month."""
    if not may_review(user):
        return []
    months: dict[tuple[int, object], int] = {}
    for pk, month in waiting_for(user).values_list("review", "review__month"):
        months[pk, month] = months.get((pk, month), 0) + 1
    return [
        Awaiting(
            kind="task",
            pk=pk,
            title=_("Gennemgå loggen for %(month)s") % {"month": month_name(month)},  # type: ignore[arg-type]
            forum=ngettext("%(n)d linje mangler", "%(n)d linjer mangler", count) % {"n": count},
            day=timezone.localdate(),
            url=reverse("oversight:review", args=[pk]),
        )
        for (pk, month), count in months.items()
    ]
