"""Put very many rows into a table quickly: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

CHUNK = 10_000


class Table:
    """Rows of one model on their way in. Keys are given out here, so that other rows can point at them at once."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        # What has a default in the database, or may be empty and is never given, is left to the database.
        self.fields = [field for field in model._meta.concrete_fields if field.db_default is NOT_PROVIDED]
        self.place = {field.attname: at for at, field in enumerate(self.fields)}
        self.at_key = self.place[model._meta.pk.attname]
        self.usual = [
            None if field.primary_key else self.prepared(field, field.get_default()) for field in self.fields
        ]
        self.next = (model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1
        self.rows: list[list[Any]] = []
        self.count = 0

    @staticmethod
    def prepared(field: Any, value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    def reserve(self) -> int:
        """Return the key of a row that is added later."""
        self.next += 1
        return self.next - 1

    def add(self, pk: int | None = None, **values: Any) -> int:
        """Add a row, given by names of columns ("forum_id"); return its key."""
        row = self.usual.copy()
        key = pk or self.reserve()
        row[self.at_key] = key
        for name, value in values.items():
            at = self.place[name]
            # A whole number is what it is to every database; asking the field would take half of the time.
            row[at] = value if type(value) is int else self.prepared(self.fields[at], value)
        self.rows.append(row)
        if len(self.rows) >= CHUNK:
            self.flush()
        return key

    def flush(self) -> None:
        if not self.rows:
            return
        name = connection.ops.quote_name
        columns = ", ".join(name(field.column) for field in self.fields)
        table = name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in self.rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(self.fields))
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", self.rows)  # noqa: S608
        self.count += len(self.rows)
        self.rows.clear()


class Tables:
    """One Table for each model that is asked for. Foreign keys are checked when the transaction ends."""

    def __init__(self) -> None:
        self.all: dict[type[models.Model], Table] = {}

    def of(self, model: type[models.Model]) -> Table:
        if model not in self.all:
            self.all[model] = Table(model)
        return self.all[model]

    def finish(self) -> dict[str, int]:
        """Write what is left and set the counters behind the keys; return how many rows each table got."""
        for table in self.all.values():
            table.flush()
        reset = connection.ops.sequence_reset_sql(no_style(), list(self.all))
        with connection.cursor() as cursor:
            for statement in reset:
                cursor.execute(statement)
        return {model._meta.db_table: table.count for model, table in self.all.items()}
