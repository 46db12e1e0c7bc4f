"""What forums offers in the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from tovholder.forums.queries import dot
from tovholder.forums.standing import seats_of
from tovholder.ui.navigation import ForumLink, NavItem

SHOWN = 8


def entries(request: HttpRequest) -> list[NavItem]:
    """The list of forums is a tab of the directory."""
    return []


def my_forums(request: HttpRequest) -> list[ForumLink]:
    """The user's own open forums, each with the colour of its district."""
    if not request.user.is_authenticated:
        return []
    seats = [seat for seat in seats_of(request.user) if seat.is_open]
    return [
        ForumLink(
            label=seat.name, url=reverse("insights:forum", args=[seat.forum_id]), css=dot(seat.districts)
        )
        for seat in seats[:SHOWN]
    ]
