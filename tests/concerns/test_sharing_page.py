"""\"Må vi dele?\": the rules by form. It stores nothing, logs nothing about anybody, and says what would mend a no."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings

from tests.access.test_sharing_properties import cases
from tests.concerns.test_child_keys import dump_of
from tovholder.access.bases import LegalBasis
from tovholder.access.sharing import Case, SharingRules, assess
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.concerns import mending, policy

ClientFor = Callable[[User], Client]
FOLDED = re.compile(r'<p class="th-folded"><input type="hidden" name="([^"]+)" value="([^"]*)">')
FORM = {
    "level": "named", "date": "2026-11-22", "highest_level": "named", "bases": list(LegalBasis.values), "chair_is_ssp": "on",
    "basis": "rpl115", "purpose_code": "crime_prevention", "purpose": "forebygge", "is_necessary": "on",
    "birth_date": "2014-01-01", "custody_holders": "2", "prior": "0",
    "deltager-TOTAL_FORMS": "4", "deltager-INITIAL_FORMS": "0", "samtykke-TOTAL_FORMS": "1", "samtykke-INITIAL_FORMS": "0",
    "deltager-0-kind": "police", "deltager-1-kind": "school",
}  # fmt: skip
CLUB = {"deltager-1-kind": "association", "deltager-1-organisation": "FC"}
GIVEN = {
    "samtykke-0-giver": "first",
    "samtykke-0-given": "2026-10-01",
    "samtykke-0-organisations": "Spejderne, FC",
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "Alle til stede er part i det kriminalitetsforebyggende samarbejde"),
        ({}, "Samtykke er ikke et krav her"),
        ({"level": "anonymous"}, "Punktet handler ikke om et navngivet barn"),
        ({"is_necessary": ""}, "Skriv, hvorfor det er nødvendigt"),
        ({"basis": ""}, "Vælg, på hvilket grundlag"),
        ({"purpose_code": "investigation"}, "efterforske en straffesag"),
        (CLUB, "ikke er part i det kriminalitetsforebyggende"),
        (CLUB, "Spørg om samtykke"),
        (CLUB | GIVEN, "Nævnt i et gyldigt samtykke"),
        (CLUB | GIVEN | {"samtykke-0-lacks": "on"}, "Ikke dækket"),
        (CLUB | GIVEN | {"samtykke-0-withdrawn": "2026-10-02"}, "Ikke dækket"),
        ({"basis": "early_cooperation", "purpose_code": "wellbeing", "categories": ["suspected_abuse"]}, "underret nu"),
        ({"basis": "early_cooperation", "purpose_code": "wellbeing", "deltager-0-kind": "ppr", "prior": "2"}, "de to møder"),
        ({"deltager-2-kind": "support_person", "deltager-2-age": "14"}, "fyldt 15"),
        ({"deltager-2-kind": "custody_holder", "deltager-2-other_child": "on"}, "kun med om sin egen sag"),
        ({"deltager-0-kind": "prison_service"}, "Spørg en jurist"),
        ({"deltager-0-kind": "self_governing"}, "ikke er part"),
        ({"deltager-0-kind": "self_governing", "deltager-0-public_task": "social"}, "Alle til stede er part"),
        ({"deltager-0-outside": "on"}, "ikke er part"),
    ],
)  # fmt: skip
def test_it_answers_as_the_rules_do(anna: User, client_for: ClientFor, change: dict[str, Any], said: str) -> None:  # fmt: skip
    answer = client_for(anna).post("/maa-vi-dele/", FORM | change)
    assert answer.status_code == 200
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"birth_date": ""}, "reglerne afhænger af alderen"),
        ({"date": "i går"}, "Hvilken dag?"),
        (GIVEN | {"samtykke-0-given": ""}, "Skriv, hvornår samtykket er givet"),
        (GIVEN | {"samtykke-0-withdrawn": "2026-09-30"}, "før det er givet"),
        ({"basis": "law"}, "På hvilket grundlag"),
        ({"deltager-TOTAL_FORMS": "999999"}, "På hvilket grundlag"),
        ({"purpose": "om 010113-1234"}, "CPR"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_at_its_field(anna: User, client_for: ClientFor, change: dict[str, Any], said: str) -> None:  # fmt: skip
    answer = client_for(anna).post("/maa-vi-dele/", FORM | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_nothing_is_stored_and_nothing_logged(anna: User, client_for: ClientFor) -> None:
    client = client_for(anna)
    client.get("/maa-vi-dele/")
    before, events = dump_of("default"), Event.objects.count()
    client.post("/maa-vi-dele/", FORM | CLUB)
    assert dump_of("default") == before
    assert Event.objects.count() == events


def test_it_is_for_who_may_raise(personas: dict[str, User], client_for: ClientFor) -> None:
    for name, user in personas.items():
        allowed = bool(policy.may_raise(user))
        assert allowed == (name not in {"frida", "ida", "lise"}), name
        status = client_for(user).get("/maa-vi-dele/").status_code
        assert status == (200 if allowed else 403), name


def test_more_rows_keep_what_was_written(anna: User, client_for: ClientFor) -> None:
    page = client_for(anna).post("/maa-vi-dele/", FORM | CLUB | {"flere": "deltager"}).content.decode()
    assert page.count('<select name="deltager-') == 2 * 4  # four empty rows, two choices in each
    assert 'name="deltager-5-kind"' in page
    assert "Forening · FC" in page
    assert 'id="svar"' not in page
    page = client_for(anna).post("/maa-vi-dele/", FORM | {"flere": "deltager", "deltager-TOTAL_FORMS": "20"})
    assert 'name="deltager-20-kind"' not in page.content.decode()


def test_a_folded_row_is_carried_on_and_changed(anna: User, client_for: ClientFor) -> None:
    client = client_for(anna)
    page = client.post("/maa-vi-dele/", FORM | CLUB).content.decode()
    folded = {name: unescape(value) for name, value in FOLDED.findall(page)}
    assert folded == {"deltager-0": "kind=police", "deltager-1": "kind=association&organisation=FC"}
    carried = {name: value for name, value in FORM.items() if "-kind" not in name} | folded
    assert "ikke er part i det kriminalitetsforebyggende" in client.post("/maa-vi-dele/", carried).content.decode()  # fmt: skip
    page = client.post("/maa-vi-dele/", carried | {"ret": "deltager-1"}).content.decode()
    assert '<option value="association" selected>' in page
    assert 'value="FC"' in page
    assert FOLDED.findall(page) == [("deltager-0", "kind=police")]
    page = client.post("/maa-vi-dele/", carried | {"deltager-0": "kind=nobody", "ret": "forum-1"})
    assert page.status_code == 422  # what cannot be read is not folded away


TWENTY = {
    f"deltager-{n}-{field}": value
    for n in range(20)
    for field, value in {
        "kind": "self_governing", "organisation": f"Fritidsklubben {n}", "public_task": "employment", "outside": "on",
    }.items()
}  # fmt: skip
SIX = {
    f"samtykke-{n}-{field}": value
    for n in range(6)
    for field, value in {
        "giver": "second", "organisations": "Spejderne, FC, Klubben", "given": "2026-10-01", "expires": "2027-10-01",
    }.items()
}  # fmt: skip


@pytest.mark.parametrize("act", [{}, {"ret": "deltager-19"}, {"flere": "samtykke"}])
def test_twenty_people_and_six_consents_are_a_light_page(anna: User, client_for: ClientFor, act: dict[str, str]) -> None:  # fmt: skip
    asked = FORM | TWENTY | SIX | {"deltager-TOTAL_FORMS": "20", "samtykke-TOTAL_FORMS": "6"} | act
    page = client_for(anna).post("/maa-vi-dele/", asked)
    assert page.status_code == 200
    assert "Fritidsklubben 19" in page.content.decode()
    assert len(page.content) <= 30_000


@given(cases())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_way_out_is_offered_only_for_a_no_and_helps(case: Case) -> None:
    """Whatever the case: who leaves, and no name, are offered only where they make it a yes."""
    rules, answer = SharingRules(), assess(case)
    mending_rules, mending.sharing_rules = mending.sharing_rules, lambda: rules
    try:
        found = {each.icon for each in mending.mends(case, answer)}
    finally:
        mending.sharing_rules = mending_rules
    if answer.allowed:
        assert not found
    if "person-remove" in found:
        staying = tuple(each for each in case.participants if each.id not in answer.uncovered)
        assert assess(replace(case, participants=staying)).allowed
    if "visibility-off" in found:
        assert assess(replace(case, level="anonymous")).allowed  # type: ignore[arg-type]
    assert isinstance(case.date, date)
