"""A log to tamper with, and the ways to do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from tovholder.audit import anchors, guards
from tovholder.audit.models import SYSTEM, Event, Purge, Segment, SegmentRows, Unsealed
from tovholder.audit.sealing import seal
from tovholder.audit.services import record
from tovholder.audit.verification import Fault, Report, Told, verify

AT_ONCE = timedelta(0)
# Another value for every column that is hashed; `id` is what swapping and inserting are for.
OTHER: dict[str, Any] = {
    "at": "2019-05-05 05:05:05+00:00" if connection.vendor == "postgresql" else "2019-05-05 05:05:05",
    "kind": "refusal",
    "actor": "user:987",
    "action": "old.gone",
    "object_type": "x.y",
    "object_id": "987",
    "purpose": "nothing",
    "ground": "nothing",
    "details": '{"items": [987]}',
    "request_id": "987",
}


def write(counts: list[int], size: int) -> list[list[int]]:
    """Write and seal in turns; returns the numbers of each turn's events."""
    turns = []
    for turn, count in enumerate(counts):
        events = [
            record(by=SYSTEM, action="demo.made", details={"turn": turn, "n": n}, purpose=f"æ{n}")
            for n in range(count)
        ]
        turns.append([event.pk for event in events])
        seal(size=size, settled_after=AT_ONCE)
    anchors.tell_due()
    return turns


def faults(*, anchored: bool = True) -> list[Fault]:
    told = Told()
    if anchored:
        told.hear(anchors.read(anchors.folders()[0]))
    return list(verify(Report(), told))


def unguarded(*statements: str, params: tuple[Any, ...] = ()) -> None:
    """What somebody who owns the tables can do, covering the tracks: the guards stand again afterwards."""
    with guards.lifted(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, params or None)


def start_over() -> None:
    """An empty log, for the next of hypothesis' examples in one test."""
    with guards.lifted():
        for model in (SegmentRows, Segment, Purge, Unsealed, Event):
            model.objects.all()._raw_delete("default")
    connection.cursor().execute("DELETE FROM audit_anchorstate")
    for folder in anchors.folders():
        (folder / anchors.FILE_NAME).unlink(missing_ok=True)
    assert settings.AUDIT_ANCHOR
