"""What plans offers in the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.forums.standing import own_forum_ids
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
