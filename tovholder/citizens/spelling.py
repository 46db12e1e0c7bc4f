"""Names as they sound, so that one child written in two ways meets itself: Sofie and Sophie, Kjær and Kjaer."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "y", "ð": "d", "þ": "t", "ß": "ss"}
)
_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"th|dt"), "t"),
    (re.compile(r"ch|ck|q"), "k"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"c"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"z"), "s"),
    (re.compile(r"w"), "v"),
    (re.compile(r"h(?=[vj])"), ""),
    (re.compile(r"y"), "i"),
    (re.compile(r"aa"), "å"),
    (re.compile(r"(.)\1+"), r"\1"),
)
_SMALL = frozenset({"von", "van", "de", "af", "el", "al", "bin"})


def name_parts(name: str) -> frozenset[str]:
    """Return the parts of a name as they sound, particles left out; a part of one letter is no part."""
    plain = name.casefold().translate(_LETTERS)
    plain = "".join(char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char))
    parts = re.findall(r"[a-z]+", plain.replace("'", "").replace("’", ""))
    return frozenset(_sound(part) for part in parts if len(part) > 1 and part not in _SMALL)


def _sound(part: str) -> str:
    for pattern, instead in _SOUNDS:
        part = pattern.sub(instead, part)
    return part
