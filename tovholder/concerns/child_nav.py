"""What the pages beside a concern offer in the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.concerns.policy import may_raise
from tovholder.ui.navigation import NavItem


def entries(request: HttpRequest) -> list[NavItem]:
    """ "Må vi dele?", for everybody who may raise a concern."""
    if not request.user.is_authenticated or not may_raise(request.user):
        return []
    return [NavItem(label=_("Må vi dele?"), url=reverse("children:may_we_share"), icon="help", order=32)]
