"""Two records side by side: which stands, who is who, and nothing opened that could not be seen beside the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from tests.concerns.child_world import SOFIE, CaseWorld, make_case
from tests.factories import DistrictFactory
from tovholder.accounts.models import User
from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Adult, Child
from tovholder.citizens.services.merging import AdultAnswers
from tovholder.concerns.models import Concern
from tovholder.concerns.services import children

ClientFor = Callable[[User], Client]


def test_different_custody_holders_are_shown_and_asked_about(
    anna: User, erik: User, client_for: ClientFor
) -> None:
    world = make_case(anna, erik, SOFIE, SOFIE)
    client, twin = client_for(anna), world.links[1].child
    for child, name in ((world.child, "Mor Hemmelig"), (twin, "Far Andersen")):
        client.post(world.path(child.code, "voksen"), {"name": name, "standing": "custody"})
    address = world.child_path("saml", twin.code)
    page = client.get(address).content.decode()
    for said in (
        "Mor Hemmelig",
        "Far Andersen",
        "ikke de samme forældremyndighedsindehavere",
        "Bliver stående",
    ):
        assert said in page
    assert (
        client.post(address, {"confirmed": "on"}).status_code == 422
    )  # who Far Andersen is must be answered
    assert Child.objects.filter(merged_into__isnull=True).count() == 2
    father = Adult.objects.get(child=twin)
    client.post(address, {"confirmed": "on", f"adult_{father.pk}": "as:no_custody"})
    assert Child.objects.get(merged_into__isnull=False) == twin
    assert Adult.objects.get(pk=father.pk).standing == "no_custody"
    assert client.get(world.path(twin.code)).status_code == 404


def beside_another_district(anna: User, erik: User) -> tuple[CaseWorld, Child, Child]:
    """A case, and of another district's case a child that nobody here may know and one that may be the same as ours."""
    world, other = (
        make_case(anna, erik, *each) for each in ((SOFIE,), (Identity("Ib Anden", SOFIE.birth_date), SOFIE))
    )
    Concern.objects.filter(pk=other.concern.pk).update(district=DistrictFactory(key="oest", name="Øst"))
    ib, same = (link.child for link in other.links)
    return world, ib, same


def test_another_districts_child_is_not_opened_by_its_code(
    anna: User, erik: User, client_for: ClientFor
) -> None:
    """Who was at a meeting about it knows the code; only what may be the same child is laid beside, or one's own."""
    world, ib, same = beside_another_district(anna, erik)
    client = client_for(anna)
    assert client.get(world.child_path("saml", ib.code)).status_code == 404
    assert client.post(world.child_path("saml", ib.code), {"confirmed": "on"}).status_code == 404
    for kept, gone in ((world.child, ib), (ib, world.child)):
        with pytest.raises(ValidationError):
            children.merge(by=anna, concern=world.concern, kept=kept, gone=gone, answers=AdultAnswers())
    assert client.get(world.child_path("saml", same.code)).status_code == 200


def test_the_two_change_places_though_the_other_is_on_another_case(
    anna: User, erik: User, client_for: ClientFor
) -> None:
    """The record known from another district can be the better one: "Byt om" lets it stand, and the case follows."""
    world, other = make_case(anna, erik, SOFIE), make_case(anna, erik, SOFIE)
    Concern.objects.filter(pk=other.concern.pk).update(district=DistrictFactory(key="oest", name="Øst"))
    twin, client = other.child, client_for(anna)
    page = client.get(world.child_path("saml", twin.code)).content.decode()
    swapped = world.path(twin.code, "saml", world.child.code)
    assert f'href="{swapped}"' in page
    turned = client.get(swapped).content.decode()
    assert f'href="{world.child_path("saml", twin.code)}"' in turned  # and back again
    first, second = turned.index("Bliver stående"), turned.index("Lægges ind i den første")
    assert first < turned.index(twin.code, first) < second
    answer = client.post(swapped, {"confirmed": "on"})
    assert answer["Location"] == world.path(twin.code)
    assert client.get(answer["Location"]).status_code == 200
    assert list(Concern.objects.get(pk=world.concern.pk).children.all()) == [twin]
    assert Child.objects.get(pk=world.child.pk).merged_into == twin


def test_changing_places_opens_no_child_that_may_not_be_known(
    anna: User, erik: User, client_for: ClientFor
) -> None:
    world, ib, same = beside_another_district(anna, erik)
    client = client_for(anna)
    nowhere = client.get(world.path("B-222222", "saml", world.child.code))
    hidden = client.get(world.path(ib.code, "saml", world.child.code))
    assert nowhere.status_code == hidden.status_code == 404
    assert client.post(world.path(ib.code, "saml", world.child.code), {"confirmed": "on"}).status_code == 404
    # Neither of the two is on this case: none of them is opened by it, though both may be the same child as one here.
    assert client.get(world.path(ib.code, "saml", same.code)).status_code == 404
    assert client.get(world.path(same.code, "saml", ib.code)).status_code == 404
    assert client.get(world.path(world.child.code, "saml", world.child.code)).status_code == 404
    assert client_for(erik).get(world.path(same.code, "saml", world.child.code)).status_code == 404


def test_who_sees_the_child_afterwards_is_told_before(anna: User, erik: User, client_for: ClientFor) -> None:
    world, _ib, same = beside_another_district(anna, erik)
    page = client_for(anna).get(world.child_path("saml", same.code)).content.decode()
    told = page.split("Disse kan se barnets navn bagefter")[1].split("</section>")[0]
    assert f"<strong>{anna.person.name}</strong>" in told
    assert "Barnet er også på en sag, du ikke kan se." in told
