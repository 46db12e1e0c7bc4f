""" "Hvem kan se den?" follows the place that is chosen in the form, and says what then is so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.concerns.child_world import make_triager
from tests.factories import DistrictFactory, SchoolFactory
from tests.worlds import examples
from tovholder.accounts.models import User
from tovholder.concerns import policy
from tovholder.concerns.models import Concern
from tovholder.concerns.policy import Part
from tovholder.directory.models import District

For = Callable[[User], Client]
NEW = "/bekymringer/ny/"


@pytest.fixture
def places(municipality: Any, words: Any, scale: Any, erik: User, anna: User, dina: User) -> dict[str, Any]:
    """Erik's school lies in west, where Anna triages; Dina triages east, and a school lies there."""
    west, east = DistrictFactory(key="vest", name="Vest"), DistrictFactory(key="oest", name="Øst")
    own = erik.person.organisation
    own.district = west
    own.save()
    SchoolFactory(organisation=own, district=west)
    other = SchoolFactory(district=east).organisation
    other.district = east
    other.save()
    make_triager(anna, west)
    make_triager(dina, east)
    return {"west": west, "east": east, "own": own, "other": other, "yellow": scale["gul"]}


def box(page: str) -> str:
    return page.split("data-seen-by=", 1)[1].split("</section>", 1)[0]


def names_in(text: str) -> set[str]:
    return {name for name in ("Anna", "Dina", "Erik") if f"{name} " in text or f"{name}<" in text}


def test_it_begins_with_where_i_work(places: Any, erik: User, client_for: For) -> None:
    said = box(client_for(erik).get(NEW).content.decode())
    assert names_in(said) == {"Anna"}
    assert "hører til Vest" in said


def test_without_script_a_button_shows_the_answer_and_keeps_what_is_typed(
    places: Any, erik: User, client_for: For
) -> None:
    sent = {
        "about": "barn-navn", "seen": "Ib Hansen er ked af det", "scale_level": places["yellow"].pk,
        "organisation": places["other"].pk, "child_name_1": "Ib Hansen", "child_born_1": "2012-03-04",
        "own_risk": "Uro", "se": "1",
    }  # fmt: skip
    answer = client_for(erik).post(NEW, sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert names_in(box(page)) == {"Dina"}
    for kept in ("Ib Hansen er ked af det", 'value="Ib Hansen"', 'value="2012-03-04"', 'value="Uro"'):
        assert kept in page
    assert f'value="{places["other"].pk}" selected' in page
    assert "th-errors" not in page
    assert not Concern.objects.exists()


def test_nothing_is_judged_by_only_looking(places: Any, erik: User, client_for: For) -> None:
    page = client_for(erik).post(NEW, {"se": "1", "district": places["east"].pk}).content.decode()
    assert "Skal udfyldes" not in page
    assert names_in(box(page)) == {"Dina"}


def test_with_script_only_the_place_is_sent(places: Any, erik: User, client_for: For) -> None:
    chosen = {"organisation": places["own"].pk, "district": places["east"].pk}
    said = client_for(erik).get(f"{NEW}hvem/", chosen).content.decode()
    assert names_in(said) == {"Dina"}
    none = client_for(erik).get(f"{NEW}hvem/", {"organisation": "", "district": ""}).content.decode()
    assert names_in(none) == {"Anna", "Dina"}
    assert "ikke valgt et distrikt" in none
    for odd in ("x", "999999", "99999999999999999999999"):
        assert client_for(erik).get(f"{NEW}hvem/", {"organisation": odd}).status_code == 200


def test_who_receives_it_stands_there_also_when_they_raise_it(
    places: Any, anna: User, client_for: For
) -> None:
    said = {}
    for name in ("west", "east"):
        chosen = {"organisation": "", "district": places[name].pk}
        said[name] = client_for(anna).get(f"{NEW}hvem/", chosen).content.decode()
        assert "Ingen modtager bekymringer" not in said[name]
    assert names_in(said["west"]) == {"Anna"}
    assert names_in(said["east"]) == {"Dina"}


def test_who_may_not_raise_one_learns_nothing(places: Any, lise: User, ida: User, client_for: For) -> None:
    for user in (lise, ida):
        assert client_for(user).get(f"{NEW}hvem/").status_code == 403


@pytest.mark.django_db(transaction=False)
@given(
    organisation=st.sampled_from(["", "own", "other"]),
    district=st.sampled_from(["", "west", "east"]),
    everywhere=st.booleans(),
)
@settings(
    max_examples=examples(18), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_was_said_is_who_then_reads_it(
    places: Any,
    erik: User,
    personas: dict[str, User],
    client_for: For,
    organisation: str,
    district: str,
    everywhere: bool,
) -> None:
    with transaction.atomic():
        if everywhere:
            make_triager(personas["bo"])
        chosen = {
            "organisation": places[organisation].pk if organisation else "",
            "district": places[district].pk if district else "",
        }
        page = client_for(erik).get(f"{NEW}hvem/", chosen)
        said = {each.person_id for each in page.context["seen_by"]}
        sent = {"about": "barn", "seen": "Eleven er ked af det.", "scale_level": places["yellow"].pk}
        client_for(erik).post(NEW, sent | chosen)
        made = Concern.objects.latest("pk")
        assert page.context["district"] == (
            District.objects.get(pk=made.district_id) if made.district_id else None
        )
        users = [User.objects.get(pk=each.pk) for each in personas.values()]
        reads = {each.person.pk for each in users if each.person and policy.may_read(each, made, Part.STATUS)}
        assert said == reads - {erik.person.pk}
        transaction.set_rollback(True)
