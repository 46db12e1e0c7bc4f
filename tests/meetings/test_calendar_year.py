"""A year of meetings as people get them, invited and subscribed: planned in series, moved and cancelled, over both changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.factories import local
from tests.readers import Read, by_icalendar, by_node, needs_readers
from tovholder.accounts.models import User
from tovholder.forums.models import Forum
from tovholder.meetings.models import Meeting, MeetingStatus
from tovholder.meetings.services import feeds, invitations, letters, planning
from tovholder.meetings.services.series import SeriesKind, SeriesRule, dates
from tovholder.outbox.models import OutgoingMail

pytestmark = pytest.mark.django_db

# Hours that a network meets at, and those around the gap in spring and the hour that comes twice in autumn.
HOURS = (time(13), time(0, 30), time(1, 30), time(2, 30), time(3, 30))
NIGHTS = (date(2027, 3, 28), date(2027, 10, 31))


@pytest.fixture(autouse=True)
def _the_winter_before() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        yield


def expected(meeting: Meeting, method: str = "") -> Read:
    """What the database says, in the words of a calendar."""
    cancelled = meeting.status == MeetingStatus.CANCELLED
    title = letters.calendar_title(meeting.lead_forum.name, meeting.kind)
    return Read(
        uid=meeting.uid,
        sequence=meeting.sequence,
        start=meeting.starts_at.astimezone(UTC),
        end=meeting.ends_at.astimezone(UTC),
        summary=f"Aflyst: {title}" if cancelled and not method else title,
        status="CANCELLED" if cancelled else "CONFIRMED",
        method=method,
    )


@pytest.fixture
def year(anna: User, bo: User, network: Forum) -> list[Meeting]:
    """Series by weekday over both changes, single meetings in the nights of the changes, some moved, some cancelled."""
    made: list[Meeting] = []
    for start in (time(13), time(2, 30)):
        # The last Sunday of each month: in March and October the day of the change itself.
        rule = SeriesRule(
            kind=SeriesKind.NTH_WEEKDAY, first=date(2027, 3, 1), last=date(2027, 11, 30), weekday=7, nth=-1
        )
        made += planning.create_series(
            by=anna, forum=network, rule=rule, days=dates(rule), start=start, minutes=90
        )
    for night in NIGHTS:
        for hour in HOURS:
            starts = local(night.year, night.month, night.day, hour.hour, hour.minute)
            made.append(
                planning.create_meeting(
                    by=anna,
                    forums=[network],
                    starts_at=starts,
                    ends_at=starts.astimezone(UTC) + timedelta(hours=2),
                )
            )
    for number, meeting in enumerate(made):
        invitations.send(by=anna, meeting=meeting)
        if number % 3 == 0:
            # Half a year on: from winter time into summer time, or back.
            half = timedelta(days=182)
            planning.move(
                by=anna, meeting=meeting, starts_at=meeting.starts_at + half, ends_at=meeting.ends_at + half
            )
        if number % 5 == 0:
            planning.cancel(by=anna, meeting=meeting, reason="Sygdom")
    return list(Meeting.objects.filter(pk__in=[each.pk for each in made]).select_related("lead_forum"))


@needs_readers
def test_every_program_reads_the_year_as_it_was_planned(year: list[Meeting], bo: User) -> None:
    # A series keeps its hour on the wall, summer and winter.
    kept = [each for each in year if each.series_id and each.sequence == 0]
    assert {timezone.localtime(each.starts_at).time() for each in kept} >= {time(13), time(2, 30)}
    assert {each.starts_at.astimezone(UTC).hour for each in kept} >= {11, 12, 0, 1}
    calendars: dict[str, str] = {}
    for meeting in year:
        mail = OutgoingMail.objects.filter(to=bo.email, about=letters.about(meeting)).latest("pk")
        calendars[meeting.uid] = mail.calendar
    where = feeds.address(feeds.make(by=bo)).removeprefix(settings.PUBLIC_URL)
    calendars["feed"] = Client().get(where).content.decode()
    found = by_node(calendars) | {"icalendar": {name: by_icalendar(text) for name, text in calendars.items()}}
    assert set(found) == {"icalendar", "ical.js", "node-ical"}
    for reader, read in found.items():
        assert read["feed"] == sorted(expected(each) for each in year), reader
        for meeting in year:
            method = "CANCEL" if meeting.status == MeetingStatus.CANCELLED else "REQUEST"
            assert read[meeting.uid] == [expected(meeting, method)], (reader, meeting.starts_at)
