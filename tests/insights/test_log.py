"""The log: every action has its sentence, only those with a reason read it, and taking it out leaves a trace."""

from __future__ import annotations

import ast
import contextlib
import csv
import functools
import io
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from openpyxl import load_workbook

from tests.factories import AgendaItemFactory, MeetingFactory, PersonFactory, make_user
from tovholder.audit import anchors
from tovholder.audit.models import SYSTEM, Event
from tovholder.audit.sealing import seal
from tovholder.audit.services import record, record_reading
from tovholder.concerns.models import Concern
from tovholder.insights.presenters import GROUNDS, OBJECT_WORDS, PURPOSES, sentence
from tovholder.insights.queries import log
from tovholder.insights.sentences import SENTENCES
from tovholder.meetings.models import NetworkMeeting
from tovholder.meetings.services import own_child
from tovholder.meetings.services.reading import note_reading

CODE = Path(__file__).resolve().parents[2] / "tovholder"
MAY = {"hans", "ida", "lise"}


ACTION = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")


@functools.cache
def _code() -> list[tuple[str, str, ast.Module, list[ast.AST]]]:
    """Each file of ours: its place, its text, its tree and all that stands in it. Read once, for it takes seconds."""
    found = []
    for path in CODE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        found.append((str(path.relative_to(CODE)), text, tree, list(ast.walk(tree))))
    return found


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
    for place, text, tree, all_in_it in _code():
        if f"{function}(" not in text:
            continue
        for call in all_in_it:
            if isinstance(call, ast.Call) and function == getattr(
                call.func, "id", getattr(call.func, "attr", "")
            ):
                for each in call.keywords:
                    if each.arg == keyword:
                        found[f"{place}:{call.lineno}"] = _constants(each.value, tree)
    return found


def written_as_lines() -> dict[str, set[str]]:
    """The actions of `record_many` and `record_page`, which take their lines as tuples or `Reading`s."""
    found: dict[str, set[str]] = {}
    for place, text, _, all_in_it in _code():
        if "record_many" not in text and "record_page" not in text:
            continue
        for each in all_in_it:
            if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "Reading":
                first = each.args[0]
            else:
                first = each.elts[0] if isinstance(each, ast.Tuple) and each.elts else None
            said = getattr(first, "value", None)
            if isinstance(said, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", said):
                found[f"{place}:{each.lineno}"] = {said}
    return found


def test_every_action_in_the_code_has_a_sentence_and_no_sentence_is_left_over():
    actions = written_in_code("record", "action")
    assert len(actions) > 50
    for function, keyword in (
        ("Kind", "created"),
        ("Kind", "changed"),
        ("log_line", "action"),
        ("record_reading", "action"),
        ("record_readings", "action"),
        ("note_listed", "action"),
    ):  # imports: many at once
        actions |= {f"{place} {keyword}": said for place, said in written_in_code(function, keyword).items()}
    actions |= written_as_lines()
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
    return [event.action for event in log.events(log.LogFilter(**wanted), cases=True)]


def test_lines_say_who_did_what_about_what(history, client_for, lise):
    page = client_for(lise).get("/log/").content.decode()
    assert "<strong>Bo</strong> læste anonyme punkter og aftaler på dagsordenen (2 punkter)" in page
    assert "<strong>Tovholder selv</strong> sendte påmindelse om mødet (1 mail)" in page
    assert "<strong>Anna</strong> planlagde mødet" in page
    assert f"Netværk Vester, {history.starts_at:%d.%m.%Y}" in page


@pytest.mark.parametrize(("who", "knows"), [("lise", True), ("hans", False), ("ida", False)])
def test_which_case_was_read_is_told_to_who_reviews_the_log(personas, anna, client_for, who, knows):
    """An administrator and the data protection officer see that somebody read a case, and learn of none that it exists."""
    case = Concern.objects.create(
        code="26-4711", key=uuid4(), level="general", subject="place", raised_by=anna.person, raised_at=timezone.now(),
        status_at=timezone.now(),
    )  # fmt: skip
    about_network = MeetingFactory(kind="network", title="Netværksmøde, Sag 26-4711")
    NetworkMeeting.objects.create(meeting=about_network, concern=case, initiator=anna.person)
    record_reading(by=anna, action="concern.read", obj=case, purpose="concern", ground="triager")
    record(by=anna, action="network.called", obj=about_network)
    client = client_for(personas[who])
    page = client.get("/log/").content.decode()
    assert "<strong>Anna</strong> læste sagen" in page
    assert ("26-4711" in page) == (f"Sag {case.pk}<" in page) == knows
    file = b"".join(client.get("/log/fil/").streaming_content).decode()
    assert file.count("26-4711") == (2 if knows else 0)
    for wanted in ("om=concerns.concern", f"nummer={case.pk}", f"om=concerns.concern&nummer={case.pk}"):
        assert ("læste sagen" in client.get(f"/log/?{wanted}").content.decode()) == knows


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
    answer = client_for(ida).get("/log/fil/?hvem=bo", follow=True)
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeffTidspunkt;Hvem;Hvad")
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    assert [row[1] for row in rows[1:]] == ["Bo", "Bo"]
    event = Event.objects.latest("pk")
    assert (event.action, event.kind, event.actor) == ("log.exported", "read", ida.audit_key)
    assert event.details == {"rows": 2, "filters": ["who"]}


@contextlib.contextmanager
def let_go(answer):
    """Close what an answer holds, but not the answer: that would close the database of the test as well."""
    yield answer
    for close in answer._resource_closers:
        close()


def turn(client, way: str, page: str) -> tuple[list[str], str]:
    """Follow the link that way; returns the meetings told of on the page, newest first, and the page."""
    href = re.search(rf'href="([^"]*{way}=\d+)"', page)
    page = client.get(href[1].replace("&amp;", "&")).content.decode()
    return re.findall(r"Møde (\d+)</a>", page), page


def test_pages_are_turned_both_ways_without_gap_or_repeat(client_for, lise, network):
    meetings = [MeetingFactory(lead_forum=network) for _ in range(3)]
    at = timezone.now() - timedelta(hours=1)
    for n in range(60):  # three at a time at the very same instant
        Event.objects.create(
            at=at + timedelta(seconds=n // 3),
            actor="system",
            action="meeting.reminded",
            object_type="meetings.meeting",
            object_id=str(1000 + n),
        )
        record(by=lise, action="meeting.created", obj=meetings[n % 3])
    client, wanted = client_for(lise), [str(1000 + n) for n in range(59, -1, -1)]
    first = client.post("/log/", {"hvad": "påmindelse"}, follow=True).content.decode()
    assert "60 linjer" in first
    seen = re.findall(r"Møde (\d+)</a>", first)
    second, page = turn(client, "foer", first)
    third, page = turn(client, "foer", page)
    assert seen + second + third == wanted
    assert "foer=" not in page
    back, page = turn(client, "efter", page)
    assert back == second
    back, page = turn(client, "efter", page)
    assert (back, "efter=" in page) == (seen, False)


def test_many_lines_are_over_a_hundred_and_a_lost_place_is_the_start(client_for, lise):
    Event.objects.bulk_create(
        Event(at=timezone.now(), actor="system", action="demo.made") for _ in range(102)
    )
    client = client_for(lise)
    assert "Over 100 linjer" in client.get("/log/").content.decode()
    for place in ("foer=99999999", "efter=99999999", "foer=x", "efter=-3", "foer=" + "9" * 40):
        assert "Ældre" in client.get(f"/log/?{place}").content.decode()


@pytest.mark.parametrize(
    "wanted", [{}, {"kind": "read"}, {"who": "bo"}, {"object_type": "x", "object_id": "1"}]
)
def test_each_way_of_looking_has_an_index_that_ends_in_time(history, wanted):
    plan = log.events(log.LogFilter(**wanted), cases=True)[:26].explain()
    if connection.vendor == "sqlite":
        assert "USING INDEX event_" in plan
        assert "who" in wanted or "TEMP B-TREE" not in plan  # several actors are merged, one is read in order


def test_the_log_leaves_as_a_workbook_too(history, client_for, ida):
    with let_go(client_for(ida).get("/log/excel/?hvem=bo", follow=True)) as answer:
        sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["Bo", "Bo"]
    assert Event.objects.latest("pk").details == {"rows": 2, "filters": ["who"]}


def test_who_may_not_read_the_log_takes_none_of_it_out(personas, client_for):
    for path in ("/log/fil/", "/log/excel/", "/log/segl/"):
        answers = {}
        for name, user in personas.items():
            with let_go(client_for(user).get(path)) as answer:
                answers[name] = answer.status_code
        assert {name for name, status in answers.items() if status == 200} == MAY
        assert {status for name, status in answers.items() if name not in MAY} == {403}
    assert Event.objects.filter(action="log.exported").count() == 2 * len(MAY)


def test_the_page_of_the_seal_says_what_waits_and_what_went_wrong(
    history, client_for, lise, settings, tmp_path
):
    client = client_for(lise)
    assert "4 linjer er ikke forseglet endnu." in client.get("/log/").content.decode()
    (tmp_path / "blocked").write_text("")
    settings.AUDIT_ANCHOR = [str(tmp_path / "blocked"), str(tmp_path / "fine")]
    seal(settled_after=timedelta(0))
    anchors.tell_due()
    page = client.get("/log/segl/").content.decode()
    assert "har ikke kunnet gemmes uden for databasen siden" in page
    assert "1 segl venter" in page
    assert "Bed driften køre verify_audit" in page
    call_command("verify_audit", stdout=io.StringIO(), stderr=io.StringIO())
    assert "ingen fejl" in client.get("/log/segl/").content.decode()


def test_reading_what_is_not_general_has_its_ground(network, bo):
    meeting = MeetingFactory(lead_forum=network)
    item = AgendaItemFactory(meeting=meeting, level="anonymous")
    assert note_reading(by=bo, meeting=meeting, items=[item], purpose="agenda").ground in GROUNDS


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
    purposes: dict[str, set[str]] = {}
    for function in (
        "note_reading",
        "note_topics",
        "show_children_of",
        "show_children",
        "find_children",
        "record_reading",
        "note_listing",
        "show_concern",
        "open_scan",
        "record",
        "show_case_agreements",
        "_shown",
        "shown_plan",
        "show_plan",
        "record_readings",
    ):
        purposes |= {
            f"{place} {function}": said for place, said in written_in_code(function, "purpose").items()
        }
    # The family's own readings are written as lines, by one name.
    assert set().union({own_child.PURPOSE}, *purposes.values()) == set(PURPOSES)


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
