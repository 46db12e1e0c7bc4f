"""What accounts offer in the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.accounts.models import Role
from tovholder.ui.navigation import NavItem


def entries(request: HttpRequest) -> list[NavItem]:
    if not request.user.is_authenticated or not request.user.has_role(Role.ADMINISTRATOR):
        return []
    url = reverse("accounts:logins")
    return [NavItem(label=_("Logins"), url=url, icon="lock", order=110, match=url)]
