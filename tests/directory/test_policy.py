"""Who may look people up, and that the rule and its queryset agree."""

from __future__ import annotations

import pytest

from tests.factories import PersonFactory, join
from tovholder.directory import policy
from tovholder.directory.models import Person
from tovholder.directory.queries import organisations_visible_to, schools_visible_to, visible_to

LOOKS = {"anna", "bo", "carla", "dina", "erik", "frida", "grethe", "hans"}
SEES_PEOPLE = LOOKS - {"frida"}


@pytest.fixture
def world(personas, network):
    join(personas["frida"], network)
    PersonFactory(name="Uden login")
    return personas


def test_reading_and_the_queryset_agree_for_every_persona(world):
    for name, user in world.items():
        seen = set(visible_to(user).values_list("pk", flat=True))
        for person in Person.objects.all():
            assert bool(policy.may_read(user, person)) == (person.pk in seen), (name, person.name)


def test_who_opens_the_directory(world):
    assert {name for name, user in world.items() if policy.may_look(user)} == LOOKS


def test_open_participants_see_conveners_and_themselves(world):
    assert set(visible_to(world["frida"]).values_list("name", flat=True)) == {"Anna", "Frida"}
    assert organisations_visible_to(world["frida"]).exists()
    assert not schools_visible_to(world["frida"]).exists()


def test_contact_is_for_own_members_and_oneself(world):
    anna, frida = world["anna"].person, world["frida"].person
    for name, user in world.items():
        assert bool(policy.may_see_contact(user, anna)) == (name in SEES_PEOPLE), name
    assert policy.may_see_contact(world["frida"], frida)


def test_only_administrators_and_conveners_write(world):
    assert {name for name, user in world.items() if policy.may_edit(user)} == {"anna", "hans"}
    assert {name for name, user in world.items() if policy.may_give_login(user)} == {"hans"}


def test_log_reviewer_and_data_protection_officer_see_nobody(world):
    for name in ("ida", "lise"):
        assert not visible_to(world[name]).exists()
        assert not organisations_visible_to(world[name]).exists()
