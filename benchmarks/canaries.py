"""Everybody visits everything in random worlds of children, and no text is heard where it may not be: `make canaries`.

Worlds are made and visited until so many (token, response) pairs were looked at in answers that were pages (PAIRS,
100,000) and so many worlds were visited (WORLDS, 1), each from a seed of its own (SEED; the same seed gives the same
worlds). Prints pairs, responses, addresses, leaks, what was wrongly hidden, and exits 1 on any. Runs as a test, in a test
database of its own; DATABASE_URL chooses which kind. The small run is in the suite (tests/security/test_case_crawl.py).
"""

import argparse
import os
import sys
import time
from pathlib import Path

import django
import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_long_run(municipality, monkeypatch):
    from tests.security import case_crawl, case_dump, case_heard, case_rows  # Django is set up by now

    asked = {name: int(os.environ[f"CANARY_{name}"]) for name in ("PAIRS", "WORLDS", "CONCERNS", "SMALL")}
    seed, all_heard, worlds, wrong = os.environ["CANARY_SEED"], case_heard.Heard(), 0, 0
    since, began = time.process_time(), time.monotonic()
    while all_heard.full < asked["PAIRS"] or worlds < asked["WORLDS"]:
        worlds += 1
        with fresh(), case_crawl.papers_said(monkeypatch), case_heard.lines_heard() as lines:
            world = case_rows.build(f"{seed} {worlds}", asked["CONCERNS"])
            heard = case_heard.Heard()
            case_crawl.crawl(
                world, heard, whole=not asked["SMALL"], told=lambda who, heard=heard: through(who, heard)
            )
            stored = case_dump.in_clear(lambda text, world=world: bool(case_heard.secrets_in(world, text)))
            logged = sorted(case_heard.secrets_in(world, "\n".join(lines.said)))
            wrong += tell(f"{seed} {worlds}", world, heard, stored, logged)
        all_heard.add(heard)
        print(f"  world {worlds}: {len(world.facts)} tokens, {heard.responses:,} responses", flush=True)
    print(
        f"\n{worlds} worlds of {asked['CONCERNS']} concerns, seed {seed}, {time.process_time() - since:.0f} s of processor"
        f" time here, {time.monotonic() - began:.0f} s by the clock:\n"
        f"{all_heard.full:,} pairs in pages, {all_heard.pairs:,} in all {all_heard.responses:,} responses of"
        f" {len(all_heard.urls):,} URLs ({len(all_heard.names)} kinds of address)\n"
        f"{wrong} leaks, wrongly hidden, told apart or broken"
    )
    if wrong:
        pytest.fail(f"{wrong} wrong")


def through(who, heard):
    """Tell how far it has come: a whole world takes an hour on a busy machine."""
    wrong = [*heard.leaks, *heard.missed, *heard.told_apart, *heard.faults]
    print(
        f"    {who}: {heard.responses:,} responses, {len(wrong)} wrong so far",
        *wrong[-3:],
        sep="\n      ",
        flush=True,
    )


def fresh():
    """Take the world back when it has been visited."""
    from django.db import transaction  # Django is set up by now

    class Fresh(transaction.Atomic):
        def __exit__(self, *faults):
            transaction.set_rollback(True, self.using)
            super().__exit__(*faults)

    return Fresh(None, True, False)


def tell(seed, world, heard, stored, logged):
    """Print each fault; return how many."""
    kinds = {
        "leak": heard.leaks, "wrongly hidden": heard.hidden(world), "told apart": heard.told_apart, "broken": heard.faults,
        "stored in clear": stored, "in the log": logged,
    }  # fmt: skip
    for kind, rows in kinds.items():
        for row in sorted(set(rows)):
            print(f"  {kind} (seed {seed}): {row}")
    return sum(map(len, kinds.values()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--worlds", type=int, default=1, help="at least so many")
    parser.add_argument("--seed", default=str(int(time.time())))
    parser.add_argument("--concerns", type=int, default=5, help="in each world")
    parser.add_argument("--small", action="store_true", help="visit as little as the suite does")
    asked = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    for name in ("pairs", "worlds", "seed", "concerns", "small"):
        value = getattr(asked, name)
        os.environ[f"CANARY_{name.upper()}"] = str(int(value) if isinstance(value, bool) else value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")
    django.setup()  # the plugins below are read before pytest-django would do it
    sys.exit(pytest.main(["-n0", "-s", "-q", "-p", "tests.conftest", "-p", "no:logging", __file__]))
