"""The overview of a forum: who is at the table, what comes, what is open, and for whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.conftest import organisation
from tests.factories import (
    AgreementFactory,
    DistrictFactory,
    ForumFactory,
    MeetingFactory,
    ParticipationFactory,
    PersonFactory,
    PostFactory,
    PostKindFactory,
    SchoolFactory,
    join,
)
from tovholder.forums.models import Charter
from tovholder.forums.queries import members_of
from tovholder.forums.wording import cadence, missing_sides, notice
from tovholder.insights.queries.forum_page import attendance, member_rows, predecessors, sides, uncovered

NOW = timezone.now()


def held(forum, days_ago: int, *came, absent=()):
    meeting = MeetingFactory(
        lead_forum=forum, status="held", held_at=NOW, starts_at=NOW - timedelta(days=days_ago)
    )
    for user in came:
        ParticipationFactory(meeting=meeting, person=user.person, attended=True)
    for user in absent:
        ParticipationFactory(meeting=meeting, person=user.person, attended=False)
    return meeting


def seats(forum):
    return {each.side: each for each in sides(forum, list(members_of(forum)), attendance(forum))}


@pytest.fixture
def three_sides(network):
    network.expected_sides = ["school", "social", "police"]
    network.save()
    return network


def test_before_the_first_meeting_members_count(three_sides):
    assert {side: (each.came, each.missing) for side, each in seats(three_sides).items()} == {
        "school": (1, False),
        "social": (1, False),
        "police": (1, False),
    }


def test_a_side_misses_after_two_meetings_without_it(three_sides, anna, bo, carla):
    held(three_sides, 90, anna, bo, carla)
    held(three_sides, 60, anna, bo, absent=[carla])
    assert not seats(three_sides)["police"].missing
    held(three_sides, 30, anna, bo, absent=[carla])
    police = seats(three_sides)["police"]
    assert police.missing
    assert police.last_on == (NOW - timedelta(days=90)).date()
    assert missing_sides(["police"]) == "Politiet mangler ved bordet"


def test_an_event_is_no_meeting_of_the_table(three_sides, carla):
    event = held(three_sides, 10, carla)
    event.kind = "event"
    event.save()
    assert attendance(three_sides).meetings == []


def test_the_finding_in_words():
    assert missing_sides([]) == "Alle sider er med"
    assert missing_sides(["leisure"]) == "Klubberne mangler ved bordet"
    assert (
        missing_sides(["leisure", "police", "school"]) == "Klubberne, politiet og skolerne mangler ved bordet"
    )


def test_dots_tell_came_did_not_and_was_not_in_yet(network, anna, bo, carla):
    held(network, 60, anna, absent=[bo])
    held(network, 30, anna, bo, carla)
    rows = {
        row.membership.person.name: row for row in member_rows(list(members_of(network)), attendance(network))
    }
    assert rows["Anna"].dots == [True, True]
    assert rows["Bo"].dots == [False, True]
    assert rows["Carla"].dots == [None, True]
    assert (rows["Carla"].came, rows["Carla"].counted) == (1, 1)


def test_what_is_not_represented(network, bo):
    network.schools.add(
        SchoolFactory(name="x", organisation=organisation("strand", "Strand Skole", side="school"))
    )
    network.schools.add(SchoolFactory(name="y", organisation=bo.person.organisation))
    held_kind, empty = PostKindFactory(name="PPR"), PostKindFactory(name="Sundhedsplejerske")
    PostFactory(kind=held_kind, person=bo.person)
    network.circle = [held_kind.key, empty.key]
    assert uncovered(network, list(members_of(network))) == ["Strand Skole", "Sundhedsplejerske"]


def test_rules_in_words(network):
    network.cadence, network.weekdays, network.notice_days = "monthly", [2], 30
    assert cadence(network) == "Én gang om måneden, tirsdage"
    assert notice(network) == "En måned, med dagsorden"
    network.cadence, network.cadence_count, network.notice_days = "every_n_weeks", 6, 14
    assert cadence(network) == "Hver 6. uge, tirsdage"
    assert notice(network) == "14 dage, med dagsorden"
    network.cadence, network.cadence_count, network.weekday_varies = "times_a_year", 4, True
    assert cadence(network) == "4 gange om året, ugedagen skifter"


def test_predecessors_of_predecessors(network):
    old = ForumFactory(successor=network, closed_on=date(2025, 1, 1))
    older = ForumFactory(successor=old, closed_on=date(2024, 1, 1))
    assert predecessors(network) == [old, older]


# ---- pages


def url(name, forum):
    return reverse(f"insights:{name}", args=[forum.pk])


@pytest.mark.parametrize("name", ["forum", "forum_meetings", "forum_agreements"])
@pytest.mark.parametrize(
    ("who", "code"),
    [("anna", 200), ("bo", 200), ("grethe", 200), ("hans", 200), ("dina", 404), ("ida", 404), ("lise", 404)],
)
def test_who_opens_the_pages(personas, network, client_for, name, who, code):
    assert client_for(personas[who]).get(url(name, network)).status_code == code


@pytest.mark.parametrize("who", ["anna", "bo", "grethe", "hans"])
@pytest.mark.parametrize("name", ["forum", "forum_meetings", "forum_agreements"])
def test_pages_take_few_queries_however_much_there_is(personas, network, client_for, name, who):
    client = client_for(personas[who])

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(name, network)).status_code == 200
        return len(captured)

    def more():
        join(PersonFactory(), network)
        AgreementFactory(forum=network)
        MeetingFactory(lead_forum=network)
        held(network, 10, personas["anna"], personas["bo"])

    more()
    few = count()
    more()
    more()
    assert count() == few
    assert few <= 12


def test_the_overview_says_the_finding(three_sides, anna, bo, client_for):
    held(three_sides, 60, anna, bo)
    held(three_sides, 30, anna, bo)
    page = client_for(anna).get(url("forum", three_sides)).content.decode()
    assert "Politiet mangler ved bordet" in page
    assert "Ikke med de seneste møder" in page
    assert 'aria-label="Med på 2 af de seneste 2 møder"' in page


def test_anonymous_agreements_are_not_shown_to_open_participants(network, frida, bo, client_for):
    join(frida, network)
    AgreementFactory(forum=network, what="Sparring om en ung", level="anonymous")
    AgreementFactory(forum=network, what="Bestil lokale")
    for name in ("forum", "forum_agreements"):
        page = client_for(frida).get(url(name, network)).content.decode()
        assert "Bestil lokale" in page
        assert "Sparring om en ung" not in page
        assert "Sparring om en ung" in client_for(bo).get(url(name, network)).content.decode()


def test_management_sees_the_forum_and_no_agreements(network, grethe, client_for):
    AgreementFactory(forum=network, what="Bestil lokale")
    assert "Bestil lokale" not in client_for(grethe).get(url("forum", network)).content.decode()


def test_a_charter_that_is_due_is_told(network, anna, client_for):
    Charter.objects.create(forum=network, version=3, text="x", approved_on=date(2020, 8, 12))
    page = client_for(anna).get(url("forum", network)).content.decode()
    assert "3, fra 12. august 2020" in page
    assert "Skal gennemses" in page


def test_only_the_convener_is_led_to_the_look_at_participants(network, anna, bo, client_for):
    link = reverse("forums:reviews", args=[network.pk])
    assert link in client_for(anna).get(url("forum", network)).content.decode()
    assert link not in client_for(bo).get(url("forum", network)).content.decode()


def test_closed_agreements_are_a_click_away(network, anna, client_for):
    AgreementFactory(forum=network, what="Gjort for længst", status="done", closed_at=NOW)
    client = client_for(anna)
    assert "Gjort for længst" not in client.get(url("forum_agreements", network)).content.decode()
    assert (
        "Gjort for længst"
        in client.get(url("forum_agreements", network), {"vis": "lukkede"}).content.decode()
    )


def test_the_menu_shows_my_forums_with_the_colour_of_the_district(network, bo, client_for):
    network.districts.add(DistrictFactory(position=1))
    page = client_for(bo).get(url("forum", network)).content.decode()
    assert 'class="th-dot th-dot-2"' in page
    assert 'aria-current="true"' in page


def test_a_person_shows_the_forums_that_the_reader_may_see(network, anna, bo, hans, dina, client_for):
    other = ForumFactory(name="Netværk Øster")
    join(bo, other)
    page = client_for(anna).get(reverse("insights:person", args=[bo.person.pk])).content.decode()
    assert "Netværk Øster" in page
    page = client_for(dina).get(reverse("insights:person", args=[bo.person.pk])).content.decode()
    assert "Netværk Øster" not in page
    assert "Netværk Vester" not in page
