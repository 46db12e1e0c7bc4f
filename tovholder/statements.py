"""A query that keeps its shape is written into SQL once, and asked again with other values.

Django writes a queryset into SQL anew each time, which for a query over ten tables takes longer than the database does.
A page's own queries, the same at every visit, are therefore kept as statements. PostgreSQL keeps them too: what a
connection has asked some times (`prepare_threshold`) is planned once, which for such a query is most of its work.

    SEATS = Statement(lambda: Membership.objects.filter(person=Given("person", IntegerField())).select_related("forum"))
    SEATS(person=7)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from copy import copy
from datetime import date
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BigIntegerField, Expression, Field, IntegerField, QuerySet
from django.db.models.lookups import In

Row = TypeVar("Row")
_Written = tuple[QuerySet[Any, Row], Any, str, tuple[Any, ...]]
# How SQLite is told a day or a moment.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:$| \d\d:)")


class _Place:
    """Where among the parameters a value comes in."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        self.name, self.field = name, field

    def bound(self, value: Any, connection: Any) -> Any:
        return self.field.get_db_prep_value(value, connection)


class _PlaceOfMany(_Place):
    def bound(self, value: Any, connection: Any) -> Any:
        values = [super(_PlaceOfMany, self).bound(each, connection) for each in sorted(value)]
        return values if connection.vendor == "postgresql" else json.dumps(values)


class Given(Expression):
    """A value that is not known before the statement is asked."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    @property
    def place(self) -> _Place:
        """What stands for the value among the parameters of `extra`."""
        return _Place(self.name, self.output_field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", (self.place,)

    def get_group_by_cols(self) -> list[Any]:
        return []  # as any value: a number there would be read as the place of a column


class GivenSet(Given):
    """Any number of values that are not known before: `forum__in=GivenSet("forums", BigIntegerField())`."""

    @property
    def place(self) -> _Place:
        return _PlaceOfMany(self.name, self.output_field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "(SELECT value FROM json_each(%s))", (self.place,)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return f"(SELECT unnest(%s::{self.output_field.db_type(connection)}[]))", (self.place,)


class Among(In):
    """Whether something is among what a small query finds, as one of several conditions: `Q(Among(F("pk"), found)) | …`.

    PostgreSQL reads a whole table to look each row up among them. As an array they are found first, then by the index.
    """

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = self.as_sql(compiler, connection)
        lhs, found = sql.split(" IN ", 1)
        return f"{lhs} = ANY(ARRAY{found})", params


def with_only(rows: QuerySet[Any, Row], *columns: str) -> QuerySet[Any, Row]:
    """Read with each row what it points to, and of that these columns only: a forum has some forty, JSON in nine.

    `with_only(meetings, "lead_forum__name")`; of the rows themselves all is read.
    """
    own = [column.name for column in rows.model._meta.concrete_fields]
    related = dict.fromkeys(column.rpartition("__")[0] for column in columns)
    return rows.select_related(*related).only(*own, *columns)


class _Planned:
    """A PostgreSQL connection that gets the values beside the statement, so that it may keep the plan."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.ops, self.features = connection.ops, connection.features  # asked for each column

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> Any:
        from django.db.backends.postgresql.base import ServerBindingCursor  # needs psycopg, SQLite does not

        connection = self._connection
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        with connection.wrap_database_errors:
            return connection._prepare_cursor(ServerBindingCursor(connection.connection))  # type: ignore[call-arg]


class Statement(Generic[Row]):
    """Call it with a value for each `Given`; it returns the rows, as the queryset would, prefetched ones too.

    What changes (today, a user) is given. A queryset that holds a moment all the same is written anew each time.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, Row]], *, planned_once: bool = True) -> None:
        """Not `planned_once`: where the best way to the rows depends on the values."""
        self._build, self._planned_once = build, planned_once
        self._written: _Written[Row] | None = None

    def __call__(self, **values: Any) -> list[Row]:
        return list(self._asked(values))

    def first(self, **values: Any) -> Row | None:
        """Return the first row, or None; the statement itself should ask for no more than it."""
        return next(iter(self(**values)), None)

    def _asked(self, values: dict[str, Any]) -> QuerySet[Any, Row]:
        written = self._written or self._write()
        if written is None:
            return self._build().none()
        queryset, compiler, sql, parameters = written
        converters = compiler.converters
        compiler = copy(compiler)
        compiler.get_converters = lambda expressions: converters
        connection = connections[queryset.db]
        places = [each for each in parameters if isinstance(each, _Place)]
        if any(_is_beyond(values[each.name], each.field, connection) for each in places):
            return queryset.none()
        is_planned = self._planned_once and connection.vendor == "postgresql"
        compiler.connection = _Planned(connection) if is_planned else connection
        bound = tuple(
            each.bound(values[each.name], connection) if isinstance(each, _Place) else each
            for each in parameters
        )
        compiler.as_sql = lambda *args, **kwargs: (sql, bound)
        asked = object.__new__(type(queryset))  # copy() would ask the original
        asked.__dict__.update(queryset.__dict__)
        asked._query = copy(queryset.query)  # type: ignore[attr-defined]
        asked.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]
        return asked

    def _write(self) -> _Written[Row] | None:
        """Return the statement, and keep it unless it holds a moment; None when no row can answer to it."""
        queryset = self._build()
        compiler = queryset.query.get_compiler(using=queryset.db)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return None
        compiler.converters = compiler.get_converters([each for each, *_ in compiler.select])
        is_lasting = not any(map(_is_moment, parameters))
        if compiler.connection.vendor == "postgresql":
            sql, parameters = _with_constants(sql, parameters, compiler.connection)
        written = (queryset, compiler, sql, tuple(parameters))
        if is_lasting:
            self._written = written
        return written


def _is_moment(parameter: Any) -> bool:
    return isinstance(parameter, date) or (isinstance(parameter, str) and bool(_MOMENT.match(parameter)))


def _is_beyond(value: Any, field: Field[Any, Any], connection: Any) -> bool:
    """A number that no column holds: Django asks nothing for it, and PostgreSQL would call it a fault."""
    if not isinstance(value, int) or not isinstance(field, IntegerField):
        return False
    least, most = connection.ops.integer_field_range(field.get_internal_type())
    return (least is not None and value < least) or (most is not None and value > most)


def _with_constants(sql: str, parameters: Any, connection: Any) -> tuple[str, list[_Place]]:
    """Write what is always the same into the statement: PostgreSQL plans by it, and need not guess its type."""
    from psycopg.sql import Literal  # needs psycopg, SQLite does not

    connection.ensure_connection()
    left, places = iter(parameters), []

    def written(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(left)
        if isinstance(value, _Place):
            places.append(value)
            return "%s"
        return Literal(value).as_string(connection.connection).replace("%", "%%")

    return re.sub("%[s%]", written, sql), places


def keep_rows(obj: Any, name: str, rows: QuerySet[Any, Any], known: Iterable[Any]) -> None:
    """Let `obj.<name>.all()` be answered by what is known, as after a prefetch; `rows` is what it would ask."""
    rows._result_cache = list(known)
    obj.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows


class Beside(Generic[Row]):
    """Rows that point to others: read for many of these at once, by a statement, and laid at each as a prefetch does.

    TEAM = Beside("case_team", "concern", lambda: CaseTeamMember.objects.filter(until_at=None))
    TEAM.lay_at(concerns)  # concern.case_team.all() now asks nothing
    """

    def __init__(self, name: str, to: str, build: Callable[[], QuerySet[Any, Row]]) -> None:
        """`name` is what the owner calls its rows, `to` the column by which they point to it."""
        self._name, self._to, self._build = name, to, build
        self._read = Statement(lambda: build().filter(**{f"{to}__in": GivenSet("owners", BigIntegerField())}))

    def of(self, owners: Iterable[int]) -> list[Row]:
        """Return the rows of the owners with these ids."""
        asked = set(owners)
        return self._read(owners=asked) if asked else []

    def lay_at(self, owners: Iterable[Any]) -> None:
        """Let each owner's `<name>.all()` be answered without asking again."""
        by_id = {each.pk: each for each in owners}
        found = self.of(by_id)
        for pk, owner in by_id.items():
            own = [row for row in found if getattr(row, f"{self._to}_id") == pk]
            keep_rows(owner, self._name, self._build(), own)
        for row in found:
            setattr(row, self._to, by_id[getattr(row, f"{self._to}_id")])
