"""pytest plugin for the run on PostgreSQL: leaves out what has run on SQLite and no database can change.

That is a test to which pytest-django gives no database (it would refuse every connection), in a file that neither
starts a process, which would have a database of its own, nor knows of connections. Whatever is in doubt runs.
A few that take long and ask for no more than the rest does are left out by name.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

FIXTURES = {"db", "transactional_db", "live_server"}
NEAR_A_DATABASE = re.compile(r"subprocess|multiprocessing|tests\.faults|django\.db\b|DATABASE|postgres", re.I)

SAME_ON_BOTH = {
    "tests/e2e/test_weight.py::test_every_page_of_the_demo_is_read_and_written_cheaply": "how often a page asks, not what",
    "tests/login/test_second_factor.py::test_without_a_factor_every_address_leads_to_getting_one": "a middleware's",
    "tests/login/test_second_factor.py::test_with_a_factor_not_shown_every_address_leads_to_showing_it": "a middleware's",
    "tests/config/test_reference.py::": "a page written from the settings",
}


@cache
def is_near_a_database(file: Path) -> bool:
    return bool(NEAR_A_DATABASE.search(file.read_text(encoding="utf-8")))


def has_no_database(item: pytest.Item) -> bool:
    given = item.get_closest_marker("django_db") or FIXTURES & set(getattr(item, "fixturenames", ()))
    return not given and not is_near_a_database(item.path)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [
        item for item in items if has_no_database(item) or item.nodeid.startswith(tuple(SAME_ON_BOTH))
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
