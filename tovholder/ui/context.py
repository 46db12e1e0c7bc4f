"""Context processor for the frame around every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject

from tovholder.ui.navigation import build_navigation, municipality_name, welcome


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give `csrf_token`, `nav`, `nav_list`, `municipality_name` and `welcome`, read only when a template asks."""
    nav = SimpleLazyObject(lambda: build_navigation(request))
    return {
        # Drawn once for a page: a page of forms would else draw a new one, equally good, for each.
        "csrf_token": SimpleLazyObject(lambda: get_token(request)),
        "nav": nav,
        # Stands twice on the page, for phones and beside the page: drawn once.
        "nav_list": SimpleLazyObject(lambda: render_to_string("ui/components/nav_list.html", {"nav": nav})),
        "municipality_name": SimpleLazyObject(lambda: municipality_name(request)),
        "welcome": SimpleLazyObject(welcome),
    }
