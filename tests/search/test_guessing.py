"""Mente du …: only words that stand in what the reader may read."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import AgreementFactory, ForumFactory, MeetingFactory, PersonFactory, TopicFactory, join
from tovholder.access.levels import Level
from tovholder.search import danish, guessing, services
from tovholder.search.queries import search

MAX_QUERIES = 12
WORD = st.text(alphabet="abdeo", min_size=4, max_size=7)


def meant(user, text: str) -> str:
    return guessing.did_you_mean(user, text, search(user, text))


@given(word=WORD, other=WORD)
def test_a_slip_is_told_alike_both_ways(word, other):
    ways = set(guessing.one_slip_from(word)) - {word}
    assert guessing.is_one_slip(word, other) == guessing.is_one_slip(other, word) == (other in ways)
    assert all(guessing.is_one_slip(word, each) for each in ways)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("trivslen", "trivslen"),  # stands there in another form: nothing to mend
        ("fritidsjbo", "fritidsjob"),
        ("fritidjob", "fritidsjob"),
        ("fritidsjobb", ""),  # found by its stem
        ("fratidsjob", "fritidsjob"),
        ("bekymrng", "bekymring"),
        ("RÅDGIVINGEN fritidsjbo", "rådgivningen fritidsjob"),
        ("unge fritidsjbo", "unge fritidsjob"),
        ("elefant", ""),
        ("job", ""),
        ('"fritidsjbo"', ""),
    ],
)
def test_a_slip_is_mended(network, bo, typed, answer):
    AgreementFactory(
        forum=network, what="Unge med bekymring om trivsel og fritidsjob skal kende rådgivningen"
    )
    services.rebuild()
    assert meant(bo, typed) == ("" if typed == answer else answer)


def test_names_with_a_slip(network, anna, bo):
    PersonFactory(name="Søren Mikkelsen")
    services.rebuild()
    assert meant(anna, "Mikelsen") == "Mikkelsen"
    assert meant(anna, "Mikkelsne") == "Mikkelsen"
    assert meant(anna, "Sørem") == "Søren"
    assert meant(anna, "Soeren") == ""
    assert meant(anna, "Mikkelsen") == ""


def test_the_word_that_is_met_most_often_comes_first(network, bo):
    for what in ("Kontakt hallen", "Ring til hallen", "Ring til hallem"):
        AgreementFactory(forum=network, what=what)
    services.rebuild()
    assert meant(bo, "halleq") == "hallen"


def test_a_word_that_stands_where_the_reader_may_not_look_is_never_suggested(network, bo, erik, carla):
    """Elsewhere, at a higher level, in a draft: one who may read it is helped, the others are not."""
    other = ForumFactory(key="oest", name="Netværk Øst")
    join(erik, other)
    AgreementFactory(forum=other, what="Tal om graffitimaleren")
    TopicFactory(forum=other, heading="Knallertkøreren", status="banked")
    MeetingFactory(lead_forum=other, title="Vandpibecafeen")
    AgreementFactory(forum=network, what="Tal om skateboardet", level=Level.ANONYMOUS, responsible=bo.person)
    services.rebuild()
    for typed, word in (
        ("grafitimaleren", "graffitimaleren"),
        ("knalertkøreren", "knallertkøreren"),
        ("vandpipecafeen", "vandpibecafeen"),
    ):
        assert meant(erik, typed) == word
        assert meant(bo, typed) == ""
        assert meant(carla, typed) == ""
    for user in (bo, erik, carla):  # nothing anonymous is in the index at all
        assert meant(user, "skatebordet") == ""


def test_only_what_is_found_together_is_suggested(network, bo):
    AgreementFactory(forum=network, what="Fodbold i hallen")
    AgreementFactory(forum=network, what="Skak i klubben")
    services.rebuild()
    assert meant(bo, "fodbld hallen") == "fodbold hallen"
    assert meant(bo, "fodbld klubben") == ""


def test_many_hits_are_not_doubted(network, bo):
    for number in range(guessing.FEW + 1):
        AgreementFactory(forum=network, what=f"Fester {number}")
    AgreementFactory(forum=network, what="Festen")
    services.rebuild()
    assert meant(bo, "fester") == ""


def test_the_page_offers_it_without_an_address_of_words(network, bo, client_for):
    AgreementFactory(forum=network, what="Nyt fritidsjob til <b>unge</b>")
    services.rebuild()
    client = client_for(bo)
    page = client.post("/soeg/efter/", {"q": "fritidsjbo"}, follow=True).content.decode()
    assert "Mente du" in page
    found = re.search(r'name="q" value="([^"]+)"><p>Mente du', page)
    assert found[1] == "fritidsjob"
    assert not re.search(r'(?:href|action)="[^"]*fritidsj', page)
    answer = client.post(reverse("search:ask"), {"q": found[1]}, follow=True).content.decode()
    assert "1 fund" in answer
    assert "Mente du" not in answer


def test_few_queries(network, bo, client_for, django_assert_max_num_queries):
    AgreementFactory(forum=network, what="Unge med bekymring om trivsel og fritidsjob")
    services.rebuild()
    client = client_for(bo)
    here = client.post("/soeg/efter/", {"q": "fritidsjbo bekymrng trivsll"}).url
    # Three mistyped words, each asked for in an index and then read; a page without a guess is within twelve.
    with django_assert_max_num_queries(16):
        page = client.get(here).content.decode()
    assert "fritidsjob bekymring trivsel" in page


def test_folding_is_the_searchs_own():
    assert guessing.is_one_slip(danish.fold("mode"), danish.fold("møde"))


def test_the_page_that_offers_it_is_read_cheaply(network, anna, bo, client_for):
    AgreementFactory(forum=network, what="Nyt fritidsjob ved hallen efter mødet om trivsel")
    services.rebuild()
    for user in (anna, bo):
        client = client_for(user)
        page = client.post(reverse("search:ask"), {"q": "fritidsjbo halleq mødt"})["Location"]
        with CaptureQueriesContext(connection) as reads:
            body = client.get(page).content.decode()
        assert "Mente du" in body
        assert len(reads) <= MAX_QUERIES, "\n".join(each["sql"] for each in reads)
