"""Ask five calendar readers what they read, and let vdirsyncer follow a feed that is really served.

1. Every instant around both clock changes of seven years, in one feed and in invitations: icalendar, ical.js, node-ical,
   vobject and khal must read what was meant.
2. The demo municipality served by gunicorn: vdirsyncer syncs a convener's feed through a cache that revalidates, as
   those in front of calendar programs do. Told is what is copied and what goes over the wire at the first sync, at a
   second of the unchanged feed, and after one meeting was moved. khal then reads what vdirsyncer wrote.
3. What an unchanged feed costs against a whole one.

Exits 1 when a reader reads wrong or a sync moves more than it should. Milliseconds are told, and fail nothing.
"""

from __future__ import annotations

import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(tempfile.mkdtemp(prefix="calendars-"))
BIN = Path(sys.executable).parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from tests.outbox.mail_server import free_port  # noqa: E402  (found by the path set above)

PORT = free_port()
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "tovholder.config.settings",
    "TOVHOLDER_MODE": "demo",
    "DATABASE_URL": f"sqlite:///{FOLDER}/demo.sqlite3",
    "MEDIA_ROOT": str(FOLDER / "media"),
    "PUBLIC_URL": f"http://127.0.0.1:{PORT}",
    "EMAIL_HOST": "",
}

import prepare  # noqa: E402  (reads the environment set above)
import vobject  # noqa: E402

from tests.readers import HAS_READERS, Read, by_icalendar, by_node  # noqa: E402
from tovholder.documents.calendar import Entry, feed  # noqa: E402

ROUNDS, EACH = 3, 8
FORMAT = "%Y-%m-%dT%H:%M:%S"


def main() -> int:
    try:
        from tests.documents.test_calendar_readers import (
            CALENDARS,
            ENTRIES,
        )  # needs the environment set above

        faults = instants(CALENDARS, ENTRIES)
        faults += served()
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    print(
        "\n".join(["", *faults]) if faults else "\nEvery reader agrees, and every sync moves what it should."
    )
    return 1 if faults else 0


# ---- 1. what is read


def instants(calendars: dict[str, tuple[str, list[Read]]], entries: list[Entry]) -> list[str]:
    texts = {name: text for name, (text, _meant) in calendars.items()}
    found = {"icalendar": {name: by_icalendar(text) for name, text in texts.items()}}
    found["vobject"] = {name: by_vobject(text) for name, text in texts.items()}
    if HAS_READERS:
        found |= by_node(texts)
    else:
        print("!!! LEFT OUT: ical.js and node-ical (npm ci --prefix tests/readers)")
    faults = []
    print(f"{'reader':12} {'events':>7} {'read right':>11}")
    for reader, read in found.items():
        pairs = [
            pair for name, (_text, meant) in calendars.items() for pair in zip(read[name], meant, strict=True)
        ]
        faults += _told(reader, [same_instants(*pair) for pair in pairs])
    singles = {entry.uid: feed(name="x", entries=[entry]) for entry in entries}
    khal = by_khal(vdir_of(FOLDER / "instants", singles))
    faults += _told(
        "khal", [khal.get(entry.uid) == (_utc(entry.starts_at), _utc(entry.ends_at)) for entry in entries]
    )
    return faults


def _told(reader: str, right: list[bool]) -> list[str]:
    print(f"{reader:12} {len(right):7} {sum(right):11}")
    return [] if all(right) else [f"{reader} reads {len(right) - sum(right)} of {len(right)} wrong"]


def same_instants(read: Read, meant: Read) -> bool:
    return (read.uid, read.start, read.end, read.status) == (meant.uid, meant.start, meant.end, meant.status)


def by_vobject(text: str) -> list[Read]:
    calendar = vobject.readOne(text)
    return sorted(
        Read(
            uid=event.uid.value,
            sequence=int(event.sequence.value),
            start=event.dtstart.value.astimezone(UTC),
            end=event.dtend.value.astimezone(UTC),
            summary=event.summary.value,
            status=event.status.value,
            method="",
        )
        for event in calendar.vevent_list
    )


def vdir_of(folder: Path, texts: dict[str, str]) -> Path:
    """Write one file for each event, as khal and vdirsyncer keep them."""
    folder.mkdir(parents=True)
    for number, text in enumerate(texts.values()):
        (folder / f"{number}.ics").write_text(text, encoding="utf-8", newline="")
    return folder


def by_khal(folder: Path) -> dict[str, tuple[str, str]]:
    """Ask khal, which lives in another zone, for the times of every event in the folder, in UTC."""
    config = folder.parent / f"{folder.name}.khal"
    config.write_text(
        f"[calendars]\n[[one]]\npath = {folder}\n"
        "[locale]\nlocal_timezone = UTC\ndefault_timezone = America/New_York\n"
        f"timeformat = %H:%M:%S\ndateformat = %d.%m.\nlongdateformat = %d.%m.%Y\n"
        f"datetimeformat = {FORMAT}\nlongdatetimeformat = {FORMAT}\n"
        f"[sqlite]\npath = {config}.db\n",
        encoding="utf-8",
    )
    command = [str(BIN / "khal"), "-c", str(config), "list", "--once", "--notstarted", "--day-format", "",
               "--format", "{uid}|{start-long-full}|{end-long-full}", "01.01.2025", "01.01.2034"]  # fmt: skip
    lines = run(command, env=os.environ | {"LC_ALL": "C.UTF-8"}).splitlines()
    return {
        uid: (start, end) for uid, start, end in (line.split("|") for line in lines if line.count("|") == 2)
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(FORMAT)


# ---- 2. what a sync moves


@dataclass
class Cache:
    """A cache in front of the server: keeps the last answer, asks whether it still holds, counts what comes over."""

    port: int = field(default_factory=free_port)
    statuses: list[int] = field(default_factory=list)
    over_the_wire: int = 0
    body: bytes = b""
    etag: str = ""

    def fetch(self, path: str) -> bytes:
        headers = {"Accept-Encoding": "gzip"} | ({"If-None-Match": self.etag} if self.etag else {})
        status, found, content = ask(path, headers)
        self.statuses.append(status)
        self.over_the_wire += len(content)
        if status == 200:
            self.etag = found["ETag"]
            self.body = gzip.decompress(content) if found.get("Content-Encoding") == "gzip" else content
        return self.body

    def serve(self) -> ThreadingHTTPServer:
        cache = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = cache.fetch(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/calendar; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


def ask(path: str, headers: dict[str, str]) -> tuple[int, Any, bytes]:
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 (our own server)
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers, answer.read()


def run(command: list[str], env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False, timeout=300)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


def served() -> list[str]:
    prepare.main("demo")
    from tovholder.accounts.models import User  # after django.setup()
    from tovholder.meetings.models import Meeting  # after django.setup()
    from tovholder.meetings.services import feeds, planning  # after django.setup()

    anna = User.objects.get(name="Anna")
    path = feeds.address(feeds.make(by=anna)).removeprefix(os.environ["PUBLIC_URL"])
    coming = Meeting.objects.filter(
        status="planned", starts_at__gt=datetime.now(UTC), lead_forum__key="netvaerk-vester"
    )
    one = coming.order_by("starts_at")[0]

    def move() -> None:
        day = timedelta(days=1)
        planning.move(by=anna, meeting=one, starts_at=one.starts_at + day, ends_at=one.ends_at + day)

    with_server = Server()
    try:
        with_server.wait()
        faults = synced(path, move) + read_back(anna)
        costs(path)
    finally:
        with_server.end()
    return faults


class Server:
    """The demo as it is served."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "tovholder.config.wsgi", "--bind", f"127.0.0.1:{PORT}",
                   "--workers", "2", "--log-level", "warning", "--no-control-socket"]  # fmt: skip
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                ask("/healthz", {})
            except OSError:
                time.sleep(0.1)
            else:
                return
        sys.exit("The server did not come up.")

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def synced(path: str, move: Callable[[], None]) -> list[str]:
    cache = Cache()
    server = cache.serve()
    config = FOLDER / "vdirsyncer.conf"
    config.write_text(
        f'[general]\nstatus_path = "{FOLDER}/status/"\n\n[pair feed]\na = "ours"\nb = "theirs"\ncollections = null\n\n'
        f'[storage ours]\ntype = "http"\nurl = "http://127.0.0.1:{cache.port}{path}"\n\n'
        f'[storage theirs]\ntype = "filesystem"\npath = "{FOLDER}/synced"\nfileext = ".ics"\n',
        encoding="utf-8",
    )
    vdirsyncer = [str(BIN / "vdirsyncer"), "-c", str(config)]
    (FOLDER / "synced").mkdir()
    run([*vdirsyncer, "discover"])
    faults = []
    print(f"\n{'vdirsyncer':28} {'copied':>7} {'deleted':>8} {'answers':>10} {'bytes of body':>14}")
    # What changed is a new item to vdirsyncer, since it names those of a feed by their content.
    for name, change, copied, statuses in (
        ("first sync", None, len(cache_items(cache, path)), {200, 304}),
        ("second, nothing changed", None, 0, {304}),
        ("third, one meeting moved", move, 1, {200, 304}),
        ("fourth, nothing changed", None, 0, {304}),
    ):
        if change is not None:
            change()
        cache.statuses, cache.over_the_wire = [], 0
        said = run([*vdirsyncer, "-v", "INFO", "sync"])
        got = (said.count("Copying"), said.count("Deleting"))
        answers = "+".join(map(str, cache.statuses))
        print(f"{name:28} {got[0]:7} {got[1]:8} {answers:>10} {cache.over_the_wire:14}")
        if (
            got[0] != copied
            or not set(cache.statuses) <= statuses
            or (statuses == {304} and cache.over_the_wire)
        ):
            faults.append(f"vdirsyncer, {name}: copied {got[0]}, not {copied}; answers {answers}")
    server.shutdown()
    return faults


def cache_items(cache: Cache, path: str) -> list[Read]:
    """What there is to copy. The first sync then finds the cache warm; its bytes are told here."""
    found = by_icalendar(cache.fetch(path).decode())
    print(f"\nThe feed: {len(found)} meetings, {len(cache.body)} bytes, {cache.over_the_wire} as sent (gzip)")
    cache.etag = ""
    return found


def read_back(owner: Any) -> list[str]:
    """Ask khal what vdirsyncer wrote."""
    from tovholder.meetings.models import CalendarFeed, Meeting  # after django.setup()
    from tovholder.meetings.services import feeds  # after django.setup()

    rows = feeds.snapshot(CalendarFeed.objects.get(user=owner)).rows
    meant = {
        (_utc(each.starts_at), _utc(each.ends_at))
        for each in Meeting.objects.filter(uid__in=[r.uid for r in rows])
    }
    read = set(by_khal(FOLDER / "synced").values())
    print(f"khal reads {len(read & meant)} of {len(meant)} different times out of what vdirsyncer wrote")
    return [] if read == meant else ["khal reads other times than the database has"]


# ---- 3. what it costs


def costs(path: str) -> None:
    etag = ask(path, {})[1]["ETag"]
    took: dict[int, list[float]] = {200: [], 304: []}
    for _round in range(ROUNDS):
        for status, headers in ((200, {}), (304, {"If-None-Match": etag})):
            for _ in range(EACH):
                began = time.perf_counter()
                got = ask(path, headers)[0]
                took[status].append((time.perf_counter() - began) * 1000)
                if got != status:
                    sys.exit(f"answered {got}, not {status}")
    whole, unchanged = (statistics.median(took[status]) for status in (200, 304))
    print(
        f"\nWhole feed {whole:.1f} ms, unchanged {unchanged:.1f} ms: {unchanged / whole:.2f} of it (medians of {ROUNDS * EACH})"
    )


if __name__ == "__main__":
    sys.exit(main())
