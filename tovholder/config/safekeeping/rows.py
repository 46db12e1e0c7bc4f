"""Tables as rows that either database can read: what stands in the column, not what the application makes of it.

A column that the application keeps encrypted stays encrypted here.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, router
from django.db.backends.base.base import BaseDatabaseWrapper

AT_A_TIME = 500


@dataclass(frozen=True)
class Table:
    label: str
    name: str
    fields: tuple[Any, ...]

    @property
    def columns(self) -> list[str]:
        return [field.column for field in self.fields]

    @property
    def numbered(self) -> str:
        """The column that counts by itself, or ""."""
        counting = (models.AutoField, models.BigAutoField)
        return next((str(field.column) for field in self.fields if isinstance(field, counting)), "")


def tables(apps: Any, alias: str) -> list[Table]:
    """The tables of `apps` (the registry, or the state after some migrations) that belong in this database."""
    left_out = {label.lower() for label in settings.NOT_BACKED_UP}
    found: dict[str, Table] = {}
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if not meta.managed or meta.proxy or meta.swapped or meta.label_lower in left_out:
            continue
        if not router.allow_migrate(alias, meta.app_label, model_name=meta.model_name):
            continue
        fields = tuple(field for field in meta.concrete_fields if not field.generated)
        found.setdefault(meta.db_table, Table(meta.label_lower, meta.db_table, fields))
    return [found[name] for name in sorted(found)]


@contextmanager
def snapshot(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own that sees one instant and holds nobody up, whatever is written meanwhile."""
    own = connection.copy()
    # Immediate transactions are for writers; a reader that takes the lock would stop them all.
    own.settings_dict["OPTIONS"] = {
        name: value for name, value in own.settings_dict["OPTIONS"].items() if name != "transaction_mode"
    }
    try:
        with own.cursor() as cursor:
            if own.vendor == "postgresql":
                own.set_autocommit(False)
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            else:
                cursor.execute("BEGIN")
            cursor.execute("SELECT COUNT(*) FROM django_migrations")  # the first look fixes the instant
        yield own
    finally:
        if own.connection is not None:
            own.connection.rollback()
        own.close()


def read(connection: BaseDatabaseWrapper, table: Table) -> Iterator[list[list[Any]]]:
    """Yield the table's rows in handfuls, ready for JSON."""
    quote = connection.ops.quote_name
    converters = [_converters(connection, field) for field in table.fields]
    pk = next((field.column for field in table.fields if field.primary_key), table.columns[0])
    names = ", ".join(map(quote, table.columns))
    with connection.chunked_cursor() as cursor:
        # Names come from the models, quoted; nothing typed by a person.
        cursor.execute(f"SELECT {names} FROM {quote(table.name)} ORDER BY {quote(pk)}")  # noqa: S608
        while rows := cursor.fetchmany(AT_A_TIME):
            yield [
                [_plain(value, convert) for value, convert in zip(row, converters, strict=True)]
                for row in rows
            ]


def _converters(connection: BaseDatabaseWrapper, field: Any) -> list[Any]:
    """What the database itself needs to give a value its type; never the field's own, which may decrypt."""
    column = field.get_col(field.model._meta.db_table)
    found = [(convert, column) for convert in connection.ops.get_db_converters(column)]
    if field.get_internal_type() == "DurationField" and not connection.features.has_native_duration_field:
        found.append((connection.ops.convert_durationfield_value, column))  # type: ignore[attr-defined]
    return [lambda value, c=convert, e=expression: c(value, e, connection) for convert, expression in found]


def _plain(value: Any, converters: list[Any]) -> Any:
    for convert in converters:
        value = convert(value)
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return {"at": value.astimezone(UTC).isoformat()}
        case date():
            return {"on": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case timedelta():
            return {"span": [value.days, value.seconds, value.microseconds]}
        case UUID():
            return {"uuid": value.hex}
        case Decimal():
            return {"number": str(value)}
        case bytes() | bytearray() | memoryview():
            return {"bytes": base64.b64encode(bytes(value)).decode()}
    raise TypeError(f"a backup cannot hold a {type(value).__name__}")


_BACK: dict[str, Any] = {
    "at": datetime.fromisoformat,
    "on": date.fromisoformat,
    "time": time.fromisoformat,
    "span": lambda parts: timedelta(*parts),
    "uuid": UUID,
    "number": Decimal,
    "bytes": base64.b64decode,
}


def write(connection: BaseDatabaseWrapper, table: Table, columns: list[str], rows: list[list[Any]]) -> None:
    """Insert rows as they were read. Past every check of the application: they have been through it once."""
    by_column = {field.column: field for field in table.fields}
    fields = [by_column[column] for column in columns]
    ready = (
        [_stored(connection, field, value) for field, value in zip(fields, row, strict=True)] for row in rows
    )
    quote = connection.ops.quote_name
    into = f"{quote(table.name)} ({', '.join(map(quote, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in ready:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {into} VALUES ({places})", list(ready))  # noqa: S608


def _stored(connection: BaseDatabaseWrapper, field: Any, value: Any) -> Any:
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        value = _BACK[kind](text)
    ops = connection.ops
    match value:
        case datetime():
            return ops.adapt_datetimefield_value(value)
        case date():
            return ops.adapt_datefield_value(value)
        case time():
            return ops.adapt_timefield_value(value)
        case Decimal():
            return ops.adapt_decimalfield_value(value, field.max_digits, field.decimal_places)
        case UUID():
            return value if connection.features.has_native_uuid_field else value.hex
        case bytes():
            return connection.Database.Binary(value)  # type: ignore[attr-defined]
        case timedelta():
            return field.get_db_prep_value(value, connection)
        case bool():
            return value
        case int() if field.get_internal_type() == "BooleanField":
            return bool(value)
    return value


@contextmanager
def triggers_asleep(connection: BaseDatabaseWrapper, these: Iterable[Table]) -> Iterator[None]:
    """What triggers would write stands in the backup already. They are put back word for word.

    For an empty database in the making only: whoever loads rows past the guards of the log must be building it.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = [quote(table.name) for table in these]
            for name in names:
                cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            yield
            connection.check_constraints()  # PostgreSQL alters no table whose links are still to be checked
            for name in names:
                cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
        found = cursor.fetchall()
        for name, _statement in found:
            cursor.execute(f"DROP TRIGGER {quote(name)}")
        yield
        for _name, statement in found:
            cursor.execute(statement)


def counters(connection: BaseDatabaseWrapper, these: Iterable[Table]) -> dict[str, int]:
    """Table name to the last number given out, so that the number of a deleted row is never given again."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            known = {name: int(last) for name, last in cursor.fetchall()}
            return {table.name: known[table.name] for table in these if table.name in known}
        found: dict[str, int] = {}
        for table in these:
            if not table.numbered:
                continue
            quoted = connection.ops.quote_name(table.name)
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted, table.numbered])
            sequence = cursor.fetchone()[0]
            if sequence:
                cursor.execute(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608
                last = cursor.fetchone()
                found |= {table.name: int(last[0])} if last else {}
    return found


def set_counters(connection: BaseDatabaseWrapper, these: Iterable[Table], last: dict[str, int]) -> None:
    """Let numbering go on after the last number given out, and after the highest there is."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in these:
            if not table.numbered:
                continue
            cursor.execute(f"SELECT MAX({quote(table.numbered)}) FROM {quote(table.name)}")  # noqa: S608
            number = max(cursor.fetchone()[0] or 0, last.get(table.name, 0))
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
                if number:
                    cursor.execute(
                        "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, number]
                    )
            elif number:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)",
                    [quote(table.name), table.numbered, number],
                )
