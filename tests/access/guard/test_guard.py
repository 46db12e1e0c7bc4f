"""The guard against personal data, measured on a committed list of sentences (issue C, section 8)."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tovholder.access.guard import FindingKind, NameLists, find_personal_data
from tovholder.access.personal_data import contains_cpr

LINES = [
    line.split("\t") for line in Path(__file__).with_name("sentences.tsv").read_text("utf-8").splitlines()
]
RECALL = {"cpr": 1.0, "phone": 1.0, "email": 1.0, "address": 0.95, "name": 0.95, "class_age": 0.95}
STOPPED_HARMLESS = 0.05


def test_the_list_is_long_and_half_of_it_harmless() -> None:
    harmless = sum(kinds == "-" for kinds, _ in LINES)
    assert len(LINES) >= 300
    assert 0.45 <= harmless / len(LINES) <= 0.55
    assert len({sentence for _, sentence in LINES}) == len(LINES)


def test_what_points_to_a_person_is_found_and_the_harmless_let_through() -> None:
    there, found, stopped = Counter[str](), Counter[str](), []
    for kinds, sentence in LINES:
        seen = {str(each.kind) for each in find_personal_data(sentence)}
        if kinds == "-" and seen:
            stopped.append(sentence)
        for kind in () if kinds == "-" else kinds.split():
            there[kind] += 1
            found[kind] += kind in seen
    assert {
        kind: found[kind] / there[kind] for kind in there if found[kind] / there[kind] < RECALL[kind]
    } == {}
    assert set(there) == set(FindingKind.values)
    assert len(stopped) <= STOPPED_HARMLESS * sum(kinds == "-" for kinds, _ in LINES), stopped


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ring til Mikkels mor på 22 45 67 89.", [("name", "Mikkels"), ("phone", "22 45 67 89")]),
        ("Emma bor på Kirkegade 7, 2. tv.", [("name", "Emma"), ("address", "Kirkegade 7, 2. tv.")]),
        ("Lukas er 12 år og går i 6.b.", [("name", "Lukas"), ("class_age", "12 år"), ("class_age", "6.b")]),
        ("Bo Jensen", [("name", "Bo"), ("name", "Jensen")]),
        ("Klassen og processen tog tid. Krisen er ovre.", []),
    ],
)
def test_each_finding_says_where_it_stands(text: str, parts: list[tuple[str, str]]) -> None:
    found = find_personal_data(text)
    assert [(str(each.kind), each.text) for each in found] == parts
    assert all(text[each.start : each.end] == each.text and each.instead for each in found)


def test_the_municipality_adds_its_own_names_and_places() -> None:
    lists = NameLists.shipped().with_more(names=["Qvistrup"], harmless=["Sofiendal", "Augusta Skole"])
    assert [each.text for each in find_personal_data("Vi talte med qvistrup.", lists)] == ["qvistrup"]
    assert find_personal_data("Pigen Sofiendal", lists) == []
    assert find_personal_data("Vi talte med Qvistrup.") == []


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_read_and_no_cpr_number_passes(before: str, after: str) -> None:
    text = f"{before} 120311-4523 {after}"
    found = find_personal_data(text)
    assert contains_cpr(text) == any(each.refused for each in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
