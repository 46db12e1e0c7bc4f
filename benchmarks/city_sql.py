"""The two largest tables of the city, counted up by the database itself."""

from __future__ import annotations

from typing import Any

from django.db import connection

BARE_ROWS = 1_000_000
_LOG = """
INSERT INTO audit_event (at, kind, actor, action, object_type, object_id, purpose, details, request_id)
SELECT {at}, CASE WHEN n % 10 < 6 THEN 'write' WHEN n % 10 < 9 THEN 'read' ELSE 'login' END,
       'user:' || (1 + (n * 7919) % {users}),
       CASE WHEN n % 10 < 6 THEN 'meeting.changed' WHEN n % 10 < 9 THEN 'meeting.anonymous_read' ELSE 'account.login' END,
       CASE WHEN n % 10 < 9 THEN 'meetings.meeting' ELSE '' END,
       CASE WHEN n % 10 < 9 THEN CAST(1 + (n * 104729) % {objects} AS {text}) ELSE '' END,
       CASE WHEN n % 10 BETWEEN 6 AND 8 THEN 'agenda' ELSE '' END, '{{}}', ''
FROM {series}
"""
_SERIES = (
    "(WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {count}) SELECT n FROM up)"
)


def _words(count: int) -> dict[str, Any]:
    step = 315_360_000 / max(count, 1)
    if connection.vendor == "postgresql":
        at = f"now() - ({count} - n) * interval '{step} seconds'"
        return {"at": at, "text": "text", "series": f"generate_series(1::bigint, {count}) AS up(n)"}
    at = f"strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (({count} - n) * {step}) || ' seconds')"
    return {"at": at, "text": "TEXT", "series": _SERIES.format(count=count)}


def log_rows(count: int, users: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LOG.format(users=users, objects=max(1, count // 250), **_words(count)))
    return count


def bare_rows() -> int:
    """The table of the bare page, always a million rows."""
    key = "bigserial" if connection.vendor == "postgresql" else "integer"
    words = _words(BARE_ROWS)
    columns = "name varchar(80) NOT NULL, place varchar(80) NOT NULL, at timestamp with time zone NOT NULL, number integer NOT NULL"
    if connection.vendor == "sqlite":
        columns = columns.replace("timestamp with time zone", "datetime")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_bare (id {key} PRIMARY KEY, {columns})")
        cursor.execute(
            "INSERT INTO bench_bare (name, place, at, number) "  # noqa: S608
            f"SELECT 'Række ' || n, 'Lokale ' || (n % 40), {words['at']}, n % 1000 FROM {words['series']}"
        )
    return BARE_ROWS
