"""A forum closes into another, or several become one: everything open follows, and history stays readable."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    AgendaItemFactory,
    AgreementFactory,
    DistrictFactory,
    ForumFactory,
    MeetingFactory,
    PersonFactory,
    SchoolFactory,
    TopicFactory,
    join,
)
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.forums.models import Forum, Membership
from tovholder.forums.queries import visible_to
from tovholder.forums.standing import forget
from tovholder.meetings.models import Meeting, Relay, Series
from tovholder.meetings.queries import visible_to as meetings_visible_to
from tovholder.meetings.services.agenda import build
from tovholder.meetings.services.succession import close_forum, merge_forums

HELD = {"status": "held", "held_at": timezone.now()}


@pytest.fixture
def heir(anna, dina):
    forum = ForumFactory(name="Netværk Strand")
    join(anna, forum, convenes=True)
    join(dina, forum)
    return forum


def close(anna, network, heir):
    close_forum(by=anna, forum=network, successor=heir, reason="To blev til ét")
    network.refresh_from_db()
    heir.refresh_from_db()


def test_members_follow_once_and_leave_the_old_forum(anna, bo, network, heir):
    join(bo, heir)
    close(anna, network, heir)
    seats = Membership.objects.filter(valid_until__isnull=True)
    assert not seats.filter(forum=network).exists()
    assert sorted(seats.filter(forum=heir).values_list("person__name", flat=True)) == [
        "Anna",
        "Bo",
        "Carla",
        "Dina",
    ]


def test_open_agreements_topics_and_relays_follow_and_closed_ones_stay(anna, network, heir):
    open_one = AgreementFactory(forum=network)
    done = AgreementFactory(forum=network, status="done", closed_at=timezone.now())
    topic = TopicFactory(forum=network, status="banked")
    sent = Relay.objects.create(
        from_forum=network, heading="a", text="b", to_person=PersonFactory(), created_by="x"
    )
    received = Relay.objects.create(from_forum=heir, heading="a", text="b", to_forum=network, created_by="x")
    close(anna, network, heir)
    for each in (open_one, done, topic, sent, received):
        each.refresh_from_db()
    assert (open_one.forum, topic.forum, sent.from_forum, received.to_forum) == (heir, heir, heir, heir)
    assert done.forum == network


def test_planned_meetings_become_the_successors(anna, bo, network, heir):
    series = Series.objects.create(forum=network, rule={})
    planned = MeetingFactory(lead_forum=network, series=series)
    cancelled = MeetingFactory(lead_forum=network, status="cancelled")
    held = MeetingFactory(lead_forum=network, **HELD)
    close(anna, network, heir)
    for meeting, forum in ((planned, heir), (cancelled, heir), (held, network)):
        meeting.refresh_from_db()
        assert meeting.lead_forum == forum
        assert list(meeting.forums.all()) == [forum]
    assert Series.objects.get().forum == heir
    assert set(planned.participations.values_list("person__name", flat=True)) == {
        "Anna",
        "Bo",
        "Carla",
        "Dina",
    }


def test_a_joint_meeting_swaps_the_forum(anna, network, heir):
    third = ForumFactory()
    joint = MeetingFactory(lead_forum=network, forums=[network, third], kind="joint")
    of_both = MeetingFactory(lead_forum=network, forums=[network, heir], kind="joint")
    close(anna, network, heir)
    joint.refresh_from_db()
    of_both.refresh_from_db()
    assert (joint.lead_forum, joint.kind, set(joint.forums.all())) == (heir, "joint", {heir, third})
    assert (of_both.lead_forum, of_both.kind, list(of_both.forums.all())) == (heir, "ordinary", [heir])


def test_a_postponed_item_comes_to_the_successors_agenda(anna, network, heir):
    held = MeetingFactory(lead_forum=network, starts_at=timezone.now() - timedelta(days=3), **HELD)
    AgendaItemFactory(meeting=held, heading="Udskudt", is_deferred=True)
    close(anna, network, heir)
    following = MeetingFactory(lead_forum=heir)
    build(by=anna, meeting=following)
    assert following.items.filter(heading="Udskudt", source="deferred").count() == 1


def test_history_is_read_by_those_who_came_along(anna, bo, dina, network, heir, client_for):
    held = MeetingFactory(lead_forum=network, title="Det gamle møde", **HELD)
    close(anna, network, heir)
    for user in (bo, dina):
        forget(user)
        assert network in visible_to(user)
        assert held in meetings_visible_to(user)
    page = client_for(dina).get(reverse("insights:forum_meetings", args=[heir.pk])).content.decode()
    assert "Det gamle møde" in page
    assert "Netværk Vester" in page
    closed = client_for(dina).get(reverse("insights:forum", args=[network.pk])).content.decode()
    assert "Netværk Strand" in closed
    assert "To blev til ét" in closed


def test_a_running_meeting_is_finished_first(anna, network, heir):
    MeetingFactory(lead_forum=network, status="running", started_at=timezone.now())
    with pytest.raises(Refused, match="møde lige nu"):
        close(anna, network, heir)
    assert Forum.objects.get(pk=network.pk).closed_on is None


def test_a_successor_that_is_closed_or_the_forum_itself_is_refused(anna, network, heir):
    with pytest.raises(Refused):
        close(anna, network, network)
    close(anna, network, heir)
    with pytest.raises(Refused):
        close_forum(by=anna, forum=heir, successor=network, reason="Tilbage")


def test_a_chain_that_would_bite_its_tail_is_refused(hans, network, heir):
    heir.successor = network  # not closed, but already promised
    heir.save()
    with pytest.raises(Refused, match="afløse hinanden"):
        close_forum(by=hans, forum=network, successor=heir, reason="Ring")


def test_the_database_wants_another_forum_as_successor(network):
    with pytest.raises(IntegrityError), transaction.atomic():
        Forum.objects.filter(pk=network.pk).update(closed_on=timezone.localdate(), successor=network)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_given(anna, network, heir, reason):
    with pytest.raises(Refused, match="begrundelse"):
        close_forum(by=anna, forum=network, successor=heir, reason=reason)


@pytest.mark.parametrize("thing", ["agreement", "topic", "item"])
def test_what_is_too_sensitive_for_the_successor_stops_it(anna, network, heir, thing):
    heir.highest_level = "general"
    heir.save()
    if thing == "agreement":
        AgreementFactory(forum=network, level="anonymous")
    elif thing == "topic":
        TopicFactory(forum=network, level="anonymous", status="banked")
    else:
        AgendaItemFactory(meeting=MeetingFactory(lead_forum=network), level="anonymous")
    with pytest.raises(Refused, match="niveau"):
        close(anna, network, heir)
    assert Membership.objects.filter(forum=network, valid_until__isnull=True).count() == 3


def test_a_convener_of_one_may_not_take_the_other(anna, bo, network):
    foreign = ForumFactory()
    join(bo, foreign, convenes=True)
    with pytest.raises(Refused):
        close(anna, network, foreign)


def test_three_become_one_new_forum(hans, anna, network, heir):
    third, district, school = ForumFactory(name="Netværk Øst"), DistrictFactory(), SchoolFactory()
    third.districts.add(district)
    third.schools.add(school)
    agreements = [AgreementFactory(forum=forum) for forum in (network, heir, third)]
    new = merge_forums(by=hans, forums=[network, heir, third], into="Ét fælles Åforum", reason="Aalborg")
    assert (new.key, new.forum_type, new.highest_level) == (
        "et-faelles-aaforum",
        network.forum_type,
        "anonymous",
    )
    assert list(new.districts.all()) == [district]
    assert list(new.schools.all()) == [school]
    for each in agreements:
        each.refresh_from_db()
        assert each.forum == new
    assert set(new.predecessors.all()) == {network, heir, third}
    convener = Membership.objects.get(forum=new, person=anna.person, valid_until__isnull=True)
    assert convener.role.convenes


def test_a_convener_may_merge_her_own_into_a_new_one(anna, network, heir):
    new = merge_forums(by=anna, forums=[network, heir], into="Netværk Kyst", reason="Samlet")
    assert new.memberships.filter(valid_until__isnull=True).count() == 4


def test_merging_into_one_that_is_there_closes_the_others(anna, network, heir):
    assert merge_forums(by=anna, forums=[network, heir], into=heir, reason="Samlet") == heir
    network.refresh_from_db()
    heir.refresh_from_db()
    assert (network.successor, heir.closed_on) == (heir, None)


@pytest.mark.parametrize("into", ["", "Nyt"])
def test_one_forum_alone_is_not_merged(anna, network, into):
    with pytest.raises(Refused):
        merge_forums(by=anna, forums=[network], into=into, reason="x")


def test_the_log_says_what_followed(anna, network, heir):
    AgreementFactory(forum=network)
    MeetingFactory(lead_forum=network)
    close(anna, network, heir)
    event = Event.objects.get(action="forum.closed")
    assert event.details == {"successor": heir.pk, "agreements": 1, "meetings": 1}


def test_closing_on_the_page(anna, network, heir, client_for):
    client, url = client_for(anna), reverse("meetings:forum_close", args=[network.pk])
    assert client.post(url, {"successor": "", "reason": ""}).status_code == 422
    answer = client.post(url, {"successor": heir.pk, "reason": "Samlet"})
    assert answer.url == reverse("insights:forum", args=[heir.pk])
    network.refresh_from_db()
    assert network.successor == heir


def test_the_page_says_why_it_could_not_close(anna, network, heir, client_for):
    MeetingFactory(lead_forum=network, status="running", started_at=timezone.now())
    answer = client_for(anna).post(
        reverse("meetings:forum_close", args=[network.pk]), {"successor": heir.pk, "reason": "Samlet"}
    )
    assert answer.status_code == 422
    assert "holder møde lige nu" in answer.content.decode()


def test_merging_on_the_page(anna, network, heir, client_for):
    client_for(anna).post(
        reverse("meetings:forum_merge", args=[network.pk]),
        {"others": [heir.pk], "name": "Netværk Kyst", "reason": "Samlet"},
    )
    assert Forum.objects.get(name="Netværk Kyst").predecessors.count() == 2


@pytest.mark.parametrize(("who", "code"), [("bo", 403), ("dina", 404), ("grethe", 403), ("ida", 404)])
def test_others_do_not_close(personas, network, client_for, who, code):
    assert (
        client_for(personas[who]).get(reverse("meetings:forum_close", args=[network.pk])).status_code == code
    )


def test_nothing_moves_when_one_step_fails(anna, network, heir, monkeypatch):
    AgreementFactory(forum=network)
    monkeypatch.setattr("tovholder.meetings.services.succession._move_meetings", lambda *a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        close_forum(by=anna, forum=network, successor=heir, reason="x")
    assert network.agreements.count() == 1
    assert Meeting.objects.count() == 0
    assert not Event.objects.filter(action="membership.followed").exists()
