"""Build ten years of the largest city, and keep it between runs: `python benchmarks/city.py --factor 1/100`.

20,000 meetings, 200,000 agenda items, 100,000 agreements, 100,000 concerns, 2,000 users and 5,000,000 log rows at factor
1, all from one seed. On SQLite a file in var/city; on PostgreSQL a database of its own beside the one in TEST_DATABASE_URL. A city is
built again when the generator or the week has changed, and migrated when the tables have; `--drop` removes it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import time
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FOLDER = ROOT / "var" / "city"
SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
SEED = 7


def name_of(factor: Fraction) -> str:
    return f"tovholder_city_{factor.numerator}_{factor.denominator}"


def address_of(vendor: str, factor: Fraction) -> str:
    """Return the DATABASE_URL of a city."""
    if vendor == "sqlite":
        return f"sqlite:///{FOLDER / name_of(factor)}.sqlite3"
    parts = urlsplit(os.environ.get("TEST_DATABASE_URL", SERVER))
    return urlunsplit(parts._replace(path=f"/{name_of(factor)}"))


def environment(vendor: str, factor: Fraction) -> dict[str, str]:
    """Return the environment in which a city's Django runs."""
    own = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings",
        "TOVHOLDER_MODE": "demo",
        "DATABASE_URL": address_of(vendor, factor),
        "KEYS_DATABASE_URL": f"sqlite:///{_keys(vendor, factor)}",
        "MEDIA_ROOT": str(FOLDER / "media"),
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **own}


def ensure(vendor: str, factor: Fraction, seed: int = SEED) -> None:
    """Build the city unless it stands already, and give it the tables of today."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stamp, wanted = _stamp(vendor, factor), _fingerprint(factor, seed)
    if stamp.exists() and stamp.read_text() == wanted and _stands(vendor, factor):
        for name in ("default", "keys"):
            _run(vendor, factor, "manage.py", "migrate", f"--database={name}", "--no-input", "--verbosity=0")
    else:
        print(f"Building {vendor}, {factor} of the city …", flush=True)
        drop(vendor, factor)
        if vendor == "postgresql":
            _on_server("CREATE DATABASE {}", name_of(factor))
        _run(vendor, factor, "benchmarks/city_fill.py", str(factor), str(seed))
        stamp.write_text(wanted)
    # A fresh clone has not gathered them, and no page is served without.
    _run(vendor, factor, "manage.py", "collectstatic", "--no-input", "--verbosity=0")


def _run(vendor: str, factor: Fraction, *command: str) -> None:
    subprocess.run([sys.executable, *command], check=True, cwd=ROOT, env=environment(vendor, factor))


def drop(vendor: str, factor: Fraction) -> None:
    _stamp(vendor, factor).unlink(missing_ok=True)
    for end in ("", "-wal", "-shm"):
        Path(f"{_keys(vendor, factor)}{end}").unlink(missing_ok=True)
    if vendor == "postgresql":
        _on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_of(factor))
    else:
        for end in ("", "-wal", "-shm"):
            Path(f"{FOLDER / name_of(factor)}.sqlite3{end}").unlink(missing_ok=True)


def _stands(vendor: str, factor: Fraction) -> bool:
    if vendor == "sqlite":
        return (FOLDER / f"{name_of(factor)}.sqlite3").exists()
    with suppress(psycopg.Error):
        psycopg.connect(address_of(vendor, factor)).close()
        return True
    return False


def _on_server(statement: str, name: str) -> None:
    server = urlunsplit(urlsplit(os.environ.get("TEST_DATABASE_URL", SERVER))._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))  # type: ignore[arg-type]


def _keys(vendor: str, factor: Fraction) -> Path:
    """Where the data keys of a city lie: a file of its own, whatever the city is in."""
    return FOLDER / f"{vendor}-{name_of(factor)}-keys.sqlite3"


def _stamp(vendor: str, factor: Fraction) -> Path:
    return FOLDER / f"{vendor}-{name_of(factor)}.stamp"


def _fingerprint(factor: Fraction, seed: int) -> str:
    """What the city is made of; also the week, because meetings lie around today."""
    text = hashlib.sha256(f"{factor} {seed} {int(time.time()) // 604_800}".encode())
    for path in sorted(HERE.glob("city_*.py")):
        text.update(path.read_bytes())
    return text.hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--factor", type=Fraction, default=Fraction(1, 100), help="size, 1 is the whole city")
    parser.add_argument(
        "--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"]
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--drop", action="store_true", help="remove the city instead")
    asked = parser.parse_args()
    for vendor in asked.databases:
        (drop if asked.drop else ensure)(vendor, asked.factor)
    return 0


if __name__ == "__main__":
    sys.exit(main())
