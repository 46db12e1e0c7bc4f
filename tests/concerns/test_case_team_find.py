"""Who can come onto the case team is found; who cannot is shown with the reason, and leads nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.concerns.child_world import CaseWorld, make_case, sharing_kind
from tests.factories import PersonFactory
from tovholder.access.sharing import Kind
from tovholder.accounts.models import Role, RoleGrant, User
from tovholder.concerns import policy
from tovholder.concerns.models import Category
from tovholder.directory.models import Person

ClientFor = Callable[[User], Client]


@pytest.fixture
def world(anna: User, erik: User) -> CaseWorld:
    return make_case(anna, erik)


def find(world: CaseWorld, client_for: ClientFor, asked: str) -> Any:
    return client_for(world.anna).get(world.path().replace("/barn/", "/team/"), {"q": asked})


def row(page: str, name: str) -> str:
    return next(each for each in page.split("<li>") if f">{name}<" in each).split("</li>")[0]


def test_who_cannot_be_seated_says_why_and_is_no_link(
    world: CaseWorld, dina: User, grethe: User, client_for: ClientFor
) -> None:
    without = PersonFactory(name="Dorte Uden Login")
    page = find(world, client_for, "dina").content.decode()
    link = reverse("children:team_join", args=[world.concern.code, dina.person.pk])
    assert f'<a href="{link}"' in row(page, "Dina")
    page = find(world, client_for, "dorte").content.decode()
    said = row(page, without.name)
    assert "har ikke et login" in said
    assert "<a " not in said
    said = row(find(world, client_for, "grethe").content.decode(), "Grethe")
    assert "rolle må ikke læse bekymringer" in said
    assert "<a " not in said


@pytest.mark.parametrize("role", [None, *Role.values])
@pytest.mark.parametrize("active", [True, False])
def test_a_link_stands_just_where_the_rule_lets_one_be_seated(
    world: CaseWorld, dina: User, client_for: ClientFor, role: str | None, active: bool
) -> None:
    dina.role_grants.all().delete()
    if role is not None:
        RoleGrant.objects.create(user=dina, role=role)
    User.objects.filter(pk=dina.pk).update(is_active=active)
    page = find(world, client_for, "dina").content.decode()
    may = policy.may_be_seated(Person.objects.get(pk=dina.person.pk))
    assert ("<a " in row(page, "Dina")) == bool(may)
    assert may or may.reason in row(page, "Dina")


def test_the_page_of_one_who_cannot_says_so_before_anything_is_filled_in(
    world: CaseWorld, grethe: User, client_for: ClientFor
) -> None:
    path = reverse("children:team_join", args=[world.concern.code, grethe.person.pk])
    assert "Personens rolle må ikke læse bekymringer." in client_for(world.anna).get(path).content.decode()


def test_it_asks_the_same_however_many_are_found(
    world: CaseWorld, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    PersonFactory.create_batch(12, name="Mange Fundne")
    client, path = client_for(world.anna), world.path().replace("/barn/", "/team/")
    client.get(path)
    with django_assert_max_num_queries(12):
        page = client.get(path, {"q": "mange"}).content.decode()
    assert page.count(">Mange Fundne<") == 12


def test_nobody_else_learns_who_can_be_seated(world: CaseWorld, erik: User, client_for: ClientFor) -> None:
    answer = client_for(erik).get(world.path().replace("/barn/", "/team/"), {"q": "grethe"})
    assert answer.status_code == 404


def test_an_investigation_is_no_purpose_to_choose(
    world: CaseWorld, dina: User, client_for: ClientFor
) -> None:
    url = reverse("children:team_join", args=[world.concern.code, dina.person.pk])
    client = client_for(world.anna)
    assert "Efterforskning" not in client.get(url).content.decode()
    told = {
        "basis": "rpl115",
        "purpose_code": "investigation",
        "purpose": "Finde ud af det",
        "necessity": "Ja",
    }
    assert "purpose_code" in client.post(url, told).context["form"].errors


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"basis": "rpl115", "purpose_code": "crime_prevention", "necessity": ""}, "necessity"),
        ({"basis": "rpl115", "purpose_code": "wellbeing", "necessity": "Kender ham"}, "purpose_code"),
        ({"basis": "participation", "purpose_code": "wellbeing", "necessity": "Ja"}, "family_takes_part"),
    ],
)
def test_what_can_be_answered_in_the_form_is_said_at_its_field(
    world: CaseWorld, dina: User, client_for: ClientFor, told: dict[str, str], field: str
) -> None:
    sharing_kind(dina.person.organisation, Kind.SOCIAL_AUTHORITY)
    url = reverse("children:team_join", args=[world.concern.code, dina.person.pk])
    answer = client_for(world.anna).post(url, {"purpose": "Tale med familien", **told})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    page = answer.content.decode()
    assert "Nej, ikke på det grundlag" not in page
    assert "Tale med familien" in page
    assert "(frivilligt)" not in page.split("<main")[1]


def test_nobody_is_led_to_tell_a_family_of_whom_somebody_is_suspected(
    world: CaseWorld, dina: User, client_for: ClientFor
) -> None:
    sharing_kind(dina.person.organisation, Kind.SOCIAL_AUTHORITY)
    world.concern.categories.add(
        Category.objects.create(key="vold-hjemme", name="Vold", suspicion="suspected_violence_by_family")
    )
    url = reverse("children:team_join", args=[world.concern.code, dina.person.pk])
    told = {"basis": "participation", "purpose_code": "wellbeing", "purpose": "Hjælpe", "necessity": "Ja"}
    page = client_for(world.anna).post(url, told).content.decode()
    assert "Familien skal først have at vide" not in page
    assert "Myndigheden siger til, hvornår de kan få noget at vide." in page
