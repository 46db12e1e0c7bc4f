"""Answers an invitation as a calendar program does: an iTIP REPLY in a mail to the organizer."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

from icalendar import Calendar, Event, vCalAddress


def reply_to(
    request: str,
    partstat: str = "ACCEPTED",
    *,
    at: datetime | None = None,
    method: str = "REPLY",
    sender: str = "",
    attendee: str = "",
    **changed: object,
) -> EmailMessage:
    """Return the mail. `changed` overrides properties of the event; None leaves one out."""
    asked = Calendar.from_ical(request).events[0]
    invited = str(asked["attendee"]).removeprefix("mailto:")
    who = vCalAddress(f"mailto:{attendee or invited}")
    who.params["PARTSTAT"] = partstat
    facts = {
        "uid": str(asked["uid"]),
        "sequence": asked["sequence"],
        "dtstamp": (at or datetime.now(UTC)).astimezone(UTC),
        "dtstart": asked.decoded("dtstart"),
        "comment": "Jeg kommer lidt senere, hilsen Jonas Vestergaard",
        "organizer": asked["organizer"],
        "attendee": who,
        **changed,
    }
    event = Event()
    for name, value in facts.items():
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                event.add(name, each)
    calendar = Calendar()
    for name, value in (("prodid", "-//Et kalenderprogram//DA"), ("version", "2.0"), ("method", method)):
        calendar.add(name, value)
    calendar.add_component(event)
    return mail_of(
        calendar.to_ical(), sender or invited, str(asked["organizer"]).removeprefix("mailto:"), method
    )


def mail_of(calendar: bytes, sender: str, to: str, method: str = "REPLY") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Bo Bech <{sender}>", to, "Accepteret: Møde"
    mail.set_content("Bo Bech har accepteret mødet.")
    mail.add_alternative(
        calendar, "text", "calendar", cte="base64", params={"method": method, "charset": "utf-8"}
    )
    return mail
