"""The early basis: one meeting, one more for a special reason, and no third, nor a way round by the case team (rule 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import MeetingFactory
from tests.meetings.cases.conftest import GROUND, come
from tovholder.access.decision import Refused
from tovholder.concerns.services import seats
from tovholder.concerns.services.seats import SeatGround
from tovholder.meetings.services import running
from tovholder.meetings.services.cases import assess_room, open_case, plan_case, record_ground

EARLY = replace(GROUND, basis="early_cooperation", purpose_code="wellbeing")


def early_meeting(named, people, forum, number: int):
    """A meeting of the forum at which the child may be named on the early basis, with Dina there."""
    forum.bases = ["early_cooperation"]
    forum.save()
    meeting = MeetingFactory(lead_forum=forum, starts_at=timezone.now() + timedelta(days=number + 1))
    item = plan_case(by=people["anna"], meeting=meeting, concern=named)
    come(people["bo"], running.start(by=people["bo"], meeting=meeting), people["dina"])
    return item


def opened_early(item, people, reason: str = "") -> str:
    """Try to open the name on the early basis; return the code of the refusal, or nothing."""
    record_ground(by=people["anna"], case_item=item, ground=replace(EARLY, special_reason=reason))
    try:
        open_case(by=people["anna"], case_item=item)
    except Refused as refused:
        return refused.decision.code
    return ""


def test_on_the_early_basis_a_second_meeting_wants_a_special_reason(named, people, forum):
    codes = []
    for n in range(3):
        item = early_meeting(named, people, forum, n)
        codes += [
            (n, reason != "", opened_early(item, people, reason)) for reason in ("", "Ny viden fra skolen")
        ]
    assert [each for each in codes if each[2]] == [
        (1, False, "special_reason_missing"),
        (2, False, "early_cooperation_used_up"),
        (2, True, "early_cooperation_used_up"),
    ]


def test_a_later_meeting_does_not_close_what_an_earlier_one_opened(named, people, forum):
    first, second = (early_meeting(named, people, forum, n) for n in range(2))
    assert opened_early(first, people) == ""
    assert opened_early(second, people, "Ny viden") == ""
    for item in (first, second):
        item.refresh_from_db()
        assert assess_room(item).allowed


def test_it_is_what_was_told_that_counts_not_the_ground_written_since(named, people, forum):
    first, second = (early_meeting(named, people, forum, n) for n in range(2))
    assert opened_early(first, people) == ""
    record_ground(by=people["anna"], case_item=first, ground=replace(EARLY, basis="consent"))
    assert opened_early(second, people) == "special_reason_missing"


def test_a_seat_on_the_case_team_does_not_pass_the_meetings_by(named, people, forum):
    ground = SeatGround("early_cooperation", "wellbeing", "Støtte", "Kender ham")
    erik = people["erik"].person

    def answers() -> list[str]:
        return [
            seats.assess_seat(named, erik, each).assessment.code
            for each in (ground, replace(ground, special_reason="Ny viden"))
        ]

    assert answers() == ["early_cooperation", "early_cooperation"]
    opened_early(early_meeting(named, people, forum, 0), people)
    assert answers() == ["special_reason_missing", "early_cooperation"]
    with pytest.raises(Refused):
        seats.join_case_team(by=people["anna"], concern=named, person=erik, ground=ground)
    told = replace(ground, special_reason="Ny viden")
    seat = seats.join_case_team(by=people["anna"], concern=named, person=erik, ground=told)
    assert [str(each.special_reason) for each in seats.shown_seats([seat], named)] == ["Ny viden"]
    opened_early(early_meeting(named, people, forum, 1), people, "Ny viden")
    assert answers() == ["early_cooperation_used_up", "early_cooperation_used_up"]
