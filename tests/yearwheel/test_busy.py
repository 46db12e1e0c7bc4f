"""Busy times: only times are kept, only oneself and the planner see them, and a calendar from outside is not trusted."""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.yearwheel import calendar_file, fetching
from tovholder.yearwheel.calendar_file import LAST_MINUTE, MAX_BYTES, UnreadableCalendarError, busy_times
from tovholder.yearwheel.models import BusyFeed, BusyTime, DayLimit
from tovholder.yearwheel.queries import document
from tovholder.yearwheel.services import busy

START, END = date(2026, 8, 1), date(2027, 7, 31)


def ics(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\nUID:{n}\r\n{event}\r\nEND:VEVENT\r\n" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n".encode()


CALENDARS = {
    "a time of day": ("DTSTART:20260901T110000Z\r\nDTEND:20260901T120000Z", [(date(2026, 9, 1), time(13), time(14))]),
    "in winter an hour earlier by the same clock of the world": (
        "DTSTART:20261201T120000Z\r\nDTEND:20261201T130000Z", [(date(2026, 12, 1), time(13), time(14))],
    ),
    "a whole day": ("DTSTART;VALUE=DATE:20260901", [(date(2026, 9, 1), time(0), LAST_MINUTE)]),
    "over midnight": (
        "DTSTART:20260901T210000Z\r\nDURATION:PT4H",
        [(date(2026, 9, 1), time(23), LAST_MINUTE), (date(2026, 9, 2), time(0), time(3))],
    ),
    "free time": ("DTSTART:20260901T110000Z\r\nDURATION:PT1H\r\nTRANSP:TRANSPARENT", []),
    "called off": ("DTSTART:20260901T110000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED", []),
    "outside the days": ("DTSTART:20250901T110000Z\r\nDURATION:PT1H", []),
    "each week, on the same clock over the change of the clock": (
        "DTSTART;TZID=Europe/Copenhagen:20261020T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=2",
        [(date(2026, 10, 20), time(9), time(10)), (date(2026, 10, 27), time(9), time(10))],
    ),
    "but not when it was left out": (
        "DTSTART;TZID=Europe/Copenhagen:20261020T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\n"
        "EXDATE;TZID=Europe/Copenhagen:20261020T090000",
        [(date(2026, 10, 27), time(9), time(10))],
    ),
    "a rule with an end": (
        "DTSTART:20261020T070000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;UNTIL=20261021T235959Z",
        [(date(2026, 10, 20), time(9), time(10)), (date(2026, 10, 21), time(9), time(10))],
    ),
    "a rule without an end, from long ago": (
        "DTSTART;TZID=Europe/Copenhagen:20000901T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY",
        [(date(2026, 9, 1), time(9), time(10))],
    ),
    "a day that never comes": ("DTSTART:19700101T070000Z\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", []),
}  # fmt: skip


@pytest.mark.parametrize("name", CALENDARS)
def test_what_a_calendar_says(name):
    event, expected = CALENDARS[name]
    assert busy_times(ics(event), START, END) == expected


def test_a_moved_occurrence_takes_the_place_of_the_first():
    event = "DTSTART;TZID=Europe/Copenhagen:20261020T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=1"
    moved = (
        "DTSTART;TZID=Europe/Copenhagen:20261022T120000\r\nDURATION:PT1H\r\n"
        "RECURRENCE-ID;TZID=Europe/Copenhagen:20261020T090000"
    )
    content = ics(event, moved).replace(b"UID:1", b"UID:0")
    assert busy_times(content, START, END) == [(date(2026, 10, 22), time(12), time(13))]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"x" * (MAX_BYTES + 1), "too_large"),
        (b"<html>log ind</html>", "not_a_calendar"),
        (b"\xff\xfe\x00", "not_a_calendar"),
        (ics("DTSTART:20260801T110000Z\r\nRRULE:FREQ=MINUTELY\r\nDURATION:PT1M"), "too_many"),
        (ics("DTSTART:19700101T110000Z\r\nRRULE:FREQ=SECONDLY\r\nDURATION:PT1S"), "too_many"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_code(content, code):
    with pytest.raises(UnreadableCalendarError) as error:
        busy_times(content, START, END)
    assert error.value.code == code


def test_a_file_that_takes_too_long_to_count_out_is_refused(monkeypatch):
    monkeypatch.setattr(calendar_file, "SECONDS", -1.0)
    with pytest.raises(UnreadableCalendarError) as error:
        busy_times(ics("DTSTART:20260901T110000Z\r\nDURATION:PT1H"), START, END)
    assert error.value.code == "too_many"


@given(st.binary(max_size=300))
def test_whatever_is_sent_ends_in_times_or_a_code(content):
    with suppress(UnreadableCalendarError):
        busy_times(b"BEGIN:VCALENDAR\r\n" + content + b"\r\nEND:VCALENDAR", START, END)


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.1.1",
    "169.254.169.254",
    "::1",
    "fc00::1",
    "0.0.0.0",
    "::ffff:127.0.0.1",
    "::ffff:0:10.1.2.3",
    "::10.1.2.3",
    "64:ff9b::10.1.2.3",
    "64:ff9b:1::10.1.2.3",
    "2002:a01:203::",
    "fec0::1",
]
PUBLIC = ["93.184.215.14", "2a00:1450:400f:80d::200e", "64:ff9b::93.184.215.14"]


class TestFetching:
    @pytest.mark.parametrize("address", PRIVATE)
    def test_an_address_inside_the_house_is_not_asked(self, monkeypatch, address):
        monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *a, **k: [(0, 0, 0, "", (address, 443))])
        monkeypatch.setattr(fetching.socket, "create_connection", lambda *a, **k: pytest.fail("connected"))
        with pytest.raises(fetching.UnreachableError) as error:
            fetching.fetch("https://kalender.example/min.ics")
        assert error.value.code == "private"

    @pytest.mark.parametrize("address", PUBLIC)
    def test_an_address_on_the_open_net_is(self, monkeypatch, address):
        monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *a, **k: [(0, 0, 0, "", (address, 443))])
        assert fetching.public_address("kalender.example") == str(ipaddress.ip_address(address))

    def test_not_when_one_of_several_is_inside(self, monkeypatch):
        found = [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", ("127.0.0.1", 443))]
        monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *a, **k: found)
        with pytest.raises(fetching.UnreachableError):
            fetching.public_address("kalender.example")

    @pytest.mark.parametrize(
        "url",
        [
            "http://a.example/x",
            "file:///etc/passwd",
            "https://a.example:22/",
            "https://u:p@a.example/",
            "ftp://a",
            "x",
            "",
        ],
    )
    def test_only_plain_https(self, url):
        with pytest.raises(fetching.UnreachableError) as error:
            fetching.fetch(url)
        assert error.value.code == "address"

    def test_a_redirect_is_looked_at_too(self, monkeypatch):
        asked = []

        def once(place, until):
            asked.append(place)
            return b"", "http://169.254.169.254/"

        monkeypatch.setattr(fetching, "_once", once)
        with pytest.raises(fetching.UnreachableError) as error:
            fetching.fetch("https://a.example/")
        assert error.value.code == "address"
        assert len(asked) == 1


class TestPersons:
    def test_only_times_are_kept_of_a_file(self, bo):
        content = ics(
            "DTSTART:20261201T120000Z\r\nDURATION:PT1H\r\nSUMMARY:Hemmelig samtale\r\nLOCATION:Hos lægen"
        )
        assert busy.read_file(by=bo, person=bo.person, content=content) == 1
        row = BusyTime.objects.get()
        assert "emmelig" not in str(vars(row))
        assert "lægen" not in str(vars(row))

    def test_a_new_file_takes_the_place_of_the_last(self, bo):
        busy.add(by=bo, person=bo.person, weekday=2, starts=time(9), ends=time(10))
        for day in ("20261201", "20261202"):
            busy.read_file(by=bo, person=bo.person, content=ics(f"DTSTART:{day}T120000Z\r\nDURATION:PT1H"))
        assert BusyTime.objects.filter(source="file").get().date == date(2026, 12, 2)
        assert BusyTime.objects.filter(source="hand").count() == 1

    def test_a_fault_changes_nothing_and_is_a_sentence(self, bo):
        busy.read_file(by=bo, person=bo.person, content=ics("DTSTART:20261201T120000Z\r\nDURATION:PT1H"))
        with pytest.raises(busy.CalendarFault, match="ikke en kalender"):
            busy.read_file(by=bo, person=bo.person, content=b"nej")
        assert BusyTime.objects.count() == 1

    def test_others_neither_see_nor_write(self, bo, carla, anna, hans):
        for user in (carla, hans):
            with pytest.raises(Refused):
                busy.add(by=user, person=bo.person, weekday=2, starts=time(9), ends=time(10))
        busy.add(by=anna, person=bo.person, weekday=2, starts=time(9), ends=time(10))

    def test_the_planner_never_touches_the_address_of_a_calendar(self, bo, anna, monkeypatch):
        monkeypatch.setattr(busy, "fetch", lambda url: ics("DTSTART:20261201T120000Z\r\nDURATION:PT1H"))
        busy.follow(by=bo, person=bo.person, url="https://kalender.example/hemmelig")
        with pytest.raises(Refused):
            busy.follow(by=anna, person=bo.person, url="https://kalender.example/anden")
        with pytest.raises(Refused):
            busy.clear(by=anna, person=bo.person, source="feed")
        assert BusyFeed.objects.get().url.endswith("hemmelig")

    def test_a_calendar_that_no_longer_answers_keeps_its_times_and_says_why(self, bo, monkeypatch):
        monkeypatch.setattr(busy, "fetch", lambda url: ics("DTSTART:20261201T120000Z\r\nDURATION:PT1H"))
        busy.follow(by=bo, person=bo.person, url="https://kalender.example/x")
        BusyFeed.objects.update(tried_at="2026-01-01T00:00:00Z")

        def silent(url):
            raise fetching.UnreachableError("slow")

        monkeypatch.setattr(busy, "fetch", silent)
        busy.read_due()
        assert "svarede ikke" in BusyFeed.objects.get().told
        assert BusyTime.objects.count() == 1


class TestMeetingsADay:
    def test_an_own_number_takes_the_place_of_the_one_for_all(self, plan, anna, carla, client_for):
        plan.max_per_day = 2
        plan.save()

        def numbers() -> dict[str, int | None]:
            return {each["id"]: each["max_per_day"] for each in document.build(plan)["persons"]}

        hers, others = f"p{carla.person.pk}", f"p{anna.person.pk}"
        page = f"/aarshjul/optaget/{carla.person.pk}/"
        client = client_for(anna)
        assert client.post(page, {"hvad": "antal", "meetings": "4"}).status_code == 302
        assert (numbers()[hers], numbers()[others]) == (4, 2)
        assert 'value="4"' in client.get(page).content.decode()
        assert Event.objects.filter(action="busy.limited").count() == 1
        listed = client.get("/aarshjul/optaget/alle/").content.decode()
        assert re.findall(r'"Højst på en dag" class="th-num">(\w)<', listed) == ["4"]
        assert client.post(page, {"hvad": "antal", "meetings": ""}).status_code == 302
        assert numbers()[hers] == 2
        for wrong in ("0", "21", "to"):
            answer = client.post(page, {"hvad": "antal", "meetings": wrong})
            assert answer.status_code == 422
            assert "id_meetings" in answer.content.decode()
        assert not DayLimit.objects.exists()

    def test_only_oneself_and_who_plans_may(self, plan, anna, bo, carla, client_for):
        assert (
            client_for(carla).post("/aarshjul/optaget/", {"hvad": "antal", "meetings": "1"}).status_code
            == 302
        )
        assert DayLimit.objects.get().person == carla.person
        with pytest.raises(Refused):
            busy.limit(by=bo, person=carla.person, meetings=5)
        path = f"/aarshjul/optaget/{carla.person.pk}/"
        assert client_for(bo).post(path, {"hvad": "antal", "meetings": "5"}).status_code in (403, 404)
        assert DayLimit.objects.get().meetings == 1
