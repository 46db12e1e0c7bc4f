"""Who may do what with a forum, and that rule and queryset agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import ForumFactory, MembershipFactory, join
from tovholder.forums import policy
from tovholder.forums.models import Forum, Membership
from tovholder.forums.queries import charters_due, visible_to
from tovholder.forums.standing import convened_forum_ids, forget, own_forum_ids, seats_of

ALL = {"anna", "grethe", "hans"}


@pytest.fixture
def world(personas, network):
    other = ForumFactory(name="Netværk Øster")
    join(personas["erik"], other, convenes=True)
    join(personas["frida"], network)
    ForumFactory(name="Udgået", retired_at=timezone.now())
    return personas


def test_reading_and_the_queryset_agree_for_every_persona(world):
    for name, user in world.items():
        seen = set(visible_to(user).values_list("pk", flat=True))
        for forum in Forum.objects.all():
            assert bool(policy.may_read(user, forum)) == (forum.pk in seen), (name, forum.name)


@pytest.mark.parametrize(
    ("rule", "may"),
    [
        (policy.may_read, ALL | {"bo", "carla", "frida"}),
        (policy.may_convene, {"anna"}),
        (policy.may_manage, {"anna", "hans"}),
        (policy.may_review_participants, {"anna"}),
    ],
)
def test_who_may_what(world, network, rule, may):
    assert {name for name, user in world.items() if rule(user, network)} == may


def test_a_closed_forum_is_read_and_not_managed(world, network):
    network.successor, network.closed_on = ForumFactory(), timezone.localdate()
    network.save()
    assert policy.may_read(world["anna"], network)
    for rule in (policy.may_convene, policy.may_manage):
        assert rule(world["anna"], network).code == "forum_closed"
        assert rule(world["hans"], network).code == "forum_closed"


def test_who_takes_over_manages_both(world, network):
    other = Forum.objects.get(name="Netværk Øster")
    assert not policy.may_take_over(world["anna"], network, other)
    assert policy.may_take_over(world["hans"], network, other)
    assert policy.may_take_over(world["hans"], network, network).code == "own_successor"


def test_who_lets_a_person_leave(world):
    bo, hans, erik = (world[name].person for name in ("bo", "hans", "erik"))
    assert {n for n, user in world.items() if policy.may_hand_over_person(user, bo)} == {"anna", "hans"}
    assert {n for n, user in world.items() if policy.may_hand_over_person(user, hans)} == {"hans"}
    assert {n for n, user in world.items() if policy.may_hand_over_person(user, erik)} == {"erik", "hans"}


def test_a_seat_counts_from_its_first_day_to_its_last(bo):
    today, day = timezone.localdate(), timedelta(days=1)
    past, now, later = (ForumFactory() for _each in range(3))
    MembershipFactory(forum=past, person=bo.person, valid_until=today - day)
    MembershipFactory(forum=now, person=bo.person, valid_until=today)
    MembershipFactory(forum=later, person=bo.person, valid_from=today + day)
    assert own_forum_ids(bo) == {now.pk}


def test_who_has_left_sits_nowhere(bo, network):
    bo.person.left_on = timezone.localdate()
    bo.person.save()
    forget(bo)
    assert own_forum_ids(bo) == frozenset()


def test_seats_include_every_forum_taken_over_however_long_ago(bo, anna):
    today = timezone.localdate()
    last = ForumFactory()
    chain = [last]
    for _each in range(5):
        chain.append(ForumFactory(successor=chain[-1], closed_on=today))
    join(bo, last)
    join(anna, last, convenes=True)
    assert own_forum_ids(bo) == {forum.pk for forum in chain}
    assert convened_forum_ids(bo) == frozenset()
    assert convened_forum_ids(anna) == {forum.pk for forum in chain}
    assert [seat.forum_id for seat in seats_of(bo)] == [last.pk]


def test_reading_the_seats_takes_one_query(network, bo, django_assert_num_queries):
    user = type(bo).objects.get(pk=bo.pk)
    with django_assert_num_queries(1):
        own_forum_ids(user)
        convened_forum_ids(user)
        seats_of(user)
        assert user.person.organisation.kind.side == "school"


def test_a_login_without_a_person_sits_nowhere(hans):
    hans.person.delete()
    user = type(hans).objects.get(pk=hans.pk)
    assert own_forum_ids(user) == frozenset()
    assert charters_due(user) == []
    assert Membership.objects.count() == 0
