"""How fast the log is written, sealed and verified, in one run: rows a second, and ratios to writing.

    .venv/bin/python benchmarks/sealing.py [rows]

Uses DATABASE_URL's server with a test database of its own (SQLite: a file in a temporary folder), and leaves nothing
behind. Seconds differ from machine to machine; what counts is that sealing and verifying are faster than writing, so
that the worker keeps up with any number of requests. A timing never fails the run; a chain that does not verify does.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")
FOLDER = tempfile.TemporaryDirectory()
if "postgres" not in os.environ.get("DATABASE_URL", ""):
    os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER.name}/bench.sqlite3"
os.environ["AUDIT_ANCHOR"] = f"{FOLDER.name}/anchors"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from django.utils import timezone  # noqa: E402

from tovholder.audit import anchors  # noqa: E402
from tovholder.audit.models import SYSTEM, Event, Segment, Unsealed  # noqa: E402
from tovholder.audit.sealing import seal  # noqa: E402
from tovholder.audit.services import record  # noqa: E402
from tovholder.audit.verification import Report, Told, verify  # noqa: E402

SINGLE, CHUNK = 3000, 5000


def main(rows: int) -> int:
    settings.DATABASES["default"].setdefault("TEST", {})
    connection.settings_dict["TEST"]["NAME"] = (
        f"{FOLDER.name}/test.sqlite3" if connection.vendor == "sqlite" else "test_bench_sealing"
    )
    kept = setup_databases(verbosity=0, interactive=False)
    try:
        return measure(rows)
    finally:
        teardown_databases(kept, verbosity=0)


def measure(rows: int) -> int:
    print(f"{connection.vendor}, {rows} rows")
    alone = told("record, a transaction each", SINGLE, lambda: write_alone(SINGLE))
    told("record, in one transaction", SINGLE, lambda: write_together(SINGLE))
    told("bulk", rows, lambda: write_bulk(rows))
    waiting = Unsealed.objects.count()
    sealing = told("sealed", waiting, lambda: seal(settled_after=timedelta(0)))
    told("anchored", Segment.objects.count(), lambda: anchors.tell_due(), "segments")
    report, heard = Report(), Told()
    heard.hear(anchors.read(anchors.folders()[0]))
    faults: list[object] = []
    verifying = told("verified", waiting, lambda: faults.extend(verify(report, heard)))
    print(
        f"sealing {sealing / alone:.1f} and verifying {verifying / alone:.1f} times as fast as writing one by one"
    )
    whole = not faults and report.events == waiting and not Unsealed.objects.exists()
    print(f"{report.events} rows in {report.segments} segments: {'whole' if whole else faults[:5]}")
    return 0 if whole else 1


def told(what: str, count: int, work: Callable[[], object], unit: str = "rows") -> float:
    since, own = time.perf_counter(), time.process_time()
    work()
    taken, own = time.perf_counter() - since, time.process_time() - own
    print(
        f"  {what:<28} {count / taken:>9,.0f} {unit}/s   ({taken:.2f} s, our processor {own:.2f} s)",
        flush=True,
    )
    return count / taken


def write_alone(count: int) -> None:
    for n in range(count):
        with transaction.atomic():
            record(by=SYSTEM, action="demo.made", details={"items": [n, n + 1]}, purpose="agenda")


def write_together(count: int) -> None:
    with transaction.atomic():
        write_alone(count)


def write_bulk(count: int) -> None:
    now = timezone.now()
    for start in range(0, count, CHUNK):
        Event.objects.bulk_create(
            Event(
                at=now + timedelta(microseconds=n),
                actor=f"user:{n % 2000}",
                action="meeting.anonymous_read",
                kind="read",
                object_type="meetings.meeting",
                object_id=str(n % 20_000),
                purpose="agenda",
                details={"items": [n, n + 1]},
            )
            for n in range(start, min(start + CHUNK, count))
        )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
