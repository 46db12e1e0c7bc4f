"""`manage.py verify_keys`: whether the master key at hand opens every data key. Part of the restore drill."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey


class Command(BaseCommand):
    help = "Try every data key. Exit status 1 when one does not open."

    def handle(self, *args: Any, **options: Any) -> None:
        bad, all_of_them = keyring.unopenable(), DataKey.objects.count()
        prints = ", ".join(each.fingerprint for each in keyring.masters())
        self.stdout.write(f"{all_of_them - bad} of {all_of_them} keys open by the master key {prints}.")
        if bad:
            sys.exit(1)
