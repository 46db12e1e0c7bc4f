"""`may_read` and `visible_to` agree in any world, for all three parts; and so do questions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import DistrictFactory, OrganisationFactory, make_user
from tests.worlds import examples
from tovholder.accounts.models import Role, RoleGrant, User
from tovholder.concerns import policy, queries
from tovholder.concerns.lists import FACES, RaisedList, TriageList, Wanted
from tovholder.concerns.models import CaseTeamMember, Concern, ConcernRules, Question, Team, TeamMember
from tovholder.concerns.policy import NEVER, Part

ENDS = ("handed_over", "no_action", "closed")
ROLES = [
    (Role.MEMBER,),
    (Role.CONSULTANT,),
    (Role.ADMINISTRATOR,),
    (Role.MEMBER, Role.MANAGEMENT),
    (Role.LOG_REVIEWER,),
    (Role.DATA_PROTECTION_OFFICER,),
    (Role.OPEN_PARTICIPANT,),
]
PERSONS, DISTRICTS, TEAMS = 4, 3, 2

days = st.integers(0, 70)
worlds = st.fixed_dictionaries(
    {
        "roles": st.lists(st.sampled_from(range(len(ROLES))), min_size=PERSONS, max_size=PERSONS),
        "left": st.lists(st.booleans(), min_size=PERSONS, max_size=PERSONS),
        "teams": st.lists(
            st.tuples(
                st.booleans(),  # triages
                st.booleans(),  # retired
                st.sets(st.integers(0, DISTRICTS - 1), max_size=2),
                st.lists(
                    st.tuples(
                        st.integers(0, PERSONS - 1),
                        st.integers(-3, 60),  # began so many days ago
                        st.one_of(st.none(), st.integers(-3, 3)),  # ended
                    ),
                    max_size=3,
                    unique_by=lambda seat: seat[0],
                ),
            ),
            min_size=TEAMS,
            max_size=TEAMS,
        ),
        "concerns": st.lists(
            st.tuples(
                st.integers(0, PERSONS - 1),  # raised by
                st.one_of(st.none(), st.integers(0, DISTRICTS - 1)),
                st.sampled_from(["general", "anonymous", "named"]),
                days,  # raised
                st.one_of(st.none(), days),  # ended
                st.dictionaries(
                    st.integers(0, PERSONS - 1), st.booleans(), max_size=2
                ),  # case team: still on it
            ),
            min_size=1,
            max_size=4,
        ),
        "own_words": st.sampled_from([0, 7, 30]),
        "after_closing": st.sampled_from([0, 7, 30]),
    }
)


def build(world: dict[str, Any]) -> tuple[list[User], list[Concern]]:
    """Lay the world into the database by rows: what services allow is not the question here."""
    now, today = timezone.now(), timezone.localdate()
    ConcernRules.objects.create(
        key="standard", own_words_days=world["own_words"], after_closing_days=world["after_closing"]
    )
    districts = [DistrictFactory(key=f"d{n}") for n in range(DISTRICTS)]
    place = OrganisationFactory(key="sted")
    users = []
    for number, (role, left) in enumerate(zip(world["roles"], world["left"], strict=True)):
        user = make_user(f"Person{number}", ROLES[role][0], organisation=place)
        for more in ROLES[role][1:]:
            user.role_grants.create(role=more)
        if left:
            user.person.left_on = today
            user.person.save(update_fields=["left_on"])
        users.append(user)
    for number, (triages, retired, where, seats) in enumerate(world["teams"]):
        team = Team.objects.create(
            key=f"t{number}", name=f"Team {number}", triages=triages, retired_at=now if retired else None
        )
        team.districts.set([districts[each] for each in where])
        for person, began, ended in seats:
            since = today - timedelta(days=began)
            until = None if ended is None else max(since, today - timedelta(days=ended))
            TeamMember.objects.create(
                team=team, person=users[person].person, valid_from=since, valid_until=until
            )
    concerns = [
        _concern(number, each, users, districts, now) for number, each in enumerate(world["concerns"])
    ]
    return [User.objects.get(pk=each.pk) for each in users], concerns


def _concern(number: int, row: Any, users: list[User], districts: list[Any], now: Any) -> Concern:
    raiser, where, level, raised, ended, team = row
    concern = Concern.objects.create(
        code=f"26-{number:03d}",
        key=f"00000000-0000-0000-0000-{number:012d}",
        level=level,
        subject="child",
        status="new" if ended is None else ENDS[number % 3],
        district=None if where is None else districts[where],
        raised_by=users[raiser].person,
        # An hour from the limits, so that the clock does not pass one between two questions.
        raised_at=now - timedelta(days=raised, hours=1),
        status_at=now,
        ended_at=None if ended is None else now - timedelta(days=ended, hours=1),
        named_at=now if level == "named" else None,
    )
    for person, still in team.items():
        CaseTeamMember.objects.create(
            concern=concern, person=users[person].person, basis="rpl115", from_at=now,
            until_at=None if still else now, added_by="system",
        )  # fmt: skip
    return concern


@pytest.mark.django_db
@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(world=worlds)
def test_policy_and_query_agree(world: dict[str, Any], municipality: Any) -> None:
    with transaction.atomic():
        users, concerns = build(world)
        for user in users:
            for part in Part.values:
                shown = set(queries.visible_to(user, part).values_list("pk", flat=True))
                allowed = {each.pk for each in concerns if policy.may_read(user, each, part)}
                assert shown == allowed, (user, part)
            raised = list(RaisedList(user)[0:25])
            assert {each.pk for each in raised} == {
                each.pk
                for each in concerns
                if each.raised_by_id == user.person.pk and policy.may_read(user, each)
            }
            triaged = {each.pk for face in FACES for each in TriageList(user, Wanted(face=face))[0:25]}
            assert triaged == {each.pk for each in concerns if policy.may_read(user, each, Part.ALL)}
            assert sum(TriageList(user, Wanted()).counts.values()) == len(triaged)
            _widens(user)
            if user.has_role(*NEVER):
                assert not queries.visible_to(user).exists()
        for concern in concerns:
            _panel_tells_the_truth(concern, users)
        transaction.set_rollback(True)


def _widens(user: User) -> None:
    """Who reads all reads own words; who reads own words knows the status."""
    sets = [set(queries.visible_to(user, part).values_list("pk", flat=True)) for part in Part.values]
    status, own_words, everything = sets
    assert everything <= own_words <= status


def _panel_tells_the_truth(concern: Concern, users: list[User]) -> None:
    """»Hvem kan se dette« names exactly those who can see something of it, and tells who can see all."""
    panel = {each.person_id: each.what for each in queries.readers(concern)}
    for user in users:
        assert bool(policy.may_read(user, concern)) == (user.person.pk in panel), (user, concern)
        if user.person.pk in panel:
            assert bool(policy.may_read(user, concern, Part.ALL)) == (panel[user.person.pk] == "Alt")


@pytest.mark.django_db
def test_a_question_is_visible_to_the_one_asked_only(personas: dict[str, User], raise_one: Any) -> None:
    concern = raise_one(personas["erik"])
    asked = {"concern": concern, "asked_by": "system", "asked_at": timezone.now()}
    rows = [
        Question.objects.create(to_person=personas["bo"].person, **asked),
        Question.objects.create(to_person=personas["dina"].person, withdrawn_at=timezone.now(), **asked),
    ]
    for user in personas.values():
        shown = set(queries.questions_to(user).values_list("pk", flat=True))
        assert shown == {each.pk for each in rows if policy.may_answer(user, each)}


@pytest.mark.django_db
def test_who_gets_a_role_that_reads_no_concern_reads_no_question_either(
    personas: dict[str, User], raise_one: Any
) -> None:
    concern = raise_one(personas["erik"])
    row = Question.objects.create(
        concern=concern, asked_by="system", asked_at=timezone.now(), to_person=personas["bo"].person
    )
    for role in NEVER:
        RoleGrant.objects.create(user=personas["bo"], role=role)
        bo = User.objects.get(pk=personas["bo"].pk)
        assert not policy.may_answer(bo, row)
        assert not queries.questions_to(bo).exists()
        RoleGrant.objects.filter(role=role, user=bo).delete()
