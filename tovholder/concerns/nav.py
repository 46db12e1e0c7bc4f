"""What concerns offers in the navigation: the menu entry and the big button, for those who may raise one."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.concerns.policy import may_raise
from tovholder.ui.navigation import NavItem


def entries(request: HttpRequest) -> list[NavItem]:
    if not request.user.is_authenticated or not may_raise(request.user):
        return []
    return [NavItem(label=_("Bekymringer"), url=reverse("concerns:list"), icon="feedback", order=30)]


def register_url(user: User) -> str:
    return reverse("concerns:new") if may_raise(user) else ""
