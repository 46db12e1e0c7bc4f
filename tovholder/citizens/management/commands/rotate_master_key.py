"""`manage.py rotate_master_key`: wrap every data key by the new master key. The texts are not touched."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.sealing import WrongMasterKey


class Command(BaseCommand):
    help = "Set MASTER_KEY to the new key and MASTER_KEY_OLD to the one before, run this, then take the old one away."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = keyring.rewrap()
        except WrongMasterKey as fault:
            raise CommandError(
                f"No key at hand opens what the key {fault} has wrapped; nothing was changed."
            ) from fault
        self.stdout.write(f"{count} keys wrapped by the master key {keyring.masters()[0].fingerprint}.")
