"""The generated pages say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tovholder.config.management.commands.write_reference import GENERATED, settings_page, states_page
from tovholder.config.permissions import STANDINGS, make_world, permissions_page
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


def test_every_standing_is_asked(db):
    assert [user.name for user in make_world().users] == [each.title for each in STANDINGS]
