"""What meetings offers in the navigation."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.access.levels import Level
from tovholder.accounts.models import Role, User
from tovholder.concerns import policy as concerns
from tovholder.concerns.actions import ConcernAction
from tovholder.concerns.models import Concern
from tovholder.ui.navigation import NavItem

# These watch over the system and take no part in meetings.
WATCHERS = frozenset({Role.LOG_REVIEWER, Role.DATA_PROTECTION_OFFICER})


def concern_actions(user: User, concern: Concern) -> list[ConcernAction]:
    """Return the ways from a concern's page to a meeting, for who works on it (`settings.CONCERN_ACTIONS`)."""
    if concern.has_ended or not concerns.may_work(user, concern):
        return []
    if concern.level == Level.NAMED:
        url = reverse("meetings:case_plan", args=[concern.code])
        return [ConcernAction(_("Tag op på et møde"), url, "groups")]
    if concern.level == Level.ANONYMOUS:
        url = reverse("meetings:case_take_up", args=[concern.code])
        return [ConcernAction(_("Få råd på et møde, uden navn"), url, "groups")]
    return []


def entries(request: HttpRequest) -> list[NavItem]:
    if not request.user.roles - WATCHERS:
        return []
    return [
        NavItem(label=_("Møder"), url=reverse("meetings:list"), icon="groups", order=10),
        NavItem(label=_("Min kalender"), url=reverse("meetings:calendar"), icon="calendar-month", order=12),
    ]
