"""Plans around a child that are to be looked at now, on *Min dag*: the case code and nothing else."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.forums.standing import person_of
from tovholder.insights.queries.my_day import Awaiting
from tovholder.plans.queries.cases import listed_plans, plans_visible_to, reads_named


def awaiting(user: User) -> list[Awaiting]:
    """Return a line for each plan, of those the user works on, whose day of review has come."""
    if person_of(user) is None or not reads_named(user):
        return []
    found = listed_plans(plans_visible_to(user), "ses")
    return [
        Awaiting(
            kind="task",
            pk=plan.pk,
            title=_("Se på indsatsaftalen i %(case)s") % {"case": plan.concern},
            forum=_("I aftalte at se på den nu"),
            day=plan.review_on,
            url=reverse("case_plans:plan", args=[plan.pk]),
        )
        for plan in found[:20]
        if plan.review_on is not None
    ]
