"""What setup offers in the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.setup.policy import may_manage
from tovholder.ui.navigation import NavItem


def entries(request: HttpRequest) -> list[NavItem]:
    if not request.user.is_authenticated or not may_manage(request.user):
        return []
    return [NavItem(label=_("Opsætning"), url=reverse("setup:index"), icon="settings", order=110)]
