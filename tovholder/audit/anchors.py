"""The chain's heads, told to places outside the database, so that nobody can count it anew from within.

`settings.AUDIT_ANCHOR` lists the places: a folder, "syslog:<socket or host:port>" or "mail:<address>". Sealing never
waits for them; what fails is tried again the next minute, and the log's page says so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from logging import LogRecord
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.audit.models import AnchorState, Purge, Segment

log = structlog.get_logger(__name__)
FILE_NAME = "heads.jsonl"
AT_ONCE = 10_000
MAIL_EVERY = timedelta(hours=1)  # a newer head vouches for all before it
Line = dict[str, Any]


def tell_due() -> int:
    """Tell every place what it does not know yet; run each minute. Returns how many segments and purges were told."""
    return sum(_tell(place) for place in settings.AUDIT_ANCHOR)


def mark_restored() -> Line:
    """Tell the places that the database was set back on purpose: what they know of higher numbers no longer holds."""
    last = Segment.objects.order_by("-number").first()
    line = {
        "kind": "restored",
        "number": last.number if last else 0,
        "head": last.head if last else "",
        "at": timezone.now().isoformat(),
    }
    for place in settings.AUDIT_ANCHOR:
        _send(place, [line])
    upto = last.number if last else 0
    AnchorState.objects.filter(upto__gt=upto).update(upto=upto)
    return line


def lines_of(segments: list[Segment], purges: list[Purge], now: datetime) -> list[Line]:
    told = [
        {
            "kind": "segment",
            "number": each.number,
            "head": each.head,
            "last_event": each.last_event,
            "at": each.sealed_at.isoformat(),
        }
        for each in segments
    ]
    told += [
        {"kind": "purge", "first": each.first_segment, "last": each.last_segment, "at": now.isoformat()}
        for each in purges
    ]
    return told


def read(folder: Path) -> Iterator[Line | None]:
    """Yield the lines of a folder's file; None for one that cannot be read (a write that was cut short)."""
    path = folder if folder.is_file() else folder / FILE_NAME
    with path.open(encoding="utf-8", errors="replace") as file:
        for text in file:
            if text.strip():
                try:
                    line = json.loads(text)
                except ValueError:
                    line = None
                yield line if isinstance(line, dict) and "kind" in line else None


def folders() -> list[Path]:
    """Return the places that can be read back."""
    return [Path(place) for place in settings.AUDIT_ANCHOR if not place.startswith(("syslog:", "mail:"))]


def _tell(place: str) -> int:
    state = AnchorState.objects.filter(place=place).first() or AnchorState(place=place)
    segments = list(Segment.objects.filter(number__gt=state.upto).order_by("number")[:AT_ONCE])
    finished = Purge.objects.filter(pk__gt=state.purges, finished_at__isnull=False)
    purges = list(finished.order_by("pk")[:AT_ONCE])
    now = timezone.now()
    told_lately = state.told_at is not None and now - MAIL_EVERY < state.told_at <= now
    if not (segments or purges) or (place.startswith("mail:") and told_lately and not state.fault):
        return 0
    try:
        _send(place, lines_of(segments, purges, now))
    except Exception as fault:  # whatever a disk or a server can come up with
        log.warning("anchor_failed", fault=type(fault).__name__)
        state.fault, state.failing_since = type(fault).__name__, state.failing_since or now
        state.save()
        return 0
    state.upto = segments[-1].number if segments else state.upto
    state.purges = purges[-1].pk if purges else state.purges
    state.told_at, state.fault, state.failing_since = now, "", None
    state.save()
    return len(segments) + len(purges)


def _send(place: str, lines: list[Line]) -> None:
    kind, _colon, where = place.partition(":")
    if kind == "syslog":
        _syslog(where, lines)
    elif kind == "mail":
        _mail(where, lines)
    else:
        _append(Path(place), lines)


def _append(folder: Path, lines: list[Line]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    text = "".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines)
    with path.open("ab") as file:
        if file.tell() and not _ends_well(path):
            file.write(b"\n")
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _ends_well(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


class _Loud(SysLogHandler):
    """Says when it cannot write, where the standard one only grumbles."""

    def handleError(self, record: LogRecord) -> None:  # noqa: N802 (logging's own name)
        raise


def _syslog(where: str, lines: list[Line]) -> None:
    host, colon, port = where.rpartition(":")
    handler = _Loud(
        address=(host, int(port)) if colon and port.isdigit() else where, facility=SysLogHandler.LOG_AUTH
    )
    try:
        for line in lines:
            text = f"tovholder-audit: {json.dumps(line, sort_keys=True)}"
            handler.emit(LogRecord("tovholder", 20, "", 0, text, None, None))
    finally:
        handler.close()


def _mail(to: str, lines: list[Line]) -> None:
    """Send only the newest head, and every purge. Straight to the mail server: the outbox lies in the database."""
    heads = [line for line in lines if line["kind"] != "purge"][-1:]
    body = "\n".join(json.dumps(line, sort_keys=True) for line in [*heads, *_purges(lines)])
    EmailMessage(_("Tovholders log: kædens hoved"), f"{body}\n", to=[to]).send()


def _purges(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line["kind"] == "purge"]
