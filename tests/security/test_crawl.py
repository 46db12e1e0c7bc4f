"""Everybody opens every address: nothing breaks, nothing changes, and no canary sings where it should not."""

from __future__ import annotations

import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from tests.security.addresses import paths, patterns
from tests.security.world import ALLOWED, KNOWS, SEARCHES, World, build
from tovholder.audit.models import Event
from tovholder.meetings.services import invitations, minutes
from tovholder.outbox.models import OutgoingMail
from tovholder.ui.typed import KEPT

# Carla may what Bo may, Dina and the one taken off what a former member may, Lise what Ida may.
PERSONS = ("stranger", "anna", "bo", "erik", "frida", "grethe", "hans", "ida", "gaest", "forhen", "afmeldt")
# Who sits outside is answered 404 by every button (below), a stranger is sent to log in.
PRESSING = ("anna", "frida", "gaest", "hans")
if connection.vendor == "postgresql":
    # Who sees what is the same on both; what only PostgreSQL breaks on is met by those who open most.
    PERSONS, PRESSING = ("stranger", "anna", "frida", "hans"), ("anna",)


@pytest.fixture
def world(personas, network, monkeypatch) -> World:
    # What is typeset is asked what it holds, not drawn: it is the same document for PDF and Word.
    for name in ("render_pdf", "render_docx"):
        monkeypatch.setattr(
            f"tovholder.meetings.views.papers.{name}", lambda _template, document: repr(document).encode()
        )
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    monkeypatch.setattr(
        "tovholder.forums.views.charters.render_pdf", lambda _template, document: repr(document).encode()
    )
    return build(personas, network)


def client_of(world: World, name: str) -> Client:
    client = Client(raise_request_exception=False)
    if name != "stranger":
        client.force_login(world.users[name])
        session = client.session
        session[KEPT] = [[number, {"search": text}] for number, text in SEARCHES]
        session.save()
    return client


def body(response: HttpResponse) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace") + json.dumps(dict(response.headers), ensure_ascii=False)


def ask(client: Client, method: str, path: str, **more: Any) -> HttpResponse:
    """Ask, and take back whatever it changed."""
    with transaction.atomic():
        response = getattr(client, method)(path, **more)
        if response.status_code == 200 and response.streaming:
            response = _read(response)
        transaction.set_rollback(True)
    return response


def _read(response: Any) -> HttpResponse:
    return HttpResponse(body(response), headers={"X-Was": "streamed"})


# Of children by name, and there are none here: `test_case_crawl` visits those.
NOT_HERE = ("meetings:case", "meetings:names", "network:", "case_plans:", "children:", "concerns:")
REFUSED = 3  # times, and the others of its kind are not asked for


def everything(world: World) -> Iterator[tuple[str, str]]:
    for name, route, converters in patterns():
        found = list(paths(world, name, route, converters))
        yield from ((name, path) for path in (found[:1] if name.startswith(NOT_HERE) else found))


def of_this_method(world: World, answers: dict[str, list[int]]) -> Iterator[tuple[str, str]]:
    """Yield every address until its kind has answered that it takes no such method, or often that one may not do it.

    A method is asked for before all else, and a page that refuses says its reason and nothing of the row.
    """
    for name, path in everything(world):
        if 405 not in answers[name] and answers[name].count(403) < REFUSED:
            yield name, path


def sings(response: HttpResponse, who: str) -> list[str]:
    """Return the canaries in the answer that this person should not hear."""
    heard = body(response)
    return [canary for canary, allowed in ALLOWED.items() if canary in heard and who not in allowed]


UNKNOWING = [name for name in PERSONS if name not in KNOWS]
OF_EACH = 2  # so that each kind of address is asked for of each meeting by somebody


def of_meetings(world: World) -> Iterator[tuple[str, int]]:
    """Yield every address about a meeting of Netværk Vester, with the meeting."""
    pks = {each.pk for each in world.meetings.values()}
    for name, path in everything(world):
        found = re.match(r"/moeder/(\d+)/", path)
        if found is not None and int(found[1]) in pks and name.startswith("meetings:"):
            yield path, int(found[1])


def some_of_meetings(world: World, turn: int) -> Iterator[str]:
    """Yield the addresses about some of the meetings, each turn about others: who knows of none knows all as little."""
    pks = sorted(each.pk for each in world.meetings.values())
    mine = {pks[(turn * OF_EACH + n) % len(pks)] for n in range(OF_EACH)}
    yield from (path for path, pk in of_meetings(world) if pk in mine)


@pytest.mark.parametrize("who", PERSONS)
def test_every_page_for_everybody(world, who):
    client = client_of(world, who)
    rows = {model: model._default_manager.count() for model in apps.get_models() if model is not Event}
    wrong, answers = [], defaultdict[str, list[int]](list)
    elsewhere = {path for path, _pk in of_meetings(world)} if who in UNKNOWING else set()
    for name, path in of_this_method(world, answers):
        if path in elsewhere:
            continue  # see below
        for headers in ({}, {"HX-Request": "true"}) if "/under/" in path or "storskaerm" in path else ({},):
            response = client.get(path, headers=headers)
            answers[name].append(response.status_code)
            if response.status_code >= 500 and name != ":readyz":
                wrong.append(f"{response.status_code} {path}")
            wrong += [f"{canary} {path}" for canary in sings(response, who)]
    assert not wrong, "\n" + "\n".join(wrong)
    # Looking changes nothing but the log, which says what was read or refused.
    left = {"sessions.Session", "audit.Unsealed"}  # the log again: which of its rows wait for a seal
    changed = [
        m._meta.label
        for m, n in rows.items()
        if m._default_manager.count() != n and m._meta.label not in left
    ]
    assert changed == []
    assert set(Event.objects.values_list("kind", flat=True)) <= {"read", "refusal"} | (
        {"write"} if who in {"ida", "lise"} else set()
    )
    assert set(Event.objects.filter(kind="write").values_list("action", flat=True)) <= {"log.exported"}


JUNK_POST = {
    "text": "\x00", "version": "9" * 5000, "item": "9" * 5000, "to": str(2**70), "meeting": "9" * 5000, "back": "//ond.example/",
    "tilbage": "//ond.example/", "next": "//ond.example/", "verdict": "vrøvl", "person": str(2**70), "tap": f"{2**70}-keep", "attended": "1",
    "what": "\x00", "heading": "\u202e<script>", "due_on": "99999-01-01", "starts_at": "0001-01-01T00:00",
}  # fmt: skip

# As a form without files is sent; the test client's own way is the slow one, for files.
AS_FORMS_DO, JUNK_BODY = "application/x-www-form-urlencoded", urlencode(JUNK_POST)


@pytest.mark.parametrize("who", PRESSING)
def test_every_button_for_everybody(world, who):
    client = client_of(world, who)
    wrong, answers = [], defaultdict[str, list[int]](list)
    for name, path in of_this_method(world, answers):
        if name.endswith("account_logout"):
            continue
        response = ask(client, "post", path, data=JUNK_BODY, content_type=AS_FORMS_DO)
        answers[name].append(response.status_code)
        if response.status_code >= 500 and name != ":readyz":
            wrong.append(f"{response.status_code} {path}")
        if response.headers.get("Location", "").startswith(("//", "http")):
            wrong.append(f"away {path}")
        wrong += [f"{canary} {path}" for canary in sings(response, who)]
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("who", UNKNOWING)
def test_another_forums_meeting_does_not_exist(world, who):
    """404 for everything about it (a stranger is sent to log in), and nothing is written but refusals."""
    client = client_of(world, who)
    wrong = []
    for path in some_of_meetings(world, UNKNOWING.index(who)):
        for method in ("get", "post"):
            response = ask(client, method, path)
            sent_to_login = who == "stranger" and response.headers.get("Location", "").startswith(
                "/konto/login/"
            )
            if response.status_code not in {404, 405} and not sent_to_login:
                wrong.append(f"{method} {response.status_code} {path}")
            wrong += [f"{canary} {path}" for canary in sings(response, who)]
    assert not wrong, "\n" + "\n".join(wrong)


def finds_neighbour(world: World, who: str) -> bool:
    """Whether a search for the meeting elsewhere shows it."""
    number = next(number for number, text in SEARCHES if text == "kanarinabo")
    return "kanariNABO" in body(client_of(world, who).get(f"/soeg/{number}/"))


def test_the_canaries_do_sing_where_they_may(world):
    """The crawl would be worth nothing if nobody heard them."""
    heard = {canary: set() for canary in ALLOWED}
    places = re.compile(
        r"/moeder/\d+/(|efter/|referat.pdf)$|/soeg/\d+/$|/opsaetning/import/\d+/$|/aftaler/$|/fora/\d+/deltagere/\d+/$|/vejviser/personer/\d+/$"
    )
    found = {who for who in ("anna", "erik", "bo") if finds_neighbour(world, who)}
    assert found == {"anna", "erik"}
    for who in ("anna", "erik", "gaest", "hans"):
        client = client_of(world, who)
        for path in (path for _name, path in everything(world) if places.match(path)):
            said = body(client.get(path))
            for canary in ALLOWED:
                if canary in said:
                    heard[canary].add(who)
    assert heard["kanariANONYM"] == {"anna"}
    assert heard["kanariGAEST"] == {"anna", "gaest"}
    assert heard["kanariVURDERING"] == {"anna"}
    assert heard["kanariANDET"] == {"erik"}
    assert heard["kanariKLADDE"] == {"anna"}
    assert heard["kanariIMPORT"] == {"hans"}
    assert "anna" in heard["kanariTELEFON"]


def test_nothing_confidential_stands_in_mails_or_log(world):
    anna = world.users["anna"]
    invitations.send(by=anna, meeting=world.meetings["planned"])
    minutes.send_for_comments(by=anna, meeting=world.meetings["draft"])
    assert OutgoingMail.objects.exists()
    for mail in OutgoingMail.objects.all():
        assert "kanari" not in f"{mail.subject} {mail.body} {mail.calendar}"
    assert "kanari" not in str(list(Event.objects.values("purpose", "details")))
