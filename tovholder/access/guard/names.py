"""Which words are names of people: lists, endings, and what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Before a capital letter, these say that a person follows.
_RELATION = (
    r"mor|mors|moren|far|fars|faren|faderen|moderen|stedmor|stedfar|plejemor|plejefar|plejefamilien|storebror|lillebror|"
    r"bror|broren|storesøster|lillesøster|søster|søsteren|søn|sønnen|datter|datteren|fætter|kusine|kæreste|kæresten|"
    r"ven|vennen|veninde|veninden|kammerat|kammeraten|onkel|faster|moster|farfar|farmor|morfar|mormor|værge|værgen"
)
_CHILD = r"dreng|drengen|drengene|pige|pigen|pigerne|elev|eleven|eleverne|barn|barnet|børnene|unge|ukraineren|knægten"
_NAME = r"(?P<name>[A-ZÆØÅÉÖÜÄ][^\W\d_]+(?:-[A-ZÆØÅÉÖÜÄ]?[^\W\d_]+)*)"
PATTERNS = (
    re.compile(rf"\b(?i:{_RELATION})\s+til\s+{_NAME}"),
    re.compile(rf"\b(?i:{_RELATION}|{_CHILD}),?\s+{_NAME}"),
    re.compile(rf"\b(?i:hedder|kaldes|kaldet|ved\s+navn|fru|hr\.?|frk\.?|familien|fam\.)\s+{_NAME}"),
)
_GENITIVE = ("s", "'s", "'", "’s", "’")


def _read(name: str) -> frozenset[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word.casefold() for line in lines if not line.startswith("#") for word in line.split())


@dataclass(frozen=True, slots=True)
class NameLists:
    """Lists in lower case. `words` are first names that are ordinary words too; `harmless` are no persons."""

    first: frozenset[str]
    words: frozenset[str]
    surnames: frozenset[str]
    harmless: frozenset[str]

    @classmethod
    def shipped(cls) -> NameLists:
        return _shipped()

    def with_more(self, names: Iterable[str] = (), harmless: Iterable[str] = ()) -> NameLists:
        """Return the lists with the municipality's own names, and its places and organisations, added."""
        more = frozenset(name.casefold() for name in names)
        places = frozenset(word.casefold() for each in harmless for word in WORD.findall(each))
        return NameLists(self.first | more, self.words - more, self.surnames, self.harmless | places)

    def is_first(self, word: str) -> bool:
        """Whether the word, or each part of a double name, is a first name; a genitive s is seen through."""
        return any(
            bare and all(part in self.first for part in bare.split("-")) for bare in _bare(word.casefold())
        )

    def is_word_too(self, word: str) -> bool:
        return any(bare in self.words for bare in _bare(word.casefold()))

    def is_surname(self, word: str) -> bool:
        low = word.casefold()
        return any(bare in self.surnames or (len(bare) > 5 and bare.endswith("sen")) for bare in _bare(low))

    def is_patronym(self, word: str) -> bool:
        """Sørensen, Jensen: a first name and its ending."""
        return any(
            bare.endswith("sen") and {bare.removesuffix("sen"), bare.removesuffix("en")} & self.first
            for bare in _bare(word.casefold())
        )

    def is_harmless(self, word: str) -> bool:
        return any(bare in self.harmless for bare in _bare(word.casefold()))


@cache
def _shipped() -> NameLists:
    words = _read("also_words.txt")
    return NameLists(
        _read("first_names.txt") | words, words, _read("surnames.txt"), _read("harmless_words.txt")
    )


def _bare(word: str) -> Iterator[str]:
    yield word
    for ending in _GENITIVE:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            yield word.removesuffix(ending)


def find_names(text: str, lists: NameLists) -> Iterator[tuple[int, int]]:
    """Yield start and end of each name, a surname beside a first name with it."""
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            if not lists.is_harmless(match["name"]):
                yield match.span("name")
    words = list(WORD.finditer(text))
    for n, match in enumerate(words):
        if _is_name(text, words, n, lists):
            yield match.span()


def _is_name(text: str, words: list[re.Match[str]], n: int, lists: NameLists) -> bool:
    word = words[n].group()
    capital = word[0].isupper()
    follower = _next(text, words, n)
    if not lists.is_first(word):
        if not capital or lists.is_harmless(word):
            return False
        before = _previous(text, words, n)
        named = before is not None and before[0].isupper() and lists.is_first(before)
        # Klassen, Processen: at the start of a sentence the ending tells nothing without a name in front of it.
        patronym = lists.is_patronym(word) or not _starts_sentence(text, words[n].start())
        return (named and lists.is_surname(word)) or (_ends_as_surname(word) and patronym)
    if not lists.is_word_too(word):
        # Long enough, a name without its capital is still a name.
        return capital or len(word) > 3
    if not capital:
        return False
    with_surname = follower is not None and follower[0].isupper() and lists.is_surname(follower)
    before = _previous(text, words, n)
    if before is not None and lists.is_harmless(before):  # Sankt Hans
        return False
    return with_surname or not (_starts_sentence(text, words[n].start()) or lists.is_harmless(word))


def _ends_as_surname(word: str) -> bool:
    """A surname by its ending alone: Sørensen, Lauritsen."""
    return any(len(bare) > 5 and bare.endswith("sen") for bare in _bare(word.casefold()))


def _previous(text: str, words: list[re.Match[str]], n: int) -> str | None:
    return words[n - 1].group() if n and _beside(text, words[n - 1], words[n]) else None


def _next(text: str, words: list[re.Match[str]], n: int) -> str | None:
    following = n + 1 < len(words) and _beside(text, words[n], words[n + 1])
    return words[n + 1].group() if following else None


def _beside(text: str, one: re.Match[str], two: re.Match[str]) -> bool:
    return text[one.end() : two.start()].strip() == "" and "\n" not in text[one.end() : two.start()]


def _starts_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t\"'»«(–-")
    return not before or before[-1] in ".!?:\n•*"
