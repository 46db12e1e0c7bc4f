"""The log: every action has its sentence, only those with a reason read it, and taking it out leaves a trace."""

from __future__ import annotations

import ast
import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import timezone

from tests.factories import MeetingFactory, PersonFactory, make_user
from tovholder.audit.models import SYSTEM, Event
from tovholder.audit.services import record
from tovholder.insights.presenters import OBJECT_WORDS, PURPOSES, SENTENCES, sentence
from tovholder.insights.queries import log

CODE = Path(__file__).resolve().parents[2] / "tovholder"
MAY = {"hans", "ida", "lise"}


ACTION = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*")


def _constants(node: ast.expr, tree: ast.Module) -> set[str]:
    """The texts an expression can be: its own, those put into the name it stands for, or given as an argument."""
    if isinstance(node, ast.Name):
        values = [
            each.value
            for each in ast.walk(tree)
            if isinstance(each, ast.Assign)
            and any(isinstance(t, ast.Name) and t.id == node.id for t in each.targets)
        ]
        given = [arg for each in ast.walk(tree) if isinstance(each, ast.Call) for arg in each.args]
        texts = {text for value in values for text in _constants(value, tree)}
        return texts or {
            each.value
            for each in given
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and ACTION.fullmatch(each.value)
        }
    if isinstance(node, ast.IfExp):
        return _constants(node.body, tree) | _constants(node.orelse, tree)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    return set()


def written_in_code(function: str, keyword: str) -> dict[str, set[str]]:
    """Where `function(…, keyword=…)` is called, and with what."""
    found: dict[str, set[str]] = {}
    for path in CODE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and function == getattr(
                call.func, "id", getattr(call.func, "attr", "")
            ):
                for each in call.keywords:
                    if each.arg == keyword:
                        place = f"{path.relative_to(CODE)}:{call.lineno}"
                        found[place] = _constants(each.value, tree)
    return found


def test_every_action_in_the_code_has_a_sentence_and_no_sentence_is_left_over():
    actions = written_in_code("record", "action")
    assert len(actions) > 50
    for function, keyword in (
        ("Kind", "created"),
        ("Kind", "changed"),
        ("log_line", "action"),
    ):  # imports: many at once
        actions |= {f"{place} {keyword}": said for place, said in written_in_code(function, keyword).items()}
    assert [place for place, texts in actions.items() if not texts] == []
    assert set().union(*actions.values()) == set(SENTENCES)


def test_kinds_of_things_exist():
    labels = {model._meta.label_lower for model in apps.get_models()}
    assert set(OBJECT_WORDS) <= labels
    assert set(log._NAMED) <= set(OBJECT_WORDS)


def test_only_those_with_a_reason_read_the_log(personas, client_for):
    opened = {name for name, user in personas.items() if client_for(user).get("/log/").status_code == 200}
    taken = {name for name, user in personas.items() if client_for(user).get("/log/fil/").status_code == 200}
    shown = {
        name for name, user in personas.items() if b'href="/log/"' in client_for(user).get("/log/").content
    }
    assert opened == taken == shown == MAY


@pytest.fixture
def history(network, anna, bo):
    meeting = MeetingFactory(lead_forum=network)
    record(by=anna, action="meeting.created", obj=meeting)
    record(by=bo.person, action="meeting.answered", obj=meeting)
    record(by=SYSTEM, action="meeting.reminded", obj=meeting, details={"mails": 1})
    record(
        by=bo,
        action="meeting.anonymous_read",
        obj=meeting,
        kind="read",
        purpose="agenda",
        details={"items": [4, 5]},
    )
    return meeting


def found(**wanted) -> list[str]:
    return [event.action for event in log.events(log.LogFilter(**wanted))]


def test_lines_say_who_did_what_about_what(history, client_for, lise):
    page = client_for(lise).get("/log/").content.decode()
    assert "<strong>Bo</strong> læste anonyme punkter på dagsordenen (2 punkter)" in page
    assert "<strong>Tovholder selv</strong> sendte påmindelse om mødet (1 mail)" in page
    assert "<strong>Anna</strong> planlagde mødet" in page
    assert f"Netværk Vester, {history.starts_at:%d.%m.%Y}" in page


def test_a_person_is_found_under_login_and_link(history):
    assert found(who="bo") == ["meeting.anonymous_read", "meeting.answered"]
    assert found(who="selv") == ["meeting.reminded"]
    assert found(who="ingen der hedder det") == []


def test_filters(history):
    assert found(what="påmindelse") == ["meeting.reminded"]
    assert found(what="LÆSTE punkter") == ["meeting.anonymous_read"]
    assert found(kind="read") == ["meeting.anonymous_read"]
    assert len(found(object_type="meetings.meeting", object_id=str(history.pk))) == 4
    assert found(object_type="meetings.meeting", object_id="999999") == []
    assert found(since=timezone.now() + timedelta(minutes=1)) == []
    assert found(until=timezone.now() - timedelta(minutes=1)) == []
    assert len(found(since=timezone.now() - timedelta(hours=1), until=timezone.now())) == 4


def test_a_filter_that_makes_no_sense_says_so(history, client_for, lise):
    page = client_for(lise).get("/log/?fra=2026-03-02T10:00&til=2026-03-01T10:00&nummer=nul").content.decode()
    assert "Skal være efter det tidspunkt" in page
    assert 'href="#f_nummer"' in page
    assert client_for(lise).get("/log/?nummer=99999999999999999999999&side=x").status_code == 200


def test_an_unknown_person_and_an_unknown_action_do_not_break_the_page(client_for, lise):
    Event.objects.create(
        at=timezone.now(), actor="user:987654", action="old.gone", object_type="x.y", object_id="1"
    )
    page = client_for(lise).get("/log/").content.decode()
    assert "Slettet login" in page
    assert "old.gone" in page


def test_the_file_holds_what_was_asked_for_and_is_itself_logged(history, client_for, ida):
    answer = client_for(ida).get("/log/fil/?hvem=bo")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeffTidspunkt;Hvem;Hvad")
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    assert [row[1] for row in rows[1:]] == ["Bo", "Bo"]
    event = Event.objects.latest("pk")
    assert (event.action, event.kind, event.actor) == ("log.exported", "read", ida.audit_key)
    assert event.details == {"rows": 2, "filters": ["who"]}


def test_the_file_holds_no_formulas_and_is_whole_beyond_one_chunk(client_for, ida, monkeypatch):
    monkeypatch.setattr(log, "CHUNK", 2)
    for start in ("=", "+", "-", "@"):
        record(by=PersonFactory(name=f"{start}1+1"), action="topic.proposed")
    record(by=SYSTEM, action="demo.made")
    text = b"".join(client_for(ida).get("/log/fil/").streaming_content).decode()
    names = [row[1] for row in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";")][1:]
    assert names == ["Tovholder selv", "'@1+1", "'-1+1", "'+1+1", "'=1+1"]


def test_sentences_say_the_little_more(anna):
    roles = record(
        by=anna, action="login.roles_set", obj=anna, details={"given": ["member"], "taken": ["consultant"]}
    )
    assert sentence(roles) == "ændrede roller på loginnet (givet: Medlem; taget: SSP-konsulent)"
    refused = record(by=anna, action="access.refused", details={"code": "x", "path": "/moeder/3/"})
    assert sentence(refused) == "fik afslag (/moeder/3/)"


def test_every_purpose_of_reading_has_words_and_none_is_left_over():
    purposes = written_in_code("note_reading", "purpose")
    assert set().union(*purposes.values()) == set(PURPOSES)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_reads_stay_the_same_however_many_lines(
    client_for, lise, anna, network, count, django_assert_max_num_queries
):
    for number in range(count):
        meeting = MeetingFactory(lead_forum=network)
        for obj in (meeting, network, anna, anna.person, PersonFactory(name=f"Person {number}")):
            record(by=anna.person if number % 2 else anna, action="meeting.created", obj=obj)
    client = client_for(lise)
    with django_assert_max_num_queries(12):
        client.get("/log/")


def test_logging_in_and_failing_to_is_in_the_log(db, client):
    user = make_user("Anna", "consultant", password="en-lang-adgangskode")
    for password in ("forkert", "en-lang-adgangskode"):
        client.post("/konto/login/", {"login": user.email, "password": password})
    rows = list(Event.objects.filter(kind="login").order_by("pk").values_list("actor", "action", "details"))
    assert rows == [("system", "login.failed", {}), (user.audit_key, "login.succeeded", {})]
