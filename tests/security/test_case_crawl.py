"""Everybody visits everything about children: a text is read exactly by whom issue C, section 3 names, and nobody else.

Here each kind of address is visited by one of each standing to a case, and every page of a case by all who know of it;
`make canaries` lets everybody visit everything, in many worlds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.db import connection, transaction
from django.test import Client

from tests.security import case_choice
from tests.security.case_addresses import Address, addresses
from tests.security.case_crawl import READING, Crawl, client_of, crawl, papers_said
from tests.security.case_dump import in_clear, stored
from tests.security.case_forms import Forms, filled_in
from tests.security.case_heard import Heard, Lines, lines_heard, secrets_in, text_of, tokens_in
from tests.security.case_oracle import MUST, NEVER, answer, works
from tests.security.case_places import PAPERS, must_stand
from tests.security.case_rows import build
from tests.security.case_world import CAST, FAMILY, CaseWorld
from tovholder.audit.models import Event
from tovholder.citizens.models import SealedField
from tovholder.outbox.models import OutgoingMail

PERSONS, STANDINGS = (*CAST, "stranger", *FAMILY), case_choice.STANDINGS
if connection.vendor == "postgresql":
    # The same rows are read by the same rules: those who see most and least, so that each query is asked there too.
    PERSONS, STANDINGS = ("anna", "karl", "bo", "hans", "stranger", "mor", "ung"), ("works", "nothing")
TRIES = 3  # of each form, on other rows
# What is typed there is for an agenda without names, and stands in clear.
IN_CLEAR = {"meetings:case_take_up"}


# Two times yes or no; what is asked for on another basis, or of an agreement that has ended.
CARRY_NOTHING = {"child.circumstances", "caseitem.special_reason", "caseagreement.reason"}


@pytest.fixture
def lines() -> Iterator[Lines]:
    with lines_heard() as heard:
        yield heard


@pytest.fixture
def world(municipality, lines) -> CaseWorld:
    return build("suite", 3)


def test_a_text_is_read_by_whom_it_is_for_and_nobody_else(world, lines, monkeypatch):
    with papers_said(monkeypatch):
        heard = crawl(world, Heard(), persons=PERSONS, standings=STANDINGS)
    assert heard.faults == []
    assert heard.leaks == []
    assert heard.told_apart == []
    assert heard.hidden(world, PERSONS) == []
    assert heard.full >= 5_000
    assert heard.names >= READING
    assert secrets_in(world, "\n".join(lines.said)) == set()
    assert in_clear(lambda text: bool(secrets_in(world, text))) == []


def test_paper_says_the_same_when_it_is_typeset(world):
    """The crawl is told what goes into PDF and Word; here they are made, and read."""
    heard, seen = Heard(), set()
    for who in ("anna", "dina"):
        one = Crawl(world, who, heard)
        for address in addresses(world):
            if address.name in PAPERS - seen and must_stand(world, address, who):
                seen.add(address.name)
                one.visit(address)
    assert seen == PAPERS
    assert heard.leaks == heard.missed == heard.faults == []


def test_what_is_stored_is_all_looked_at(world):
    """Of what may stand in clear each is heard, in the row and in the index: or that nothing was found would prove nothing."""
    codes = {token for token, fact in world.facts.items() if fact.is_code}
    places = {place for place, text in stored() if tokens_in(world, text) & (codes | set(world.general))}
    assert {"default concerns_concern", "default citizens_child", "default search_entry"} <= places
    unsealed = PlainStore()
    unsealed["typed"] = world.general[0]
    unsealed.save()
    assert "default django_session opened" in in_clear(lambda text: world.general[0] in text)


def test_what_is_written_of_a_case_stands_nowhere_in_clear(world, lines):
    """Those who work on the cases fill in every form; then the whole database, each mail and each log line is searched."""
    word = "KZ7TYPED77Q"
    written = {name for who in ("anna", "dina") for name in _write_everything(world, who, word)}
    assert len(written) >= 30, sorted(written)

    def heard(text: str) -> bool:
        return word in text.upper() or bool(secrets_in(world, text))

    assert in_clear(heard) == []
    said = [f"{each.subject} {each.body} {each.calendar}" for each in OutgoingMail.objects.all()]
    said += [f"{each.purpose} {each.details}" for each in Event.objects.all()]
    assert [each for each in [*said, *lines.said] if heard(each)] == []


def _write_everything(world: CaseWorld, who: str, word: str) -> Iterator[str]:
    """Fill in each form of each page until it has been taken once; yield the names of what was written."""
    client, known, tries = client_of(world, who), {}, Counter()
    for address in addresses(world):
        mine = address.case is not None and works(address.case, who) and address.name not in IN_CLEAR
        if not (mine or address.name == "concerns:new") or tries[address.name] >= TRIES:
            continue
        tries[address.name] += 1
        page = client.get(address.path)
        if page.status_code == 200 and not page.streaming:
            known |= Forms(page.content.decode("utf-8", "replace"), address.path).by_path
        before = Event.objects.filter(kind="write").count()
        with transaction.atomic():
            answered = client.post(address.path, filled_in(known.get(address.path, {}), word))
        if answered.status_code == 405:
            tries[address.name] = TRIES
        if Event.objects.filter(kind="write").count() > before:
            tries[address.name] = TRIES
            yield address.name


def test_a_page_that_breaks_says_nothing(world, lines, monkeypatch):
    """With all texts of the case at hand where it breaks."""

    def broken(_request, _template, context):
        raise RuntimeError(f"broken {context['view'].texts}"[:6])

    monkeypatch.setattr("tovholder.concerns.views.concern.render", broken)
    case = next(each for each in world.cases if works(each, "anna"))
    response = client_of(world, "anna").get(f"/bekymringer/{case.row.code}/")
    assert response.status_code == 500
    assert secrets_in(world, text_of(response)) == set()
    assert secrets_in(world, "\n".join(lines.said)) == set()
    assert lines.said


def test_the_oracle_is_no_yes_man(world):
    """Each persona without a part reads nothing, and each with one something: or the crawl would prove nothing."""
    secret = [fact for fact in world.facts.values() if fact.cases]
    for who in ("bo", "mona", "frida", "grethe", "hans", "ida"):
        assert {answer(fact, who) for fact in secret} == {NEVER}
    assert {fact.is_code for fact in secret if answer(fact, "lise") != NEVER} == {True}
    for who in ("barn", "uden", "borger"):
        assert {answer(fact, who) for fact in secret} == {NEVER}
    for who in ("anna", "dina", "mor", "far", "ung", "myndig"):
        assert MUST in {answer(fact, who) for fact in secret}


def test_every_sealed_field_carries_a_token(world):
    """Also one that is added tomorrow: or nobody would hear it where it may not be."""
    sealed = {
        f"{model._meta.model_name}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    }
    assert sealed - {fact.kind for fact in world.facts.values()} == CARRY_NOTHING


def test_a_leak_would_be_heard(world):
    """A page that shows what it should not is told of, by its token."""
    token = next(token for token, fact in world.facts.items() if fact.kind == "concern.seen")
    for said in (token, token.lower()):
        one = Crawl(world, "stranger", Heard())
        one.client = Echo(said)
        one.visit(Address("x", "/x/"))
        assert len(one.heard.leaks) == 2  # in the page, and in its title


class Echo(Client):
    def __init__(self, said: str) -> None:
        super().__init__()
        self.said = said

    def get(self, *args, **kwargs):
        response = super().get("/healthz")
        response.content = f"<title>{self.said}</title>".encode()
        return response
