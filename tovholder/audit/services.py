"""The one way to write to the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import structlog
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string

from tovholder.audit.models import Actor, Event


def record(
    *,
    by: Actor,
    action: str,
    obj: models.Model | None = None,
    kind: str = Event.Kind.WRITE,
    purpose: str = "",
    ground: str = "",
    details: dict[str, Any] | None = None,
) -> Event:
    """Write one log row in the caller's transaction and return it.

    `action` is "app.verb" ("meeting.moved"); `details` holds ids and names of fields, never what people typed.
    """
    event = _event(by, action, obj, kind, purpose, details, ground)
    event.save()
    _tell([(event, obj)])
    return event


def record_many(
    *,
    by: Actor,
    lines: Iterable[tuple[str, models.Model, dict[str, Any]]],
    ground: str = "",
    chunk: int = 1000,
) -> int:
    """Write a row for each (action, object, details) of a change to many, in the caller's transaction; how many."""
    kind = Event.Kind.WRITE
    told = [(_event(by, action, obj, kind, "", details, ground), obj) for action, obj, details in lines]
    written = len(Event.objects.bulk_create([event for event, _ in told], batch_size=chunk))
    _tell(told)
    return written


def _tell(lines: Sequence[tuple[Event, models.Model | None]]) -> None:
    """Let the apps above that follow the log (settings.AFTER_RECORD) do so in the same transaction."""
    for path in getattr(settings, "AFTER_RECORD", []):
        import_string(path)(lines)


def record_export(*, by: Actor, about: models.Model | None, details: dict[str, Any]) -> Event:
    """Write that a list left as a file: its name, the kind of file and how many rows."""
    return record(by=by, action="table.exported", obj=about, kind=Event.Kind.READ, details=details)


def _event(
    by: Actor,
    action: str,
    obj: models.Model | None,
    kind: str,
    purpose: str,
    details: dict[str, Any] | None,
    ground: str = "",
) -> Event:
    return Event(
        at=timezone.now(),
        kind=kind,
        actor=by.audit_key,
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        purpose=purpose,
        ground=ground,
        details=details or {},
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )


def record_reading(
    *,
    by: Actor,
    action: str,
    obj: models.Model | None,
    purpose: str,
    ground: str,
    details: dict[str, Any] | None = None,
) -> Event:
    """Write that somebody was shown what is marked for read-logging; call it once for each time it is shown.

    `purpose` is where or what for ("agenda", "minutes file"), `ground` the `basis` of the decision that opened it.
    Raises ValueError without either: who cannot say why must not be shown it.
    """
    if not purpose or not ground:
        raise ValueError("a reading needs its purpose and its ground")
    event = _event(by, action, obj, Event.Kind.READ, purpose, details, ground)
    event.save()
    return event


def record_readings(
    *, by: Actor, action: str, grounds: Iterable[tuple[models.Model, str]], purpose: str
) -> int:
    """Write a reading for each (object, ground) of a page that shows many, in one statement; how many.

    Raises ValueError for one without purpose or ground, as `record_reading` does.
    """
    return record_page(by=by, readings=[(action, obj, purpose, ground) for obj, ground in grounds])


class Reading(NamedTuple):
    """One reading of a page that shows many things: as the arguments of `record_reading`."""

    action: str
    obj: models.Model
    purpose: str
    ground: str
    details: dict[str, Any] | None = None


def record_page(
    *, by: Actor, readings: Iterable[Reading | tuple[str, models.Model, str, str]], chunk: int = 1000
) -> int:
    """Write each reading of a page in one statement; how many. Raises ValueError as `record_reading` does."""
    lines = [Reading(*each) for each in readings]
    if not all(each.purpose and each.ground for each in lines):
        raise ValueError("a reading needs its purpose and its ground")
    kind = Event.Kind.READ
    events = [
        _event(by, each.action, each.obj, kind, each.purpose, each.details, each.ground) for each in lines
    ]
    if len(events) == 1:
        events[0].save()
        return 1
    return len(Event.objects.bulk_create(events, batch_size=chunk))
