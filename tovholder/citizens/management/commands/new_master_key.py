"""`manage.py new_master_key`: print a master key, for the environment or a file."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tovholder.citizens.keys.sealing import MasterKey


class Command(BaseCommand):
    help = "Print a new master key. Keep a copy where neither the databases nor their backups are."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        key = MasterKey.new()
        self.stdout.write(key.text)
        self.stderr.write(f"fingerprint {key.fingerprint}")
