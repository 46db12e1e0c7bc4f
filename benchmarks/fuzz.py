"""The long fuzz: `python benchmarks/fuzz.py [MINUTES] [SEED]`. Prints each fault once, and exits 1 when there was one, or
when an address let nobody in without a reason (tests/security/fuzz_shut.py). Half the time goes to a world of cases.

Runs as a test, in a test database of its own; DATABASE_URL chooses which kind. The small run is in the suite
(tests/security/test_fuzz.py).
"""

import os
import random
import sys
import time
from pathlib import Path

import django
import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_long_run(world):
    from tests.security.fuzz import PERSONS, addresses  # Django is set up by now
    from tests.security.test_fuzz import client_of  # Django is set up by now

    _run(addresses(world), [client_of(world.users.get(name)) for name in PERSONS])


def test_long_run_of_cases(case_world):
    from tests.security.case_crawl import client_of  # Django is set up by now
    from tests.security.fuzz import CASE_PERSONS, addresses_of_cases  # Django is set up by now

    _run(addresses_of_cases(case_world), [client_of(case_world, who) for who in CASE_PERSONS])


def test_each_address_let_somebody_in():
    from tests.security.addresses import patterns  # Django is set up by now
    from tests.security.fuzz import LET_IN  # Django is set up by now
    from tests.security.fuzz_shut import EVERYWHERE, OF_CASES  # Django is set up by now

    closed = {name for name, _route, _converters in patterns()} - LET_IN - set(EVERYWHERE | OF_CASES)
    if closed:
        pytest.fail(f"let nobody in, and nobody says why: {', '.join(sorted(closed))}")


def _run(there, clients):
    from tests.security.fuzz import ANSWERS, fire, shot_at, shut  # Django is set up by now

    minutes, seed = float(os.environ["FUZZ_MINUTES"]) / 2, os.environ["FUZZ_SEED"]
    there = [each for each in there if not each.name.endswith("account_logout")]
    seen, rounds, shots = set(), 0, 0
    _closed, faults = shut(there, clients)
    until = time.monotonic() + minutes * 60
    while faults or time.monotonic() < until:
        rounds += 1
        for number, address in enumerate(there):
            chance = random.Random(f"{seed} {rounds} {number}")
            faults.append(fire(chance.choice(clients), shot_at(address, chance)))
            shots += 1
            for fault in filter(None, faults):
                if (where := fault.where.rpartition(" at ")[2]) not in seen:
                    seen.add(where)
                    print(f"\n{address.name}: {fault}", flush=True)
            faults.clear()
    print(f"\n{shots} requests to {len(there)} addresses in {rounds} rounds, seed {seed}: {len(seen)} faults")
    print("Answers:", ", ".join(f"{status}: {count}" for status, count in sorted(ANSWERS.items())))
    if seen:
        pytest.fail(f"{len(seen)} faults")


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ["FUZZ_MINUTES"] = sys.argv[1] if len(sys.argv) > 1 else "10"
    os.environ["FUZZ_SEED"] = sys.argv[2] if len(sys.argv) > 2 else str(int(time.time()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")
    django.setup()  # the plugins below are read before pytest-django would do it
    sys.exit(pytest.main(["-n0", "-s", "-p", "tests.conftest", "-p", "tests.security.test_fuzz", __file__]))
