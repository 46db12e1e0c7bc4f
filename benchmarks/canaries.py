"""Everybody visits random worlds of children, and no text is heard where it may not be: `python benchmarks/canaries.py`.

Worlds are made and visited until so many (token, response) pairs were looked at (PAIRS, 100,000), each from a seed of its
own (SEED; the same seed gives the same worlds). Prints pairs, responses, addresses, leaks, and what was wrongly hidden;
exits 1 on any. Runs as a test, in a test database of its own; DATABASE_URL chooses which kind. The small run is in the
suite (tests/security/test_case_crawl.py).
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
    from tests.security import case_crawl, case_rows  # Django is set up by now

    pairs, seed = int(os.environ["CANARY_PAIRS"]), os.environ["CANARY_SEED"]
    concerns, all_heard, worlds, wrong = int(os.environ["CANARY_CONCERNS"]), case_crawl.Heard(), 0, 0
    since = time.process_time()
    while all_heard.pairs < pairs or not worlds:
        worlds += 1
        with fresh(), case_crawl.papers_said(monkeypatch), case_crawl.lines_heard() as lines:
            world = case_rows.build(f"{seed} {worlds}", concerns)
            heard = case_crawl.crawl(world, case_crawl.Heard(), part=0.3, pressing=0.2)
            said = case_crawl.tokens_in(world, "\n".join(lines.said))
            wrong += tell(f"{seed} {worlds}", heard, heard.hidden(world), sorted(said))
        all_heard.add(heard)
        print(f"  world {worlds}: {len(world.facts)} tokens, {heard.responses:,} responses", flush=True)
    print(
        f"\n{worlds} worlds of {concerns} concerns, seed {seed}, {time.process_time() - since:.0f} s of processor time:\n"
        f"{all_heard.pairs:,} pairs in {all_heard.responses:,} responses of {len(all_heard.urls):,} URLs"
        f" ({len(all_heard.names)} kinds of address)\n{wrong} leaks, wrongly hidden, told apart or broken"
    )
    if wrong:
        pytest.fail(f"{wrong} wrong")


def fresh():
    """Take the world back when it has been visited."""
    from django.db import transaction  # Django is set up by now

    class Fresh(transaction.Atomic):
        def __exit__(self, *faults):
            transaction.set_rollback(True, self.using)
            super().__exit__(*faults)

    return Fresh(None, True, False)


def tell(seed, heard, hidden, logged):
    """Print each fault; return how many."""
    kinds = {
        "leak": heard.leaks, "wrongly hidden": hidden, "told apart": heard.told_apart, "broken": heard.faults,
        "in the log": logged,
    }  # fmt: skip
    for kind, rows in kinds.items():
        for row in rows:
            print(f"  {kind} (seed {seed}): {row}")
    return sum(map(len, kinds.values()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--seed", default=str(int(time.time())))
    parser.add_argument("--concerns", type=int, default=5, help="in each world")
    asked = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ["CANARY_PAIRS"], os.environ["CANARY_SEED"] = str(asked.pairs), asked.seed
    os.environ["CANARY_CONCERNS"] = str(asked.concerns)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")
    django.setup()  # the plugins below are read before pytest-django would do it
    sys.exit(pytest.main(["-n0", "-s", "-q", "-p", "tests.conftest", __file__]))
