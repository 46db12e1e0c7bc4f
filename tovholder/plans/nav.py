"""What plans offers in the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.concerns import policy as concerns
from tovholder.concerns.actions import ConcernAction
from tovholder.concerns.models import Concern
from tovholder.forums.standing import own_forum_ids
from tovholder.plans.models import CasePlan
from tovholder.statements import Beside
from tovholder.ui.navigation import NavItem, facts


def entries(request: HttpRequest) -> list[NavItem]:
    """Agreements, for those who are in a forum or have one to see to."""
    count = facts(request).get("open_agreements")
    if not count and not own_forum_ids(request.user):
        return []
    return [
        NavItem(
            label=_("Aftaler"), url=reverse("plans:mine"), icon="checklist", order=40, count=count or None
        )
    ]


def concern_actions(user: User, concern: Concern) -> list[ConcernAction]:
    """Return the plans of a concern by name, and the way to begin one, for who works on it."""
    if concern.level != Level.NAMED or not concerns.may_work(user, concern):
        return []
    found = [
        ConcernAction(_("Se indsatsaftalen"), reverse("case_plans:plan", args=[plan.pk]))
        if plan.status == CasePlan.Status.OPEN
        else ConcernAction(_("Se den afsluttede indsatsaftale"), reverse("case_plans:plan", args=[plan.pk]))
        for plan in _PLANS.of([concern.pk])
    ]
    if not concern.has_ended:
        label = _("Lav en ny indsatsaftale") if found else _("Lav en indsatsaftale")
        found.append(ConcernAction(label, reverse("case_plans:new", args=[concern.code])))
    return found


_PLANS = Beside("plans", "concern", CasePlan.objects.all)
