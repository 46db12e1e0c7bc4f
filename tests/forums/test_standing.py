"""Who is there is read at once, and says the same as when it is read piece by piece."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import ForumFactory, join, make_user
from tovholder.accounts.models import Role, User
from tovholder.forums.backend import StandingBackend
from tovholder.forums.standing import convened_forum_ids, own_forum_ids, person_of, seats_of


def test_the_user_of_a_request_comes_with_roles_person_and_seats_in_one_query(personas, network):
    old = ForumFactory(successor=network, closed_on="2026-01-01")
    join(personas["bo"], ForumFactory())
    personas["bo"].role_grants.create(role=Role.CONSULTANT)
    for plain in User.objects.all():
        with CaptureQueriesContext(connection) as queries:
            user = StandingBackend().get_user(plain.pk)
            known = (
                user.roles,
                person_of(user),
                seats_of(user),
                own_forum_ids(user),
                convened_forum_ids(user),
            )
            assert getattr(user, "person", None) == known[1]
        assert len(queries) == 1
        assert known == (
            frozenset(plain.role_grants.values_list("role", flat=True)),
            person_of(plain),
            seats_of(plain),
            own_forum_ids(plain),
            convened_forum_ids(plain),
        )
    assert old.pk in own_forum_ids(StandingBackend().get_user(personas["bo"].pk))


def test_a_closed_login_and_one_that_is_gone_are_nobody(db):
    user = make_user("Bo")
    assert StandingBackend().get_user(user.pk) == user
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert StandingBackend().get_user(user.pk) is None
    assert StandingBackend().get_user(0) is None


def test_a_login_without_a_person_sits_nowhere(db):
    user = StandingBackend().get_user(User.objects.create_user("uden@eksempel.dk", name="Uden").pk)
    assert (person_of(user), seats_of(user), own_forum_ids(user), user.roles) == (
        None,
        [],
        set(),
        frozenset(),
    )
