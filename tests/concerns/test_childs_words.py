"""The child's own words in a concern: written with a deliberate choice, read by who works on it, and by parents only as the child agrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from tests.concerns.conftest import seat
from tovholder.access.decision import Refused
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.concerns.models import Concern, Entry, Team
from tovholder.concerns.services import childs_words
from tovholder.concerns.services.family_texts import childs_words as kept_from_parents

For = Callable[[User], Client]
WORDS = "Jeg vil helst bo hos min mormor."


@pytest.fixture
def named(erik: User, ssp: Team, raise_one: Any, municipality: Any) -> Concern:
    found: Concern = raise_one(erik, children=1)
    return found


def test_neither_answer_is_chosen_beforehand(named: Concern, anna: User, client_for: For) -> None:
    path = f"/bekymringer/{named.code}/barnets-ord/"
    page = client_for(anna).get(path).content.decode()
    assert "Må forældrene se det?" in page
    assert "checked" not in page.partition("Må forældrene se det?")[2].partition("</form>")[0]
    assert "Læses af dem, der arbejder med sagen: Anna" in page
    for sent in ({"text": WORDS}, {"text": " ", "agrees": "no"}):
        assert "du skal rette" in client_for(anna).post(path, sent).content.decode()
    assert not Entry.objects.filter(kind="child_view").exists()


@pytest.mark.parametrize("agrees", [True, False])
def test_the_words_are_sealed_and_kept_from_parents_without_a_yes(
    named: Concern, anna: User, client_for: For, agrees: bool
) -> None:
    path = f"/bekymringer/{named.code}/barnets-ord/"
    answer = client_for(anna).post(path, {"text": WORDS, "agrees": "yes" if agrees else "no"}, follow=True)
    page = answer.content.decode()
    assert WORDS in page
    assert ("Vises ikke for forældre" in page, "Barnet har fortrudt" in page) == (not agrees, agrees)
    entry = Entry.objects.get(kind="child_view")
    assert WORDS.encode() not in bytes(entry.text)
    child = named.children.get()
    assert kept_from_parents(named, child) == ([] if agrees else [WORDS])
    event = Event.objects.get(action="concern.childs_words_written")
    assert event.details == {"agrees": agrees}


def test_the_child_changes_its_mind(named: Concern, anna: User, client_for: For) -> None:
    entry = childs_words.write_childs_words(by=anna, concern=named, text=WORDS, agrees=True)
    path = f"/bekymringer/{named.code}/barnets-ord/{entry.pk}/"
    client = client_for(anna)
    for answer, agrees in (("0", False), ("0", False), ("1", True)):
        client.post(path, {"enig": answer})
        entry.refresh_from_db()
        assert entry.child_agrees_to_share is agrees
    told = Event.objects.filter(action="concern.child_agreement_set").order_by("pk")
    assert [each.details["agrees"] for each in told] == [False, True]


def test_only_who_works_on_the_case_writes_and_reads_it(
    named: Concern, personas: dict[str, User], client_for: For
) -> None:
    entry = childs_words.write_childs_words(by=personas["anna"], concern=named, text=WORDS, agrees=False)
    at = f"/bekymringer/{named.code}/"
    for name, user in personas.items():
        client, works = client_for(user), name == "anna"
        assert client.get(f"{at}barnets-ord/").status_code == (200 if works else 404), name
        assert client.post(f"{at}barnets-ord/", {"text": "x", "agrees": "yes"}).status_code == (
            302 if works else 404
        )
        assert client.post(f"{at}barnets-ord/{entry.pk}/", {"enig": "0"}).status_code == (
            302 if works else 404
        )
        for page in (at, f"{at}forloeb/"):
            assert (WORDS in client.get(page).content.decode()) == (works and page.endswith("forloeb/")), (
                name,
                page,
            )
    with pytest.raises(Refused):
        childs_words.set_agreement(by=personas["erik"], entry=entry, agrees=True)


def test_of_several_children_it_is_said_whose_words_they_are(
    erik: User, bo: User, anna: User, ssp: Team, raise_one: Any, municipality: Any, client_for: For
) -> None:
    named = raise_one(erik, children=2)
    first, second = named.children.order_by("pk")
    path = f"/bekymringer/{named.code}/barnets-ord/"
    client_for(anna).post(path, {"text": WORDS, "agrees": "no"})
    assert not Entry.objects.filter(kind="child_view").exists()
    client_for(anna).post(path, {"text": WORDS, "agrees": "no", "child": first.pk})
    assert (kept_from_parents(named, first), kept_from_parents(named, second)) == ([WORDS], [])
    seat(ssp, bo)
    other = raise_one(bo, children=1).children.get()
    with pytest.raises(ValidationError):
        childs_words.write_childs_words(by=anna, concern=named, text=WORDS, agrees=False, child=other)


def test_another_line_of_the_course_has_no_such_choice(named: Concern, anna: User, client_for: For) -> None:
    line = named.entries.exclude(kind="child_view")[0]
    path = f"/bekymringer/{named.code}/barnets-ord/{line.pk}/"
    assert client_for(anna).post(path, {"enig": "1"}).status_code == 404
