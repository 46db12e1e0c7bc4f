"""The one way to write to the log."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import models
from django.utils import timezone

from tovholder.audit.models import Actor, Event


def record(
    *,
    by: Actor,
    action: str,
    obj: models.Model | None = None,
    kind: str = Event.Kind.WRITE,
    purpose: str = "",
    details: dict[str, Any] | None = None,
) -> Event:
    """Write one log row in the caller's transaction and return it.

    `action` is "app.verb" ("meeting.moved"); `details` holds ids and names of fields, never what people typed.
    """
    return Event.objects.create(
        at=timezone.now(),
        kind=kind,
        actor=by.audit_key,
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        purpose=purpose,
        details=details or {},
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )
