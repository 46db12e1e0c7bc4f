"""Find: from what somebody typed to the entries that this somebody may read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, QuerySet, TextField, Value

from tovholder.accounts.models import User
from tovholder.concerns.standing import triage_of
from tovholder.forums.statements import UserStatement
from tovholder.search import danish
from tovholder.search.models import Entry, Kind
from tovholder.search.sources import circles, kind_terms, readable
from tovholder.statements import Given, GivenSet, Statement

MOST = 100
PER_PAGE = 20
# So many candidates are looked at first: most may be read, and a hundred are counted.
AT_ONCE = 120
FURTHEST = 2**63 - 1
MOST_SPLIT = 24
MOST_OF, FEW_OF = frozenset({Kind.ITEM, Kind.MINUTES}), frozenset({Kind.FORUM, Kind.PERSON})
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


class Around:
    """The circles of a user: read when they are first asked for, once for a page."""

    def __init__(self, user: User) -> None:
        self._user = user

    @cached_property
    def circles(self) -> list[str] | None:
        return circles(self._user)


@dataclass(frozen=True)
class Found:
    """A page of what was found. `count` is 100 at most; `more` tells that there is more than that."""

    asked: Asked
    around: Around
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
    around: Around | None = None,
) -> Found:
    """Return a page of the entries of these kinds (all when none are given) that match and that the user may read.

    Newest first. Never counts further than to 100, so that a frequent word costs no more than a rare one.
    """
    asked, around = understand(text, wide=wide), around or Around(user)
    if not asked.wanted:
        return Found(asked, around)
    keys = matching(user, asked, kinds, around)
    shown = keys[:MOST][(page - 1) * per_page : page * per_page]
    entries = _SHOWN(shown=shown) if shown else []
    return Found(asked, around, entries, min(len(keys), MOST), more=len(keys) > MOST, widened=wide)


_SHOWN = Statement(lambda: Entry.objects.filter(pk__in=GivenSet("shown", BigIntegerField())).order_by("-pk"))


def search(
    user: User, text: str, *, kinds: Sequence[str] = (), page: int = 1, per_page: int = PER_PAGE
) -> Found:
    """Find; and where there is nothing at all, look for what resembles it."""
    found = find(user, text, kinds=kinds, page=page, per_page=per_page)
    if found.count:
        return found
    around = found.around
    return find(user, text, kinds=kinds, page=page, per_page=per_page, wide=True, around=around)


def matching(user: User, asked: Asked, kinds: Iterable[str] = (), around: Around | None = None) -> list[int]:
    """Return which entries match and may be read by the user, newest first and no more than are counted."""
    # Of forums and people there are few: they are looked through as they are.
    few = bool(kinds) and FEW_OF.issuperset(kinds)
    return matching_within(user, None if few else (around or Around(user)).circles, asked, kinds)


def matching_within(
    user: User, around: list[str] | None, asked: Asked, kinds: Iterable[str] = ()
) -> list[int]:
    """Do the same where `circles(user)` is known already.

    The newest of what matches are looked at, whether they may be read; and older ones while too few may.
    """
    chosen = frozenset(kinds) or frozenset(Kind.values)
    if around is not None and not around:
        return []
    way, match = _match(asked.wanted, around, chosen)
    found: list[int] = []
    before, size = FURTHEST, AT_ONCE
    while True:
        rows = _newest(user, chosen, way, match, before, size)
        found += [key for key, may in rows if may]
        if len(found) > MOST or len(rows) < size:
            return found[: MOST + 1]
        before, size = rows[-1][0], size * 4


def _newest(
    user: User, chosen: frozenset[str], way: str, match: str | list[str], before: int, size: int
) -> list[tuple[int, bool]]:
    if way != _AT_ONCE or FEW_OF.issuperset(chosen):
        return _looked_at(chosen, way)(user, match=match, before=before, size=size)
    # A frequent word is looked for in another way than a rare one, so this is planned each time; whether each may be
    # read is a question twenty times as long, and is planned once.
    with connection.cursor() as cursor:
        cursor.execute(_AT_ONCE, [match, before, size])
        keys = [key for (key,) in cursor.fetchall()]
    return _may_be_read(chosen)(user, entries=keys) if keys else []


def texts_within(user: User, around: list[str] | None, wishes: Sequence[Wanted]) -> list[list[Entry]]:
    """Return for each wish the texts of the newest entries that match and that the user may read; all in one read.

    For wishes in very many ways, as every spelling of a word. Only the newest of what matches are looked at.
    """
    if not wishes or (around is not None and not around):
        return [[] for _wish in wishes]
    everything = frozenset(Kind.values)
    written = [_match(wanted, around, everything) for wanted in wishes]
    [way] = {way for way, _match_of in written}
    given = {f"match{number}": match for number, (_way, match) in enumerate(written)}
    found: list[list[Entry]] = [[] for _wish in wishes]
    for number, *values in _texts_of(len(wishes), way)(user, **given, before=FURTHEST, size=AT_ONCE):
        found[number].append(Entry(**dict(zip(_TEXTS, values, strict=True))))
    return [sorted(each, key=lambda entry: entry.pk, reverse=True) for each in found]


_TEXTS = ("id", "kind", "title", "body")


# The one place where the two databases differ: how a match is written, and asked for. All read from the newest on.
_SQLITE = "SELECT rowid FROM search_entry_fts WHERE search_entry_fts MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s"
_AT_ONCE = "SELECT id FROM search_entry WHERE vector @@ %s::tsquery AND id < %s ORDER BY id DESC LIMIT %s"
# PostgreSQL tells quickly what two words share, and slowly what a word shares with any of twenty. OFFSET: each by the
# index, and not one entry after the other by all of them.
_EACH = (
    "SELECT DISTINCT id FROM unnest(%s::tsquery[]) AS one,"
    " LATERAL (SELECT id FROM search_entry WHERE vector @@ one OFFSET 0) AS found"
    " WHERE id < %s ORDER BY id DESC LIMIT %s"
)


def _match(wanted: Wanted, around: list[str] | None, chosen: frozenset[str]) -> tuple[str, str | list[str]]:
    """Return in which way to look, and for what."""
    groups = list(wanted)
    if chosen != frozenset(Kind.values):
        groups.append(_scopes(kind_terms(sorted(chosen))))
    everywhere = {kind for kind in Kind.values if around is None or kind_terms([kind])[0] in around}
    # Who may read nearly all of it finds it without the shortcut.
    narrow = not (chosen <= everywhere or chosen & everywhere & MOST_OF)
    all_at_once = [*groups, _scopes(around)] if narrow and around else groups
    if connection.vendor == "sqlite":
        return _SQLITE, _written(all_at_once, _fts5)
    if sum(len(ways) for ways in wanted) > MOST_SPLIT:
        # Hundreds of spellings that hardly anybody has written: never one entry after the other.
        return _EACH, [_written(all_at_once, _tsquery)]
    if narrow and around:
        return _EACH, [_written([*groups, _scopes([each])], _tsquery) for each in around]
    return _AT_ONCE, _written(groups, _tsquery)


def _scopes(terms: Iterable[str]) -> list[Way]:
    return [(Terms(("scope",), (each,)),) for each in terms]


@cache
def _looked_at(chosen: frozenset[str], way: str) -> UserStatement[tuple[int, bool]]:
    def looked_at(user: User) -> QuerySet[Entry, tuple[int, bool]]:
        shown: QuerySet[Entry, tuple[int, bool]] = (
            _candidates(user, chosen, way).order_by("-pk").values_list("pk", "may")
        )
        return shown

    # All at once, the best way depends on how frequent the word is.
    return UserStatement(looked_at, known=(triage_of,), planned_once=way == _EACH)


@cache
def _may_be_read(chosen: frozenset[str]) -> UserStatement[tuple[int, bool]]:
    def asked(user: User) -> QuerySet[Any, Any]:
        entries = Entry.objects.filter(pk__in=GivenSet("entries", BigIntegerField()))
        return _told(entries, user, chosen).order_by("-pk").values_list("pk", "may")

    return UserStatement(asked, known=(triage_of,))


@cache
def _texts_of(wishes: int, way: str) -> UserStatement[Any]:
    def texts(user: User) -> QuerySet[Any, Any]:
        first, *rest = (
            _candidates(user, frozenset(Kind.values), way, f"match{number}")
            .filter(may=True)
            .annotate(wish=Value(number))
            .order_by()
            .values_list("wish", *_TEXTS)
            for number in range(wishes)
        )
        found: QuerySet[Any, Any] = first.union(*rest, all=True) if rest else first
        return found

    return UserStatement(texts, known=(triage_of,), planned_once=way == _EACH)


def _candidates(user: User, chosen: frozenset[str], way: str, match: str = "match") -> QuerySet[Any, Any]:
    """The newest entries that match, each with whether the user `may` read it."""
    text = GivenSet(match, TextField()) if way == _EACH else Given(match, TextField())
    number = BigIntegerField()
    params: list[Any] = [text.place, Given("before", number).place, Given("size", number).place]
    found = Entry.objects.extra(where=[f"search_entry.id IN ({way})"], params=params)  # noqa: S610 - one of the three above
    return _told(found, user, chosen)


def _told(entries: QuerySet[Entry], user: User, chosen: frozenset[str]) -> QuerySet[Any, Any]:
    told: QuerySet[Any, Any] = entries.annotate(may=ExpressionWrapper(readable(user, chosen), BooleanField()))
    return told


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
    if danish.term(word) == word:
        ways = [(Terms((*everywhere, "names"), (word,)),)]
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
