"""Events become links of a chain each minute, off the path of every request: no lock that a writer waits for."""

from __future__ import annotations

import json
import time
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from tovholder.audit import canonical
from tovholder.audit.models import Event, Segment, SegmentRows, Unsealed

SEGMENT_ROWS = 2000
SECONDS_AT_ONCE = 20  # of the worker's minute: the mail must get its turn too
# Between the moment an event gets its number and the moment it is written lies next to nothing; this is much more.
SETTLED_AFTER = timedelta(seconds=2)


def seal_due() -> int:
    """Seal what waits; run each minute. Returns how many events were sealed."""
    return seal(seconds=SECONDS_AT_ONCE)


def seal(
    *, size: int = SEGMENT_ROWS, settled_after: timedelta = SETTLED_AFTER, seconds: float = float("inf")
) -> int:
    """Seal all settled events in segments of at most `size`, each in a transaction of its own.

    Of two that seal at once one goes on and the other stops: a number is given to one segment only.
    """
    until, sealed, after = time.monotonic() + seconds, 0, -(2**63)
    while time.monotonic() < until:
        try:
            taken, seen = _seal_one(after, size, settled_after)
        except IntegrityError:
            break
        if seen is None:
            break
        sealed, after = sealed + taken, seen
    return sealed


@transaction.atomic
def _seal_one(after: int, size: int, settled_after: timedelta) -> tuple[int, int | None]:
    """Seal one segment; returns how many events, and the last number looked at (None: there were none).

    The chain's end is read before the list: if somebody else has sealed in between, our number is taken.
    """
    last = Segment.objects.order_by("-number").first()
    waiting = Unsealed.objects.filter(event_id__gt=after).order_by("event_id")
    listed = list(waiting.values_list("event_id", flat=True)[:size])
    if not listed:
        return 0, None
    now = timezone.now()
    settled = _among(listed).filter(at__lte=now - settled_after).order_by("pk")
    found = list(settled.values_list("id", *canonical.COLUMNS))
    if not found:
        return 0, listed[-1]
    rows = list(canonical.hashed(found))
    packed = canonical.pack(rows)
    segment = Segment(
        number=last.number + 1 if last else 1,
        previous=last.head if last else canonical.GENESIS,
        count=len(rows),
        first_event=rows[0][0],
        last_event=rows[-1][0],
        newest_at=max(values[1] for values in found),
        sealed_at=now,
        rows=canonical.digest(packed),
    )
    segment.head = canonical.head_of(segment)
    segment.save()
    SegmentRows(segment=segment, packed=packed).save()
    if _unlist([number for number, _hash in rows]) != len(rows):
        raise IntegrityError("another worker sealed these events")
    return len(rows), listed[-1]


# The numbers go as one parameter: to take a list of 2000 apart and put it together costs more than to seal them.
_ONE_OF = {"postgresql": "{} = ANY(%s)", "sqlite": "{} IN (SELECT value FROM json_each(%s))"}


def _among(numbers: list[int]) -> QuerySet[Event]:
    where = _ONE_OF[connection.vendor].format("id")
    return Event.objects.extra(where=[where], params=[_given(numbers)])  # noqa: S610 (no text from outside)


def _unlist(numbers: list[int]) -> int:
    with connection.cursor() as cursor:
        where = _ONE_OF[connection.vendor].format("event_id")
        cursor.execute(f"DELETE FROM audit_unsealed WHERE {where}", [_given(numbers)])  # noqa: S608
        return int(cursor.rowcount)


def _given(numbers: list[int]) -> list[int] | str:
    return numbers if connection.vendor == "postgresql" else json.dumps(numbers)
