"""Which tests stay with one worker, because what they stand on is dear to make: all others go to whoever is free.

By file, because xdist's own `--dist loadgroup` reads marks that pytest 9.2 no longer lets through
(github.com/pytest-dev/pytest-xdist/issues/1386).
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

DEMO = "tests/e2e/"  # the demo, as it is served
TOGETHER = (DEMO, "tests/ground/test_serve.py", "tests/meetings/test_reply_mailbox.py")
# In tests/e2e, but each with an empty database of its own, or with no browser at all.
APART = (
    "tests/e2e/test_autosave.py",
    "tests/e2e/test_broendby_year.py",
    "tests/e2e/test_login.py",
    "tests/e2e/test_year_wheel.py",
    "tests/e2e/test_weight.py::test_every_page_of_the_demo_is_read_and_written_cheaply",
    "tests/e2e/test_weight.py::test_lists_are_read_at_once_however_long",
)


def group_of(nodeid: str) -> str:
    """Return what the test shares with others, or the test's own name."""
    if nodeid.startswith(APART):
        return nodeid
    return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


class Together(LoadScopeScheduling):
    """Hands out one test at a time, but what shares something as one; the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)
