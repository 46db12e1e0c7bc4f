"""Production refuses to start when something is missing or unsafe."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tovholder.citizens.keys.sealing import MasterKey
from tovholder.config.environment import SETTINGS, Environment, database_from_url

SAFE = {
    "TOVHOLDER_MODE": "production",
    "SECRET_KEY": "x" * 50,
    "ALLOWED_HOSTS": "tovholder.vestby.example",
    "PUBLIC_URL": "https://tovholder.vestby.example",
    "EMAIL_HOST": "mail.vestby.example",
    "EMAIL_FROM": "tovholder@vestby.example",
    "DATABASE_URL": "postgres://app:p%40ss@db:5433/tovholder",
    "KEYS_DATABASE_URL": "postgres://keys:p@keys:5433/keys",
    "MASTER_KEY": MasterKey.new().text,
}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:///var/demo.sqlite3", "demo-keys.sqlite3"),
        ("sqlite:///var/other", "other-keys.sqlite3"),
        ("postgres://a@b/tovholder", "var/tovholder-keys.sqlite3"),
    ],
)
def test_the_keys_lie_beside_the_ordinary_database_outside_production(
    tmp_path: Path, url: str, name: str
) -> None:
    keys = Environment.read(tmp_path, {"DATABASE_URL": url}).keys_database
    assert str(keys["NAME"]).endswith(name)


def test_production_starts_with_everything_in_place(tmp_path: Path) -> None:
    env = Environment.read(tmp_path, SAFE)
    assert env.secure
    assert not env.debug
    assert env.database["PASSWORD"] == "p@ss"
    assert env.database["PORT"] == "5433"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter"),
        ({"DEBUG": "1"}, "DEBUG must be off"),
        ({"SECURE_COOKIES": "0"}, "SECURE_COOKIES must not be off"),
        ({"PUBLIC_URL": "http://tovholder.vestby.example"}, "PUBLIC_URL must start with https"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name"),
        ({"EMAIL_HOST": ""}, "EMAIL_HOST is missing"),
        ({"KEYS_DATABASE_URL": ""}, "KEYS_DATABASE_URL is missing"),
        ({"KEYS_DATABASE_URL": SAFE["DATABASE_URL"]}, "KEYS_DATABASE_URL must be another"),
        ({"MASTER_KEY": ""}, "MASTER_KEY or MASTER_KEY_FILE is missing"),
        ({"MASTER_KEY": "kort"}, "MASTER_KEY: the master key must be 32 bytes"),
        ({"MASTER_KEY": "", "MASTER_KEY_FILE": "/nowhere"}, "MASTER_KEY_FILE cannot be read"),
        ({"EMAIL_FROM": ""}, "EMAIL_FROM is missing"),
        ({"IMAP_HOST": "imap.vestby.example"}, "IMAP_HOST needs REPLY_ADDRESS"),
        (
            {"IMAP_HOST": "imap.vestby.example", "REPLY_ADDRESS": "svar@x.test", "IMAP_TLS": "0"},
            "IMAP_TLS must not be off",
        ),
        ({"REPLY_ADDRESS": "svar@x.test"}, "REPLY_ADDRESS needs REPLY_AUTHSERV"),
    ],
)
def test_production_refuses(tmp_path: Path, change: dict[str, str], complaint: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=complaint):
        Environment.read(tmp_path, {**SAFE, **change})


def test_that_forged_answers_count_is_said_in_so_many_words(tmp_path: Path) -> None:
    given = {**SAFE, "REPLY_ADDRESS": "svar@x.test", "REPLY_AUTHSERV": "none"}
    assert Environment.read(tmp_path, given).replies["authserv"] == ""
    assert (
        Environment.read(tmp_path, given | {"REPLY_AUTHSERV": "mx.x.test"}).replies["authserv"] == "mx.x.test"
    )


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        Environment.read(tmp_path, {"TOVHOLDER_MODE": "production", "DEBUG": "1"})
    assert "SECRET_KEY is missing" in str(caught.value)
    assert "DEBUG must be off" in str(caught.value)


def test_unknown_mode_and_database_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="allowed are production, demo, development"):
        Environment.read(tmp_path, {"TOVHOLDER_MODE": "prod"})
    with pytest.raises(ImproperlyConfigured, match="unknown scheme 'mysql'"):
        database_from_url("mysql://x/y", tmp_path)


def test_the_table_of_settings_is_up_to_date() -> None:
    written = Path("docs/reference/settings.md").read_text(encoding="utf-8")
    for setting in SETTINGS:
        assert f"`{setting.name}`" in written
        assert setting.meaning in written
