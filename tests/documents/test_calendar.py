"""Calendar files: any name, any time, read back as it was meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tovholder.documents.calendar import Method, invitation

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def made(
    starts_at: datetime, text: str = "Møde", method: Method = "REQUEST", sequence: int = 0, rsvp: bool = False
) -> str:
    return invitation(
        method=method, uid="moede-1@x.test", sequence=sequence, starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1), summary=text, location=text, description=text,
        url="https://x.test/moeder/1/", organizer_email="a@x.test", organizer_name=text,
        attendee_email="b@x.test", attendee_name=text, now=datetime(2026, 1, 1, tzinfo=UTC),
        rsvp=rsvp,
    )  # fmt: skip


@pytest.mark.parametrize("month", [1, 3, 4, 7, 10, 11])
def test_summer_and_winter_are_written_as_the_clock_on_the_wall(month: int) -> None:
    text = made(datetime(2026, month, 10, 13, 0, tzinfo=COPENHAGEN))
    assert f"DTSTART;TZID=Europe/Copenhagen:2026{month:02}10T130000" in text
    assert text.count("BEGIN:VTIMEZONE") == 1


@pytest.mark.parametrize(("rsvp", "written"), [(True, "RSVP=TRUE"), (False, "RSVP=FALSE")])
def test_an_answer_is_asked_for_only_when_somebody_reads_it(rsvp: bool, written: str) -> None:
    assert written in made(datetime(2026, 5, 5, 13, tzinfo=UTC), rsvp=rsvp).replace("\r\n ", "")


def test_moving_keeps_the_uid_and_raises_the_sequence() -> None:
    first, moved = (made(datetime(2026, 5, 5, 13, n, tzinfo=COPENHAGEN), sequence=n) for n in (0, 1))
    read = [icalendar.Calendar.from_ical(text).events[0] for text in (first, moved)]
    assert [event["sequence"] for event in read] == [0, 1]
    assert read[0]["uid"] == read[1]["uid"]


def test_cancel_and_request_say_so() -> None:
    start = datetime(2026, 5, 5, 13, tzinfo=COPENHAGEN)
    cancelled = icalendar.Calendar.from_ical(made(start, method="CANCEL"))
    assert (cancelled["method"], cancelled.events[0]["status"]) == ("CANCEL", "CANCELLED")
    asked = icalendar.Calendar.from_ical(made(start))
    assert (asked["method"], asked.events[0]["status"]) == ("REQUEST", "CONFIRMED")


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        made(datetime(2026, 5, 5, 13))


def test_lines_are_as_long_as_the_standard_allows() -> None:
    text = made(datetime(2026, 5, 5, 13, tzinfo=UTC), "Æøå😀, " * 60)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_back(text: str) -> None:
    [event] = icalendar.Calendar.from_ical(made(datetime(2026, 5, 5, 13, tzinfo=UTC), text)).events
    assert event["uid"] == "moede-1@x.test"
    assert len(event["summary"]) <= len(text)


def test_text_cannot_add_a_line_of_its_own() -> None:
    text = made(datetime(2026, 5, 5, 13, tzinfo=UTC), 'x\r\nATTENDEE:mailto:evil@x.test\n";RSVP=TRUE')
    [event] = icalendar.Calendar.from_ical(text).events
    assert str(event["attendee"]) == "mailto:b@x.test"
    assert event["attendee"].params["RSVP"] == "FALSE"
