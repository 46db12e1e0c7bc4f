"""Old events are forgotten in whole segments; the segments' heads stay, so that the chain can still be checked."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from tovholder.audit import canonical
from tovholder.audit.models import Actor, Event, Purge, Segment, SegmentRows
from tovholder.audit.services import record

# No rule of a municipality lets the log forget sooner than this; `verify_audit` counts an earlier purge as a fault.
LEAST_KEPT = timedelta(days=180)
SEGMENTS_AT_ONCE = 50


class BrokenSegmentError(Exception):
    """Raised on an attempt to forget what does not verify: it would take the traces with it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"segment {number} does not verify")
        self.number = number


def purge(*, by: Actor, before: datetime) -> int:
    """Forget the oldest segments whose events are all from before `before`; returns how many events.

    Nothing younger than LEAST_KEPT goes. Raises BrokenSegmentError for a segment that was tampered with; those before
    it are forgotten.
    """
    limit, gone = min(before, timezone.now() - LEAST_KEPT), 0
    while count := _purge_some(by, limit):
        gone += count
    return gone


@transaction.atomic
def _purge_some(by: Actor, limit: datetime) -> int:
    done = Purge.objects.aggregate(last=Max("last_segment"))["last"] or 0
    oldest = Segment.objects.filter(number__gt=done).order_by("number")[:SEGMENTS_AT_ONCE]
    # What is sealed long ago is old, even where a clock that was wrong says otherwise.
    segments = list(takewhile(lambda each: min(each.newest_at, each.sealed_at) < limit, oldest))
    if not segments:
        return 0
    ids = [number for segment in segments for number in _verified(segment)]
    opened = Purge.objects.create(
        first_segment=segments[0].number,
        last_segment=segments[-1].number,
        first_event=min(each.first_event for each in segments),
        last_event=max(each.last_event for each in segments),
        count=len(ids),
        started_at=timezone.now(),
    )
    for start in range(0, len(ids), 2000):
        Event.objects.filter(pk__in=ids[start : start + 2000])._raw_delete("default")
    SegmentRows.objects.filter(segment__in=segments)._raw_delete("default")
    Purge.objects.filter(pk=opened.pk).update(finished_at=timezone.now())
    details = {"first": opened.first_segment, "last": opened.last_segment, "rows": len(ids)}
    record(by=by, action="log.purged", details=details)
    return len(ids)


def _verified(segment: Segment) -> list[int]:
    """Return the numbers of the segment's events, when all are as they were sealed. Raises BrokenSegmentError."""
    stored = SegmentRows.objects.filter(segment=segment).first()
    packed = bytes(stored.packed) if stored is not None else b""
    rows = canonical.unpack(packed)
    ids = [number for number, _hash in rows]
    there = Event.objects.filter(pk__in=ids).values_list("id", *canonical.COLUMNS)
    if (
        canonical.digest(packed) != segment.rows
        or canonical.head_of(segment) != segment.head
        or dict(canonical.hashed(there)) != dict(rows)
    ):
        raise BrokenSegmentError(segment.number)
    return ids
