"""Visits of everybody to everything, and what was heard there, held against the oracle."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.test import Client, override_settings

from tests.security.case_addresses import Address, addresses
from tests.security.case_choice import READING, STANDINGS, STRANGER, chosen
from tests.security.case_heard import Heard, difference, text_of, tokens_in
from tests.security.case_kin import is_family
from tests.security.case_oracle import NEVER, answer, knows
from tests.security.case_places import OWN_PAGES, must_say, must_stand, never_there
from tests.security.case_search import search
from tests.security.case_world import CAST, FAMILY, CaseWorld
from tovholder.accounts.sign_on import FamilySignOn
from tovholder.citizens.services.kin import token_of
from tovholder.meetings.services.own_child import SHOWN
from tovholder.ui.typed import KEPT

__all__ = ["PERSONS", "READING", "STRANGER", "Crawl", "client_of", "crawl", "papers_said"]

PERSONS = (*CAST, STRANGER, *FAMILY)
# Where no text of a case ever stands, whoever looks: addresses, the page's title, the breadcrumbs.
_OPEN_PLACES = re.compile(
    r'\A.*?</title>|\b(?:href|action|src|hx-[a-z]+)="[^"]*"|<nav[^>]*breadcrumb.*?</nav>', re.DOTALL
)
_OWN_OF_PAGE = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"X-(?:Request-Id|CSRFToken)": "[^"]*"',
    re.IGNORECASE,
)
PAPERS = (
    "tovholder.meetings.views.papers", "tovholder.meetings.views.cases_open", "tovholder.meetings.views.network_after",
    "tovholder.plans.views.case_plans", "tovholder.concerns.views.consents", "tovholder.forums.views.charters",
)  # fmt: skip


def client_of(world: CaseWorld, who: str) -> Client:
    """Return a client that is logged in, and has typed eight words that stand in cases; a family's has shown who they are."""
    client = Client(raise_request_exception=False)
    if is_family(who):
        session = client.session
        session[SHOWN] = token_of(world.citizens[who]).hex()
        session.save()
    elif who != STRANGER:
        client.force_login(world.users[who])
        session = client.session
        words = enumerate(typed_by(world, who), start=1)
        session[KEPT] = [[number, {"search": word.lower()}] for number, word in words]
        session.save()
    return client


def typed_by(world: CaseWorld, who: str) -> list[str]:
    words = sorted(token for token in world.facts if token.startswith("KZ"))
    return random.Random(who).sample(words, 8)


class Crawl:
    """One person's visits to one world."""

    def __init__(self, world: CaseWorld, who: str, heard: Heard) -> None:
        self.world, self.who, self.heard = world, who, heard
        self.client = client_of(world, who)
        self.typed = set(typed_by(world, who)) if who in world.users else set()
        self.allowed = {token for token, fact in world.facts.items() if answer(fact, who) != NEVER}
        self.nothing: dict[str, str] = {}  # what a list says where nothing is found
        self._twins: dict[tuple[str, str, str], tuple[int, str]] = {}

    def visit(self, address: Address, method: str = "get", **more: Any) -> str:
        """Ask, and hear; return the text of the answer."""
        if address.link is not None:
            # From a place of its own, or wrong links of others would count against it.
            more["REMOTE_ADDR"] = (
                f"10.{self.heard.responses >> 16}.{self.heard.responses >> 8 & 255}.{self.heard.responses & 255}"
            )
        response, text = self._ask(method, address.path, more)
        self._count(address, response.status_code)
        if response.status_code >= 500 and not address.name.endswith("readyz"):
            self.heard.faults.append(f"{self.who} {method} {response.status_code} {address.path}")
        where = f"{self.who} {method} {response.status_code} {address.path}"
        found = tokens_in(self.world, text, self.typed)
        self.heard.by[self.who] |= found
        self._leaks(address, where, found, text, response)
        if method == "get":
            self._misses(address, where, found, text, response.status_code)
        self._compare(address, method, response.status_code, text, more)
        return text

    def _ask(self, method: str, path: str, more: dict[str, Any]) -> tuple[Any, str]:
        """Ask; what a button changes is taken back, what looking leaves behind is not."""
        if method == "get":
            response = self.client.get(path, **more)
            if 300 <= response.status_code < 400:
                # What it says waits for the page that it leads to, and would be read on the next one here.
                self.client.cookies.pop("messages", None)
            return response, text_of(response)
        kept = {name: each.value for name, each in self.client.cookies.items()}
        with transaction.atomic():
            response = self.client.post(path, **more)
            text = text_of(response)
            transaction.set_rollback(True)
        self.client.cookies = SimpleCookie(kept)  # what the button said waits there for the next page
        return response, text

    def _count(self, address: Address, status: int) -> None:
        self.heard.responses += 1
        self.heard.pairs += len(self.world.facts)
        self.heard.full += len(self.world.facts) if status == 200 else 0
        self.heard.urls.add(address.path)
        self.heard.names.add(address.name)
        self.heard.answered[address.name].add(status)

    def _leaks(self, address: Address, where: str, found: set[str], text: str, response: Any) -> None:
        facts, own = self.world.facts, tokens_in(self.world, address.path)
        allowed = self.allowed | own
        if address.link is not None:
            allowed |= address.link.must | address.link.may | set(self.world.general)
        heads = tokens_in(self.world, json.dumps(dict(response.headers), ensure_ascii=False))
        bad = (found - allowed) | {token for token in found if never_there(facts[token], address)}
        bad |= {token for token in heads if not facts[token].is_code} | (heads - allowed)
        if is_family(self.who) and address.name in OWN_PAGES:
            bad |= found - must_stand(self.world, address, self.who) - own
        for token in sorted(bad):
            fact = facts[token]
            of = ", ".join(each.row.code for each in fact.cases)
            self.heard.leaks.append(f"{where}: {fact.kind} {fact.note} of {of}")
        for token in sorted(tokens_in(self.world, "".join(_OPEN_PLACES.findall(text)), self.typed)):
            fact = facts[token]
            if fact.cases and not fact.is_code:
                self.heard.leaks.append(f"{where}: {fact.kind} in an address, title or breadcrumb")

    def _misses(self, address: Address, where: str, found: set[str], text: str, status: int) -> None:
        """What must stand on this very page, or in this paper."""
        facts = self.world.facts
        for token in sorted(must_stand(self.world, address, self.who) - found):
            self.heard.missed.append(f"{where}: {facts[token].kind} {facts[token].note} is not there")
        if (said := must_say(address, self.who)) and said not in text:
            self.heard.missed.append(f"{where}: does not say »{said}«")
        link = address.link
        if link is not None and address.name == link.kind and (status == 200) != link.holds:
            self.heard.missed.append(
                f"{where}: {address.link.name} is to {'open' if address.link.holds else 'be closed'}"
            )

    def _compare(self, address: Address, method: str, status: int, text: str, more: dict[str, Any]) -> None:
        """Who may know nothing of the case gets the same answer as for what is not there."""
        if not address.twin or address.case is None or self._knows(address):
            return
        here = (status, plain(text, address.path))
        # The same question has the same answer, until something has changed: then it is asked anew.
        key = (method, address.twin, json.dumps(more, sort_keys=True))
        if self._twins.get(key) == here:
            return
        twin, other = self._ask(method, address.twin, more)
        self.heard.responses += 1
        self._twins[key] = (twin.status_code, plain(other, address.twin))
        if self._twins[key] != here:
            where = f"{self.who} {method} {status} {address.path}, {twin.status_code} {address.twin}"
            self.heard.told_apart.append(f"{where}: {difference(here[1], self._twins[key][1])}")

    def without(self, text: str, path: str, word: str) -> str:
        """Return the page without the word that was looked for, and the number it waits under."""
        number = re.search(r"\d+(?=/?$)", path)
        bare = text.replace(path, "PATH").replace(f"soegt={number[0]}", "NUMBER") if number else text
        return plain(bare, path).replace(word, "WORD")

    def _knows(self, address: Address) -> bool:
        assert address.case is not None
        if is_family(self.who):
            return bool(must_stand(self.world, address, self.who))
        if knows(address.case, self.who):
            return True
        # A child can stand in another case too, which this person works on.
        return any(
            knows(each, self.who)
            for each in self.world.cases
            if set(each.children) & set(address.case.children)
        )


def plain(text: str, path: str) -> str:
    """Take out what differs from answer to answer, and the address itself."""
    return _OWN_OF_PAGE.sub("", text).replace(path, "PATH")


@contextmanager
def papers_said(patch: Any) -> Iterator[None]:
    """Let what is typeset be told, not drawn: the same document goes into PDF and Word."""
    with patch.context() as within:
        for module in PAPERS:
            for name in ("render_pdf", "render_docx"):
                within.setattr(f"{module}.{name}", _said, raising=False)
        yield


def _said(_template: str, document: object) -> bytes:
    return repr(document).encode()


def crawl(
    world: CaseWorld,
    heard: Heard,
    *,
    whole: bool = False,
    persons: Iterable[str] = PERSONS,
    standings: Any = STANDINGS,
    told: Callable[[str], object] = lambda _who: None,
) -> Heard:
    """Let everybody visit what is chosen for them, press some of the buttons, and look for what they may not find.

    `told` is called with each person who is through.
    """
    there = [each for each in addresses(world) if not each.name.endswith("account_logout")]
    there_are = tuple(who for who in persons if not is_family(who) or who in world.citizens)
    visits = chosen(world, there, there_are, whole=whole, standings=standings)
    with override_settings(FAMILY_SIGN_ON=FamilySignOn("https://mitid.example", "tovholder")):
        for who, mine in visits.items():
            one = Crawl(world, who, heard)
            for address, presses in mine:
                one.visit(address)
                if "/under/" in address.path and address.case is None:
                    one.visit(address, headers={"HX-Request": "true"})
                if presses:
                    one.visit(address, "post", data={"text": "", "version": "1"})
            if whole or not is_family(who):
                search(one, whole=whole)
            told(who)
    return heard
