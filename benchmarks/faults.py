"""The faults at full size: `python benchmarks/faults.py [KILLS]` (a hundred), on SQLite and on a PostgreSQL of its own.

Kills web and worker with -9 under load, restarts the database ten times where it has a server, and then asks what is
there: every write that was answered, each once, with one log line and one mail, and a log whose chain verifies.
Prints a table, and exits 1 when something is lost or doubled. A small run is in the suite (tests/faults).
"""

import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.chdir(ROOT)
sys.path.insert(0, str(ROOT))

from tests.faults.cluster import binaries, cluster  # noqa: E402
from tests.faults.machine import Killer, Machine, check, machine, wait  # noqa: E402
from tests.faults.measures import deliver_the_rest  # noqa: E402

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
RESTARTS = 10
KINDS = sys.argv[2:] or ["sqlite", "postgresql"]


def main() -> int:
    wrong = 0
    for kind in KINDS:
        if kind == "postgresql" and binaries() is None:
            print("PostgreSQL is left out: no initdb in /usr/lib/postgresql, or nobody who may run it.")
            continue
        with ExitStack() as opened:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="tovholder-faults-")))
            postgres = opened.enter_context(cluster()) if kind == "postgresql" else None
            url = postgres.url if postgres else f"sqlite:///{folder}/machine.sqlite3"
            made = opened.enter_context(machine(folder, url))
            wrong += try_all(kind, made, postgres)
    return 1 if wrong else 0


def try_all(kind: str, made: Machine, postgres) -> int:  # type: ignore[no-untyped-def]
    made.prepare()
    killer, began = Killer(made, seed=2026), time.monotonic()
    made.start_worker()  # two at once, all the time
    made.begin_load(clients=3)
    restarts = 0
    for number in range(KILLS):
        killer.strike()
        if number % 10 == 9:
            print(f"  {number + 1} kills, {made.answered.count} writes answered", flush=True)
        if postgres and number % (KILLS // RESTARTS or 1) == 0:
            postgres.restart("immediate" if restarts % 2 else "fast")
            restarts += 1
    count = made.answered.count
    wait(lambda: made.answered.count > count + 5, "writes after the last kill")
    made.end_load()
    seconds = time.monotonic() - began
    deliver_the_rest(made)
    facts = made.facts()
    wrong = check(made, facts)
    try:
        chain = made.python("manage.py", "verify_audit").strip().splitlines()[-1]
    except AssertionError as fault:
        wrong.append(chain := str(fault)[-300:])
    report(kind, made, facts, killer.done, restarts, seconds, chain, wrong)
    return len(wrong)


def report(kind, made, facts, kills, restarts, seconds, chain, wrong) -> None:  # type: ignore[no-untyped-def]
    arrived = Counter(made.inbox.ids)
    kinds = Counter(facts["mails"].values())
    print(f"\n== {kind}: {sum(kills.values())} kills in {seconds:.0f} s ==")
    print(
        "  killed:",
        ", ".join(f"{what} {count}" for what, count in sorted(kills.items())),
        f"; database restarted {restarts}",
    )
    print(f"  answered writes: {made.answered.count} ({len(made.answered.agreements)} agreements, "
          f"{len(made.answered.relays)} sent on, {len(made.answered.texts)} saved texts)")  # fmt: skip
    print(f"  in the database: {len(facts['agreements'])} agreements, {len(facts['relays'])} sent on")
    print("  answers:", dict(sorted(made.answered.others.items())))
    print(f"  mails: {dict(kinds)}; arrived {len(arrived)}, of them twice with one Message-ID "
          f"{sum(count == 2 for count in arrived.values())}, more often {sum(count > 2 for count in arrived.values())}")  # fmt: skip
    print(f"  log: {chain}")
    print("  wrong:", "nothing" if not wrong else "\n    ".join(["", *wrong[:20]]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
