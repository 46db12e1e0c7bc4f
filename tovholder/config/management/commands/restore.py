"""Build this machine from a backup: databases and files. Stop web and worker first. See docs/operations.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import DEFAULT_DB_ALIAS, DatabaseError
from django.utils.module_loading import import_string

from tovholder.audit.models import SYSTEM
from tovholder.audit.services import record
from tovholder.config.safekeeping import restoring, sealed
from tovholder.config.safekeeping.keys import operators_key


class Command(BaseCommand):
    help = "Restores databases and files from a sealed backup, all or nothing."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a file made by `manage.py backup`")
        parser.add_argument("--key-file", help="file with the key (default: BACKUP_KEY or BACKUP_KEY_FILE)")
        parser.add_argument("--check", action="store_true", help="only read the file and say what is in it")
        parser.add_argument(
            "--replace", action="store_true", help="delete what is in the databases and folders"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, key = Path(options["file"]).absolute(), operators_key(options["key_file"])
        try:
            if options["check"]:
                found = restoring.examine(path, key)
                for table, count in sorted(found.tables.items()):
                    self.stdout.write(f"{count:>10} {table}")
                self.stdout.write(
                    f"Sound and whole: {found.rows} rows, {found.files} files, of {found.made_at}."
                )
                return
            folders = {name: Path(folder) for name, folder in settings.BACKUP_FOLDERS.items()}
            said = self.stderr.write if options["verbosity"] > 1 else lambda _line: None
            found = restoring.restore(path, key, folders=folders, replace=options["replace"], say=said)
        except (restoring.CannotRestore, sealed.BadKey, sealed.Damaged) as error:
            raise CommandError(f"{error} Nothing has been touched.") from error
        except OSError as error:
            raise CommandError(f"{error.strerror or error}. Everything is as it was.") from error
        except DatabaseError as error:
            raise CommandError(
                f"The database said no ({error}). Everything is as it was. Do web and worker still run?"
            ) from error
        self.bring_up_to_date(found)
        self.stdout.write(f"Restored {found.rows} rows and {found.files} files of {found.made_at}.")

    def bring_up_to_date(self, found: restoring.Contents) -> None:
        """The backup may be of an older version: the newer steps are taken now."""
        for alias in found.migrations:
            # Django's own for the ordinary one: ours would make the keys' tables too, and they are to be restored.
            steps = Migrate() if alias == DEFAULT_DB_ALIAS else "migrate"
            call_command(steps, database=alias, interactive=False, verbosity=0)
        if "default" in found.migrations:
            call_command("createcachetable", verbosity=0)
            for path in settings.AFTER_RESTORE:
                import_string(path)()
            record(by=SYSTEM, action="backup.restored", details={"made_at": found.made_at})
