"""Set up the empty database of this process and fill it with a city. Run by `city.py`, in the city's environment."""

from __future__ import annotations

import io
import sys
import time
from fractions import Fraction
from pathlib import Path

import django

django.setup()

from city_quick import all_at_once, words_at_once  # noqa: E402  (models need a set-up Django)
from city_rows import build  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from tovholder.search.services import rebuild  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent


def main(factor: Fraction, seed: int) -> None:
    since = time.monotonic()
    for database in ("default", "keys"):
        call_command("migrate", database=database, interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_setup", str(ROOT / "setups" / "demo.toml"), apply=True, stdout=io.StringIO())
    told("empty city", since)
    with all_at_once():
        made = build(factor, seed)
        told("rows", since)
    told("indexes", since)
    with words_at_once():
        made["search: rows read"] = rebuild()
    told("search", since)
    with connection.cursor() as cursor:
        # As autovacuum does in the background on PostgreSQL, and `PRAGMA optimize` on SQLite.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    for table, count in sorted(made.items(), key=lambda each: -each[1]):
        print(f"  {count:>9,} {table}")
    told("made", since)


def told(what: str, since: float) -> None:
    print(f"  {what} after {time.monotonic() - since:.0f} s", flush=True)


if __name__ == "__main__":
    main(Fraction(sys.argv[1]), int(sys.argv[2]))
