"""The bytes that are hashed: the same for the same row on every database, whoever counts them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from tovholder.audit.models import Event, Segment

GENESIS = "0" * 64
ID_BYTES, HASH_BYTES = 8, 32
ROW_BYTES = ID_BYTES + HASH_BYTES
# Everything of a row but its number: that stands beside the hash, so that two rows that changed places are told apart
# from two that were edited. `id` comes first in what is read.
COLUMNS = (
    *("at", "kind", "actor", "action", "object_type", "object_id"),
    *("purpose", "ground", "details", "request_id"),
)
Row = tuple[int, bytes]
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def row_hash(values: tuple[Any, ...]) -> bytes:
    """Return the hash of one event; `values` are its COLUMNS."""
    at, *rest = values
    return hashlib.sha256(_encode([_moment(at), *rest]).encode("utf-8", "surrogatepass")).digest()


def hashed(events: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    """Return number and hash of each; what is read begins with `id`, then COLUMNS."""
    for number, *values in events:
        yield number, row_hash(tuple(values))


def of_event(event: Event) -> bytes:
    return row_hash(tuple(getattr(event, name) for name in COLUMNS))


def pack(rows: Iterable[Row]) -> bytes:
    return b"".join(number.to_bytes(ID_BYTES, "big") + digest for number, digest in rows)


def unpack(packed: bytes) -> list[Row]:
    """Return what `pack` took. What is left over, when somebody cut in it, is not returned."""
    whole = len(packed) - len(packed) % ROW_BYTES
    return [
        (int.from_bytes(packed[at : at + ID_BYTES], "big"), packed[at + ID_BYTES : at + ROW_BYTES])
        for at in range(0, whole, ROW_BYTES)
    ]


def digest(packed: bytes) -> str:
    return hashlib.sha256(packed).hexdigest()


def head_of(segment: Segment) -> str:
    """Return the hash over the segment's other columns, among them the head before it."""
    parts = {
        "number": segment.number,
        "previous": segment.previous,
        "count": segment.count,
        "first": segment.first_event,
        "last": segment.last_event,
        "newest": _moment(segment.newest_at),
        "sealed": _moment(segment.sealed_at),
        "rows": segment.rows,
    }
    return hashlib.sha256(_encode(parts).encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
