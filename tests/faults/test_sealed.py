"""The envelope of a backup: nobody changes or cuts it unseen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tovholder.config.safekeeping import sealed
from tovholder.config.safekeeping.records import reading, writing

KEY = sealed.key_from(sealed.new_key())
HEAD = len(sealed.MAGIC) + sealed.SALT + sealed.CHECK
PART = sealed.CHUNK + sealed.TAG


def sealed_bytes(tmp_path: Path, length: int) -> Path:
    """A sealed file with that much in it that does not pack."""
    path = tmp_path / "sealed"
    with writing(path, KEY) as writer:
        writer.put_bytes(os.urandom(length))
    return path


@pytest.mark.parametrize("length", [0, 1, sealed.CHUNK - 40, sealed.CHUNK, 2 * sealed.CHUNK])
def test_what_goes_in_comes_out(tmp_path: Path, length: int) -> None:
    path, data = tmp_path / "sealed", os.urandom(length)
    with writing(path, KEY) as writer:
        writer.put({"æ": [None, 1, "\ud800"]})
        writer.put_bytes(data)
    assert list(reading(path, KEY)) == [{"æ": [None, 1, "\ud800"]}, data]


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    path = sealed_bytes(tmp_path, 10)
    with pytest.raises(sealed.BadKey):
        list(reading(path, sealed.key_from(sealed.new_key())))


@pytest.mark.parametrize("text", ["", "kodeord", "a" * 43, "a" * 45, "æ" * 44])
def test_a_thought_up_word_is_no_key(text: str) -> None:
    with pytest.raises(sealed.BadKey):
        sealed.key_from(text)


def test_two_backups_of_the_same_have_nothing_in_common(tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        with writing(tmp_path / name, KEY) as writer:
            writer.put("det samme")
        made.append((tmp_path / name).read_bytes()[len(sealed.MAGIC) :])
    assert made[0][: sealed.SALT] != made[1][: sealed.SALT]
    assert made[0][-20:] != made[1][-20:]


@pytest.mark.parametrize("place", ["head", "salt", "first", "middle", "last"])
def test_one_changed_bit_anywhere_is_found(tmp_path: Path, place: str) -> None:
    path = sealed_bytes(tmp_path, sealed.CHUNK * 2 + 100)
    data = bytearray(path.read_bytes())
    at = {"head": 3, "salt": 25, "first": 80, "middle": len(data) // 2, "last": len(data) - 1}[place]
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises((sealed.Damaged, sealed.BadKey)):
        list(reading(path, KEY))


@pytest.mark.parametrize("kept", [0, 10, 70, HEAD + PART, -17, -1])
def test_a_cut_file_is_found_also_when_it_is_cut_between_two_parts(tmp_path: Path, kept: int) -> None:
    path = sealed_bytes(tmp_path, sealed.CHUNK * 2 + 100)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(sealed.Damaged):
        list(reading(path, KEY))


def test_parts_that_change_places_are_found(tmp_path: Path) -> None:
    path = sealed_bytes(tmp_path, sealed.CHUNK * 3)
    data = path.read_bytes()
    first, second = data[HEAD : HEAD + PART], data[HEAD + PART : HEAD + 2 * PART]
    path.write_bytes(data[:HEAD] + second + first + data[HEAD + 2 * PART :])
    with pytest.raises(sealed.Damaged):
        list(reading(path, KEY))
