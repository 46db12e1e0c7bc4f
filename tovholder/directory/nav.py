"""What directory offers in the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.directory.policy import may_look
from tovholder.ui.navigation import NavItem

# Pages of forums and people that stand under other addresses.
ELSEWHERE = ("/fora/", "/moeder/fratraeder/", "/moeder/medlem/", "/moeder/forum/")


def entries(request: HttpRequest) -> list[NavItem]:
    """The directory, and under it the forums, which have their own addresses."""
    if not request.user.is_authenticated or not may_look(request.user):
        return []
    match = next((each for each in ELSEWHERE if request.path.startswith(each)), "/vejviser/")
    return [
        NavItem(
            label=_("Vejviser"), url=reverse("directory:persons"), icon="contact-card", order=100, match=match
        )
    ]
