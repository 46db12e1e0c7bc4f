"""Every list page offers its list as a file: the same rows, the same rights, and a line in the log."""

from __future__ import annotations

import csv
import io
import logging
import re
from itertools import islice
from typing import Any

import pytest
from django.core.paginator import Page
from django.http import HttpResponse
from openpyxl import load_workbook

from tests.security import case_rows
from tests.security.addresses import paths, patterns
from tests.security.case_addresses import addresses
from tests.security.case_crawl import client_of as case_client_of
from tests.security.test_crawl import client_of
from tests.security.world import ALLOWED, World, build
from tovholder.accounts.models import Role, RoleGrant
from tovholder.audit.models import Event
from tovholder.outbox.services import queue_mail

# Pages with a table or a paged list that are no list of their own, and why.
NO_LIST = {
    "insights:forum": "an overview; members, meetings and agreements have their own lists",
    "insights:log": "has its own file, written by the log's own rules",
    "setup:index": "the whole set-up leaves as its own file",
    "meetings:after": "the minutes leave as PDF and Word",
    "meetings:hand_over": "a form",
    "directory:school": "the seats of one school",
    "yearwheel:calendar": "a month; the year has its own list",
    # No file of children leaves the house but by the ways that issue C names: minutes, plans, the child's own log.
    "concerns:team": "children",
    "concerns:raised": "children",
    "case_plans:list": "children",
    "meetings:case_list": "children",
    "meetings:names": "children",
}
TABLE = re.compile(r"<table\b|th-pages")


@pytest.fixture
def world(personas, network, monkeypatch) -> World:
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    queue_mail(to="bo@vestby.example", subject="Indkaldelse", body="Et link")
    return build(personas, network)


# A file or a page of one thing: no list can stand there.
SKIP = re.compile(
    r"/under/|referat|\.pdf$|\.docx$|/bilag/<|/punkter/|/svar/|token|healthz|readyz|/log/fil/|skabelon"
)


def test_no_list_of_children_leaves_as_a_file(municipality, monkeypatch):
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    world = case_rows.build("suite", 3)
    seen, lists = set(), set()
    for who in ("anna", "dina"):  # who triages, and who works on cases
        client = case_client_of(world, who)
        for address in addresses(world):
            of_children = address.case is not None or address.name.startswith(("concerns:", "case_plans:"))
            if not of_children or address.name in seen:
                continue
            response = client.get(address.path)
            if response.streaming or response.status_code != 200:
                continue
            seen.add(address.name)
            html = response.content.decode("utf-8", "replace")
            # The triagers' own list of concerns is by code, and leaves with a line in the log.
            assert "hent=csv" not in html or address.name == "concerns:list", address.name
            if TABLE.search(html) and "hent=csv" not in html:
                lists.add(address.name)
    # At no meeting of this world have names been handed over by a list.
    assert seen >= {name for name, why in NO_LIST.items() if why == "children"} - {"meetings:names"}
    assert lists <= set(NO_LIST)


def list_pages(world: World, who: str) -> dict[str, tuple[str, HttpResponse]]:
    """Each kind of page that the person may open and that offers a file, by the first address that answers."""
    client = client_of(world, who)
    found: dict[str, tuple[str, HttpResponse]] = {}
    for name, route, converters in patterns():
        if SKIP.search(route):
            continue
        for path in islice(paths(world, name, route, converters), 3):
            response = client.get(path)
            if response.streaming:
                b"".join(response.streaming_content)
            elif response.status_code == 200:
                html = response.content.decode()
                if "hent=csv" in html:
                    found[name] = (path, response)
                else:
                    assert not TABLE.search(html) or name in NO_LIST, (
                        f"{name} ({path}) is a list without a file"
                    )
                if "th-empty" not in html:  # the others look the same
                    break
    return found


def lines_of(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))


def shown(response: Any) -> int:
    """How many rows the page says it lists."""
    for context in response.context or ():
        for each in context.dicts:
            for value in each.values():
                if isinstance(value, Page):
                    return value.paginator.count
    html = response.content.decode()
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.S)
    if body:
        return body.group(1).count("<tr")
    return len(re.findall(r"<li>(?=<div class=\"th-grow\"|<span class=\"th-ava\b)", html))


def test_every_list_leaves_as_a_file_with_its_rows(world):
    places = {}
    RoleGrant.objects.create(user=world.users["anna"], role=Role.ADMINISTRATOR)  # who sees all lists at once
    for who in ("anna", "lise"):
        client = client_of(world, who)
        for name, (path, page) in list_pages(world, who).items():
            places[name] = path
            answer = client.get(path, {"hent": "csv"})
            assert answer.streaming, f"{name}: {answer.status_code} {answer.headers}"
            rows = lines_of(answer)
            book = load_workbook(io.BytesIO(b"".join(client.get(path, {"hent": "xlsx"}).streaming_content)))
            in_book = list(book.worksheets[0].iter_rows(values_only=True))
            assert list(in_book[0]) == rows[0], name
            assert len(in_book) == len(rows), name
            if name not in {"directory:districts", "plans:mine", "yearwheel:list"}:  # grouped on the page
                assert len(rows) - 1 == shown(page), name
    assert set(places) >= {
        "directory:persons", "directory:organisations", "directory:schools", "directory:districts", "forums:list", "forums:members",
        "forums:reviews", "meetings:list", "meetings:topics", "meetings:relays", "meetings:people", "plans:board",
        "accounts:logins", "outbox:mails", "oversight:list", "oversight:review", "insights:forum_meetings", "insights:forum_agreements",
    }  # fmt: skip
    for who in ("bo", "frida", "grethe", "gaest"):
        for name, path in places.items():
            answer = client_of(world, who).get(path, {"hent": "csv"})
            said = str(lines_of(answer)) if answer.status_code == 200 else ""
            assert not [c for c, allowed in ALLOWED.items() if c in said and who not in allowed], name


def test_the_filters_in_force_hold_for_the_file(world, client_for):
    client = client_for(world.users["anna"])
    page = client.post("/vejviser/", {"q": "carla", "side": "1"}, follow=True)
    link = re.search(r'href="(\?[^"]*hent=csv)"', page.content.decode()).group(1).replace("&amp;", "&")
    rows = lines_of(client.get(f"/vejviser/{link}"))
    assert [row[0] for row in rows[1:]] == ["Carla"]


def test_who_may_not_see_the_list_gets_no_file(world, client_for):
    assert client_for(world.users["bo"]).get("/logins/", {"hent": "csv"}).status_code == 403
    outside = client_for(world.users["erik"])
    assert outside.get(f"/fora/{world.forum.pk}/medlemmer/", {"hent": "csv"}).status_code == 404
    assert not Event.objects.filter(action="table.exported").exists()


def test_the_log_says_who_took_which_list(world, client_for):
    answer = client_for(world.users["bo"]).get(f"/fora/{world.forum.pk}/medlemmer/", {"hent": "xlsx"})
    b"".join(answer.streaming_content)
    event = Event.objects.get(action="table.exported")
    assert (event.kind, event.actor) == ("read", world.users["bo"].audit_key)
    assert event.details == {"table": "medlemmer", "format": "xlsx", "rows": 4}
    assert event.object_id == str(world.forum.pk)


def test_the_file_name_says_what_never_who(world, client_for):
    answer = client_for(world.users["anna"]).get("/moeder/", {"hent": "csv", "periode": "alle"})
    lines_of(answer)
    assert answer["Content-Disposition"] == 'attachment; filename="moeder.csv"'
