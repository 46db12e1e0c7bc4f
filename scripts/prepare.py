"""Make a database ready to be shown: tables, the municipality's set-up, static files and, once, demo people.

One process instead of five commands, so that `make run` answers soon.
"""

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")
# Extensions and other versions of htmx that its package carries along.
UNUSED = ["ext", "htmx-4*", "htmax*"]


def main(setup: str) -> None:
    django.setup()
    # Compressing is native code: it takes the other core while the tables are made.
    with ThreadPoolExecutor(1) as beside:
        collecting = beside.submit(collect_static)
        with told("tables"):
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
        with told("set-up"):
            load(setup)
        if not get_user_model().objects.exists():
            print("Making demo people and a year of history …", flush=True)
            with told("demo"), transaction.atomic():
                call_command("make_demo")
        collecting.result()


@contextmanager
def told(step: str) -> Iterator[None]:
    """Say how long a step took, when it is long enough to wonder."""
    since = time.monotonic()
    yield
    taken = time.monotonic() - since
    if taken >= 0.5:
        print(f"  {step}: {taken:.1f} s", flush=True)


def load(setup: str) -> None:
    """Apply the set-up file and say how much changed; the command exits 2, with every fault, when it is invalid."""
    said = StringIO()
    call_command("load_setup", str(ROOT / "setups" / f"{setup}.toml"), apply=True, stdout=said)
    print(f"Set-up {setup}:", " ".join(said.getvalue().splitlines()[-2:]).strip(), flush=True)


def collect_static() -> None:
    """Gather and compress the static files, unless nothing has changed since last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    sources = [path for path in ROOT.glob("tovholder/*/static/**/*") if path.is_file()]
    newest = max(path.stat().st_mtime for path in sources)
    known = f"{newest} {len(sources)}"
    if stamp.exists() and stamp.read_text() == known:
        return
    with told("static files"):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
    stamp.write_text(known)


if __name__ == "__main__":
    main(sys.argv[1])
