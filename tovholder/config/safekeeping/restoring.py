"""Build an empty machine from a backup. Everything is read and checked before anything is touched.

SQLite is built in a new file that takes its place at the end; PostgreSQL in one transaction. Either it is all there
or nothing has changed.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tovholder.config.safekeeping import rows
from tovholder.config.safekeeping.making import FORMAT
from tovholder.config.safekeeping.records import reading
from tovholder.config.safekeeping.sealed import Damaged

Say = Callable[[str], None]
REPLACED = "media"  # the folder that becomes what it was; in the others nothing that is there is touched


class CannotRestore(Exception):
    """Something is in the way, said in a sentence. Nothing has been touched."""


@dataclass
class Contents:
    """What a backup holds, known when all of it has been read."""

    made_at: str = ""
    migrations: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    counters: dict[str, dict[str, int]] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    files: int = 0


def examine(path: Path, key: bytes) -> Contents:
    """Read the whole file and check that it is sound and whole. Raises BadKey, Damaged, OSError."""
    records, found = reading(path, key), Contents()
    head = next(records, None)
    if not isinstance(head, dict) or head.get("backup") != FORMAT:
        raise Damaged(f"The backup is of another form than {FORMAT}, which this version reads.")
    found.made_at = head["made_at"]
    found.migrations = {
        alias: [(app, name) for app, name in each["migrations"]] for alias, each in head["databases"].items()
    }
    summary, counted, table = None, 0, ""
    for record in records:
        match record:
            case bytes():
                counted += len(record)
            case list():
                counted += len(record)
            case {"file": _}:
                counted, table, found.files = 0, "", found.files + 1
            case {"table": name, "database": alias}:
                counted, table = 0, f"{alias}.{name}"
            case {"end": count}:
                if count != counted:
                    raise Damaged("A table or a file is not as long as it says.")
                if table:
                    found.tables[table] = count
                    found.rows += count
            case {"summary": said}:
                summary = said
    if summary is None or (summary["rows"], summary["files"]) != (found.rows, found.files):
        raise Damaged("The summary at the end does not fit what is there.")
    found.counters = summary["counters"]
    return found


def restore(
    path: Path,
    key: bytes,
    *,
    folders: dict[str, Path],
    replace: bool,
    say: Say,
    into: dict[str, str] | None = None,
) -> Contents:
    """Restore databases and files. `into` sends a database to another alias; `replace` allows what is there to go.

    Raises CannotRestore, BadKey, Damaged or OSError with everything as it was before.
    """
    say("Checking the whole file …")
    contents = examine(path, key)
    targets = {alias: (into or {}).get(alias, alias) for alias in contents.migrations}
    _refuse_what_does_not_fit(contents, targets, folders, replace=replace)
    media = folders.get(REPLACED)
    with _new_folder(media) as built, _empty_databases(list(targets.values())):
        _build(path, key, contents, targets, {**folders, **({REPLACED: built} if built else {})}, say)
        if media and built:
            _swap(built, media)
    return contents


@contextmanager
def _new_folder(media: Path | None) -> Iterator[Path | None]:
    """A folder beside `media`. What `_swap` has set aside comes back when the block fails, and goes when it ends."""
    if media is None:
        yield None
        return
    built, before = _beside(media, "restoring"), _beside(media, "before")
    shutil.rmtree(built, ignore_errors=True)
    built.mkdir(parents=True)
    try:
        yield built
    except BaseException:
        shutil.rmtree(built, ignore_errors=True)
        if before.exists():
            shutil.rmtree(media, ignore_errors=True)
            before.rename(media)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _swap(built: Path, media: Path) -> None:
    before = _beside(media, "before")
    shutil.rmtree(before, ignore_errors=True)
    if media.exists():
        media.rename(before)
    built.rename(media)


def _beside(path: Path, tail: str) -> Path:
    return path.with_name(f"{path.name}.{tail}")


def _refuse_what_does_not_fit(
    contents: Contents, targets: dict[str, str], folders: dict[str, Path], *, replace: bool
) -> None:
    for alias, target in targets.items():
        if target not in connections:
            raise CannotRestore(
                f"The backup holds the database {alias!r}, and none is set up under that name."
            )
        known = set(MigrationLoader(None).graph.nodes)
        unknown = [node for node in contents.migrations[alias] if node not in known]
        if unknown:
            names = ", ".join(f"{app}.{name}" for app, name in unknown)
            raise CannotRestore(f"The backup is of a newer version than this: it has {names}.")
        if not replace and _has_tables(target):
            raise CannotRestore(
                f"The database {target!r} is not empty. Point its address in the settings to an empty one, "
                "or give --replace to delete everything that is in it."
            )
    media = folders.get(REPLACED)
    if media and not replace and media.exists() and any(media.iterdir()):
        raise CannotRestore(f"{media} is not empty. Give --replace to delete everything that is in it.")


def _has_tables(alias: str) -> bool:
    connection = connections[alias]
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():
        return False
    return bool(connection.introspection.table_names())


@contextmanager
def _empty_databases(aliases: list[str]) -> Iterator[None]:
    """Run the block with empty databases; they take the place of what was there when it ends without a fault."""
    with ExitStack() as entered:
        for connection in map(connections.__getitem__, aliases):
            empty = _new_file if connection.vendor == "sqlite" else _emptied
            entered.enter_context(empty(connection))
        yield


@contextmanager
def _new_file(connection: BaseDatabaseWrapper) -> Iterator[None]:
    place = Path(str(connection.settings_dict["NAME"]))
    part = _beside(place, "restoring")
    connection.close()
    _forget(part)
    connection.settings_dict["NAME"] = part
    try:
        # SQLite rebuilds tables to alter them, which it does only where links are not watched.
        with connection.constraint_checks_disabled():
            yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        with part.open("rb") as written:
            os.fsync(written.fileno())
        for tail in ("-wal", "-shm"):  # of the old file; they would be read into the new one
            place.with_name(f"{place.name}{tail}").unlink(missing_ok=True)
        part.replace(place)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = place
        _forget(part)


def _forget(path: Path) -> None:
    for tail in ("", "-wal", "-shm", "-journal"):
        path.with_name(f"{path.name}{tail}").unlink(missing_ok=True)


@contextmanager
def _emptied(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '15s'")  # a web or worker that still runs holds us up
            cursor.execute("SELECT current_schema()")
            schema = connection.ops.quote_name(cursor.fetchone()[0])
            # With the tables go the functions, triggers and search settings that migrations made, and make again.
            cursor.execute(f"DROP SCHEMA {schema} CASCADE")
            cursor.execute(f"CREATE SCHEMA {schema}")
        yield


def _build(
    path: Path,
    key: bytes,
    contents: Contents,
    targets: dict[str, str],
    folders: dict[str, Path],
    say: Say,
) -> None:
    known = {}
    for alias, target in targets.items():
        say(f"Making the tables of {target} …")
        known[alias] = {table.name: table for table in _make_tables(target, contents.migrations[alias])}
    say(f"Loading {contents.rows} rows and {contents.files} files …")
    with _loading({targets[alias]: list(these.values()) for alias, these in known.items()}):
        _load(reading(path, key), targets, known, folders, say)
    for alias, target in targets.items():
        connection = connections[target]
        connection.check_constraints()
        rows.set_counters(connection, known[alias].values(), contents.counters[alias])


def _make_tables(alias: str, migrations: list[tuple[str, str]]) -> list[rows.Table]:
    """Bring an empty database to the very migrations of the backup, with no rows in it."""
    connection = connections[alias]

    def settle(*_step: Any) -> None:
        # In one transaction PostgreSQL alters no table that has rows whose links are still to be checked.
        if connection.vendor == "postgresql":
            connection.check_constraints()

    executor = MigrationExecutor(connection, progress_callback=settle)
    executor.migrate(_ends(executor.loader, migrations))
    made = rows.tables(executor.loader.project_state(migrations).apps, alias)
    there = set(connection.introspection.table_names())
    made = [table for table in made if table.name in there]
    with connection.cursor() as cursor:
        for table in made:  # what migrations put in stands in the backup, too
            quoted = connection.ops.quote_name(table.name)
            cursor.execute(f"SELECT 1 FROM {quoted} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                with rows.triggers_asleep(connection, [table]):
                    cursor.execute(f"DELETE FROM {quoted}")  # noqa: S608
    return made


def _ends(loader: MigrationLoader, migrations: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that no other of them stands on; an earlier one would be taken for a wish to go back."""
    before = {parent.key for node in migrations for parent in loader.graph.node_map[node].parents}
    return [node for node in migrations if node not in before]


def _load(
    records: Iterator[Any],
    targets: dict[str, str],
    known: dict[str, dict[str, rows.Table]],
    folders: dict[str, Path],
    say: Say,
) -> None:
    for record in records:
        match record:
            case {"file": name, "folder": folder} if folder in folders:
                _write_file(records, folders[folder], name)
            case {"table": name, "database": alias, "columns": columns}:
                say(f"  {name}")
                _write_rows(records, connections[targets[alias]], known[alias][name], columns)


@contextmanager
def _loading(tables: dict[str, list[rows.Table]]) -> Iterator[None]:
    """One transaction in each database, with its triggers asleep."""
    with ExitStack() as entered:
        for alias, these in tables.items():
            entered.enter_context(transaction.atomic(using=alias))
            entered.enter_context(rows.triggers_asleep(connections[alias], these))
        yield


def _write_rows(
    records: Iterator[Any], connection: BaseDatabaseWrapper, table: rows.Table, columns: list[str]
) -> None:
    for record in records:
        if not isinstance(record, list):
            return
        rows.write(connection, table, columns, record)


def _write_file(records: Iterator[Any], folder: Path, name: str) -> None:
    """Write one file inside `folder`, or beside the one that is there already."""
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts:
        raise Damaged("A file wants to be outside its folder.")
    there = folder.joinpath(*parts)
    there.parent.mkdir(parents=True, exist_ok=True)
    path = _beside(there, "from-backup") if there.exists() else there
    with path.open("wb") as target:
        for record in records:
            if not isinstance(record, bytes):
                break
            target.write(record)
    path.chmod(0o600)
    if path != there and filecmp.cmp(path, there, shallow=False):
        path.unlink()
