"""How far a file has come, told beside the database: what runs in one transaction shows nothing of itself before the end."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

QUIET_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int
    at: datetime

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


def tell(batch_id: int, done: int, total: int) -> None:
    """Write how many rows are done. Numbers only; a full disk stops no import for it."""
    path = _path(batch_id)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".ny")
        fresh.write_text(f"{done}/{total}", encoding="ascii")
        os.replace(fresh, path)


def heard(batch_id: int) -> Progress | None:
    """Return what was told last, or None."""
    try:
        path = _path(batch_id)
        done, _slash, total = path.read_text(encoding="ascii").partition("/")
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return Progress(int(done), int(total), at)
    except (OSError, ValueError):
        return None


def forget(batch_id: int) -> None:
    with suppress(OSError):
        _path(batch_id).unlink(missing_ok=True)


def is_quiet(batch_id: int, since: datetime | None) -> bool:
    """Tell whether nothing has been heard for so long that the worker must have stopped."""
    last = heard(batch_id)
    at = last.at if last else since
    return at is not None and timezone.now() - at > QUIET_AFTER


def _path(batch_id: int) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / f"{batch_id}.txt"
