"""The restore drill of the keys' database, by the commands that the operator has: into an empty machine and back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tovholder.citizens.keys.sealing import MasterKey
from tovholder.config.safekeeping import sealed

ROOT = Path(__file__).resolve().parents[2]
# Commands of manage.py and steps of our own, one after the other in one process: each start of Python costs seconds.
STEPS = """
import io, json, os, sys
from datetime import date
sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")
import django
django.setup()
from django.core.management import CommandError, call_command
from tovholder.access.decision import yes
from tovholder.audit.models import SYSTEM
from tovholder.citizens.identity import Identity
from tovholder.citizens.keys import keyring
from tovholder.citizens.models import Child
from tovholder.citizens.services import children
decision = yes("case_team")

def make(name):
    identity = Identity(name, date(2012, 3, 4), cpr="", address="Prøvevej 7")
    return children.create_child(by=SYSTEM, decision=decision, identity=identity).pk

def names():
    rows = Child.objects.order_by("pk")
    shown = [children.show_child(by=SYSTEM, decision=decision, child=each, purpose="case") for each in rows]
    return [str(each.name) for each in shown]

def erase(name):
    return keyring.destroy(Child.objects.order_by("pk")[0].key)

def manage(*words):
    out = io.StringIO()
    try:
        call_command(*words, stdout=out, stderr=out)
    except CommandError as error:
        return f"CommandError: {error}"
    except SystemExit as left:
        return f"{out.getvalue()} left with {left.code}"
    return out.getvalue()

known = {"make": make, "names": names, "erase": erase, "manage": manage}
print(json.dumps([known[what](*words) for what, *words in json.loads(sys.argv[1])]))
"""


class Machine:
    """Databases and folders of one machine, and what is in its environment."""

    def __init__(self, folder: Path, master: str, backup_key: Path) -> None:
        folder.mkdir()
        kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        self.environ = kept | {
            "TOVHOLDER_MODE": "development",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "KEYS_DATABASE_URL": f"sqlite:///{folder}/keys.sqlite3",
            "MEDIA_ROOT": str(folder / "media"),
            "AUDIT_ANCHOR": str(folder / "anchors"),
            "MASTER_KEY": master,
            "BACKUP_KEY_FILE": str(backup_key),
        }

    def do(self, *steps: tuple[str, ...]) -> list[Any]:
        """Return what each step said."""
        ran = subprocess.run(
            [sys.executable, "-c", STEPS, json.dumps(steps)],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"[-3000:]
        return list(json.loads(ran.stdout.strip().splitlines()[-1]))


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """The key of the ordinary backup, and that of the keys' own."""
    made = tmp_path / "backup.key", tmp_path / "keys-backup.key"
    for path in made:
        path.write_text(sealed.new_key())
    return made


def test_the_drill_from_two_backups_into_an_empty_machine(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    """docs/operations.md, "Restore" and "The drill", step by step; one child's key goes between the two backups."""
    master, apart = MasterKey.new().text, ("--key-file", str(keys[1]))
    ordinary, of_keys = str(tmp_path / "ordinary.backup"), str(tmp_path / "keys.backup")
    old = Machine(tmp_path / "old", master, keys[0])
    old.do(
        ("manage", "migrate", "--verbosity=0"),
        ("manage", "createcachetable"),
        ("make", "Sophie Prøve"),
        ("make", "Aksel Prøve"),
        ("manage", "backup", ordinary),
        ("erase", "Sophie Prøve"),
        ("manage", "backup", of_keys, "--apart", "keys", *apart),
    )
    new = Machine(tmp_path / "new", master, keys[0])
    wrong, sound, first, second, verified, shown, again, chain = new.do(
        ("manage", "restore", of_keys, "--check"),  # with the key of the ordinary backup
        ("manage", "restore", of_keys, "--check", *apart),
        ("manage", "restore", ordinary),
        ("manage", "restore", of_keys, *apart),
        ("manage", "verify_keys"),
        ("names",),
        ("manage", "restore", of_keys, *apart),
        ("manage", "verify_audit"),
    )
    assert "key does not fit" in wrong
    assert "Sound and whole" in sound
    assert first.startswith("Restored ")
    assert second.startswith("Restored ")
    # One for the child that is left, one for the blind index; the erased child's is gone for good.
    assert verified.startswith("2 of 2 keys open")
    assert shown[1] == "Aksel Prøve"
    assert "Sophie" not in shown[0]
    assert "'keys' is not empty" in again
    assert "left with" not in chain
    new.environ["MASTER_KEY"] = MasterKey.new().text
    [closed] = new.do(("manage", "verify_keys"))
    assert closed.startswith("0 of 2 keys open")
    assert closed.endswith("left with 1")
