"""Min dag: how the day stands, for each role."""

from __future__ import annotations

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    AgreementFactory,
    ForumFactory,
    MeetingFactory,
    ParticipationFactory,
    PersonFactory,
    TopicFactory,
    join,
)
from tovholder.forums.models import Charter
from tovholder.insights.queries.my_day import awaiting, my_day
from tovholder.insights.views.my_day import greeting
from tovholder.meetings.models import Minutes, MinutesComment, Participation, Relay

PERSONAS = ["anna", "bo", "carla", "dina", "erik", "frida", "grethe", "hans", "ida", "lise"]


def noon():
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)


def kinds(user) -> list[str]:
    return [each.kind for each in awaiting(user, timezone.localdate())]


def meeting_in(forum, days: int, **values):
    starts = noon() + timedelta(days=days)
    return MeetingFactory(lead_forum=forum, starts_at=starts, ends_at=starts + timedelta(hours=1), **values)


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (5, "Godmorgen"),
        (9, "Godmorgen"),
        (10, "God formiddag"),
        (12, "God eftermiddag"),
        (18, "God aften"),
        (2, "God aften"),
    ],
)
def test_greeting(hour, words):
    assert greeting(hour) == words


@pytest.mark.parametrize("name", PERSONAS)
def test_every_role_has_a_page(client_for, network, personas, name):
    response = client_for(personas[name]).get("/")
    assert response.status_code == 200
    assert personas[name].name in response.content.decode()


def test_the_sentence_says_how_the_day_stands(client_for, network, bo):
    early = noon().replace(hour=0)
    MeetingFactory(lead_forum=network, starts_at=early, ends_at=early + timedelta(hours=23, minutes=59))
    for days in (-1, -4):
        AgreementFactory(
            forum=network, responsible=bo.person, due_on=timezone.localdate() + timedelta(days=days)
        )
    coming = meeting_in(network, 8)
    ParticipationFactory(meeting=coming, person=bo.person, invited_sequence=0)
    html = client_for(bo).get("/").content.decode()
    assert (
        "Du har <strong>ét møde i dag</strong>, to aftaler er <strong>over fristen</strong>, og én ting venter på dit svar."
        in html
    )


def test_what_waits_beyond_the_first_eight_can_be_unfolded(client_for, network, anna):
    headings = [TopicFactory(forum=network, heading=f"Emne nummer {n}").heading for n in range(10)]
    html = client_for(anna).get("/").content.decode()
    assert "<summary>2 ting mere</summary>" in html
    assert all(heading in html for heading in headings)


def test_a_quiet_day(client_for, network, bo):
    assert "Der er ikke noget, der haster." in client_for(bo).get("/").content.decode()
    coming = meeting_in(network, 8)
    html = client_for(bo).get("/").content.decode()
    assert "Dit næste møde er <strong>" in html
    assert f"/moeder/{coming.pk}/" in html


@pytest.mark.parametrize(
    ("days", "badge", "words"),
    [(30, "Ikke sendt endnu", ""), (18, "1 ting mangler", "senest"), (14, "1 ting mangler", "i dag"), (5, "1 ting mangler", "skulle være sendt")],
)  # fmt: skip
def test_convener_sees_when_the_invitation_must_go(network, anna, days, badge, words):
    meeting_in(network, days)
    row = my_day(anna).meetings[0]
    assert row.badge == badge
    assert words in row.line


def test_convener_sees_who_has_not_answered(network, anna, bo, carla):
    coming = meeting_in(network, 5, invited_at=timezone.now())
    for user, answer in ((anna, "yes"), (bo, "none"), (carla, "yes")):
        ParticipationFactory(meeting=coming, person=user.person, answer=answer, invited_sequence=0)
    row = my_day(anna).meetings[0]
    assert (row.badge, row.line.split(" · ")[-1]) == ("1 ting mangler", "1 har ikke svaret")
    Participation.objects.update(answer="yes")
    row = my_day(anna).meetings[0]
    assert (row.badge, row.line.split(" · ")[-1]) == ("Klar", "3 af 3 kommer")


@pytest.mark.parametrize(
    ("answer", "badge"),
    [("none", "Mangler dit svar"), ("yes", "Du kommer"), ("no", "Du kommer ikke"), ("maybe", "Måske")],
)
def test_member_sees_own_answer(network, bo, answer, badge):
    coming = meeting_in(network, 5, invited_at=timezone.now())
    ParticipationFactory(meeting=coming, person=bo.person, answer=answer, invited_sequence=0)
    assert my_day(bo).meetings[0].badge == badge


def test_meetings_of_others_past_and_cancelled_are_not_mine(network, bo, grethe):
    meeting_in(network, -3)
    meeting_in(network, 3, status="cancelled")
    meeting_in(ForumFactory(), 3)
    assert my_day(bo).meetings == []
    assert len(my_day(grethe).meetings) == 1


def test_agreements_are_overdue_first_and_five(network, bo):
    today = timezone.localdate()
    for days in (5, -2, None, 1, 9, 30, -9):
        AgreementFactory(forum=network, responsible=bo.person, due_on=days and today + timedelta(days=days))
    day = my_day(bo)
    assert [each.due_on for each in day.agreements] == [today + timedelta(days=n) for n in (-9, -2, 1, 5, 9)]
    assert (day.open_count, day.late_count) == (7, 2)


def test_invitations_await_an_answer_until_they_have_one(network, bo):
    coming = meeting_in(network, 5)
    row = ParticipationFactory(meeting=coming, person=bo.person)
    assert kinds(bo) == []
    row.invited_sequence = 0
    row.save()
    assert kinds(bo) == ["answer"]
    row.answer = "maybe"
    row.save()
    assert kinds(bo) == []


def test_minutes_await_members_and_then_the_convener(network, anna, bo):
    held = meeting_in(network, -5, status="held", held_at=timezone.now())
    ParticipationFactory(meeting=held, person=bo.person)
    minutes = Minutes.objects.create(meeting=held)
    assert (kinds(anna), kinds(bo)) == (["approve"], [])
    minutes.status, minutes.comments_until = "commenting", timezone.localdate()
    minutes.save()
    assert (kinds(anna), kinds(bo)) == ([], ["comment"])
    MinutesComment.objects.create(minutes=minutes, person=bo.person, stance="accept", at=timezone.now())
    assert kinds(bo) == []
    minutes.comments_until = timezone.localdate() - timedelta(days=1)
    minutes.save()
    assert kinds(anna) == ["approve"]
    minutes.status, minutes.approved_at, minutes.approved_by = "approved", timezone.now(), anna
    minutes.save()
    assert kinds(anna) == []


def test_topics_substitutes_relays_and_charters_await_the_convener(network, anna, bo):
    coming, other = meeting_in(network, 5), ForumFactory()
    TopicFactory(forum=network)
    TopicFactory(forum=network, status="banked")
    ParticipationFactory(meeting=coming, person=PersonFactory(), part="substitute")
    Relay.objects.create(
        from_forum=other,
        to_forum=network,
        heading="H",
        text="T",
        created_by="system",
        created_at=timezone.now(),
    )
    Charter.objects.create(forum=network, version=1, text="T", approved_on=date(2020, 2, 29))
    assert kinds(anna) == ["substitute", "relay", "topic", "charter"]
    assert kinds(bo) == []


@pytest.mark.parametrize(("days", "due"), [(364, 0), (366, 1)])
def test_charters_are_due_when_they_are_a_year_old(network, anna, days, due):
    approved = timezone.localdate() - timedelta(days=days)
    Charter.objects.create(forum=network, version=1, text="T", approved_on=approved)
    assert len(kinds(anna)) == due


def test_a_newer_charter_is_enough(network, anna):
    Charter.objects.create(forum=network, version=1, text="T", approved_on=date(2020, 1, 1))
    Charter.objects.create(forum=network, version=2, text="T", approved_on=timezone.localdate())
    assert kinds(anna) == []


def test_what_is_sent_to_a_person_awaits_that_person(client_for, network, carla):
    relay = Relay.objects.create(
        from_forum=network,
        to_person=carla.person,
        heading="Lys",
        text="T",
        created_by="s",
        created_at=timezone.now(),
    )
    assert kinds(carla) == ["question"]
    assert "/moeder/" in client_for(carla).get("/").content.decode()
    relay.status, relay.answer = "answered", "Ja"
    relay.save()
    assert kinds(carla) == []


def test_tiles_are_for_members_and_others_see_what_they_can_do(client_for, network, bo, hans, lise):
    assert "/aftaler/ny/" in client_for(bo).get("/").content.decode()
    html = client_for(hans).get("/").content.decode()
    assert "/aftaler/ny/" not in html
    assert "/opsaetning/" in html.split("<main")[1]
    assert "/log/" in client_for(lise).get("/").content.decode().split("<main")[1]


def test_a_topic_goes_to_the_forum_at_once_or_after_a_choice(client_for, network, bo):
    assert client_for(bo).get("/emne/").url == reverse("meetings:topics", args=[network.pk])
    other = ForumFactory(name="Trivselsforum")
    join(bo, other)
    html = client_for(bo).get("/emne/").content.decode()
    assert "Trivselsforum" in html
    assert "Netværk Vester" in html


def test_min_dag_reads_a_constant_number_of_times(
    client_for, network, anna, bo, carla, django_assert_max_num_queries
):
    client = client_for(anna)

    def reads() -> int:
        with django_assert_max_num_queries(13) as seen:
            assert client.get("/").status_code == 200
        return len(seen)

    def add(number: int) -> None:
        coming = meeting_in(network, number + 3, invited_at=timezone.now())
        for user in (anna, bo, carla):
            ParticipationFactory(meeting=coming, person=user.person, invited_sequence=0)
        TopicFactory(forum=network)
        made = AgreementFactory(forum=network, responsible=anna.person)
        made.helpers.add(bo.person)

    add(1)
    one = reads()
    add(2)
    add(3)
    assert reads() == one


def test_hour_is_local(client_for, bo):
    with patch("tovholder.insights.views.my_day.timezone.localtime", return_value=noon().replace(hour=7)):
        assert "Godmorgen, Bo" in client_for(bo).get("/").content.decode()
