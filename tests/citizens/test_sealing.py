"""A sealed text opens under its key, at its place, unchanged; and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tovholder.citizens.keys.sealing import (
    Damaged,
    MasterKey,
    Place,
    WrongMasterKey,
    blind,
    new_data_key,
    seal,
    unseal,
)
from tovholder.citizens.spelling import name_parts

HERE = Place("citizens_child", "7d", "name")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    key = new_data_key()
    sealed = seal(key, text, HERE)
    assert unseal(key, sealed, HERE) == text
    assert not text or len(text) < 4 or text.encode() not in sealed
    assert seal(key, text, HERE) != sealed


@given(TEXTS, st.integers(0, 500), st.integers(1, 255))
def test_a_changed_byte_is_noticed(text: str, at: int, change: int) -> None:
    key = new_data_key()
    sealed = bytearray(seal(key, text, HERE))
    sealed[at % len(sealed)] ^= change
    with pytest.raises(Damaged):
        unseal(key, bytes(sealed), HERE)


@given(TEXTS, st.integers(0, 40))
def test_a_cut_text_is_noticed(text: str, length: int) -> None:
    key = new_data_key()
    sealed = seal(key, text, HERE)
    with pytest.raises(Damaged):
        unseal(key, sealed[: min(length, len(sealed) - 1)], HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("citizens_adult", "7d", "name"),
        Place("citizens_child", "7e", "name"),
        Place("citizens_child", "7d", "cpr"),
    ],
)
def test_a_text_moved_elsewhere_does_not_open(elsewhere: Place) -> None:
    key = new_data_key()
    with pytest.raises(Damaged):
        unseal(key, seal(key, "Sofie", HERE), elsewhere)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(Damaged):
        unseal(new_data_key(), seal(new_data_key(), "Sofie", HERE), HERE)


def test_only_the_master_key_that_wrapped_a_key_unwraps_it() -> None:
    master, data = MasterKey.new(), new_data_key()
    assert MasterKey.read(master.text).unwrap(master.wrap(data)) == data
    with pytest.raises(WrongMasterKey):
        MasterKey.new().unwrap(master.wrap(data))
    assert master.text not in repr(master)
    assert data not in master.wrap(data)


@pytest.mark.parametrize("text", ["", "kort", "a" * 80, "ikke base64 æøå"])
def test_what_is_no_master_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="master key"):
        MasterKey.read(text)


def test_a_blind_index_depends_on_key_kind_and_value() -> None:
    key = new_data_key()
    assert blind(key, "cpr", "1") == blind(key, "cpr", "1")
    assert (
        len(
            {
                blind(key, "cpr", "1"),
                blind(key, "cpr", "2"),
                blind(key, "name", "1"),
                blind(new_data_key(), "cpr", "1"),
            }
        )
        == 4
    )


SAME = [
    ("Sofie Kjær", "Sophie Kjaer"), ("Åse Møller", "Aase Moeller"), ("Christian Bach", "Kristian Bak"),
    ("Mathias", "Matias"), ("Philip", "Filip"), ("Cecilie", "Sesilie"), ("Zahra", "Sahra"), ("William", "Viliam"),
    ("Oscar", "Oskar"), ("Max", "Maks"), ("Anne-Marie", "anne marie"), ("José", "Jose"), ("Jørgensen", "Joergensen"),
    ("Mohammed", "Mohamed"), ("O'Brien", "OBrien"), ("Hjalte", "Jalte"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_that_sound_the_same_are_the_same(one: str, other: str) -> None:
    assert name_parts(one) == name_parts(other) != frozenset()


@pytest.mark.parametrize(
    ("one", "other"), [("Anna", "Hanna"), ("Sara", "Sofie"), ("Møller", "Miller"), ("Emil", "Emilie")]
)
def test_other_names_are_other_names(one: str, other: str) -> None:
    assert name_parts(one) != name_parts(other)


def test_particles_and_signs_are_no_names() -> None:
    assert name_parts(" 12 - . de A") == frozenset()
