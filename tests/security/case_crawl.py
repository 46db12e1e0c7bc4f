"""Visits of everybody to everything, and what was heard there, held against the oracle."""

from __future__ import annotations

import json
import logging
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.db import transaction
from django.test import Client

from tests.security.case_addresses import Address, addresses
from tests.security.case_oracle import MUST, NEVER, answer, knows
from tests.security.case_world import CAST, CaseWorld
from tovholder.ui.typed import KEPT

STRANGER = "stranger"
PERSONS = (*CAST, STRANGER)
_TOKEN = re.compile(r"Kz[A-Z0-9]{7}q")
_OTHER = re.compile(r"\d{6}-?\d{4}|\d{1,2}\. (?:[a-z]+) 20\d\d|\d\d[./-]\d\d[./-]20\d\d|20\d\d-\d\d-\d\d")
# Where no text of a case ever stands, whoever looks: addresses, the page's title, the breadcrumbs.
_OPEN_PLACES = re.compile(
    r'<title>.*?</title>|\b(?:href|action|src|hx-[a-z]+)="[^"]*"|<nav[^>]*breadcrumb.*?</nav>', re.DOTALL
)
_OWN_OF_PAGE = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"X-Request-Id": "[^"]*"', re.I
)
PAPERS = (
    "tovholder.meetings.views.papers", "tovholder.meetings.views.cases_open", "tovholder.meetings.views.network_after",
    "tovholder.plans.views.case_plans", "tovholder.concerns.views.consents", "tovholder.forums.views.charters",
)  # fmt: skip

# Pages that show what is written: everybody asks for all of them, of the others for some.
READING = {
    "concerns:concern", "concerns:course", "concerns:chronology", "concerns:question", "concerns:list",
    "children:overview", "children:child", "children:address", "children:change", "children:information", "children:scan_file",
    "meetings:case_list", "meetings:case", "meetings:case_ground", "meetings:case_release", "meetings:case_pdf",
    "network:meeting", "network:step", "network:run", "network:after", "network:form_pdf",
    "plans:agreement", "plans:mine", "case_plans:plan", "case_plans:list",
}  # fmt: skip


@dataclass
class Heard:
    """What a crawl found."""

    responses: int = 0
    pairs: int = 0
    urls: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    answered: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    leaks: list[str] = field(default_factory=list)
    told_apart: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    by: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    entitled: int = 0

    def hidden(self, world: CaseWorld, persons: Iterable[str] = CAST) -> list[str]:
        """What somebody is to read and found nowhere."""
        return sorted(
            f"{who}: {fact.kind} {fact.note} of {', '.join(each.row.code for each in fact.cases)}"
            f"{' at ' + fact.item.meeting if fact.item else ''}"
            for fact in world.facts.values()
            for who in persons
            if who in CAST and answer(fact, who) == MUST and fact.token not in self.by[who]
        )

    def add(self, other: Heard) -> None:
        self.responses += other.responses
        self.pairs += other.pairs
        self.urls |= other.urls
        self.names |= other.names
        self.entitled += other.entitled


def tokens_in(world: CaseWorld, text: str) -> set[str]:
    """Return the tokens that stand in the text, in whatever manner they may look."""
    found = {token for token in _TOKEN.findall(text) if token in world.facts}
    looks = _looks(world)
    return found | {looks[each] for each in _OTHER.findall(text) if each in looks}


def _looks(world: CaseWorld) -> dict[str, str]:
    known: dict[str, str] | None = world.__dict__.get("_looks")
    if known is None:
        known = {look: fact.token for fact in world.facts.values() for look in fact.looks}
        world.__dict__["_looks"] = known
    return known


def client_of(world: CaseWorld, who: str) -> Client:
    client = Client(raise_request_exception=False)
    if who != STRANGER:
        client.force_login(world.users[who])
        session = client.session
        words = random.Random(who).sample(sorted(world.facts), 8)
        session[KEPT] = [[number, {"search": word.lower()}] for number, word in enumerate(words, start=1)]
        session.save()
    return client


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):  # a workbook: what its sheets say
        with ZipFile(BytesIO(content)) as packed:
            content = b"\n".join(packed.read(name) for name in packed.namelist())
    return content.decode("utf-8", "replace")


class Crawl:
    """One person's visits to one world."""

    def __init__(self, world: CaseWorld, who: str, heard: Heard) -> None:
        self.world, self.who, self.heard = world, who, heard
        self.client = client_of(world, who)
        self.allowed = {token for token, fact in world.facts.items() if answer(fact, who) != NEVER}

    def visit(self, address: Address, method: str = "get", **more: Any) -> None:
        response, text = self._ask(method, address.path, more)
        heads = json.dumps(dict(response.headers), ensure_ascii=False)
        self._count(address, response.status_code)
        if response.status_code >= 500 and not address.name.endswith("readyz"):
            self.heard.faults.append(f"{self.who} {method} {response.status_code} {address.path}")
        found = tokens_in(self.world, text)
        self.heard.by[self.who] |= found
        where = f"{self.who} {method} {address.path}"
        for token in sorted((found - self.allowed) | tokens_in(self.world, heads)):
            fact = self.world.facts[token]
            self.heard.leaks.append(f"{where}: {fact.kind} {fact.note} of {fact.cases[0].row.code}")
        opened = "".join(_OPEN_PLACES.findall(text))
        for token in sorted(tokens_in(self.world, opened)):
            self.heard.leaks.append(
                f"{where}: {self.world.facts[token].kind} in an address, title or breadcrumb"
            )
        self._compare(address, method, response.status_code, text, more)

    def _ask(self, method: str, path: str, more: dict[str, Any]) -> tuple[Any, str]:
        """Ask; what a button changes is taken back, what looking leaves behind is not."""
        if method == "get":
            response = self.client.get(path, **more)
            return response, text_of(response)
        with transaction.atomic():
            response = self.client.post(path, **more)
            text = text_of(response)
            transaction.set_rollback(True)
        return response, text

    def _count(self, address: Address, status: int) -> None:
        self.heard.responses += 1
        self.heard.pairs += len(self.world.facts)
        self.heard.urls.add(address.path)
        self.heard.names.add(address.name)
        self.heard.answered[address.name].add(status)

    def _compare(self, address: Address, method: str, status: int, text: str, more: dict[str, Any]) -> None:
        """Who may know nothing of the case gets the same answer as for what is not there."""
        if not address.twin or address.case is None or self._knows(address):
            return
        twin, other = self._ask(method, address.twin, more)
        self.heard.responses += 1
        if (twin.status_code, plain(other, address.twin)) != (status, plain(text, address.path)):
            self.heard.told_apart.append(
                f"{self.who} {method} {status} {address.path}, {twin.status_code} {address.twin}"
            )

    def _knows(self, address: Address) -> bool:
        assert address.case is not None
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
    for module in PAPERS:
        for name in ("render_pdf", "render_docx"):
            patch.setattr(f"{module}.{name}", _said, raising=False)
    yield


def _said(_template: str, document: object) -> bytes:
    return repr(document).encode()


class Lines(logging.Handler):
    """Every line that was logged, as it was given and as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.msg} {record.args}")
        if record.exc_info:
            self.said.append(logging.Formatter().formatException(record.exc_info))


@contextmanager
def lines_heard() -> Iterator[Lines]:
    """Catch what is logged by anybody, instead of where it would be written."""
    root, lines = logging.getLogger(), Lines()
    before, level = root.handlers[:], root.level
    root.handlers[:] = [lines]
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.handlers[:] = before
        root.setLevel(level)


def crawl(
    world: CaseWorld, heard: Heard, *, part: float = 1.0, pressing: float = 0.2, persons: Any = PERSONS
) -> Heard:
    """Let everybody visit everything about children, and a part of all else; press a part of the buttons."""
    there = [each for each in addresses(world) if not each.name.endswith("account_logout")]
    for who in persons:
        one = Crawl(world, who, heard)
        for address in there:
            dice = world.chance.random()
            if address.name not in READING and dice > part:
                continue
            one.visit(address)
            if "/under/" in address.path and dice < part:
                one.visit(address, headers={"HX-Request": "true"})
            if address.case is not None and world.chance.random() < pressing:
                one.visit(address, "post", data={"text": "", "version": "1"})
        _lists(world, one)
    return heard


def _lists(world: CaseWorld, one: Crawl) -> None:
    """Lists as files, and with every filter; the search for words that stand in a case."""
    for path in ("/bekymringer/", "/aftaler/", "/aftaler/tavle/", "/moeder/", "/log/", "/indsatsaftaler/"):
        for query in ("hent=csv", "hent=xlsx", "vis=igang", "vis=lukket", "vis=slut", "side=2"):
            one.visit(Address("list", f"{path}?{query}"))
    for token in world.chance.sample(sorted(world.facts), 5):
        one.visit(Address("search:ask", "/soeg/"), "post", data={"q": token.lower()})
        one.visit(Address("search", "/soeg/?q=" + token[:6].lower()))
