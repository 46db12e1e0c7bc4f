"""Calendar programs' own readers, asked what they make of a file: each event as the same few facts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import icalendar
import pytest

HERE = Path(__file__).resolve().parent
SIDE_NODE = HERE.parents[1] / ".venv-node" / "bin" / "node"
NODE = shutil.which("node") or (str(SIDE_NODE) if SIDE_NODE.exists() else "")
HAS_READERS = bool(NODE) and (HERE / "node_modules" / "ical.js").is_dir()

needs_readers = pytest.mark.skipif(
    not HAS_READERS, reason="NO CALENDAR READERS: npm ci --prefix tests/readers has not run"
)


class Read(NamedTuple):
    """What a reader says of one event. Times in UTC."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    summary: str
    status: str
    method: str


def by_icalendar(text: str) -> list[Read]:
    calendar = icalendar.Calendar.from_ical(text)
    return sorted(
        Read(
            uid=str(event["uid"]),
            sequence=int(event["sequence"]),
            start=event.decoded("dtstart").astimezone(UTC),
            end=event.decoded("dtend").astimezone(UTC),
            summary=str(event["summary"]),
            status=str(event["status"]),
            method=str(calendar.get("method", "")),
        )
        for event in calendar.events
    )


def by_node(calendars: dict[str, str]) -> dict[str, dict[str, list[Read]]]:
    """Ask ical.js and node-ical about all the calendars, in one process and in a zone that is not ours."""
    done = subprocess.run(
        [NODE, "read.mjs"],
        cwd=HERE,
        input=json.dumps(calendars),
        env=os.environ | {"TZ": "America/New_York"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {
        reader: {name: sorted(map(_read, events)) for name, events in found.items()}
        for reader, found in json.loads(done.stdout).items()
    }


def _read(event: dict[str, Any]) -> Read:
    for end in ("start", "end"):
        event[end] = datetime.fromisoformat(event[end].replace("Z", "+00:00"))
    return Read(**event)
