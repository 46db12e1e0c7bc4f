"""What the demo's login page shows; nothing anywhere else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tovholder.demo.cast import PASSWORD, PERSONAS


def demo_logins(request: HttpRequest) -> dict[str, Any]:
    if not settings.DEMO:
        return {}
    return {"demo_logins": _rows, "demo_password": PASSWORD}


def _rows() -> list[dict[str, str]]:
    """Asked by the page of login only."""
    return [{"name": p.name, "role": str(p.role.label), "email": p.email} for p in PERSONAS]
