"""Count the chain through, and name every row that is not as it was sealed. Streams: five million rows fit anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain, islice

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from tovholder.audit import canonical, guards
from tovholder.audit.anchors import Line
from tovholder.audit.models import Event, Purge, Segment, SegmentRows, Unsealed
from tovholder.audit.purging import LEAST_KEPT

EVENTS_AT_ONCE, SEGMENTS_AT_ONCE = 5000, 50
SWAPS_LOOKED_FOR = 10_000
LOWEST = -(2**63)  # a row can be slipped in below number 1 too
UNREADABLE = b"?"
NEVER = datetime.max.replace(tzinfo=UTC)
TOLD_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind` is a key of FAULTS in the command that prints it; the numbers say where."""

    kind: str
    segment: int = 0
    event: int = 0
    other: int = 0
    name: str = ""


@dataclass(slots=True)
class Told:
    """What the places outside the database know."""

    heads: dict[int, bytes] = field(default_factory=dict)
    purges: dict[tuple[int, int], datetime] = field(default_factory=dict)
    restored: list[str] = field(default_factory=list)
    unreadable: int = 0
    heard: bool = False

    def hear(self, lines: Iterable[Line | None]) -> None:
        """Read one place's lines, in the order in which they were told."""
        for line in lines:
            self.heard = True
            try:
                self._take(line)
            except (KeyError, TypeError, ValueError):
                self.unreadable += 1

    def _take(self, line: Line | None) -> None:
        if line is None:
            self.unreadable += 1
        elif line["kind"] == "segment":
            self.heads[int(line["number"])] = bytes.fromhex(line["head"])
        elif line["kind"] == "purge":
            self.purges[int(line["first"]), int(line["last"])] = datetime.fromisoformat(line["at"])
        elif line["kind"] == "restored":
            self.restored.append(str(line["at"]))
            self.heads = {n: head for n, head in self.heads.items() if n <= int(line["number"])}


@dataclass(slots=True)
class Report:
    """What was counted on the way; complete when `verify` has come to its end."""

    segments: int = 0
    events: int = 0
    unsealed: int = 0
    purged: int = 0
    untold: int = 0
    late: int = 0  # sealed after a higher number was: their transaction ended late


def verify(report: Report, told: Told) -> Iterator[Fault]:
    """Yield every fault found. Nothing is locked: sealing, purging and writing may go on meanwhile."""
    last = Segment.objects.order_by("-number").first()
    upto = last.number if last else 0
    for name in guards.missing():
        yield Fault("guard_missing", name=name)
    yield from _purges(report, told)
    yield from _Walk(report, upto).faults(told)
    yield from _told(report, told, upto)


class _Walk:
    """One pass over events and segments side by side, both by number."""

    def __init__(self, report: Report, upto: int) -> None:
        self.report, self.upto = report, upto
        self.events = _events()
        self.ahead: canonical.Row | None = next(self.events, None)
        # Read, and not yet claimed by a segment: sealed late, or slipped in.
        self.loose: dict[int, bytes] = {}
        self.edited: list[tuple[int, int, bytes, bytes]] = []
        self.reached = LOWEST

    def faults(self, told: Told) -> Iterator[Fault]:
        previous, purged = (0, canonical.GENESIS), _purged()
        for segment, packed in _segments(self.upto):
            self.report.segments += 1
            if segment.number > previous[0] + 1:
                yield Fault("segments_missing", segment=previous[0] + 1, other=segment.number - 1)
            elif segment.previous != previous[1]:
                yield Fault("chain_broken", segment=segment.number)
            if canonical.head_of(segment) != segment.head:
                yield Fault("segment_edited", segment=segment.number)
            if segment.number in told.heads and told.heads[segment.number].hex() != segment.head:
                yield Fault("head_not_as_told", segment=segment.number)
            previous = (segment.number, segment.head)
            if any(first <= segment.number <= last for first, last in purged):
                self.report.purged += segment.count
                if packed is not None:
                    yield Fault("purged_but_there", segment=segment.number)
            elif packed is None and _purged() == purged:
                yield Fault("rows_missing", segment=segment.number)
            elif packed is not None:
                yield from self._rows(segment, packed)
        yield from self._swapped_or_edited()
        yield from self._unclaimed()

    def _rows(self, segment: Segment, packed: bytes) -> Iterator[Fault]:
        rows = canonical.unpack(packed)
        if canonical.digest(packed) != segment.rows or len(rows) != segment.count:
            yield Fault("rows_edited", segment=segment.number)
        if not rows:
            return
        while self.ahead is not None and self.ahead[0] <= rows[-1][0]:
            self.loose[self.ahead[0]] = self.ahead[1]
            self.ahead = next(self.events, None)
        for number, stored in rows:
            self.report.events += 1
            self.report.late += number <= self.reached
            actual = self.loose.pop(number, None)
            if actual is None:
                yield from self._gone(segment.number, number)
            elif actual != stored:
                self.edited.append((number, segment.number, stored, actual))
                if len(self.edited) >= SWAPS_LOOKED_FOR:
                    yield from self._swapped_or_edited()
        self.reached = max(self.reached, rows[-1][0])

    def _gone(self, segment: int, number: int) -> Iterator[Fault]:
        if Event.objects.filter(pk=number).exists():
            yield Fault("sealed_twice", segment=segment, event=number)
        elif not any(first <= segment <= last for first, last in _purged()):
            yield Fault("deleted", segment=segment, event=number)

    def _swapped_or_edited(self) -> Iterator[Fault]:
        """Tell two rows that have each other's contents from rows that were rewritten."""
        by_contents = {stored: number for number, _segment, stored, _actual in self.edited}
        for number, segment, _stored, actual in self.edited:
            other = by_contents.get(actual, 0)
            yield Fault("swapped" if other else "edited", segment=segment, event=number, other=other)
        self.edited = []

    def _unclaimed(self) -> Iterator[Fault]:
        """What no segment holds is on the list of what waits, or in a segment made meanwhile, or was slipped in."""
        self.report.unsealed = Unsealed.objects.count()
        behind = ((self.ahead,) if self.ahead is not None else (), self.events)
        rest = chain(self.loose.items(), *behind)
        while some := dict(islice(rest, EVENTS_AT_ONCE)):
            waiting = set(Unsealed.objects.filter(event_id__in=list(some)).values_list("event_id", flat=True))
            strays = [number for number in some if number not in waiting]
            meanwhile = _sealed_since(self.upto) if strays else {}
            for number in strays:
                if number not in meanwhile:
                    yield Fault("slipped_in", event=number)
                elif meanwhile[number] != some[number]:
                    yield Fault("edited", event=number)
        there = Event.objects.filter(pk=OuterRef("event_id"))
        for number in Unsealed.objects.filter(~Exists(there)).values_list("event_id", flat=True):
            yield Fault("deleted_unsealed", event=number)


def _purges(report: Report, told: Told) -> Iterator[Fault]:
    """A purge begins where the one before it ended, took only what was old, and was told."""
    after = 0
    for purge in Purge.objects.order_by("first_segment"):
        first, last = purge.first_segment, purge.last_segment
        if purge.finished_at is None or first != after + 1:
            yield Fault("purge_odd", segment=first, other=last)
        after = last
        at = told.purges.get((first, last))
        if at is None and told.heard and timezone.now() - purge.started_at > TOLD_WITHIN:
            yield Fault("purge_untold", segment=first, other=last)
        kept_since = Event.objects.order_by("at").values_list("at", flat=True).first()
        logged = Event.objects.filter(action="log.purged", details__first=first, details__last=last)
        # When all that is left is younger than the purge, the line of it is forgotten too.
        if kept_since and kept_since <= purge.started_at and not logged.exists():
            yield Fault("purge_unlogged", segment=first, other=last)
        youngest = next(iter(_read(Segment.objects.filter(number=last))), None)
        taken_at = at or purge.started_at
        if youngest and taken_at - min(youngest.newest_at, youngest.sealed_at) < LEAST_KEPT:
            yield Fault("purge_early", segment=first, other=last)


def _told(report: Report, told: Told, upto: int) -> Iterator[Fault]:
    """The newest segments can be cut off without a trace in the database; what was told of them remains."""
    highest = max(told.heads, default=0)
    last = Segment.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if highest > last:
        yield Fault("cut", segment=last + 1, other=highest)
    report.untold = max(0, upto - highest) if told.heard else upto


def _events() -> Iterator[canonical.Row]:
    """All events up to the newest of this moment, by number, without a long-lived cursor."""
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    last = LOWEST
    while newest is not None and last < newest:
        some = Event.objects.filter(pk__gt=last, pk__lte=newest).order_by("pk")
        chunk = _hashed(some[:EVENTS_AT_ONCE])
        if not chunk:
            return
        yield from chunk
        last = chunk[-1][0]


def _hashed(some: QuerySet[Event]) -> list[canonical.Row]:
    """Hash the events. One that was edited into something that cannot even be read has a hash that is no hash."""
    try:
        return list(canonical.hashed(some.values_list("id", *canonical.COLUMNS)))
    except Exception:  # whatever a converter makes of it
        numbers = list(some.values_list("pk", flat=True))
        if len(numbers) == 1:
            return [(numbers[0], UNREADABLE)]
        return [row for number in numbers for row in _hashed(Event.objects.filter(pk=number))]


def _segments(upto: int) -> Iterator[tuple[Segment, bytes | None]]:
    last = LOWEST
    while True:
        some = Segment.objects.filter(number__gt=last, number__lte=upto).order_by("number")
        chunk = _read(some[:SEGMENTS_AT_ONCE])
        if not chunk:
            return
        rows = SegmentRows.objects.filter(segment_id__in=[each.number for each in chunk])
        packed = {number: bytes(each) for number, each in rows.values_list("segment_id", "packed")}
        for segment in chunk:
            yield segment, packed.get(segment.number)
        last = chunk[-1].number


def _read(some: QuerySet[Segment]) -> list[Segment]:
    """Read segments; an instant that cannot be read becomes one that no head agrees with."""
    try:
        chunk = list(some)
    except Exception:  # whatever a converter makes of it
        chunk = [each for number in some.values_list("pk", flat=True) for each in _one(number)]
    for segment in chunk:
        if not (segment.newest_at and segment.sealed_at):
            segment.newest_at = segment.sealed_at = NEVER
    return chunk


def _one(number: int) -> list[Segment]:
    found = Segment.objects.filter(pk=number)
    try:
        return list(found)
    except Exception:
        bare = list(found.defer("newest_at", "sealed_at"))
        for segment in bare:
            segment.newest_at = segment.sealed_at = NEVER
        return bare


def _sealed_since(upto: int) -> dict[int, bytes]:
    rows = SegmentRows.objects.filter(segment_id__gt=upto).values_list("packed", flat=True)
    return dict(row for packed in rows for row in canonical.unpack(bytes(packed)))


def _purged() -> list[tuple[int, int]]:
    return list(Purge.objects.order_by("pk").values_list("first_segment", "last_segment"))
