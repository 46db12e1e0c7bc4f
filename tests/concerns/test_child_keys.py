"""Keys: rotated without touching a text, escrowed and restored, lost; and nothing in clear anywhere in the databases."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from tests.concerns.child_world import CaseWorld, a_consent, make_case, sharing_kind
from tovholder.access.sharing import Kind
from tovholder.accounts.models import User
from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.keys.sealing import MasterKey
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern
from tovholder.concerns.services import children, consenting, course, seats
from tovholder.concerns.services.seats import SeatGround

ROOT = Path(__file__).resolve().parents[2]
SECRETS = [
    "Sofie", "Hemmelig", "040313", "0403131234", "2013-03-04", "Skjultvej", "sultent", "Fodbold", "stjålet", "Talt med mor",
    "20102012", "Kun mellem os", "skal kende navnet", "støtte", "fravær hver", "PDF-1.7",
]  # fmt: skip


@pytest.fixture
def world(anna: User, erik: User) -> CaseWorld:
    return make_case(anna, erik)


def dump_of(alias: str) -> str:
    """Every column of every table of a database, bytes as latin-1 and as UTF-8."""
    connection, said = connections[alias], []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    if isinstance(value, bytes | memoryview):
                        raw = bytes(value)
                        said += [raw.decode("latin-1"), raw.decode("utf-8", "ignore")]
                    else:
                        said.append(str(value))
    return "\n".join(said)


def test_after_a_whole_story_nothing_stands_in_clear(
    world: CaseWorld, frida: User, dina: User, client_for: Any
) -> None:
    sharing_kind(frida.person.organisation, Kind.ASSOCIATION)
    sharing_kind(dina.person.organisation, Kind.SOCIAL_AUTHORITY)
    consent = a_consent(world, frida.person.organisation)
    upload = SimpleUploadedFile("Sofie Hemmelig.pdf", b"%PDF-1.7\n Sofie\n%%EOF\n")
    consenting.add_scan(by=world.anna, concern=world.concern, consent=consent, upload=upload)
    course.write_entry(
        by=world.anna, concern=world.concern, kind="note", text="Kun mellem os", child=world.child
    )
    ground = SeatGround("rpl115", "crime_prevention", "forebygge fravær hver dag", "skal kende navnet")
    seats.join_case_team(by=world.anna, concern=world.concern, person=dina.person, ground=ground)
    children.answer_information(by=world.anna, link=world.link, given_on=None, exception="Kun mellem os")
    client: Client = client_for(world.anna)
    for path in (world.path(), world.child_path(), world.child_path("adresse"), world.path("laeg-paa")):
        assert client.get(path).status_code == 200
    client.post(world.path("laeg-paa"), {"cpr": "0403131234"})
    client.post(
        world.path("nyt"), {"name": "Sofie Hemmelig", "birth_date": "2013-03-05", "cpr": "0403131234"}
    )
    client.post("/maa-vi-dele/", {"purpose": "Sofie Hemmelig"})
    consenting.withdraw(by=world.anna, concern=world.concern, consent=consent, on=timezone.localdate())
    for alias in ("default", "keys"):
        everything = dump_of(alias).casefold()
        assert [word for word in SECRETS if word.casefold() in everything] == []


def test_the_master_key_is_rotated_without_touching_a_text(
    world: CaseWorld, settings: Any, capsys: Any
) -> None:
    before = dump_of("default")
    new = MasterKey.new()
    settings.MASTER_KEYS = [new.text, *settings.MASTER_KEYS]
    call_command("rotate_master_key")
    settings.MASTER_KEYS = [new.text]
    assert dump_of("default") == before
    call_command("verify_keys", texts=True)
    said = capsys.readouterr().out
    assert f"3 of 3 keys open by the master key {new.fingerprint}" in said
    assert "sealed texts open" in said
    concern = Concern.objects.get()
    assert str(Safe.of([concern]).read(concern, "seen")) == "Kommer sultent i skole"


def test_lost_keys_and_damaged_texts_are_told_in_numbers(world: CaseWorld, capsys: Any) -> None:
    Child.objects.filter(pk=world.child.pk).update(address=b"x" * 40)
    with pytest.raises(SystemExit):
        call_command("verify_keys", texts=True)
    assert "citizens_child.address: 1 sealed texts are damaged" in capsys.readouterr().out
    DataKey.objects.filter(pk=world.concern.key).delete()
    with pytest.raises(SystemExit):
        call_command("verify_keys")
    said = capsys.readouterr().out
    assert "concerns_concern: 1 rows have lost their key" in said
    assert "Sofie" not in said


def test_the_drill_the_escrowed_key_opens_the_restored_keys(world: CaseWorld, settings: Any) -> None:
    """The keys' database is lost; its backup comes back, and the key from the safe opens it. Another key does not."""
    escrowed = settings.MASTER_KEYS[0]
    kept = list(DataKey.objects.values())
    DataKey.objects.all().delete()
    assert Safe.of([world.child]).read(world.child, "name").fault == "erased"
    DataKey.objects.bulk_create(DataKey(**row) for row in kept)
    settings.MASTER_KEYS = [MasterKey.new().text]
    with pytest.raises(ImproperlyConfigured):
        keyring.require_sound()
    settings.MASTER_KEYS = [escrowed]
    keyring.require_sound()
    assert str(Safe.of([world.child]).read(world.child, "name")) == "Sofie Hemmelig"


@pytest.mark.parametrize("fault", ["missing database", "wrong key", "no key"])
def test_the_web_refuses_to_start_and_damages_nothing(tmp_path: Path, fault: str) -> None:
    keys, main = tmp_path / "keys.sqlite3", tmp_path / "main.sqlite3"
    good = MasterKey.new().text
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{main}", "KEYS_DATABASE_URL": f"sqlite:///{keys}", "MASTER_KEY": good,
        "SECRET_KEY": "x" * 60, "DJANGO_SETTINGS_MODULE": "tovholder.config.settings", "DEBUG": "0", "ALLOWED_HOSTS": "localhost",
    }  # fmt: skip
    env.pop("MASTER_KEY_FILE", None)
    if fault != "missing database":
        made = (
            "import django; django.setup(); from django.core.management import call_command;"
            "call_command('migrate', 'keys', database='keys', verbosity=0);"
            "from tovholder.citizens.keys import keyring; keyring.index_key()"
        )
        subprocess.run([sys.executable, "-c", made], cwd=ROOT, env=env, check=True, capture_output=True)
    before = keys.read_bytes() if keys.exists() else b""
    env["MASTER_KEY"] = "" if fault == "no key" else MasterKey.new().text
    start = [sys.executable, "-c", "import tovholder.config.wsgi"]
    answer = subprocess.run(start, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert "MASTER_KEY" in answer.stderr or "keys" in answer.stderr
    if fault == "missing database":  # SQLite makes an empty file when it is asked; no table is made in it
        with closing(sqlite3.connect(keys)) as there:
            assert there.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    else:
        assert keys.read_bytes() == before
