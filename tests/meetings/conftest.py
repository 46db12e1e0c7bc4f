"""A meeting of the network, planned and under way."""

from __future__ import annotations

import pytest

from tests.factories import AgendaItemFactory, MeetingFactory, ParticipationFactory
from tovholder.meetings.models import Meeting
from tovholder.meetings.services import running


@pytest.fixture
def planned(network, anna, bo, carla) -> Meeting:
    meeting = MeetingFactory(lead_forum=network)
    for person in (anna.person, bo.person, carla.person):
        ParticipationFactory(meeting=meeting, person=person)
    AgendaItemFactory(
        meeting=meeting, position=1, heading="Snus i udskolingen", question="Skal vi holde møde?"
    )
    AgendaItemFactory(meeting=meeting, position=2, heading="En elev", level="anonymous")
    AgendaItemFactory(meeting=meeting, position=3, heading="Eventuelt")
    return meeting


@pytest.fixture
def meeting(planned, anna) -> Meeting:
    return running.start(by=anna, meeting=planned)


@pytest.fixture
def page(client_for, anna):
    return client_for(anna)
