"""What somebody may not read is not found either: by search, by a filter, in a list as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from tests.security.case_addresses import Address
from tests.security.case_heard import difference

if TYPE_CHECKING:
    from tests.security.case_crawl import Crawl

# Lists that take words, and their fields; the log is another thing at each look.
FILTERED = (
    ("plans:mine", "q"), ("plans:board", "q"), ("directory:persons", "q"), ("directory:organisations", "q"), ("forums:list", "q"),
    ("outbox:mails", "q"), ("accounts:logins", "q"), ("insights:log", "hvem"), ("insights:log", "hvad"),
)  # fmt: skip
CHANGES = {"insights:log"}
LISTS = ("concerns:list", "plans:mine", "plans:board", "meetings:list", "insights:log", "case_plans:list")
QUERIES = ("hent=csv", "hent=xlsx", "vis=igang", "vis=lukket", "vis=slut", "side=2")
# Of each shape one that looks like a token, and is none.
NONSENSE = {"K": "kzaaaaaaaq", "2": "26-0000000", "B": "b-zzzzzz"}


def search(one: Crawl, *, whole: bool) -> None:
    chance, facts = one.world.chance, one.world.facts
    files = [(name, query) for name in LISTS for query in QUERIES]
    for name, query in files if whole else chance.sample(files, 2):
        one.visit(Address(name, f"{reverse(name)}?{query}"))
    secret = sorted(token for token, fact in facts.items() if fact.cases and token.startswith("KZ"))
    words = chance.sample(secret, 20 if whole else 0)
    codes = [token for token, fact in facts.items() if fact.is_code]
    names = [token for token, fact in facts.items() if fact.kind == "child.name"]
    words += [chance.choice(codes), chance.choice(names)] if codes and names else []
    for token in words:
        _finds_no_more(one, token, "search:ask", "q")
    filtered = FILTERED if whole else chance.sample(FILTERED, 1)
    for name, field in filtered:
        _finds_no_more(one, chance.choice(words), name, field)
    _finds_what_is_general(one)


def _finds_no_more(one: Crawl, token: str, name: str, field: str) -> None:
    """What is found of a text is what is found of nonsense; but a code by whom it is for."""
    found, there = _look(one, token.lower(), name, field)
    if token in one.allowed or name in CHANGES:
        return
    nonsense = NONSENSE[token[0]]
    key = f"{name} {field} {nonsense}"
    if one.nothing.get(key) != found:
        one.nothing[key], _there = _look(one, nonsense, name, field)
    if one.nothing[key] != found:
        kind = one.world.facts[token].kind
        said = difference(found, one.nothing[key])
        one.heard.told_apart.append(f"{one.who} {there}: {kind} is found otherwise than nonsense: {said}")


def _finds_what_is_general(one: Crawl) -> None:
    """Or that nothing else was found would prove nothing."""
    facts = [one.world.facts[token] for token in one.world.general]
    mine = [each for each in facts if each.kind == "agendaitem.heading" and one.who in each.who]
    if mine:
        fact = one.world.chance.choice(mine)
        _found, there = _look(one, fact.token.lower(), "search:ask", "q")
        if fact.token not in one.heard.by[one.who]:
            one.heard.missed.append(f"{one.who} {there}: does not find {fact.kind}")


def _look(one: Crawl, word: str, name: str, field: str) -> tuple[str, str]:
    """Type the word; return what the page says, without what differs by the word alone, and where it was."""
    asked = one.client.post(reverse(name), {field: word})
    path = asked.headers.get("Location", "")
    if not path:
        return f"{asked.status_code}", reverse(name)
    before, one.typed = one.typed, one.typed | {word.upper()}
    text = one.visit(Address(name, path))
    one.typed = before
    return one.without(text, path, word), path
