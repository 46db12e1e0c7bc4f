"""What the outbox offers in the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.accounts.models import Role
from tovholder.outbox.queries import failed_count
from tovholder.ui.navigation import NavItem


def entries(request: HttpRequest) -> list[NavItem]:
    if not request.user.is_authenticated or not request.user.has_role(Role.ADMINISTRATOR):
        return []
    address = reverse("outbox:mails")
    # Counted where an administrator looks after the system, not on every page of a forum.
    counts = request.path == "/" or request.path.startswith(address)
    return [
        NavItem(
            label=_("Mail"),
            url=address,
            icon="email",
            order=115,
            count=(failed_count() or None) if counts else None,
        )
    ]
