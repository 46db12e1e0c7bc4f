"""Context processor for the frame around every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.functional import SimpleLazyObject

from tovholder.ui.navigation import build_navigation, municipality_name, welcome


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give `csrf_token`, `nav`, `municipality_name` and `welcome`, read only when a template asks for them."""
    return {
        # Drawn once for a page: a page of forms would else draw a new one, equally good, for each.
        "csrf_token": SimpleLazyObject(lambda: get_token(request)),
        "nav": SimpleLazyObject(lambda: build_navigation(request)),
        "municipality_name": SimpleLazyObject(lambda: municipality_name(request)),
        "welcome": SimpleLazyObject(welcome),
    }
