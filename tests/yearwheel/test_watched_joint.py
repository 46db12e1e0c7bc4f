"""Whose a joint meeting is when the year is watched: the rule it was published from, or one that it fills (rule 32)."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.utils import timezone

from tests.factories import ForumFactory, MeetingFactory
from tests.yearwheel.conftest import out, place, solved
from tests.yearwheel.test_publishing import publish
from tovholder.forums.models import JointMeetingRule
from tovholder.meetings.services.days import at
from tovholder.yearwheel.queries import watch


@pytest.fixture
def planned(plan, fake, anna, joint):
    fake.answer = lambda data: out(
        [place(f"j{joint.pk}", which, f"2026-{month}-10") for which, month in ((1, 10), (2, 11))]
    )
    return solved(anna, plan)


def too_few(plan) -> set[str]:
    return {each.text for each in watch.look(plan, date(2026, 10, 1)) if each.rule == 32}


def test_a_rule_that_takes_over_from_another_has_its_meetings(planned, anna, east, west, joint):
    publish(anna, planned)
    new = JointMeetingRule.objects.create(key="nyt", name="Fællesmødet", times_a_year=1, minutes=60)
    new.forums.set([east, west])
    assert "Fællesmødet mangler årets møde." in too_few(planned)
    joint.retired_at = timezone.now()
    joint.save()
    assert not any("Fællesmøde" in each for each in too_few(planned))


def test_a_forum_that_is_closed_or_came_along_makes_no_meeting_be_missing(planned, anna, east, west, joint):
    missing = "Fællesmøde mangler 1 af årets 2 møder."
    others = [ForumFactory(key=f"x{n}", name=f"X {n}", cadence="when_needed") for n in range(2)]
    joint.forums.add(others[0])
    by_hand = MeetingFactory(lead_forum=west, kind="joint", starts_at=at(date(2027, 4, 6), time(13)))
    by_hand.forums.set([east, west, *others])
    assert missing in too_few(planned)
    by_hand.forums.remove(others[0])
    assert missing not in too_few(planned)
    others[0].retired_at = timezone.now()
    others[0].save()
    assert missing in too_few(planned)


def test_a_meeting_by_hand_goes_to_the_first_rule_that_lacks_one(planned, east, west, joint):
    other = JointMeetingRule.objects.create(key="andet", name="Temamøde", times_a_year=1, minutes=60)
    other.forums.set([east, west])
    for month in (3, 4, 5):
        day = at(date(2027, month, 6), time(13))
        MeetingFactory(lead_forum=west, kind="joint", starts_at=day).forums.set([east, west])
    assert not any("Fællesmøde" in each or "Temamøde" in each for each in too_few(planned))


def test_one_that_is_missing_besides_those_named_is_one():
    few = [watch.Prompt(32, f"few-f{n}", "", date(2026, 10, 1), n, name=f"F{n}") for n in range(5)]
    said = [watch._gathered(few[:n])[-1].text for n in (4, 5)]
    assert said == [
        "4 fora mangler møder i år: F0, F1, F2 og et andet.",
        "5 fora mangler møder i år: F0, F1, F2 og 2 andre.",
    ]
