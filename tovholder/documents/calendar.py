"""Calendar files for one meeting. Pure: text in, text out."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Literal

from icalendar import Calendar, Event, vCalAddress, vText

Method = Literal["REQUEST", "CANCEL"]


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
) -> str:
    """Return an iTIP message (RFC 5546) that puts one meeting in one person's calendar, moves it or takes it out.

    The same `uid` with a higher `sequence` moves the meeting. Times are written as UTC instants: a single
    meeting needs no VTIMEZONE, and the lists of dates that icalendar would write are read an hour wrong
    by other programs in summer. Raises ValueError for a naive time.
    """
    if any(moment.tzinfo is None for moment in (starts_at, ends_at, now)):
        raise ValueError("times must carry a time zone")
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", starts_at.astimezone(UTC))
    event.add("dtend", ends_at.astimezone(UTC))
    event.add("summary", _clean(summary))
    event.add("location", _clean(location))
    event.add("description", _clean(description))
    event.add("url", url)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("organizer", _address(organizer_email, organizer_name))
    event.add("attendee", _attendee(attendee_email, attendee_name, method))
    calendar = Calendar()
    calendar.add("prodid", "-//Tovholder//DA")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _attendee(email: str, name: str, method: Method) -> vCalAddress:
    address = _address(email, name)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    if method == "REQUEST":
        address.params["PARTSTAT"] = vText("NEEDS-ACTION")
        # Answers come by the links in the mail; a reply from the calendar program would be read by no one.
        address.params["RSVP"] = vText("FALSE")
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
