"""Whoever is caught in the middle of writing gets back what was typed, on the page that refuses; nothing is kept of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.concerns.child_world import CaseWorld, make_case
from tests.worlds import examples
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.concerns.models import Concern, TeamMember
from tovholder.concerns.services import naming
from tovholder.ui.typed import _NOT_TYPED

For = Callable[[User], Client]
WORDS = 'Hun siger, at hun <b>er</b> alene hver dag & "holder" sig væk.\nSå ringer vi.'
BOX = re.compile(r"<textarea[^>]*\breadonly>(.*?)</textarea>", re.S)


@pytest.fixture
def case(anna: User, erik: User, municipality: Any) -> CaseWorld:
    return make_case(anna, erik)


def back(page: str) -> list[str]:
    return [unescape(each).replace("\r\n", "\n").strip("\n") for each in BOX.findall(page)]


def end(case: CaseWorld) -> None:
    Concern.objects.filter(pk=case.concern.pk).update(status="closed", ended_at=timezone.now())


def path(case: CaseWorld, rest: str = "") -> str:
    return f"/bekymringer/{case.concern.code}/{rest}"


def test_advice_to_an_ended_case_is_refused_and_given_back(
    case: CaseWorld, anna: User, client_for: For
) -> None:
    end(case)
    answer = client_for(anna).post(path(case, "raad/"), {"text": WORDS})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert back(page) == [WORDS]
    assert "<b>er</b>" not in page
    assert "ikke gemt nogen steder" in page


def test_whose_access_ended_gets_the_text_back_and_nothing_of_the_case(
    case: CaseWorld, anna: User, dina: User, client_for: For
) -> None:
    seat = naming.add_to_case_team(
        by=anna, concern=case.concern, person=dina.person, basis="rpl115", necessity="Kender hende"
    )
    client = client_for(dina)
    assert client.get(path(case, "notat/")).status_code == 200
    naming.take_off_case_team(by=anna, member=seat)
    before = {each._meta.label: each._base_manager.count() for each in apps.get_models()}
    answer = client.post(path(case, "notat/"), {"kind": "note", "text": WORDS})
    after = {each._meta.label: each._base_manager.count() for each in apps.get_models()}
    page = answer.content.decode()
    assert answer.status_code == 404
    assert back(page) == [WORDS]
    assert "Siden findes ikke" in page
    assert case.concern.code not in page
    assert before == after
    assert not Event.objects.filter(details__icontains="alene").exists()


def test_a_stranger_is_answered_the_same_whether_it_is_there_or_not(
    case: CaseWorld, bo: User, client_for: For
) -> None:
    client, sent = client_for(bo), {"kind": "note", "text": WORDS}
    there, nowhere = client.post(path(case, "notat/"), sent), client.post("/bekymringer/26-999/notat/", sent)
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content
    assert dict(there.headers) == dict(nowhere.headers)
    bare, none = client.get(path(case, "notat/")), client.get("/bekymringer/26-999/notat/")
    assert bare.content == none.content
    assert "Det, du skrev" not in bare.content.decode()


def test_a_forged_post_and_one_without_login_get_nothing_back(case: CaseWorld, bo: User) -> None:
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(bo)
    answer = forged.post(path(case, "notat/"), {"text": WORDS})
    assert answer.status_code == 403
    assert "hver dag" not in answer.content.decode()
    nobody = Client().post(path(case, "notat/"), {"text": WORDS}, follow=True)
    assert "hver dag" not in nobody.content.decode()


@pytest.mark.parametrize("address", ["/bekymringer/26-999/notat/x/y/", "/findes/ikke/"])
def test_an_address_of_no_page_gives_nothing_back(bo: User, client_for: For, address: str) -> None:
    answer = client_for(bo).post(address, {"text": WORDS})
    assert answer.status_code == 404
    assert "hver dag" not in answer.content.decode()


def test_markup_is_shown_as_text(bo: User, client_for: For) -> None:
    nasty = '</textarea><script>alert("x")</script>'
    page = client_for(bo).post("/bekymringer/26-999/notat/", {"text": nasty}).content.decode()
    assert back(page) == [nasty]
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "sent", ["rpl115", "crime_prevention", "2026-11-28", "2026-11-28T06:34:00.123456+00:00", "14:00", "17", "on", "040313-1234"]
)  # fmt: skip
def test_what_nobody_typed_is_not_shown(sent: str) -> None:
    assert _NOT_TYPED.fullmatch(sent)


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_has_a_space_or_a_capital_comes_back_whole(bo: User, text: str) -> None:
    wanted = f"Om {text} og mere"
    client = Client()
    client.force_login(bo)
    page = client.post("/bekymringer/26-999/notat/", {"text": wanted}).content.decode()
    assert back(page) == [wanted.replace("\r\n", "\n")]
    assert page.count("</textarea>") == 1


def test_a_triager_who_left_the_team_while_writing(case: CaseWorld, anna: User, client_for: For) -> None:
    client = client_for(anna)
    TeamMember.objects.filter(person=anna.person).delete()
    answer = client.post(path(case, "status/"), {"status": "closed", "reason": WORDS, "version": "1"})
    assert answer.status_code == 404
    assert back(answer.content.decode()) == [WORDS]
