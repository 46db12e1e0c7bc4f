"""Danish words as search terms, the same for both databases: spellings, word forms, sameness, compounds.

A term is made of the letters a-z and digits alone, so that neither database has an opinion of its own about it.
The word lists lie in `words/`; each begins with what it is for.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

import Stemmer

WORDS = Path(__file__).with_name("words")
LONGEST_TERM = 40
LONGEST_TEXT = 8000  # words; no agenda item is longer, and a row of the index has its limits
GAP = "zzgap"  # stands between two texts of an entry, so that no phrase runs from one into the other
_WORD = re.compile(r"[^\W_]+")
_GENITIVE = re.compile(r"['’]s\b", re.I)
_LINKS = ("", "s", "e", "er", "n", "ens")
_DANISH = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ö": "oe", "ä": "ae", "œ": "oe", "đ": "d", "ł": "l"}
)
_SHORTEST_FIRST, _SHORTEST_HEAD = 3, 3
_SHORTEST_NAME = 4
_stemmers = threading.local()  # a stemmer is not safe to share between threads


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return the word in small letters with å, ø and æ spelt out, accents gone, and "n" before a number."""
    plain = unicodedata.normalize("NFC", word).casefold().translate(_DANISH)
    if not plain.isascii():
        plain = "".join(
            each for each in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(each)
        )
    if not (plain.isascii() and plain.isalnum()):
        plain = "".join(
            each if each.isascii() and each.isalnum() else f"u{ord(each):x}" for each in plain.casefold()
        )
    return (f"n{plain}" if plain[:1].isdigit() else plain)[:LONGEST_TERM]


def words_of(text: str) -> Iterator[str]:
    """Return the words of a text as they stand, without the "'s" of "SSP's"."""
    return iter(_WORD.findall(_GENITIVE.sub("", unicodedata.normalize("NFC", text))))


@lru_cache(maxsize=50_000)
def term(folded: str) -> str:
    """Return the one term for a folded word: every form of it, and every other word for the same thing, has the same."""
    same = _same()
    if folded in same:
        return same[folded]
    stem = _stem(folded)
    return same.get(stem, stem)


@lru_cache(maxsize=50_000)
def parts(folded: str) -> tuple[str, ...]:
    """Return the terms of the words that a folded word is made of, or nothing for a word that is whole."""
    return () if folded in _whole() else tuple(dict.fromkeys(_taken_apart(folded)))


def is_small(folded: str) -> bool:
    """Tell whether a search leaves the word out: og, på, der …"""
    return folded in _small()


def near_terms(folded: str) -> list[str]:
    """Return what a name is indexed with so that one slip of the finger still finds it.

    The name with each letter left out in turn, marked with the place: see `nearness`.
    """
    if len(folded) < _SHORTEST_NAME:
        return []
    return [f"d{at}x{folded[:at]}{folded[at + 1 :]}" for at in range(len(folded))]


def nearness(folded: str) -> tuple[list[str], list[str]]:
    """Return (names, near terms) that a mistyped word is looked up by: exactly those one slip away.

    A slip is a letter too many, too few, wrong, or two that have changed places. The first letter may be wrong too.
    """
    if len(folded) < _SHORTEST_NAME - 1:
        return [], []
    too_few = [f"d{at}x{folded}" for at in range(len(folded) + 1)]
    if len(folded) < _SHORTEST_NAME:
        return [], too_few
    without = [f"{folded[:at]}{folded[at + 1 :]}" for at in range(len(folded))]
    wrong = [f"d{at}x{rest}" for at, rest in enumerate(without)]
    swapped = [
        f"d{place}x{without[other]}"
        for at in range(len(folded) - 1)
        for place, other in ((at, at + 1), (at + 1, at))
    ]
    names = [each for each in without if len(each) >= _SHORTEST_NAME]
    return list(dict.fromkeys(names)), list(dict.fromkeys([*too_few, *wrong, *swapped]))


def indexed(texts: Iterable[str]) -> tuple[str, str]:
    """Return the terms of the texts in order, and the terms of what their words are made of."""
    order: list[str] = []
    within: dict[str, None] = {}
    for text in texts:
        if order:
            order.append(GAP)
        for word in words_of(text):
            folded = fold(word)
            order.append(term(folded))
            within.update(dict.fromkeys(parts(folded)))
    return " ".join(order[:LONGEST_TEXT]), " ".join(list(within)[:LONGEST_TEXT])


def indexed_names(names: Iterable[str]) -> str:
    """Return the words of names, unstemmed (Madsen is no form of Mads), then what finds them in spite of a slip."""
    order: list[str] = []
    near: dict[str, None] = {}
    for name in names:
        for word in words_of(name):
            folded = fold(word)
            order.append(folded)
            near.update(dict.fromkeys(near_terms(folded)))
        order.append(GAP)
    return " ".join([*order, *near])


def _stem(folded: str) -> str:
    """Stem with the Danish letters put back, or the "er" of "fravaer" is taken for an ending; until nothing is left to
    take, or "kriminalitet" and "kriminaliteten" part."""
    stemmer = getattr(_stemmers, "danish", None)
    if stemmer is None:
        stemmer = _stemmers.danish = Stemmer.Stemmer("danish")
    word, before = folded.replace("ae", "æ").replace("oe", "ø").replace("aa", "å"), ""
    while word != before:
        word, before = str(stemmer.stemWord(word)), word
    return word.replace("æ", "ae").replace("ø", "oe").replace("å", "aa")


def _taken_apart(folded: str) -> list[str]:
    """The longest known head that leaves a known beginning; or a head that goes with any beginning."""
    for at in range(_SHORTEST_FIRST, len(folded) - _SHORTEST_HEAD + 1):
        first, head = folded[:at], folded[at:]
        if term(head) in _heads() and (before := _beginning(first)):
            return [*before, term(head)]
        if head in _any_heads() and at > _SHORTEST_FIRST:
            return [*(_beginning(first) or [term(first.removesuffix("s")), term(first)]), term(head)]
    return []


def _beginning(first: str) -> list[str]:
    for link in _LINKS:
        base = first.removesuffix(link) if link else first
        if len(base) >= _SHORTEST_FIRST and first == base + link:
            if base in _firsts():
                return [term(base), *parts(base)]
            if len(base) > 2 * _SHORTEST_FIRST and (inner := _taken_apart(base)):
                return inner
    return []


def _lines(name: str) -> Iterator[list[str]]:
    for line in (WORDS / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [fold("".join(words_of(word))) for word in line.split()]


@cache
def _same() -> dict[str, str]:
    found = {word: line[0] for line in _lines("egne.txt") for word in line}
    for line in _lines("samme.txt"):
        stands_for = found.get(line[0]) or _stem(line[0])
        for word in line:
            found.setdefault(word, stands_for)
    return found


@cache
def _firsts() -> frozenset[str]:
    return frozenset(word for line in _lines("dele.txt") for word in line)


@cache
def _heads() -> frozenset[str]:
    return frozenset(term(word) for word in _firsts() if len(word) >= _SHORTEST_HEAD)


@cache
def _any_heads() -> frozenset[str]:
    return frozenset(word for line in _lines("steder.txt") for word in line)


@cache
def _whole() -> frozenset[str]:
    return frozenset(word for line in _lines("hele.txt") for word in line)


@cache
def _small() -> frozenset[str]:
    return frozenset(word for line in _lines("smaa.txt") for word in line)
