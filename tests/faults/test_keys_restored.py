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
# What is done on the machine besides its commands. Prints the last line as JSON.
STEP = """
import json, os, sys
from datetime import date
sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")
import django
django.setup()
from tovholder.access.decision import yes
from tovholder.audit.models import SYSTEM
from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Child
from tovholder.citizens.services import children
decision = yes("case_team")

def make(name):
    identity = Identity(name, date(2012, 3, 4), cpr="", address="Prøvevej 7")
    return children.create_child(by=SYSTEM, decision=decision, identity=identity).pk

def names():
    shown = [children.show_child(by=SYSTEM, decision=decision, child=each, purpose="case") for each in Child.objects.order_by("pk")]
    return [str(each.name) for each in shown]

def erase(pk):
    from tovholder.citizens.keys import keyring
    return keyring.destroy(Child.objects.get(pk=pk).key)

print(json.dumps(eval(sys.argv[1])))
"""


class Machine:
    """Databases and folders of one machine, and what is in its environment."""

    def __init__(self, folder: Path, master: str, backup_key: Path) -> None:
        self.folder = folder
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

    def run(self, *arguments: str, fails: bool = False) -> str:
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        said = f"{ran.stdout}\n{ran.stderr}"
        assert (ran.returncode != 0) == fails, said[-3000:]
        return said

    def manage(self, *arguments: str, fails: bool = False) -> str:
        return self.run("manage.py", *arguments, fails=fails)

    def step(self, what: str) -> Any:
        return json.loads(self.run("-c", STEP, what).strip().splitlines()[-1])

    def prepare(self) -> None:
        for alias in ("default", "keys"):
            self.manage("migrate", "--database", alias, "--verbosity", "0")
        self.manage("createcachetable")


def newest(folder: Path) -> str:
    return str(max(folder.glob("*.backup")))


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """The key of the ordinary backup, and that of the keys' own."""
    made = tmp_path / "backup.key", tmp_path / "keys-backup.key"
    for path in made:
        path.write_text(sealed.new_key())
    return made


def test_the_drill_from_two_backups_into_an_empty_machine(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    """docs/operations.md, "Restore" and "The drill", step by step."""
    master, apart = MasterKey.new().text, ("--key-file", str(keys[1]))
    old = Machine(tmp_path / "old", master, keys[0])
    old.prepare()
    first = old.step("make('Sophie Prøve')")
    old.step("make('Aksel Prøve')")
    backups, of_keys = tmp_path / "backups", tmp_path / "of-keys"
    backups.mkdir(), of_keys.mkdir()
    old.manage("backup", str(backups))
    old.step(f"erase({first})")
    old.manage("backup", str(of_keys), "--apart", "keys", *apart)
    kept = newest(of_keys)

    new = Machine(tmp_path / "new", master, keys[0])
    said = new.manage("restore", kept, "--check", fails=True)  # the ordinary key does not open it
    assert "key does not fit" in said
    assert "Sound and whole" in new.manage("restore", kept, "--check", *apart)
    assert "Restored" in new.manage("restore", newest(backups))
    assert "Restored" in new.manage("restore", kept, *apart)
    # One for the child that is left, one for the blind index; the erased child's is gone for good.
    assert "2 of 2 keys open" in new.manage("verify_keys")
    names = new.step("names()")
    assert names[1] == "Aksel Prøve"
    assert "Sophie" not in names[0]
    assert "not empty" in new.manage("restore", kept, *apart, fails=True)
    assert "Restored" in new.manage("restore", kept, "--replace", *apart)
    assert new.step("names()") == names
    new.manage("verify_audit")

    wrong = Machine(tmp_path / "wrong", MasterKey.new().text, keys[0])
    wrong.manage("restore", newest(backups))
    wrong.manage("restore", kept, *apart)
    assert "0 of 2 keys open" in wrong.manage("verify_keys", fails=True)
