"""Make a backup while everything runs: files first, then the rows of one instant, sealed as they are read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from tovholder.config.safekeeping import rows
from tovholder.config.safekeeping.records import Writer, writing

BLOCK = 1024 * 1024
FORMAT = 1
Say = Callable[[str], None]


class CannotBackUp(Exception):
    """Something is in the way, said in a sentence."""


@dataclass(frozen=True)
class Made:
    path: Path
    rows: int
    files: int
    missing: int


def ordinary_databases() -> list[str]:
    """All databases but those that are kept apart, each with a backup, a key and an end of its own."""
    return [alias for alias in connections if alias not in settings.DATABASES_KEPT_APART]


def make(path: Path, key: bytes, *, aliases: list[str], folders: dict[str, Path], say: Say) -> Made:
    """Write the backup at `path`, which must not exist. Leaves nothing behind when it fails.

    Raises CannotBackUp, and OSError when the disk is full.
    """
    if path.exists():
        raise CannotBackUp(f"{path} exists already.")
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with writing(part, key) as writer:
            made = _put_all(writer, path, aliases, folders, say)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(path)
        _sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return made


def _put_all(writer: Writer, path: Path, aliases: list[str], folders: dict[str, Path], say: Say) -> Made:
    states = {alias: _state(alias) for alias in aliases}
    writer.put(
        {
            "backup": FORMAT,
            "made_at": timezone.now().isoformat(),
            "databases": {alias: {"migrations": applied} for alias, (_apps, applied) in states.items()},
            "folders": sorted(folders),
        }
    )
    copied, counted, counters = [], 0, {}
    # The instant comes first: a file that is attached later belongs to no row of it, and does no harm.
    with ExitStack() as opened:
        seen = {alias: opened.enter_context(rows.snapshot(connections[alias])) for alias in aliases}
        for name, folder in folders.items():
            copied += list(_put_files(writer, name, folder))
            say(f"  {name}: {len(copied)} files so far")
        for alias, connection in seen.items():
            these = _existing(connection, rows.tables(states[alias][0], alias))
            counters[alias] = rows.counters(connection, these)
            for table in these:
                counted += _put_table(writer, alias, connection, table)
                say(f"  {alias}.{table.name}: {counted} rows so far")
    missing = copied.count(False)
    writer.put({"summary": {"rows": counted, "files": copied.count(True), "counters": counters}})
    return Made(path, counted, copied.count(True), missing)


def _state(alias: str) -> tuple[Any, list[list[str]]]:
    """The tables as the database has them, which may be behind the code: a backup is made before `migrate`."""
    loader = MigrationLoader(connections[alias])
    applied = set(loader.applied_migrations)
    unknown = applied - set(loader.graph.nodes)
    if unknown or not applied:
        names = ", ".join(sorted(f"{app}.{name}" for app, name in unknown)) or "none at all"
        raise CannotBackUp(f"The database has migrations that this version does not know: {names}.")
    return loader.project_state(sorted(applied)).apps, [list(node) for node in sorted(applied)]


def _existing(connection: BaseDatabaseWrapper, these: list[rows.Table]) -> list[rows.Table]:
    there = set(connection.introspection.table_names())
    return [table for table in these if table.name in there]


def _put_files(writer: Writer, name: str, folder: Path) -> Iterator[bool]:
    """Copy each file; False for one that somebody took away while we came to it."""
    if not folder.is_dir():
        return
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
        try:
            source = path.open("rb")
        except FileNotFoundError:
            yield False
            continue
        with source:
            writer.put({"file": path.relative_to(folder).as_posix(), "folder": name})
            copied = 0
            while block := source.read(BLOCK):
                writer.put_bytes(block)
                copied += len(block)
            writer.put({"end": copied})
        yield True


def _put_table(writer: Writer, alias: str, connection: BaseDatabaseWrapper, table: rows.Table) -> int:
    writer.put({"table": table.name, "database": alias, "columns": table.columns})
    count = 0
    for handful in rows.read(connection, table):
        writer.put(handful)
        count += len(handful)
    writer.put({"end": count})
    return count


def _sync_folder(folder: Path) -> None:
    """Make the new name itself outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
