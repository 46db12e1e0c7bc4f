"""A database in a file for tests with a live server.

SQLite in memory is one cache with locks on whole tables that nobody waits for: a page that reads while the test writes
(or the other way) fails with "database table is locked", rarely, and rather on a busy machine. In a file each thread has
a connection of its own and waits for the others, as it is when Tovholder is served.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def on_file(folder: Path) -> Iterator[None]:
    """Move what lies in memory to files in a folder, for all threads; back again at the end, where nothing has changed."""
    moved = [each for each in connections.all() if each.vendor == "sqlite" and each.is_in_memory_db()]
    kept = [(each, each.settings_dict["NAME"], _moved_out(each, folder)) for each in moved]
    try:
        yield
    finally:
        for each, name, memory in kept:
            connections[each.alias].close()  # another than `each`, where a browser was started meanwhile
            each.close()
            each.settings_dict["NAME"], each.connection = name, memory


def _moved_out(connection: BaseDatabaseWrapper, folder: Path) -> sqlite3.Connection:
    """Return the connection that keeps the database in memory alive."""
    connection.ensure_connection()
    memory: sqlite3.Connection = connection.connection
    file = folder / f"{connection.alias}.sqlite3"
    target = sqlite3.connect(file)
    memory.backup(target)
    target.close()
    connection.settings_dict["NAME"], connection.connection = file, None
    return memory
