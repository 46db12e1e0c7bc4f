"""A set-up file that gives rights is told to the log reviewers at once, as any other way of giving them."""

from __future__ import annotations

import pytest

from tests.setup.conftest import SMALL, read
from tovholder.outbox.models import OutgoingMail
from tovholder.setup.models import SetupFile
from tovholder.setup.services import apply_setup

TEAM = '\n[[team]]\nkey = "liste"\nname = "Liste"\n'
MEMBER = '\n[[role]]\nkey = "medlem"\nname = "Medlem"\n'


@pytest.fixture
def mails(db, hans, lise):
    """The mails that a load with this much more in the file brings the reviewer."""
    apply_setup(by=hans, document=read(SMALL + TEAM + MEMBER))
    OutgoingMail.objects.all().delete()

    def load(text: str) -> list[OutgoingMail]:
        apply_setup(by=hans, document=read(text))
        return list(OutgoingMail.objects.filter(to=lise.email))

    return load


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('name = "Medlem"\n', 'name = "Medlem"\nconvenes = true\n'),
        ('name = "Liste"\n', 'name = "Liste"\ntriages = true\n'),
    ],
)
def test_a_role_that_convenes_and_a_team_that_receives(mails, was, becomes):
    [mail] = mails((SMALL + TEAM + MEMBER).replace(was, becomes))
    assert f"/log/?om=setup.setupfile&nummer={SetupFile.objects.latest('pk').pk}" in mail.body
    assert "Medlem" not in mail.body


def test_what_gives_nobody_anything(mails):
    assert mails((SMALL + TEAM + MEMBER).replace("Nordskolen", "Skolen i nord")) == []
