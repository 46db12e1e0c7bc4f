"""kill -9 under load, a few times; `benchmarks/faults.py` does it a hundred times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.machine import Killer, check, machine, wait
from tests.faults.measures import deliver_the_rest

pytestmark = pytest.mark.e2e  # processes of their own: once is enough, whatever database the suite runs on


def test_web_and_worker_killed_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    with machine(tmp_path, f"sqlite:///{tmp_path}/machine.sqlite3") as made:
        made.prepare()
        killer = Killer(made, seed=1)
        second = made.start_worker()  # two at once, all the time
        made.begin_load(clients=2)
        for _kill in range(3):
            killer.strike()
        wait(lambda: made.answered.count > 12, "some more writes")
        made.end_load()
        deliver_the_rest(made)
        made.kill_all_of(second)
        facts = made.facts()
        assert check(made, facts) == []
        assert facts["waiting"] == 0
        made.python("manage.py", "verify_audit")
    assert made.answered.count > 12


def test_what_is_lost_doubled_or_unlogged_would_be_seen(tmp_path: Path) -> None:
    """The check itself, told of a world where everything went wrong."""
    with machine(tmp_path, "") as made:
        made.answered.agreements += ["Aftale 0-1", "Aftale 0-2"]
        made.answered.texts.append("Tekst 0-7")
        facts = {
            "agreements": ["Aftale 0-2", "Aftale 0-2"],
            "relays": [],
            "badly_logged": ["Aftale 0-2"],
            "badly_mailed": ["Sendt 0-3"],
            "text": "Tekst 0-5",
            "mails": {"<a@x>": "sent"},
        }
        said = " ".join(check(made, facts))
    for word in ("lost: Aftale 0-1", "doubled", "no log line", "no mail", "Tekst 0-7", "lost mail: <a@x>"):
        assert word in said
