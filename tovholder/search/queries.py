"""Find: from what somebody typed to the entries that this somebody may read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet, TextField

from tovholder.accounts.models import User
from tovholder.concerns.standing import triage_of
from tovholder.forums.statements import UserStatement
from tovholder.search import danish
from tovholder.search.models import Entry, Kind
from tovholder.search.sources import circles, kind_terms, readable
from tovholder.statements import Given

MOST = 100
PER_PAGE = 20
MOST_WORDS = 12
_SHORTEST_PREFIX = 3
_QUOTED = re.compile(r"[\"“”„»«]([^\"“”„»«]+)[\"“”„»«]")
# Full-text column to the weight it has in PostgreSQL's vector.
_WEIGHT = {"words": "A", "parts": "B", "scope": "C", "names": "D"}


@dataclass(frozen=True)
class Terms:
    """One or several terms next to each other (a phrase), in these columns; `begins`: the term may go on."""

    columns: tuple[str, ...]
    terms: tuple[str, ...]
    begins: bool = False


# All of these, each of them one of several ways, each way all of its own terms.
Way = tuple[Terms, ...]
Wanted = list[list[Way]]


@dataclass(frozen=True)
class Asked:
    """What somebody typed, understood: the ways to find it, and which words to point out in what is found."""

    wanted: Wanted
    marked: frozenset[str] = frozenset()
    begins: str = ""
    wide: bool = False
    _known: dict[str, bool] = field(default_factory=dict, compare=False)

    def marks(self, word: str) -> bool:
        """Tell whether a word of a text is one of those asked for."""
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._is_marked(danish.fold(word))
        return known

    def _is_marked(self, folded: str) -> bool:
        if self.begins and folded.startswith(self.begins):
            return True
        if folded in self.marked or danish.term(folded) in self.marked:
            return True
        within = (
            danish.parts(folded) if not self.wide else (*danish.parts(folded), *danish.near_terms(folded))
        )
        return not self.marked.isdisjoint(within)


@dataclass(frozen=True)
class Found:
    """A page of what was found. `count` is 100 at most; `more` tells that there is more than that."""

    asked: Asked
    entries: list[Entry] = field(default_factory=list)
    count: int = 0
    more: bool = False
    widened: bool = False


def understand(text: str, *, wide: bool = False) -> Asked:
    """Return what is asked for. `wide` also takes names that are one slip away, and the last word as a beginning."""
    phrases = [list(map(danish.fold, danish.words_of(each))) for each in _QUOTED.findall(text)]
    words = [danish.fold(word) for word in danish.words_of(_QUOTED.sub(" ", text))][:MOST_WORDS]
    telling = [word for word in words if not danish.is_small(word)] or words
    wanted: Wanted = [_phrase(phrase) for phrase in phrases[:3] if phrase]
    wanted += [_ways(word) for word in dict.fromkeys(telling)]
    if not wide:
        return Asked(wanted, _marked(wanted))
    for at, word in enumerate(dict.fromkeys(telling), start=len(wanted) - len(dict.fromkeys(telling))):
        wanted[at] += near_ways(word)
    begins = telling[-1] if telling and not text.endswith(('"', "”", "«")) else ""
    if len(begins) >= _SHORTEST_PREFIX:
        wanted[-1] += [(Terms(("words", "names"), (begins,), begins=True),)]
        return Asked(wanted, _marked(wanted), begins, wide=True)
    return Asked(wanted, _marked(wanted), wide=True)


def find(
    user: User,
    text: str,
    *,
    kinds: Sequence[str] = (),
    page: int = 1,
    per_page: int = PER_PAGE,
    wide: bool = False,
) -> Found:
    """Return a page of the entries of these kinds (all when none are given) that match and that the user may read.

    Newest first. Never counts further than to 100, so that a frequent word costs no more than a rare one.
    """
    asked = understand(text, wide=wide)
    if not asked.wanted:
        return Found(asked)
    keys = matching(user, asked, kinds)
    shown = keys[:MOST][(page - 1) * per_page : page * per_page]
    entries = sorted(Entry.objects.filter(pk__in=shown), key=lambda each: -each.pk) if shown else []
    return Found(asked, entries, min(len(keys), MOST), more=len(keys) > MOST, widened=wide)


def search(
    user: User, text: str, *, kinds: Sequence[str] = (), page: int = 1, per_page: int = PER_PAGE
) -> Found:
    """Find; and where there is nothing at all, look for what resembles it."""
    found = find(user, text, kinds=kinds, page=page, per_page=per_page)
    return found if found.count else find(user, text, kinds=kinds, page=page, per_page=per_page, wide=True)


def matching(user: User, asked: Asked, kinds: Iterable[str] = ()) -> list[int]:
    """Return which entries match and may be read by the user, newest first and no more than are counted."""
    return matching_within(user, circles(user), asked, kinds)


def matching_within(
    user: User, around: list[str] | None, asked: Asked, kinds: Iterable[str] = ()
) -> list[int]:
    """Do the same where `circles(user)` is known already."""
    chosen = frozenset(kinds) or frozenset(Kind.values)
    wanted = list(asked.wanted)
    if around is not None:
        if not around:
            return []
        wanted.append([(Terms(("scope",), (each,)),) for each in around])
    if chosen != frozenset(Kind.values):
        wanted.append([(Terms(("scope",), (each,)),) for each in kind_terms(sorted(chosen))])
    written = _written(wanted, _fts5 if connection.vendor == "sqlite" else _tsquery)
    return _statement(chosen)(user, match=written)


@cache
def _statement(chosen: frozenset[str]) -> UserStatement[int]:
    # A frequent word is looked for in another way than a rare one.
    return UserStatement(
        lambda user: _matched(Entry.objects.filter(readable(user, chosen))).values_list("pk", flat=True)[
            : MOST + 1
        ],
        known=(triage_of,),
        planned_once=False,
    )


def _matched(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Keep what matches the given words. The one place where the two databases differ: how a match is written."""
    match: Any = Given("match", TextField()).place
    if connection.vendor == "sqlite":
        # The full-text table first: it gives its rows by falling number, so reading stops where enough is found.
        return entries.extra(
            tables=["search_entry_fts"],
            where=["search_entry_fts.rowid = search_entry.id", "search_entry_fts MATCH %s"],
            params=[match],
        ).extra(order_by=["-search_entry_fts.rowid"])
    return entries.extra(where=["search_entry.vector @@ %s::tsquery"], params=[match]).order_by("-pk")


def _written(wanted: Wanted, write: Callable[[Terms], str]) -> str:
    both, either = (" AND ", " OR ") if write is _fts5 else (" & ", " | ")
    groups = (
        either.join(f"({both.join(write(each) for each in way)})" for way in dict.fromkeys(ways))
        for ways in wanted
    )
    return both.join(f"({group})" for group in groups)


def _fts5(terms: Terms) -> str:
    return f'{{{" ".join(terms.columns)}}} : "{" ".join(terms.terms)}"{" *" if terms.begins else ""}'


def _tsquery(terms: Terms) -> str:
    weights = "".join(_WEIGHT[column] for column in terms.columns)
    star = "*" if terms.begins else ""
    return "(" + " <-> ".join(f"'{each}':{star}{weights}" for each in terms.terms) + ")"


def _ways(word: str) -> list[Way]:
    """A word is found as itself, within a compound, as a name, and taken apart if it is a compound itself."""
    everywhere = ("words", "parts")
    ways: list[Way] = [(Terms(everywhere, (danish.term(word),)),), (Terms(("names",), (word,)),)]
    if made_of := danish.parts(word):
        ways.append(tuple(Terms(everywhere, (each,)) for each in dict.fromkeys(made_of)))
    return ways


def _phrase(words: list[str]) -> list[Way]:
    terms = tuple(danish.term(word) for word in words[:MOST_WORDS])
    return [(Terms(("words",), terms),), (Terms(("names",), tuple(words[:MOST_WORDS])),)]


def near_ways(word: str) -> list[Way]:
    """Return the ways to find names that are one slip away from the word."""
    names, near = danish.nearness(word)
    return [(Terms(("names",), (each,)),) for each in [*names, *near]]


def _marked(wanted: Wanted) -> frozenset[str]:
    return frozenset(each for ways in wanted for way in ways for terms in way for each in terms.terms)
