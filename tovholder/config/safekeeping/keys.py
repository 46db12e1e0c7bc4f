"""Where the operator's key comes from."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from tovholder.config.safekeeping.sealed import BadKey, key_from


def operators_key(key_file: str | None) -> bytes:
    """Read the key from the file named, else from BACKUP_KEY or BACKUP_KEY_FILE. Raises CommandError without one."""
    named = key_file or ("" if settings.BACKUP_KEY else settings.BACKUP_KEY_FILE)
    try:
        text = Path(named).read_text(encoding="ascii") if named else settings.BACKUP_KEY
        if not text:
            raise CommandError(
                "There is no key. `manage.py backup --new-key` makes one; give it in BACKUP_KEY, "
                "BACKUP_KEY_FILE or --key-file, and keep a copy where the backups are not."
            )
        return key_from(text)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The key file cannot be read: {error}") from error
    except BadKey as error:
        raise CommandError(str(error)) from error
