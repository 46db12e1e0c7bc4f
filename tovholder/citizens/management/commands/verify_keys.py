"""`manage.py verify_keys`: whether the keys at hand open what is sealed. Part of the restore drill."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.services.checking import damaged_texts, missing_keys


class Command(BaseCommand):
    help = "Try every data key, and look for sealed rows without one. Exit status 1 when something does not open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--texts", action="store_true", help="also open every sealed text; says no word of them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        bad, all_of_them = keyring.unopenable(), DataKey.objects.count()
        prints = ", ".join(each.fingerprint for each in keyring.masters())
        self.stdout.write(f"{all_of_them - bad} of {all_of_them} keys open by the master key {prints}.")
        missing = missing_keys()
        for table, count in missing.items():
            self.stdout.write(f"{table}: {count} rows have lost their key; they can be read by nobody.")
        damaged: dict[str, int] = {}
        if options["texts"] and not bad:
            opened, damaged = damaged_texts()
            self.stdout.write(f"{opened} sealed texts open.")
            for place, count in damaged.items():
                self.stdout.write(f"{place}: {count} sealed texts are damaged.")
        if bad or missing or damaged:
            sys.exit(1)
