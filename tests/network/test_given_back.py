"""What was typed into the steps of a network meeting comes back where the writer's access has ended meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from tests.concerns.test_given_back import WORDS, back
from tovholder.accounts.models import User
from tovholder.concerns.models import Concern
from tovholder.meetings.models import NetworkMeeting

For = Callable[[User], Client]


@pytest.mark.parametrize("step", ["grundlag/", "deltagere/telefon/"])
def test_who_was_taken_off_the_case_while_writing(
    draft: NetworkMeeting, erik: User, client_for: For, step: str
) -> None:
    client, path = client_for(erik), f"/netvaerksmoeder/{draft.meeting_id}/trin/{step}"
    draft.concern.case_team.update(until_at=timezone.now())
    draft.meeting.participations.all().delete()
    sent = {"basis": "consent", "purpose_code": "wellbeing", "purpose": WORDS, "text": "PPR skal ikke med"}
    answer = client.post(path, sent)
    nowhere = client.post(path.replace(f"/{draft.meeting_id}/", "/999999/"), sent)
    assert answer.status_code == nowhere.status_code == 404
    assert back(answer.content.decode()) == [WORDS, "PPR skal ikke med"]
    assert answer.content == nowhere.content


def test_a_step_of_a_meeting_that_has_begun_is_refused_and_given_back(
    begun: NetworkMeeting, erik: User, client_for: For
) -> None:
    answer = client_for(erik).post(
        f"/netvaerksmoeder/{begun.meeting_id}/trin/deltagere/telefon/", {"text": WORDS}
    )
    assert answer.status_code == 403
    assert back(answer.content.decode()) == [WORDS]
    assert Concern.objects.exists()
