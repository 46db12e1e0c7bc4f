"""Bring 20,000 persons in from xlsx and CSV, and undo it: seconds, and rows a second, on a database of its own.

    DATABASE_URL=sqlite:////tmp/imports-bench.sqlite3 python benchmarks/imports.py [rows]

The database is migrated first and must hold no persons; nothing is left in it but the log.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")
os.environ.setdefault("TOVHOLDER_MODE", "development")
T = TypeVar("T")


def timed(what: str, rows: int, work: Callable[[], T]) -> T:
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    print(f"{what:<42}{seconds:8.2f} s{rows / seconds:12,.0f} rows/s")
    return result


def workbook(rows: list[list[str]]) -> bytes:
    from openpyxl import Workbook  # after the path is set, as all below

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def main(count: int) -> None:
    import django  # after the settings are named

    django.setup()
    from django.core.management import call_command  # after setup

    from tovholder.accounts.models import Role, RoleGrant, User  # after setup
    from tovholder.directory.models import Person  # after setup

    call_command("migrate", verbosity=0)
    if Person.objects.exists():
        sys.exit("The database holds persons: take an empty one.")
    user, _made = User.objects.get_or_create(email="bench@vestby.example", defaults={"name": "Bench"})
    RoleGrant.objects.get_or_create(user=user, role=Role.ADMINISTRATOR)
    heading = ["Navn", "E-mail", "Telefon", "Stilling"]
    people = [
        [f"Person {n}", f"p{n}@vestby.example", f"{20_000_000 + n}", "Medarbejder"] for n in range(count)
    ]
    text = "\r\n".join(";".join(row) for row in [heading, *people]).encode()
    book = timed("write the workbook", count, lambda: workbook([heading, *people]))
    _run(user, count, text, book)


def _run(user: object, count: int, text: bytes, book: bytes) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile  # after setup

    from tovholder.imports.columns import understand  # after setup
    from tovholder.imports.kinds import KINDS  # after setup
    from tovholder.imports.planning import make_plan  # after setup
    from tovholder.imports.reading.files import read_upload  # after setup
    from tovholder.imports.services import keeping, running, undoing  # after setup

    kind = KINDS["personer"]
    timed("read CSV", count, lambda: read_upload(SimpleUploadedFile("a.csv", text)))
    grid = timed("read xlsx", count, lambda: read_upload(SimpleUploadedFile("a.xlsx", book)))
    understood = timed("understand the rows", count, lambda: understand(grid, kind.fields))
    plan = timed("compare with the tables", count, lambda: make_plan(kind, understood.records, by=user))
    batch = timed(
        "keep for preview", count, lambda: keeping.keep(by=user, kind=kind, understood=understood, plan=plan)
    )
    running.start(by=user, batch=batch)
    status = timed("bring in, all new, a log line each", count, lambda: running.run(batch.pk))
    again = timed("compare again: all the same", count, lambda: make_plan(kind, understood.records, by=user))
    batch.refresh_from_db()
    timed("see what depends", count, lambda: undoing.what_depends(batch))
    undoing.start(by=user, batch=batch)
    back = timed("undo, a log line each", count, lambda: undoing.run(batch.pk))
    print(f"{status}; the second time {again.counts}; {back}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
