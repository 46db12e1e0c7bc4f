"""How many random worlds a rule is tried in."""

from __future__ import annotations

from django.db import connection


def examples(on_sqlite: int) -> int:
    """Return how many: a third on PostgreSQL, where the same rule has been tried in all of them on SQLite just before.

    What PostgreSQL could do otherwise, it does in most worlds; what is rare lies in the rule, and is the same on both.
    """
    return on_sqlite if connection.vendor == "sqlite" else max(4, on_sqlite // 3)
