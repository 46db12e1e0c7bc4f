"""Let a database take very many rows at once: what it else does for each row is put off, and done for all at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tovholder.audit import guards
from tovholder.audit.models import Event, Unsealed

# Rows that are pointed at and not there would be found by neither database afterwards; the generator makes none.
_POSTGRESQL = (
    "SET synchronous_commit = off",
    "SET session_replication_role = replica",  # no triggers: foreign keys, the log's own
    "SET maintenance_work_mem = '512MB'",
)
_SQLITE = (
    "PRAGMA foreign_keys = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -1000000",
    "PRAGMA temp_store = MEMORY",
)
_INDEXES = {
    "postgresql": (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef NOT LIKE 'CREATE UNIQUE%'"
    ),
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'",
}
_WORDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search_entry_a_'"


@contextmanager
def all_at_once() -> Iterator[None]:
    """Without checks, triggers and indexes while rows come in; the indexes are made when they are there.

    The connection stays as it is set here: for a process that only fills.
    """
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for statement in _SQLITE if sqlite else _POSTGRESQL:
            cursor.execute(statement)
        cursor.execute(_INDEXES[connection.vendor])
        put_off = dict(cursor.fetchall())
        for name in put_off:
            cursor.execute(f'DROP INDEX "{name}"')
    if sqlite:
        guards.remove()
    yield
    with connection.cursor() as cursor:
        for statement in put_off.values():
            cursor.execute(statement)
        cursor.execute(
            f"INSERT INTO {Unsealed._meta.db_table} (event_id) SELECT id FROM {Event._meta.db_table} "  # noqa: S608
            f"WHERE id > (SELECT COALESCE(MAX(event_id), 0) FROM {Unsealed._meta.db_table})"
        )
    if sqlite:
        guards.install()


@contextmanager
def words_at_once() -> Iterator[None]:
    """Let the database read the words of search once they are all there."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE indexname = 'search_entry_vector'"
            )
            kind, after = "INDEX", ()
        else:
            cursor.execute(_WORDS)
            kind, after = "TRIGGER", ("INSERT INTO search_entry_fts(search_entry_fts) VALUES ('rebuild')",)
        put_off = dict(cursor.fetchall())
        for name in put_off:
            cursor.execute(f'DROP {kind} "{name}"')
        yield
        for statement in (*after, *put_off.values()):
            cursor.execute(statement)
