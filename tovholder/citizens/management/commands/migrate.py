"""`manage.py migrate`, for both databases: whoever forgets the keys has a municipality that cannot start."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import DEFAULT_DB_ALIAS

from tovholder.citizens.keys.router import KEYS


class Command(Migrate):
    help = "Django's own, and then the same for the database of the keys."

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == KEYS and not options["app_label"]:
            options |= {"app_label": KEYS, "run_syncdb": False}
        super().handle(*args, **options)
        asked = ("app_label", "plan", "check_unapplied", "prune", "run_syncdb")
        # The tests make each database by itself, and say run_syncdb.
        if options["database"] == DEFAULT_DB_ALIAS and not any(options[each] for each in asked):
            super().handle(*args, **(options | {"database": KEYS, "app_label": KEYS, "run_syncdb": False}))
