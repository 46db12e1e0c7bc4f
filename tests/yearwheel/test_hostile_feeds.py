"""Calendars that are meant, or happen, to hold the server: a bounded time, bounded memory, and a calm sentence."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.yearwheel.test_busy import END, START, ics
from tovholder.yearwheel import fetching
from tovholder.yearwheel.calendar_file import MAX_BYTES, UnreadableCalendarError, busy_times
from tovholder.yearwheel.models import BusyFeed, BusyTime
from tovholder.yearwheel.services import busy

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n\r\n"
MEGABYTE = 1024 * 1024


class Server:
    """A server on this machine that answers as it is told; `sent` is how many bytes it got rid of."""

    def __init__(self, answer: Callable[[Server, socket.socket], None]) -> None:
        self.answer, self.sent, self.over = answer, 0, threading.Event()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    def _serve(self) -> None:
        with suppress(OSError):
            caller, _address = self.listening.accept()
            with caller:
                self.answer(self, caller)

    def send(self, caller: socket.socket, data: bytes) -> None:
        self.sent += caller.send(data)

    def close(self) -> None:
        self.over.set()
        self.listening.close()
        self.thread.join(5)


def fifty_megabytes(server: Server, caller: socket.socket) -> None:
    caller.recv(4096)
    server.send(caller, HEAD)
    for _ in range(50 * 16):
        server.send(caller, b"X" * (MEGABYTE // 16))


def silent(server: Server, caller: socket.socket) -> None:
    server.over.wait(20)


def drop_by_drop(server: Server, caller: socket.socket) -> None:
    caller.recv(4096)
    server.send(caller, HEAD)
    while not server.over.wait(0.05):
        server.send(caller, b"X")


def headers_for_ever(server: Server, caller: socket.socket) -> None:
    caller.recv(4096)
    server.send(caller, b"HTTP/1.1 200 OK\r\n")
    while not server.over.wait(0.05):
        server.send(caller, b"X")


@pytest.fixture
def served(monkeypatch) -> Iterator[Callable[..., Server]]:
    """Let an address of the net be a server of this machine, spoken to without TLS, with a second and a half of patience."""
    servers: list[Server] = []

    def serve(answer: Callable[[Server, socket.socket], None]) -> Server:
        server = Server(answer)
        servers.append(server)

        def opened(pinned) -> socket.socket:
            return socket.create_connection(("127.0.0.1", server.port), timeout=pinned.timeout)

        monkeypatch.setattr(fetching._Pinned, "_opened", opened)
        monkeypatch.setattr(fetching, "public_address", lambda host, seconds=0: "203.0.113.1")
        monkeypatch.setattr(fetching.fetch, "__kwdefaults__", {"seconds": 1.5})
        return server

    yield serve
    for server in servers:
        server.close()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (fifty_megabytes, "fylder mere end 5 MB. Hent en kortere periode ud"),
        (silent, "svarede ikke inden for 12 sekunder. Prøv igen senere"),
        (drop_by_drop, "svarede ikke inden for 12 sekunder. Prøv igen senere"),
        (headers_for_ever, "svarede ikke inden for 12 sekunder. Prøv igen senere"),
    ],
    ids=["50 MB", "silent", "drop by drop", "headers for ever"],
)
class TestFeeds:
    def test_the_page_says_what_to_do_in_bounded_time_and_memory(self, served, client_for, bo, answer, said):
        server = served(answer)
        client = client_for(bo)
        client.get("/aarshjul/optaget/")
        tracemalloc.start()
        since = time.monotonic()
        page = client.post(
            "/aarshjul/optaget/", {"hvad": "kalender", "url": "https://kalender.example/min.ics"}
        )
        taken, (_now, peak) = time.monotonic() - since, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert page.status_code == 422
        assert said in page.content.decode()
        assert taken < 60  # and not for ever
        assert peak < 4 * MAX_BYTES
        server.close()
        assert server.sent < 4 * MAX_BYTES  # the rest is never asked for
        assert not BusyFeed.objects.exists()

    def test_the_worker_goes_on_and_the_person_is_told(self, served, bo, answer, said):
        served(answer)
        before = timezone.now() - timedelta(days=2)
        feed = BusyFeed.objects.create(
            person=bo.person, url="https://kalender.example/min.ics", tried_at=before, fetched_at=before
        )
        BusyTime.objects.create(
            person=bo.person, date=date(2026, 9, 1), starts="09:00", ends="10:00", source="feed"
        )
        since = time.monotonic()
        assert busy.read_due() == 0
        assert time.monotonic() - since < 60
        feed.refresh_from_db()
        assert said in feed.told
        assert feed.fetched_at == before
        assert BusyTime.objects.count() == 1  # what was known stays
        tried = feed.tried_at
        assert busy.read_due() == 0
        feed.refresh_from_db()
        assert feed.tried_at == tried  # it is not asked again the next minute


def test_a_name_that_is_never_answered_for_is_given_up(monkeypatch):
    asked = threading.Event()
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *a, **k: asked.wait(60) and [])
    since = time.monotonic()
    with pytest.raises(fetching.UnreachableError) as error:
        fetching.fetch("https://kalender.example/min.ics", seconds=0.3)
    assert error.value.code == "slow"
    assert time.monotonic() - since < 30
    asked.set()


HEAVY = {
    "lines of no use": b"X-A:1\r\n" * 600_000,
    "alarms": b"BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n" * 100_000,
    "one long line": b"DESCRIPTION:" + b"x" * 4_900_000 + b"\r\n",
    "events in events": b"BEGIN:VEVENT\r\n" * 150_000 + b"END:VEVENT\r\n" * 150_000,
}


@pytest.mark.parametrize("what", HEAVY)
def test_five_megabytes_of_what_is_no_time_are_passed_over(what):
    content = ics("DTSTART:20260901T110000Z\r\nDURATION:PT1H\r\nPLACE").replace(b"PLACE\r\n", HEAVY[what])
    assert len(content) < MAX_BYTES
    since = time.monotonic()
    assert len(busy_times(content, START, END)) == 1
    assert time.monotonic() - since < 60


def test_ten_years_of_appointments_are_read_for_the_two_that_count():
    old = ics(
        *(f"DTSTART:20{n % 9 + 10}0901T110000Z\r\nDTEND:20{n % 9 + 10}0901T120000Z" for n in range(15_000))
    )
    new = (
        b"BEGIN:VEVENT\r\nUID:ny\r\nDTSTART:20260901T110000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    since = time.monotonic()
    assert len(busy_times(old.replace(b"END:VCALENDAR", new), START, END)) == 1
    assert time.monotonic() - since < 60


def test_a_zone_of_the_calendars_own_is_kept():
    zone = (
        b"BEGIN:VTIMEZONE\r\nTZID:Kontoret\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
        b"TZOFFSETTO:+0500\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    event = "DTSTART;TZID=Kontoret:20261201T120000\r\nDURATION:PT1H"
    content = ics(event).replace(b"BEGIN:VEVENT", zone + b"BEGIN:VEVENT", 1)
    ((_day, starts, _ends),) = busy_times(content, START, END)
    assert starts.hour == 8


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYHOUR=0,1,2;BYMINUTE=0,1;BYSECOND=0,1,2,3",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=00;COUNT=5",
    ],
)
def test_a_series_that_never_ends_is_not_begun(rule):
    since = time.monotonic()
    with pytest.raises(UnreadableCalendarError) as error:
        busy_times(ics(f"DTSTART:19700101T070000Z\r\nDURATION:PT1H\r\nRRULE:{rule}"), START, END)
    assert error.value.code == "too_many"
    assert time.monotonic() - since < 5
