"""What the database itself refuses: triggers on SQLite and PostgreSQL, put there by migrations.

Who owns the tables can take the triggers away again; `verify_audit` says when they are gone, and the chain and its
anchors show what was done meanwhile (docs/reference/log.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

EVENT, SEGMENT, ROWS = "audit_event", "audit_segment", "audit_segmentrows"
PURGE, UNSEALED = "audit_purge", "audit_unsealed"
REFUSAL = "the log is append-only"
_OPEN_PURGE = (
    f"EXISTS (SELECT 1 FROM {PURGE} WHERE finished_at IS NULL AND {{old}} BETWEEN {{first}} AND {{last}})"  # noqa: S608
)
_EVENT_IS_PURGED = _OPEN_PURGE.format(old="OLD.id", first="first_event", last="last_event")
_ROWS_ARE_PURGED = _OPEN_PURGE.format(old="OLD.segment_id", first="first_segment", last="last_segment")
# An event numbered inside what is sealed was slipped in: the number is given and this asked in one statement.
_SLIPPED_IN = f"NEW.id <= (SELECT MAX(last_event) FROM {SEGMENT})"  # noqa: S608 (names of our own, here and below)
_PURGE_IS_CLOSED = " AND ".join(
    [
        "OLD.finished_at IS NULL",
        "NEW.finished_at IS NOT NULL",
        *(
            f"OLD.{name} = NEW.{name}"
            for name in (
                *("id", "first_segment", "last_segment", "first_event", "last_event"),
                *("count", "started_at"),
            )
        ),
    ]
)

# Table, what is done to it, and when that is allowed.
_RULES = (
    (EVENT, "UPDATE", "", "audit_event_no_update"),
    (EVENT, "DELETE", _EVENT_IS_PURGED, "audit_event_no_delete"),
    (SEGMENT, "UPDATE", "", "audit_segment_no_update"),
    (SEGMENT, "DELETE", "", "audit_segment_no_delete"),
    (ROWS, "UPDATE", "", "audit_segmentrows_no_update"),
    (ROWS, "DELETE", _ROWS_ARE_PURGED, "audit_segmentrows_no_delete"),
    (PURGE, "UPDATE", _PURGE_IS_CLOSED, "audit_purge_no_update"),
    (PURGE, "DELETE", "", "audit_purge_no_delete"),
)
_NOTED = "audit_event_noted"
_TRUNCATED = (EVENT, SEGMENT, ROWS, PURGE, UNSEALED)


@dataclass(frozen=True, slots=True)
class Guard:
    """A trigger, what makes it, and the text by which the database tells whether it is still the same."""

    name: str
    table: str
    statement: str
    told_by: str


def _sqlite() -> Iterator[Guard]:
    for table, verb, allowed, name in _RULES:
        when = f"WHEN NOT ({allowed}) " if allowed else ""
        refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        statement = f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when}{refuse}"
        yield Guard(name, table, statement, statement)
    statement = (
        f"CREATE TRIGGER {_NOTED} AFTER INSERT ON {EVENT} BEGIN "  # noqa: S608
        f"SELECT RAISE(ABORT, '{REFUSAL}') WHERE {_SLIPPED_IN}; "
        f"INSERT INTO {UNSEALED} (event_id) VALUES (NEW.id); END"
    )
    yield Guard(_NOTED, EVENT, statement, statement)


def _postgresql() -> Iterator[Guard]:
    refuse = f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';"
    for table, verb, allowed, name in _RULES:
        row = "NEW" if verb == "UPDATE" else "OLD"
        body = f"IF {allowed} THEN RETURN {row}; END IF; {refuse}" if allowed else refuse
        yield _plpgsql(name, table, f"BEFORE {verb}", "ROW", body)
    for table in _TRUNCATED:
        yield _plpgsql(f"{table}_no_truncate", table, "BEFORE TRUNCATE", "STATEMENT", refuse)
    note = f"INSERT INTO {UNSEALED} (event_id) VALUES (NEW.id); RETURN NULL;"  # noqa: S608
    yield _plpgsql(_NOTED, EVENT, "AFTER INSERT", "ROW", f"IF {_SLIPPED_IN} THEN {refuse} END IF; {note}")


def _plpgsql(name: str, table: str, when: str, each: str, body: str) -> Guard:
    source = f" BEGIN {body} END "
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard${source}$guard$; "
    )
    trigger = f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()"
    return Guard(name, table, function + trigger, source)


def _wanted(on: BaseDatabaseWrapper) -> list[Guard]:
    return list(_postgresql() if on.vendor == "postgresql" else _sqlite())


def install(on: BaseDatabaseWrapper | None = None) -> None:
    """Put the triggers there anew. Whoever rebuilds a table of the log on SQLite loses them: call this after it."""
    on = on or connections["default"]
    remove(on)
    with on.cursor() as cursor:
        for guard in _wanted(on):
            cursor.execute(guard.statement)


def remove(on: BaseDatabaseWrapper | None = None) -> None:
    """Take the triggers away."""
    on = on or connections["default"]
    with on.cursor() as cursor:
        for guard in _wanted(on):
            place = f" ON {guard.table}" if on.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{place}")


def missing(on: BaseDatabaseWrapper | None = None) -> list[str]:
    """Return the names of triggers that are gone, switched off or reworded."""
    on = on or connections["default"]
    with on.cursor() as cursor:
        if on.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
                "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
            )
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        there = dict(cursor.fetchall())
    return sorted(guard.name for guard in _wanted(on) if there.get(guard.name) != guard.told_by)


@contextmanager
def lifted(on: BaseDatabaseWrapper | None = None) -> Iterator[None]:
    """Let the tables be emptied or filled from a copy: for a restore, and for tests that flush the database."""
    remove(on)
    try:
        yield
    finally:
        install(on)
