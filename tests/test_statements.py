"""A statement answers as the queryset it was written from would, whoever asks and whatever is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from threading import Thread

import pytest
from django.db import connection
from django.db.models import BigIntegerField, CharField, Count, DateField, F, IntegerField, Q, Value
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import ForumFactory, join
from tovholder.concerns.models import Team, TeamMember
from tovholder.directory.models import Person
from tovholder.forums.models import Membership
from tovholder.forums.statements import UserStatement
from tovholder.statements import Given, GivenSet, Statement

pytestmark = pytest.mark.django_db


def sitting() -> Statement[Membership]:
    return Statement(
        lambda: (
            Membership.objects.filter(
                person=Given("person", BigIntegerField()), valid_from__lte=Given("day", DateField())
            )
            .select_related("forum__forum_type", "role")
            .prefetch_related("person__memberships")
            .annotate(place=F("forum__name"))
            .order_by("pk")
        )
    )


def test_each_asking_gets_its_own_rows_and_reads_no_more_than_the_queryset(network, anna, carla):
    statement = sitting()
    for user in (anna, carla, anna):
        person = Person.objects.get(user=user)
        plain = Membership.objects.filter(person=person, valid_from__lte=date(2100, 1, 1)).order_by("pk")
        with CaptureQueriesContext(connection) as queries:
            rows = statement(person=person.pk, day=date(2100, 1, 1))
            said = [(row.forum.forum_type.name, row.role.name, row.place) for row in rows]
            assert [len(row.person.memberships.all()) for row in rows] == [len(rows)] * len(rows)
        assert rows
        assert rows == list(plain)
        assert said == [(row.forum.forum_type.name, row.role.name, row.forum.name) for row in plain]
        assert len(queries) == 3
    assert statement(person=person.pk, day=date(1900, 1, 1)) == []


def test_any_number_of_values_is_the_same_statement(network, anna, carla):
    statement = Statement(
        lambda: Person.objects.filter(
            pk__in=GivenSet("pks", BigIntegerField()), name__in=GivenSet("names", CharField())
        ).order_by("pk")
    )
    people = [Person.objects.get(user=user) for user in (anna, carla)]
    names = ['Åse "%s" O\'Hara, {x}', *(each.name for each in people)]
    for some in ([], people[:1], people):
        found = statement(pks={each.pk for each in some}, names=names)
        assert found == sorted(some, key=lambda each: each.pk)
    assert statement(pks=[each.pk for each in people], names=names[:1]) == []


def test_it_is_written_once(network, anna):
    built = []
    statement = Statement(lambda: built.append(1) or Person.objects.filter(pk=Given("pk", BigIntegerField())))
    person = Person.objects.get(user=anna)
    assert statement.first(pk=person.pk) == person
    assert statement.first(pk=0) is None
    assert statement.first(pk=2**63) is None
    assert statement.first(pk=-(2**70)) is None
    assert built == [1]


def test_a_value_that_is_not_given_is_a_fault(network):
    with pytest.raises(KeyError):
        sitting()(person=1)


def test_two_threads_do_not_mix_their_values(network, anna, carla):
    statement = Statement(lambda: Person.objects.filter(pk=Given("pk", BigIntegerField())))
    pks = [Person.objects.get(user=user).pk for user in (anna, carla)]
    statement.first(pk=pks[0])
    found: dict[int, bool] = {}

    def ask(pk: int) -> None:
        # Only what is bound is looked at: a thread has a connection of its own and an empty database behind it.
        found[pk] = all(
            statement._asked({"pk": pk}).query.get_compiler().as_sql()[1] == (pk,) for _ in range(50)
        )
        connection.close()

    threads = [Thread(target=ask, args=[pk]) for pk in pks]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == dict.fromkeys(pks, True)


def test_what_is_always_the_same_is_written_as_it_is(network, anna):
    odd = "50 % 'af' %s \\ og ½"
    person = Person.objects.get(user=anna)
    Person.objects.filter(pk=person.pk).update(name=odd)
    statement = Statement(
        lambda: Person.objects.filter(
            Q(name=odd) | Q(name__contains="%s'"), pk=Given("pk", BigIntegerField())
        ).annotate(said=Value(odd, CharField()))
    )
    for _ in range(8):  # more often than it takes to have it planned once
        assert [each.said for each in statement(pk=person.pk)] == [odd]
    assert statement(pk=0) == []


def test_a_number_beside_what_is_counted_is_no_place_of_a_column(network, anna, carla):
    statement = Statement(
        lambda: (
            Membership.objects.order_by()
            .values("forum")
            .annotate(n=Count("pk"))
            .filter(n__gte=Given("least", IntegerField()))
            .values_list("forum", "n")
        ),
        planned_once=False,
    )
    plain = list(Membership.objects.order_by().values_list("forum").annotate(n=Count("pk")))
    assert plain
    for least in (1, 2, 3):
        assert sorted(statement(least=least)) == sorted(each for each in plain if each[1] >= least)


def test_what_changes_by_the_moment_is_given_with_what_is_known_of_a_user(anna):
    later = iter([date(1900, 1, 1), date(2100, 1, 1)])

    @dataclass(frozen=True)
    class Known:
        @property
        def given(self) -> dict[str, date]:
            return {"day": next(later)}

    statement = UserStatement(
        lambda user: (
            Person.objects.filter(user=user, pk__lte=0)
            | Person.objects.filter(user=user, memberships__valid_from__lte=Given("day", DateField()))
        ),
        known=(lambda user: Known(),),
    )
    join(anna, ForumFactory())
    assert [len(statement(anna)) for _ in range(2)] == [0, 1]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no plan")
def test_postgresql_plans_it_once(network, anna):
    person = Person.objects.get(user=anna)
    statement = sitting()
    for _ in range(8):
        statement(person=person.pk, day=date(2100, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%valid_from%%'", []
        )
        assert cursor.fetchone()[0] == 1


def test_postgresql_never_plans_what_it_keeps_anew(network):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps no plan")
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("force_generic_plan",)


@pytest.mark.parametrize("triages", [False, True])
@pytest.mark.parametrize("page", ["meetings:list", "plans:mine", "insights:forum", "search:ask"])
def test_a_page_is_written_into_sql_once(client_for, network, anna, ssp_team, page, triages, monkeypatch):
    """Also for who triages: the moment since which they see an ended concern is given, not written down."""
    if triages:
        TeamMember.objects.create(team=ssp_team, person=anna.person, valid_from=date(2020, 1, 1))
    client = client_for(anna)
    address = reverse(page, args=[network.pk] if page == "insights:forum" else [])
    if page == "search:ask":
        address = client.post(reverse("search:ask"), {"q": "fravær"}).url
    assert client.get(address).status_code == 200
    again: list[object] = []
    write = Statement._write
    monkeypatch.setattr(Statement, "_write", lambda self: again.append(self._build) or write(self))
    assert client.get(address).status_code == 200
    assert again == []


@pytest.fixture
def ssp_team(db):
    return Team.objects.create(key="ssp-team", name="SSP-teamet", triages=True)
