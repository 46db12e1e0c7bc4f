"""Fill a small city up to a large one's concerns, as copies of its own: `many_concerns.py --factor 1/49 --database sqlite`.

A city of full size takes an hour to build, and its concerns are most of it. Here the concerns, their children and
case teams of a small city are copied in SQL up to `--concerns`, raised by people made for them; what nobody opens
need not open, so the copies keep the sealed texts of what they were copied from. `cost.py` then measures the grown city.
"""

from __future__ import annotations

import argparse
import os
import sys
from fractions import Fraction
from typing import Any

import city

PERSONS = 2_000
TABLES = {
    "citizens_child": ({"code": "substr(code, 1, 2) || {n} || '.' || id"}, ()),
    "concerns_concern": (
        {
            "code": "substr(code, 1, 3) || {n} || substr(code, 4)",
            "raised_by_id": "{person}",
            "handler_id": "NULL",
        },
        (),
    ),
    "concerns_concern_categories": ({}, ("concern_id",)),
    "concerns_concernchild": ({}, ("concern_id", "child_id")),
    "concerns_informationduty": ({}, ("concern_child_id",)),
    "concerns_caseteammember": ({"person_id": "{person}"}, ("concern_id",)),
}
STEP = 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--factor", type=Fraction, default=Fraction(1, 50), help="size of the city that grows"
    )
    parser.add_argument("--database", default="postgresql", choices=["sqlite", "postgresql"])
    parser.add_argument("--concerns", type=int, default=100_000)
    asked = parser.parse_args()
    city.ensure(asked.database, asked.factor)
    os.environ.update(city.environment(asked.database, asked.factor))
    sys.path.insert(0, str(city.ROOT))
    import django  # in the environment of the city

    django.setup()
    from django.db import connection, transaction  # in the environment of the city

    with transaction.atomic(), connection.cursor() as cursor:
        grow(cursor, connection.vendor, asked.concerns)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        cursor.execute("SELECT count(*) FROM concerns_concern")
        print(f"{cursor.fetchone()[0]:,} concerns")
    return 0


def grow(cursor: Any, vendor: str, wanted: int) -> None:
    cursor.execute("SELECT count(*) FROM concerns_concern")
    there = cursor.fetchone()[0]
    rounds = range(1, -(-wanted // there))
    _persons(cursor, vendor)
    for table, (changed, moved) in TABLES.items():
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608 - our own names
        columns = [each[0] for each in cursor.description]
        for n in rounds:
            places = {"n": n, "person": f"{STEP} + (id * 31 + {n} * 41) % {PERSONS}"}
            values = [_value(vendor, each, n, changed, moved).format(**places) for each in columns]
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608
                f"FROM {table} WHERE id < {STEP}"
            )


def _value(vendor: str, column: str, n: int, changed: dict[str, str], moved: tuple[str, ...]) -> str:
    if column == "id" or column in moved:
        return f"{column} + {STEP * n}"
    if column in {"seal", "key"}:
        return "gen_random_uuid()" if vendor == "postgresql" else "lower(hex(randomblob(16)))"
    return changed.get(column, column)


def _persons(cursor: Any, vendor: str) -> None:
    """Make the people that the copies are raised by; they have no logins."""
    series = f"generate_series(0, {PERSONS - 1}) AS up(n)"
    if vendor == "sqlite":
        series = f"(WITH RECURSIVE up(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM up WHERE n < {PERSONS - 1}) SELECT n FROM up)"  # noqa: S608
    cursor.execute(
        "INSERT INTO directory_person (id, name, email, phone, title, wants_reminders, link_version, organisation_id) "  # noqa: S608
        f"SELECT {STEP} + n, 'Kollega ' || n, '', '', '', {'true' if vendor == 'postgresql' else 1}, 1, "
        f"(SELECT min(id) FROM directory_organisation) FROM {series}"
    )


if __name__ == "__main__":
    sys.exit(main())
