"""*Mente du …*: a word that nobody has written, next to one that somebody has, in a text that the reader may read.

No list of all words is kept: a word that only stands where the reader may not look would stand in it too. Instead
every word one slip away is asked for at once, by the same access rule as the search itself, and only words of the
texts that come back are suggested.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator

from tovholder.accounts.models import User
from tovholder.search import danish
from tovholder.search.models import Entry, Kind
from tovholder.search.queries import (
    Found,
    Terms,
    Wanted,
    Way,
    matching_within,
    near_ways,
    texts_within,
    understand,
)

FEW = 2  # hits, so that the reader may have meant something else
WORDS_TRIED = 3
ENTRIES_READ = 60
_SHORTEST, _LONGEST = 4, 20
_WORD = re.compile(r"[^\W_]+")
_QUOTES = re.compile(r"[\"“”„»«]")


def did_you_mean(user: User, text: str, found: Found) -> str:
    """Return what was asked for with its mistyped words mended; "" when there is nothing better."""
    if (found.count > FEW and not found.widened) or _QUOTES.search(text):
        return ""
    words = _doubtful(text)
    if not words:
        return ""
    around = found.around.circles
    met = texts_within(user, around, [_spellings(danish.fold(word)) for word in words])
    better = {word: _better(danish.fold(word), texts) for word, texts in zip(words, met, strict=True)}
    mended = _WORD.sub(lambda word: better.get(word.group()) or word.group(), text)
    if mended == text or not matching_within(user, around, understand(mended)):
        return ""
    return mended


def _doubtful(text: str) -> list[str]:
    words = dict.fromkeys(danish.words_of(text))
    long_enough = [word for word in words if _SHORTEST <= len(danish.fold(word)) <= _LONGEST]
    return [word for word in long_enough if word.isalpha() and not danish.is_small(danish.fold(word))][
        :WORDS_TRIED
    ]


def _spellings(folded: str) -> Wanted:
    """Return the word itself and every word one slip away, each a way to find."""
    terms = dict.fromkeys(danish.term(each) for each in (folded, *one_slip_from(folded)))
    ways: list[Way] = [(Terms(("words",), (each,)),) for each in terms]
    return [[*ways, (Terms(("names",), (folded,)),), *near_ways(folded)]]


def _better(folded: str, texts: list[Entry]) -> str:
    """Return the word one slip away that the reader meets most often; "" when the word itself is met."""
    same = danish.term(folded)
    met: Counter[str] = Counter()
    for entry in texts[:ENTRIES_READ]:
        for word, is_name in _words(entry):
            other = danish.fold(word)
            if other == folded or (not is_name and danish.term(other) == same):
                return ""
            if is_one_slip(folded, other):
                met[word] += 1
    # The word that is met most often, and of two the one that comes first: the same answer each time.
    return min(met, key=lambda word: (-met[word], word), default="")


def _words(entry: Entry) -> Iterator[tuple[str, bool]]:
    """Yield the words of an entry, and whether each is a name (found by form alone). A sentence's capital goes."""
    named = entry.kind in (Kind.PERSON, Kind.FORUM)
    yield from ((word, True) for word in danish.words_of(entry.title) if named)
    for text in (entry.body, "" if named else entry.title):
        for line in text.splitlines():
            for at, word in enumerate(danish.words_of(line)):
                yield (word if at else word.lower()), False


def one_slip_from(word: str) -> Iterator[str]:
    """Yield every word with a letter too many, too few or wrong, or two that have changed places."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        for letter in string.ascii_lowercase:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


def is_one_slip(one: str, other: str) -> bool:
    """Tell whether one of the words becomes the other by one slip."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    rest, rest_of_other = one[at:], other[at:]
    return (
        rest[1:] == rest_of_other
        or rest == rest_of_other[1:]
        or rest[1:] == rest_of_other[1:]
        or (rest[2:] == rest_of_other[2:] and rest[:2] == rest_of_other[1::-1])
    )
