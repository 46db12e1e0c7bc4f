"""What the year wheel offers in the navigation and on *Min dag*."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.ui.navigation import NavItem
from tovholder.yearwheel.policy import may_look


def entries(request: HttpRequest) -> list[NavItem]:
    if not may_look(request.user):
        return []
    return [NavItem(label=_("Årshjul"), url=reverse("yearwheel:wheel"), icon="sync", order=11)]
