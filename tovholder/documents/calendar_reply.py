"""Reads one answer out of a mail from a calendar program (iTIP REPLY, RFC 5546). Pure: bytes in, facts out.

Whatever a stranger can put in a mail ends here: the facts, or an UnreadableReplyError with a code. What people write
beside their answer (COMMENT, the text of the mail) is never taken out: it may hold anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from typing import Any

from icalendar import Calendar

MAX_MAIL, MAX_CALENDAR, MAX_PARTS = 256 * 1024, 32 * 1024, 40
_COMMENT = re.compile(r"\([^()]*\)")


class UnreadableReplyError(ValueError):
    """The mail is no answer that can be used. Its text is a code, without anything from the mail."""


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """Who says what about which meeting. `sender` is From; `vouched` the server that checked it, and whether it passed."""

    uid: str
    sequence: int
    attendee: str
    partstat: str
    stamp: datetime
    sender: str
    vouched: tuple[str, bool]


def read_reply(mail: bytes) -> CalendarReply:
    """Return the answer in a mail. Raises UnreadableReplyError with a code for every mail that holds none."""
    if len(mail) > MAX_MAIL:
        raise UnreadableReplyError("too_large")
    try:
        message = message_from_bytes(mail)
        return _reply(message, _event(_calendar_text(message)))
    except UnreadableReplyError:
        raise
    except Exception as error:  # a library's complaint may quote the mail: only its kind is told
        raise UnreadableReplyError(f"garbage:{type(error).__name__}") from None


def _calendar_text(message: Message) -> str:
    """Return the text of the one calendar part; the same text attached once more is one part."""
    found = set()
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            raise UnreadableReplyError("too_many_parts")
        if part.get_content_type() not in {"text/calendar", "application/ics"}:
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or len(content) > MAX_CALENDAR:
            raise UnreadableReplyError("too_large")
        found.add(content.decode(part.get_content_charset() or "utf-8").replace("\r\n", "\n").strip())
    if not found:
        raise UnreadableReplyError("no_calendar")
    if len(found) > 1:
        raise UnreadableReplyError("several_calendars")
    return found.pop()


def _event(text: str) -> Any:
    calendar = Calendar.from_ical(text)
    if str(calendar.get("method", "")).upper() != "REPLY":
        raise UnreadableReplyError("not_a_reply")
    events = calendar.walk("VEVENT")
    if len(events) != 1:
        raise UnreadableReplyError("not_one_event")
    if "RECURRENCE-ID" in events[0]:
        raise UnreadableReplyError("part_of_series")
    return events[0]


def _reply(message: Message, event: Any) -> CalendarReply:
    attendee = event.get("ATTENDEE")
    if attendee is None or isinstance(attendee, list):
        raise UnreadableReplyError("not_one_attendee")
    address = str(attendee).strip()
    if address[:7].lower() != "mailto:" or not address.isprintable():
        raise UnreadableReplyError("attendee_without_mail")
    stamp = event.decoded("DTSTAMP", None)
    if not isinstance(stamp, datetime) or stamp.tzinfo is None:
        raise UnreadableReplyError("no_time")
    uid = event.get("UID")
    if uid is None or isinstance(uid, list) or len(str(uid)) > 200 or not str(uid).isprintable():
        raise UnreadableReplyError("no_uid")
    return CalendarReply(
        uid=str(uid).strip(),
        sequence=int(event.get("SEQUENCE", 0)),
        attendee=address[7:].strip().lower(),
        partstat=str(attendee.params.get("PARTSTAT", "")).upper(),
        stamp=stamp.astimezone(UTC),
        sender=_sender(message),
        vouched=_vouched(message),
    )


def _sender(message: Message) -> str:
    """Return the one address in From. Raises when there are several, or when somebody else sent it."""
    headers = message.get_all("From", [])
    addresses = [address.lower() for _name, address in getaddresses([str(each) for each in headers])]
    if len(headers) != 1 or len(addresses) != 1 or not addresses[0]:
        raise UnreadableReplyError("not_one_sender")
    others = {a.lower() for _name, a in getaddresses([str(each) for each in message.get_all("Sender", [])])}
    if others - set(addresses):
        raise UnreadableReplyError("sent_by_another")
    return addresses[0]


def _vouched(message: Message) -> tuple[str, bool]:
    """Return whose Authentication-Results stand on top, and whether they say dmarc=pass (RFC 8601).

    Only the topmost counts: the receiving server writes it last, and a stranger may have written those below.
    """
    headers = message.get_all("Authentication-Results", [])
    if not headers:
        return "", False
    name, *results = _COMMENT.sub(" ", " ".join(str(headers[0]).split())).split(";")
    passed = any(re.match(r"\s*dmarc\s*=\s*pass\b", each, re.IGNORECASE) for each in results)
    return (name.split() or [""])[0].lower(), passed
