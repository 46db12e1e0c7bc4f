"""Words as terms."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tovholder.search import danish

SLIP = st.text("abcdeøå", min_size=4, max_size=9)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("skolefraværet", {"skole", "fravær"}),
        ("bekymringsbrevene", {"bekymring", "brev"}),
        ("børnehusene", {"barn", "hus"}),
        ("Vestervangskolen", {"vestervang", "skole"}),
        ("tunge", set()),
        ("mandag", set()),
        ("behandling", set()),
    ],
)
def test_compounds(word: str, parts: set[str]) -> None:
    assert set(danish.parts(danish.fold(word))) == {danish.term(danish.fold(each)) for each in parts}


@given(word=st.text(min_size=1, max_size=60))
def test_a_term_is_plain_whatever_is_typed(word: str) -> None:
    for each in danish.words_of(word):
        folded = danish.fold(each)
        assert folded.isascii()
        assert folded.isalnum()
        assert danish.term(folded).isalnum()
        assert not folded[:1].isdigit()


@given(name=SLIP, at=st.integers(0, 8), other=st.sampled_from("xyz"), how=st.sampled_from("iwds"))
def test_a_name_is_found_one_slip_away_and_not_two(name: str, at: int, other: str, how: str) -> None:
    at = min(at, len(name) - 2)
    typed = {
        "i": name[:at] + other + name[at:],
        "w": name[:at] + other + name[at + 1 :],
        "d": name[:at] + name[at + 1 :],
        "s": name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    }[how]
    assert (
        near(danish.fold(typed), danish.fold(name)) or typed == name or len(danish.fold(name)) - len(name) > 0
    )
    assert not near(danish.fold("zz" + name + "zz"), danish.fold(name))


def near(typed: str, name: str) -> bool:
    names, terms = danish.nearness(typed)
    return name in names or not set(terms).isdisjoint(danish.near_terms(name))


def test_both_databases_take_a_term_for_one_word(db) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's tokenizer knows letters and digits only")
    odd = [
        danish.fold(each) for each in ("1e5", "007", "3d", "سلام", "x" * 90, "a1b2", "12.5".replace(".", ""))
    ]
    with connection.cursor() as cursor:
        for term in odd:
            cursor.execute("SELECT to_tsvector('simple', %s) = %s::tsvector", [term, f"'{term}':1"])
            assert cursor.fetchone() == (True,), term
