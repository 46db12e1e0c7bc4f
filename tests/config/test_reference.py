"""The generated pages say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.models import Child
from tovholder.config.management.commands.write_reference import GENERATED, settings_page, states_page
from tovholder.config.permissions import STANDINGS, make_world, permissions_page
from tovholder.config.permissions_family import ROWS, family_table
from tovholder.forums.models import Forum

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    ("name", "page"),
    [("settings.md", settings_page), ("states.md", states_page), ("permissions.md", permissions_page)],
)
def test_the_committed_page_is_current(db, name, page):
    assert (FOLDER / name).read_text(encoding="utf-8") == GENERATED + page(), "Run: make reference"


def test_asking_leaves_nothing_behind(db):
    permissions_page()
    assert not Forum.objects.exists()
    assert not Child.objects.exists()
    assert not DataKey.objects.exists()


def test_somebody_of_the_family_reads_and_somebody_does_not(db):
    """Or a rule that refused all of them would stand there as a table of dashes, and nobody ask why."""
    rows = [line.split(" | ") for line in family_table().splitlines() if line.startswith("| read")]
    assert len(rows) == len(ROWS)
    assert any("own case" in row for row in rows)
    assert any("own case" not in row for row in rows)


def test_every_standing_is_asked(db):
    assert [user.name for user in make_world().users] == [each.title for each in STANDINGS]
