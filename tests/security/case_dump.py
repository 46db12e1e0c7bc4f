"""Everything that is stored, to be searched for what must not stand there in clear: on either database, and in its file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.db import connections

_HEX = re.compile(r"\\\\x((?:[0-9a-f]{2})+)")
Hears = Callable[[str], bool]


def stored() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of every row of both databases, of sessions as Django would open them, of every file."""
    for alias in ("default", "keys"):
        tables = _postgresql(alias) if connections[alias].vendor == "postgresql" else _sqlite(alias)
        for place, text in tables:
            yield place, text
            if place.endswith("django_session"):
                yield f"{place} opened", _opened(text)
    for folder in (Path(settings.MEDIA_ROOT), *map(Path, settings.AUDIT_ANCHOR)):
        for file in folder.rglob("*") if folder.is_dir() else ():
            if file.is_file():
                yield f"{file.parent.name}/{file.name}", f"{file.name} {_plain(file.read_bytes())}"


def in_clear(hears: Hears) -> list[str]:
    """Return where something is heard."""
    return sorted({place for place, text in stored() if hears(text)})


def _sqlite(alias: str) -> Iterator[tuple[str, str]]:
    """The rows of all tables, those of the index over them too; and the file as it lies there, with what was written over."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield f"{alias} {table}", "\x1f".join(map(_plain, row))
    raw: Any = connections[alias].connection
    assert isinstance(raw, sqlite3.Connection)
    yield f"{alias} file", raw.serialize().decode("latin-1")


def _postgresql(alias: str) -> Iterator[tuple[str, str]]:
    """What a dump writes of every table, of whatever schema, in this transaction; its bytes are read as text."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relname FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm')"
            " AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'",
            (),
        )
        for table, name in cursor.fetchall():
            with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                for row in rows:
                    yield f"{alias} {name}", _HEX.sub(_bytes, bytes(row).decode())


def _bytes(found: re.Match[str]) -> str:
    return _plain(bytes.fromhex(found[1]))


def _opened(row: str) -> str:
    """A session is packed: one that is not sealed would not look like what it holds."""
    return " ".join(str(PlainStore().decode(cell)) for cell in re.split(r"[\x1f\t]", row) if ":" in cell)


def _plain(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    return str(value)
