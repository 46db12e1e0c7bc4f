"""Make one sealed file of everything: rows, attachments, set-up. Safe while the system runs. See docs/operations.md."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tovholder.audit.models import SYSTEM
from tovholder.audit.services import record
from tovholder.config.safekeeping import making, restoring, sealed
from tovholder.config.safekeeping.keys import operators_key

NAME = "tovholder{apart}-%Y-%m-%dT%H%M%SZ.backup"


class Command(BaseCommand):
    help = "Writes a sealed backup to a folder (with a name of its own) or a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", nargs="?", help="a folder, or a file that does not exist yet")
        parser.add_argument("--new-key", action="store_true", help="print a fresh key, and do nothing else")
        parser.add_argument("--key-file", help="file with the key (default: BACKUP_KEY or BACKUP_KEY_FILE)")
        parser.add_argument(
            "--apart", metavar="DATABASE", help="back up this database that is kept apart, alone"
        )
        parser.add_argument("--keep", type=int, metavar="DAYS", help="delete older backups in the folder")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(sealed.new_key())
            return
        if not options["target"]:
            raise CommandError("Say where: a folder or a file.")
        target, apart = Path(options["target"]).absolute(), options["apart"]
        if apart and apart not in settings.DATABASES_KEPT_APART:
            raise CommandError(f"{apart!r} is no database that is kept apart.")
        path = target / _name(apart, timezone.now()) if target.is_dir() else target
        began = time.monotonic()
        made = self.make(path, operators_key(options["key_file"]), apart, options["verbosity"])
        record(by=SYSTEM, action="backup.made", details={"rows": made.rows, "files": made.files})
        self.stdout.write(
            f"{path}: {made.rows} rows, {made.files} files, {path.stat().st_size} bytes, "
            f"{time.monotonic() - began:.0f} s. Read back whole."
        )
        if made.missing:
            self.stdout.write(f"{made.missing} files were taken away by somebody meanwhile.")
        if options["keep"] is not None and target.is_dir():
            self.delete_old(target, apart, timezone.now() - timedelta(days=options["keep"]))

    def make(self, path: Path, key: bytes, apart: str | None, verbosity: int) -> making.Made:
        say = self.stderr.write if verbosity > 1 else lambda _line: None
        aliases = [apart] if apart else making.ordinary_databases()
        folders = {} if apart else {name: Path(folder) for name, folder in settings.BACKUP_FOLDERS.items()}
        try:
            made = making.make(path, key, aliases=aliases, folders=folders, say=say)
            restoring.examine(path, key)
        except (making.CannotBackUp, sealed.Damaged) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"No backup was made: {error.strerror or error}.") from error
        return made

    def delete_old(self, folder: Path, apart: str | None, limit: datetime) -> None:
        """By the time in the name: copying a file changes its own."""
        pattern = NAME.format(apart=f"-{apart}" if apart else "")
        for path in folder.glob("tovholder*.backup"):
            try:
                made_at = datetime.strptime(path.name, pattern).replace(tzinfo=limit.tzinfo)
            except ValueError:
                continue
            if made_at < limit:
                path.unlink()
                self.stdout.write(f"Deleted {path.name}.")


def _name(apart: str | None, now: datetime) -> str:
    return now.strftime(NAME.format(apart=f"-{apart}" if apart else ""))
