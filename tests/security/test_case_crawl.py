"""Everybody visits everything about children: a text is read exactly by whom issue C, section 3 names, and nobody else.

The long run over many worlds is `make canaries`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.security.case_addresses import Address, addresses
from tests.security.case_crawl import (
    READING,
    Crawl,
    Heard,
    Lines,
    client_of,
    crawl,
    lines_heard,
    papers_said,
    text_of,
    tokens_in,
)
from tests.security.case_oracle import MUST, NEVER, answer
from tests.security.case_rows import build
from tests.security.case_world import CAST, CaseWorld
from tovholder.audit.models import Event
from tovholder.outbox.models import OutgoingMail

# On PostgreSQL the same rows are read by the same rules: those who see most and least.
PERSONS = (*CAST, "stranger") if connection.vendor == "sqlite" else ("anna", "karl", "bo", "hans", "stranger")
TYPED = (
    "text", "words", "name", "goals", "resources", "reflections", "seen", "since", "tried", "works", "offence", "necessity",
    "purpose", "note", "kinds", "reason", "outcome", "question", "answer", "contact", "child_view", "no_child_view", "percent",
    "sign_of_progress", "address", "exception", "no_information", "notes", "phone_notes", "circumstances",
)  # fmt: skip
# What is typed there is for an agenda without names, and stands in clear.
IN_CLEAR = {"meetings:case_take_up"}


@pytest.fixture
def lines() -> Iterator[Lines]:
    with lines_heard() as heard:
        yield heard


@pytest.fixture
def world(municipality, monkeypatch, lines) -> CaseWorld:
    with papers_said(monkeypatch):
        return build("suite", 3)


def test_a_text_is_read_by_whom_it_is_for_and_nobody_else(world, lines):
    heard = crawl(world, Heard(), part=0.02, pressing=0.03, persons=PERSONS)
    assert heard.faults == []
    assert heard.leaks == []
    assert heard.told_apart == []
    assert heard.hidden(world, PERSONS) == []
    assert heard.pairs >= 5_000
    assert heard.names >= READING
    assert tokens_in(world, "\n".join(lines.said)) == set()
    _nowhere_in_clear(world)


def _nowhere_in_clear(world: CaseWorld, more: tuple[str, ...] = ()) -> None:
    """No row of any table holds a token, a CPR number, a birth date or a name: not in the index, the log, a session."""
    found, rows = [], 0
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [each[0] for each in cursor.description]
            for row in cursor.fetchall():
                rows += 1
                said = "\x1f".join(map(_plain, row))
                if tokens_in(world, said) or any(word in said for word in more):
                    bad = [
                        name
                        for name, value in zip(columns, row, strict=True)
                        if tokens_in(world, _plain(value))
                    ]
                    found.append(f"{table}: {bad}")
    assert sorted(set(found)) == []
    assert rows > 500


def _plain(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def test_what_is_written_of_a_case_stands_nowhere_in_clear(world, lines):
    """Those who work on the cases fill in every form; then the whole database, each mail and each log line is searched."""
    typed, written = "Kz7TYPED77q", 0
    for who in ("anna", "dina", "karl"):
        client = client_of(world, who)
        for address in addresses(world):
            if address.case is None or address.name in IN_CLEAR:
                continue
            data = {**dict.fromkeys(TYPED, typed), "version": "1", "value": "3", "status": "clarifying"}
            before = Event.objects.filter(kind="write").count()
            with transaction.atomic():
                client.post(address.path, data)
            written += Event.objects.filter(kind="write").count() > before
    assert written >= 10
    _nowhere_in_clear(world, (typed,))
    said = [f"{each.subject} {each.body} {each.calendar}" for each in OutgoingMail.objects.all()]
    said += [f"{each.purpose} {each.details}" for each in Event.objects.all()]
    said += lines.said
    for each in said:
        assert typed not in each
        assert tokens_in(world, each) == set()


def test_a_page_that_breaks_says_nothing(world, lines, monkeypatch):
    """With all texts of the case at hand where it breaks."""

    def broken(_request, _template, context):
        raise RuntimeError(f"broken {context['view'].texts}"[:6])

    monkeypatch.setattr("tovholder.concerns.views.concern.render", broken)
    case = next(each for each in world.cases if not each.erased and each.district in {"", "vest"})
    response = client_of(world, "anna").get(f"/bekymringer/{case.row.code}/")
    assert response.status_code in {404, 500}
    assert tokens_in(world, text_of(response)) == set()
    assert tokens_in(world, "\n".join(lines.said)) == set()
    if response.status_code == 500:
        assert lines.said


def test_the_oracle_is_no_yes_man(world):
    """Each persona without a part reads nothing, and each with one something: or the crawl would prove nothing."""
    for who in ("bo", "mona", "frida", "grethe", "hans", "ida", "lise"):
        assert {answer(fact, who) for fact in world.facts.values()} == {NEVER}
    for who in ("anna", "dina"):
        assert MUST in {answer(fact, who) for fact in world.facts.values()}


def test_a_leak_would_be_heard(world):
    """A page that shows what it should not is told of, by its token."""
    token = next(token for token, fact in world.facts.items() if fact.kind == "concern.seen")
    one = Crawl(world, "stranger", Heard())
    one.client = Echo(token)
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
