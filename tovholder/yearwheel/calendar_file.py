"""When somebody is busy, read out of a calendar file. Times only: what an event is called never leaves this place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from time import thread_time
from typing import Any

from dateutil.rrule import rrulestr
from django.utils import timezone
from icalendar import Calendar

MAX_BYTES = 5 * 1024 * 1024
MAX_LINES = 40_000  # that say when; the library takes a second over ten thousand of them
MAX_TIMES = 4_000
SECONDS = 10.0  # of the processor, counting out series, before a file is called too much; a busy server is not the file's fault
# Nobody meets by the hour; a series of seconds since 1970 would keep the server counting for days.
RHYTHMS = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
# More than one time of day in a series; nobody's calendar has it, and each second of a day for fifty years can be said so.
CLOCKS = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
SAYS_WHEN = frozenset(b"UID DTSTART DTEND DURATION RRULE EXDATE RECURRENCE-ID STATUS TRANSP".split())
LAST_MINUTE = time(23, 59)
Busy = tuple[date, time, time]


class UnreadableCalendarError(ValueError):
    """The file is no calendar that can be used. `code` says why; nothing of the file is in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def busy_times(content: bytes, start: date, end: date) -> list[Busy]:
    """Return when the calendar says busy between two days, both included: day, from, to, without doubles.

    Left out: called off, and marked as free time. A whole day is busy from midnight to midnight. Raises
    UnreadableCalendarError.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableCalendarError("too_large")
    until = thread_time() + SECONDS
    try:
        found: set[Busy] = set()
        for event in _events(Calendar.from_ical(_only_times(content, start, end))):
            found.update(_of(event, start, end))
            if len(found) > MAX_TIMES or thread_time() > until:
                raise UnreadableCalendarError("too_many")
    except UnreadableCalendarError:
        raise
    except Exception:  # a library's complaint may quote the file
        raise UnreadableCalendarError("not_a_calendar") from None
    return sorted(found)


def _only_times(content: bytes, start: date, end: date) -> bytes:
    """Return the calendar with nothing but when its events are, and its own time zones; those that lie elsewhere left out.

    What is left out is never understood: the library takes long, and much memory, over each line.
    """
    kept: list[bytes] = [b"BEGIN:VCALENDAR"]
    block: list[bytes] = []
    inside: list[bytes] = []
    for name, line in _lines(content):
        if name == b"BEGIN":
            inside.append(line[6:].strip().upper())
            if inside[0] != b"VCALENDAR":
                break
            if len(inside) == 2:
                block = []
        within = inside[1] if len(inside) > 1 else b""
        if within == b"VTIMEZONE" or (within == b"VEVENT" and len(inside) == 2 and name in _KEPT):
            block.append(line)
        if name == b"END" and inside:
            inside.pop()
            is_event = within == b"VEVENT"
            if len(inside) == 1 and block and not (is_event and _elsewhere(block, start, end)):
                kept += block
                if len(kept) > MAX_LINES:
                    raise UnreadableCalendarError("too_many")
            block = block if len(inside) > 1 else []
    if inside or (not kept[1:] and b"BEGIN:VCALENDAR" not in content[:500].upper()):
        raise UnreadableCalendarError("not_a_calendar")
    return b"\r\n".join([*kept, b"END:VCALENDAR", b""])


_KEPT = SAYS_WHEN | {b"BEGIN", b"END"}
_NAME = re.compile(rb"[A-Za-z-]+")
_DAY = re.compile(rb"[:,](\d{8})")


def _lines(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the lines, folded ones laid together, each with the name of what it says."""
    line = b""
    parts: list[bytes] = []
    for raw in BytesIO(content.removeprefix(b"\xef\xbb\xbf")):
        if raw[:1] in (b" ", b"\t"):
            parts.append(raw[1:].rstrip(b"\r\n"))
            continue
        if line:
            yield _named(b"".join([line, *parts]))
        line, parts = raw.rstrip(b"\r\n"), []
    if line:
        yield _named(b"".join([line, *parts]))


def _named(line: bytes) -> tuple[bytes, bytes]:
    found = _NAME.match(line)
    return (found[0].upper() if found else b""), line


def _elsewhere(block: list[bytes], start: date, end: date) -> bool:
    """Tell whether an event happens once, and surely not between two days: by the days alone, before zones are known."""
    said = dict(reversed([_named(line) for line in block]))
    if b"RRULE" in said or b"RECURRENCE-ID" in said or b"DURATION" in said or b"DTSTART" not in said:
        return False
    days = [
        found[1].decode()
        for line in (said[b"DTSTART"], said.get(b"DTEND", b""))
        if (found := _DAY.search(line))
    ]
    low, high = start - timedelta(days=2), end + timedelta(days=2)
    return bool(days) and (max(days) < f"{low:%Y%m%d}" or min(days) > f"{high:%Y%m%d}")


def _events(calendar: Any) -> Iterator[Any]:
    events = calendar.walk("VEVENT")
    # An occurrence that was moved stands as an event of its own: the series must leave it out.
    moved: dict[str, set[datetime]] = {}
    for each in events:
        if each.get("RECURRENCE-ID") is not None:
            moved.setdefault(str(each.get("UID")), set()).add(_moment(each["RECURRENCE-ID"].dt))
    for each in events:
        gone = str(each.get("STATUS", "")).upper() == "CANCELLED"
        if gone or str(each.get("TRANSP", "")).upper() == "TRANSPARENT" or each.get("DTSTART") is None:
            continue
        each.moved = moved.get(str(each.get("UID")), set())
        yield each


def _of(event: Any, start: date, end: date) -> Iterator[Busy]:
    first = event["DTSTART"].dt
    length = _length(event, first)
    for begins in _occurrences(event, first, length, start, end):
        yield from _days(begins, begins + length, start, end)


def _length(event: Any, first: Any) -> timedelta:
    if event.get("DTEND") is not None:
        return max(_moment(event["DTEND"].dt) - _moment(first), timedelta())
    if event.get("DURATION") is not None:
        found: timedelta = event["DURATION"].dt
        return max(found, timedelta())
    return timedelta() if isinstance(first, datetime) else timedelta(days=1)


def _occurrences(event: Any, first: Any, length: timedelta, start: date, end: date) -> Iterator[datetime]:
    zone = timezone.get_default_timezone()
    begins = _moment(first)
    if event.get("RRULE") is None or event.get("RECURRENCE-ID") is not None:
        yield begins
        return
    # Counted on the wall clock: a meeting at nine is at nine in winter too.
    naive = begins.astimezone(zone).replace(tzinfo=None)
    rule = event["RRULE"]
    text = (rule[0] if isinstance(rule, list) else rule).to_ical().decode()
    parts = dict(_naive_until(part).split("=", 1) for part in text.upper().split(";"))
    if parts.get("FREQ") not in RHYTHMS or CLOCKS & parts.keys() or int(parts.get("INTERVAL", "1")) < 1:
        raise UnreadableCalendarError("too_many")
    if not {"UNTIL", "COUNT"} & parts.keys():
        parts["UNTIL"] = f"{end:%Y%m%d}T235959"  # a day that never comes is not looked for after it
    series = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=naive)
    left_out = event.moved | set(_exceptions(event))
    low = datetime.combine(start, time.min) - length
    for number, each in enumerate(series.xafter(low, inc=True)):
        if each.date() > end:
            return
        if number > MAX_TIMES:
            raise UnreadableCalendarError("too_many")
        moment = timezone.make_aware(each, zone)
        if moment not in left_out:
            yield moment


def _naive_until(part: str) -> str:
    if not part.upper().startswith("UNTIL="):
        return part
    value = part[6:]
    if value.endswith("Z"):
        moment = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        value = f"{moment.astimezone(timezone.get_default_timezone()):%Y%m%dT%H%M%S}"
    return f"UNTIL={value}"


def _exceptions(event: Any) -> Iterator[datetime]:
    found = event.get("EXDATE")
    for each in found if isinstance(found, list) else [found] if found is not None else []:
        yield from (_moment(value.dt) for value in each.dts)


def _moment(value: Any) -> datetime:
    """A day begins at midnight, and a time without a zone is where the municipality lives."""
    zone = timezone.get_default_timezone()
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, tzinfo=zone)
    return value if value.tzinfo is not None else value.replace(tzinfo=zone)


def _days(begins: datetime, ends: datetime, start: date, end: date) -> Iterator[Busy]:
    """Cut what runs over midnight into its days."""
    zone = timezone.get_default_timezone()
    first, last = begins.astimezone(zone), ends.astimezone(zone)
    day = max(first.date(), start)
    while day <= min(last.date(), end):
        low = first.time().replace(second=0, microsecond=0) if day == first.date() else time.min
        high = last.time().replace(second=0, microsecond=0) if day == last.date() else LAST_MINUTE
        if high > low:
            yield day, low, high
        day += timedelta(days=1)
