"""Two people press "Godkend" in the same moment, each on a connection of their own."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from tests.factories import AgendaItemFactory, MeetingFactory, ParticipationFactory
from tovholder.meetings.models import Meeting, Minutes, MinutesStatus
from tovholder.meetings.services import minutes, running
from tovholder.outbox.models import OutgoingMail

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="SQLite lets one write at a time; the test database lives in memory",
    ),
]


def test_one_wins_and_the_other_is_told(network, anna, bo):
    meeting = MeetingFactory(lead_forum=network)
    ParticipationFactory(meeting=meeting, person=bo.person)
    AgendaItemFactory(meeting=meeting)
    held = running.finish(by=anna, meeting=running.start(by=anna, meeting=meeting))
    gate, results = threading.Barrier(2), []

    def press() -> None:
        gate.wait()
        try:
            minutes.approve(by=anna, meeting=Meeting.objects.get(pk=held.pk))
            results.append("approved")
        except minutes.AlreadyApprovedError:
            results.append("already")
        finally:
            connections.close_all()

    both = [threading.Thread(target=press) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(20)
    assert sorted(results) == ["already", "approved"]
    assert Minutes.objects.get().status == MinutesStatus.APPROVED
    assert (
        OutgoingMail.objects.filter(about=f"minutes:{held.pk}").count()
        == held.participations.exclude(person__email="").count()
    )
    assert connection.vendor != "sqlite"
