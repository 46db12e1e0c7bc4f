"""Every instant is read the same by icalendar, ical.js and node-ical, over both clock changes of the coming years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from tests.readers import Read, by_icalendar, by_node, needs_readers
from tovholder.documents.calendar import Entry, feed, invitation

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
STAMP = datetime(2026, 1, 1, 12, tzinfo=UTC)
YEARS = range(2026, 2033)
CLOCKS = (
    time(0, 30),
    time(1, 30),
    time(2, 0),
    time(2, 30),
    time(2, 59, 59),
    time(3, 0),
    time(3, 30),
    time(13, 0),
)
LENGTHS = (timedelta(minutes=45), timedelta(hours=2), timedelta(hours=26))


def last_sunday(year: int, month: int) -> date:
    day = date(year, month, 31)
    return day - timedelta(days=day.isoweekday() % 7)


def moments() -> Iterator[datetime]:
    """Times as a person types them around every clock change: the hour that is not, and the hour that is twice."""
    for year in YEARS:
        for change in (last_sunday(year, 3), last_sunday(year, 10)):
            for day in (change - timedelta(days=1), change, change + timedelta(days=1)):
                for clock in CLOCKS:
                    for fold in (0, 1):
                        yield datetime.combine(day, clock, COPENHAGEN).replace(fold=fold)
        for month in range(1, 13):
            yield datetime(year, month, 15, 13, tzinfo=COPENHAGEN)


ENTRIES = [
    Entry(
        uid=f"{number}@x.test", sequence=number % 4, starts_at=start,
        ends_at=start.astimezone(UTC) + LENGTHS[number % 3], summary="Netværk Øst; møde, »nu«", location="Rådhuset, 2. sal",
        description="Linje\nto", url="https://x.test/", stamp=STAMP, cancelled=number % 5 == 0,
    )
    for number, start in enumerate(moments())
]  # fmt: skip


def meant(entry: Entry, method: str = "") -> Read:
    return Read(
        uid=entry.uid,
        sequence=entry.sequence,
        start=entry.starts_at.astimezone(UTC),
        end=entry.ends_at.astimezone(UTC),
        summary=entry.summary,
        status="CANCELLED" if entry.cancelled else "CONFIRMED",
        method=method,
    )


def invited(entry: Entry) -> tuple[str, Read]:
    method = "CANCEL" if entry.cancelled else "REQUEST"
    text = invitation(
        method=method, uid=entry.uid, sequence=entry.sequence, starts_at=entry.starts_at, ends_at=entry.ends_at,
        summary=entry.summary, location=entry.location, description=entry.description, url=entry.url,
        organizer_email="svar@x.test", organizer_name="Vestby", attendee_email="b@x.test", attendee_name="b", now=STAMP,
    )  # fmt: skip
    return text, meant(entry, method)


CALENDARS: dict[str, tuple[str, list[Read]]] = {
    "feed": (feed(name="Mine møder", entries=ENTRIES), sorted(map(meant, ENTRIES))),
    # An invitation of each kind of moment; those of later years are in the feed.
    **{
        f"invitation {entry.uid}": (text, [read])
        for entry in ENTRIES[: len(ENTRIES) // len(YEARS)]
        for text, read in [invited(entry)]
    },
}


@needs_readers
def test_ical_js_and_node_ical_read_every_instant_as_it_was_meant() -> None:
    found = by_node({name: text for name, (text, _meant) in CALENDARS.items()})
    assert set(found) == {"ical.js", "node-ical"}
    for reader, calendars in found.items():
        for name, (_text, expected) in CALENDARS.items():
            assert calendars[name] == expected, (reader, name)


def test_icalendar_reads_every_instant_as_it_was_meant() -> None:
    for name, (text, expected) in CALENDARS.items():
        assert by_icalendar(text) == expected, name


@needs_readers
def test_the_readers_would_have_seen_the_trap() -> None:
    """With the zone as icalendar writes it, a list of dates, summer is read wrong: these tests can fail."""
    summer = [entry for entry in ENTRIES if entry.starts_at.month == 7]
    calendar = icalendar.Calendar.from_ical(feed(name="x", entries=summer))
    calendar.subcomponents = [each for each in calendar.subcomponents if each.name != "VTIMEZONE"]
    calendar.add_missing_timezones()
    found = by_node({"trap": calendar.to_ical().decode()})
    assert found["ical.js"]["trap"] != sorted(map(meant, summer))


@pytest.mark.parametrize("name", ["feed", *list(CALENDARS)[1:4]])
def test_the_zone_is_two_rules_and_each_begins_on_its_own(name: str) -> None:
    calendar = icalendar.Calendar.from_ical(CALENDARS[name][0])
    [zone] = calendar.walk("VTIMEZONE")
    rules = {part.name: part for part in zone.subcomponents}
    assert set(rules) == {"DAYLIGHT", "STANDARD"}
    assert len(zone.subcomponents) == 2
    for part, month in ((rules["DAYLIGHT"], 3), (rules["STANDARD"], 10)):
        assert "RDATE" not in part
        assert part["RRULE"] == {"FREQ": ["YEARLY"], "BYMONTH": [month], "BYDAY": ["-1SU"]}
        begins = part.decoded("DTSTART")
        assert begins.date() == last_sunday(begins.year, month)


def test_local_time_is_written_but_for_the_hour_that_comes_twice() -> None:
    def written(start: datetime) -> str:
        [event] = icalendar.Calendar.from_ical(
            feed(name="x", entries=[Entry("u", 0, start, start + timedelta(hours=1), "", "", "", "", STAMP)])
        ).events
        return event["dtstart"].params.get("TZID", "UTC")

    assert written(datetime(2026, 7, 1, 13, tzinfo=COPENHAGEN)) == "Europe/Copenhagen"
    assert written(datetime(2026, 3, 29, 2, 30, tzinfo=COPENHAGEN)) == "Europe/Copenhagen"
    for fold in (0, 1):
        assert written(datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=COPENHAGEN)) == "UTC"
