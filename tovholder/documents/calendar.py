"""Calendar files: an invitation to one meeting, and a feed of many. Pure: facts in, text out.

Times are written as Danish local time with a VTIMEZONE of two rules, which every program tried reads right
(docs/decisions/0009-calendar-times.md). Only a time in the hour that comes twice in autumn is written in UTC, since
a local time cannot say which of the two it means.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vDuration, vText

Method = Literal["REQUEST", "CANCEL"]

PRODID = "-//Tovholder//DA"
ZONE = "Europe/Copenhagen"
# Clients ask again this often, where they ask the feed and not their owner.
REFRESH = timedelta(hours=1)
# Written out by hand: the lists of dates that icalendar would add are read an hour wrong in summer by other programs.
# Each DTSTART lies on its own rule: the last Sunday of March and of October 1996, the first year of this rule.
_VTIMEZONE = f"""BEGIN:VTIMEZONE
TZID:{ZONE}
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One meeting as a calendar shows it. `stamp` is when these facts became so."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str
    url: str
    stamp: datetime
    cancelled: bool = False


def invitation(
    *,
    method: Method = "REQUEST",
    uid: str,
    sequence: int,
    starts_at: datetime,
    ends_at: datetime,
    summary: str,
    location: str,
    description: str,
    url: str,
    organizer_email: str,
    organizer_name: str,
    attendee_email: str,
    attendee_name: str,
    now: datetime,
    rsvp: bool = False,
) -> str:
    """Return an iTIP message (RFC 5546) that puts one meeting in one person's calendar, moves it or takes it out.

    The same `uid` with a higher `sequence` moves the meeting. `rsvp` asks for an answer to the organizer's address:
    only when somebody reads it. Raises ValueError for a naive time.
    """
    entry = Entry(
        uid=uid, sequence=sequence, starts_at=starts_at, ends_at=ends_at, summary=summary, location=location,
        description=description, url=url, stamp=now, cancelled=method == "CANCEL",
    )  # fmt: skip
    event = _event(entry)
    event.add("organizer", _address(organizer_email, organizer_name))
    event.add("attendee", _attendee(attendee_email, attendee_name, method, rsvp))
    calendar = _calendar()
    calendar.add("method", method)
    return _written(calendar, [event])


def feed(*, name: str, entries: Iterable[Entry]) -> str:
    """Return a calendar to subscribe to. A cancelled entry stays, marked so, until the caller leaves it out.

    Each meeting is an event of its own, also those of a series: its uid is the one of its invitation, and it can be
    moved and cancelled alone. Raises ValueError for a naive time.
    """
    calendar = _calendar()
    for key, value in (("name", name), ("x-wr-calname", name), ("x-wr-timezone", ZONE)):
        calendar.add(key, _clean(value))
    interval = vDuration(REFRESH)
    interval.params["VALUE"] = "DURATION"
    calendar.add("refresh-interval", interval)
    calendar.add("x-published-ttl", vDuration(REFRESH))
    return _written(calendar, [_event(entry) for entry in entries])


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _written(calendar: Calendar, events: list[Event]) -> str:
    calendar.add_component(_zone())
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical().decode()


@lru_cache(maxsize=1)
def _zone() -> Any:
    [zone] = Calendar.from_ical(f"BEGIN:VCALENDAR\n{_VTIMEZONE}END:VCALENDAR\n").walk("VTIMEZONE")
    return zone


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", _aware(entry.stamp).astimezone(UTC))
    starts_at, ends_at = _times(entry.starts_at, entry.ends_at)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", _clean(entry.summary))
    event.add("location", _clean(entry.location))
    event.add("description", _clean(entry.description))
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    return event


def _times(*moments: datetime) -> list[datetime]:
    """Return the moments as they are to be written: all local, or all UTC when one of them comes twice."""
    # By way of UTC: a time that the clock skips in spring is then written as what it means, an hour later.
    local = [_aware(moment).astimezone(UTC).astimezone(ZoneInfo(ZONE)) for moment in moments]
    if any(_comes_twice(moment) for moment in local):
        return [moment.astimezone(UTC) for moment in local]
    return local


def _comes_twice(moment: datetime) -> bool:
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("times must carry a time zone")
    return moment


def _attendee(email: str, name: str, method: Method, rsvp: bool) -> vCalAddress:
    address = _address(email, name)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    if method == "REQUEST":
        address.params["PARTSTAT"] = vText("NEEDS-ACTION")
        address.params["RSVP"] = vText("TRUE" if rsvp else "FALSE")
    return address


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    # A parameter can hold neither quotation marks nor line breaks.
    address.params["CN"] = vText(" ".join(_clean(name).replace('"', "'").split()))
    return address


def _clean(text: str) -> str:
    """Take out control characters, which a calendar file cannot hold; line breaks stay."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in plain if char in "\n\t" or unicodedata.category(char) != "Cc")
