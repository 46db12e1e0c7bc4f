"""What meetings offers in the navigation."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.accounts.models import Role
from tovholder.ui.navigation import NavItem

# These watch over the system and take no part in meetings.
WATCHERS = frozenset({Role.LOG_REVIEWER, Role.DATA_PROTECTION_OFFICER})


def entries(request: HttpRequest) -> list[NavItem]:
    if not request.user.roles - WATCHERS:
        return []
    return [
        NavItem(label=_("Møder"), url=reverse("meetings:list"), icon="groups", order=10),
        NavItem(label=_("Min kalender"), url=reverse("meetings:calendar"), icon="calendar-month", order=12),
    ]
