"""Who may do what with an agreement: every persona, every status."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.factories import AgreementFactory, join
from tovholder.plans import policy, queries
from tovholder.plans.models import AgreementStatus

# In a network that Anna convenes with Bo, Carla, Erik and Frida as members: Bo is responsible, Carla helps,
# Dina (who is no member) helps too. Letters: r read, w write status or say done, d decide, c create, h hand over,
# m move to another forum.
TABLE = {
    "anna": "rwdchm",
    "bo": "rwdch",
    "carla": "rwc",
    "dina": "rw",
    "erik": "rc",
    "frida": "rc",
    "grethe": "",
    "hans": "hm",
    "ida": "",
    "lise": "",
}


@pytest.fixture
def world(network, personas):
    for name in ("erik", "frida"):
        join(personas[name], network)

    def make(status: str = "open", level: str = "general"):
        closed = (
            {}
            if status == "open"
            else {"closed_at": timezone.now(), "closed_by": "system", "reason": "Fordi"}
        )
        agreement = AgreementFactory(
            forum=network, responsible=personas["bo"].person, status=status, level=level, **closed
        )
        agreement.helpers.set([personas["carla"].person, personas["dina"].person])
        return agreement

    return make


def allowed(user, agreement) -> str:
    rights = {
        "r": policy.may_read(user, agreement),
        "w": policy.may_report(user, agreement),
        "d": policy.may_decide(user, agreement),
        "c": policy.may_create(user, agreement.forum_id),
        "h": policy.may_hand_over(user, agreement),
        "m": policy.may_move(user, agreement),
    }
    for decision in rights.values():
        assert decision.allowed or (decision.code and decision.reason.endswith("."))
    return "".join(letter for letter, decision in rights.items() if decision)


@pytest.mark.parametrize("status", AgreementStatus.values)
@pytest.mark.parametrize("name", TABLE)
def test_person_question(world, personas, name, status):
    assert allowed(personas[name], world(status)) == TABLE[name]


@pytest.mark.parametrize("name", TABLE)
def test_a_person_who_acts_by_link_may_what_the_login_may(world, personas, name):
    person, agreement = personas[name].person, world()
    assert bool(policy.may_report(person, agreement)) == ("w" in TABLE[name])
    assert bool(policy.may_decide(person, agreement)) == ("d" in TABLE[name])
    assert bool(policy.may_create(person, agreement.forum_id)) == ("c" in TABLE[name])


@pytest.mark.parametrize("level", ["general", "anonymous"])
@pytest.mark.parametrize("name", TABLE)
def test_one_rule_in_two_forms(world, personas, name, level):
    agreement = world(level=level)
    seen = queries.visible_to(personas[name]).filter(pk=agreement.pk).exists()
    assert seen == bool(policy.may_read(personas[name], agreement))


def test_open_participant_sees_general_ones_only(world, personas):
    assert not policy.may_read(personas["frida"], world(level="anonymous"))
    assert policy.may_read(personas["erik"], world(level="anonymous"))


def test_whoever_comes_from_an_organisation_outside_sees_general_ones_only(world, personas):
    frida = personas["frida"]
    frida.role_grants.all().delete()
    frida = type(frida).objects.get(pk=frida.pk)
    agreement = world(level="anonymous")
    assert not policy.may_read(frida, agreement)
    assert not queries.visible_to(frida).filter(pk=agreement.pk).exists()


def test_whoever_has_left_may_nothing_by_link(world, personas):
    person = personas["bo"].person
    person.left_on = timezone.localdate()
    person.save()
    agreement = world()
    assert not policy.may_report(person, agreement)
    assert not policy.may_decide(person, agreement)
