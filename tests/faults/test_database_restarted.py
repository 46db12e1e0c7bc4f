"""PostgreSQL restarted under load, also as if the power went: everybody comes back by themselves, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from tests.faults.cluster import binaries, cluster
from tests.faults.machine import check, machine, wait
from tests.faults.measures import deliver_the_rest


@pytest.mark.skipif(connection.vendor != "postgresql", reason="it is PostgreSQL that is restarted")
@pytest.mark.skipif(binaries() is None, reason="no initdb in /usr/lib/postgresql, or nobody who may run it")
def test_web_and_worker_live_through_a_restart_of_the_database(tmp_path: Path) -> None:
    with cluster() as postgres, machine(tmp_path, postgres.url) as made:
        made.prepare()
        web, worker = made.start_web(), made.start_worker()
        made.begin_load(clients=2)
        for how in ("fast", "immediate"):
            before = made.answered.count
            wait(lambda: made.answered.count > before + 3, "writes before the restart")  # noqa: B023
            postgres.restart(how)
            after = made.answered.count
            wait(lambda: made.answered.count > after + 3, "writes after the restart")  # noqa: B023
        made.end_load()
        assert web.poll() is None
        assert worker.poll() is None
        deliver_the_rest(made)
        facts = made.facts()
        assert check(made, facts) == []
        assert facts["waiting"] == 0
        made.python("manage.py", "verify_audit")
        assert "500" not in made.answered.others  # 503 with the reason, or no answer at all
