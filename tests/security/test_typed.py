"""What people type into a filter stands in no address: on no page, in no link, in no redirect, whatever the list."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import islice
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import AgreementFactory
from tests.security.addresses import paths, patterns
from tests.security.test_crawl import client_of
from tests.security.world import World, build
from tovholder.accounts.models import Role, RoleGrant
from tovholder.ui import typed

WRITTEN = {"search", "text", "email", "tel", "url", "textarea"}
# A name that is found, so that pages, sorting and files of a filtered list are walked as well.
WORD = "kanarifugl"
FILTERED = {
    "/vejviser/", "/vejviser/organisationer/", "/vejviser/skoler/", "/fora/", "/logins/", "/mail/", "/log/",
    "/aftaler/", "/aftaler/tavle/", "/aarshjul/optaget/alle/",
}  # fmt: skip
SKIP = re.compile(
    r"/under/|referat|\.pdf$|\.docx$|/bilag/<|/punkter/|/svar/|token|healthz|readyz|/log/fil/|/log/excel/"
)


class Forms(HTMLParser):
    """The forms of a page with the names of what is written in them, and every address on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.addresses += [given[name] for name in ("href", "action", "formaction", "src", "hx-get", "hx-post") if name in given]  # fmt: skip
        if tag == "form":
            self.forms.append({**given, "written": [], "all": {}})
        elif self.forms and tag in {"input", "textarea", "select"} and "name" in given:
            kind = tag if tag != "input" else given.get("type", "text")
            self.forms[-1]["all"][given["name"]] = given.get("value", "")
            if kind in WRITTEN:
                self.forms[-1]["written"].append(given["name"])


@pytest.fixture
def client(personas, network, monkeypatch) -> Client:
    world = build(personas, network)
    for role in (Role.ADMINISTRATOR, Role.LOG_REVIEWER):  # who sees every list
        RoleGrant.objects.create(user=world.users["anna"], role=role)
    AgreementFactory(forum=network, responsible=world.users["anna"].person)
    monkeypatch.setattr("tovholder.plans.views.lists.PER_PAGE", 1)
    client = client_of(world, "anna")
    client.world = world  # type: ignore[attr-defined]
    return client


def pages(client: Client, world: World):
    for name, route, converters in patterns():
        if SKIP.search(route):
            continue
        for path in islice(paths(world, name, route, converters), 2):
            response = client.get(path)
            if response.streaming:
                b"".join(response.streaming_content)
            elif response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                yield path, response.content.decode()


def test_no_form_on_any_page_puts_written_text_into_an_address(client):
    lists = set()
    for path, html in pages(client, client.world):
        for form in Forms(html).forms:
            if form.get("method", "get").lower() == "get":
                assert not form["written"], f"{path}: {form['written']} would stand in the address"
            elif form.get("action") == path and "th-filter" in form.get("class", "") and form["written"]:
                lists.add(path)
    assert lists == FILTERED


@pytest.mark.parametrize("path", sorted(FILTERED))
def test_a_filtered_list_leads_nowhere_with_the_text(client, path):
    form = next(each for each in Forms(body(client.get(path))).forms if "th-filter" in each.get("class", ""))
    sent = {**form["all"], **dict.fromkeys(form["written"], WORD)}
    answer = client.post(path, sent)
    assert answer.status_code == 302
    assert WORD not in answer.url
    assert "csrf" not in answer.url
    page = body(client.get(answer.url))
    assert f'value="{WORD}"' in page  # it is in force, and can be mended
    walk(client, path, answer.url)


def walk(client: Client, path: str, first: str) -> None:
    """Follow every link that stays on the list: pages, sorting, files."""
    waiting, seen = [first], set()
    while waiting:
        here = waiting.pop()
        seen.add(here)
        answer = client.get(here)
        if answer.streaming:
            assert WORD not in answer["Content-Disposition"]
            assert WORD not in b"".join(answer.streaming_content).decode("utf-8", "replace")
            continue
        for address in Forms(body(answer)).addresses:
            assert WORD not in address.lower(), f"{here}: {address}"
            to = f"{path}{address}" if address.startswith("?") else address
            if to.startswith((f"{path}?", "/log/fil/?", "/log/excel/?")) and to not in seen:
                waiting.append(to)


def body(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def test_pages_files_and_sorting_of_a_filtered_list_keep_the_filter(client):
    for number in range(3):
        AgreementFactory(forum=client.world.forum, what=f"Ring til fuglekassen {number}")
    answer = client.post("/aftaler/tavle/", {"q": "fuglekasse", "orden": "alder"}, follow=True)
    assert answer.context["hits"] == 3
    addresses = Forms(body(answer)).addresses
    for asked in ("side=2", "side=3", "hent=csv"):
        found = next(each for each in addresses if asked in each)
        assert "soegt=" in found
        assert "orden=alder" in found
        again = client.get(f"/aftaler/tavle/{found}")
        if again.streaming:
            assert b"".join(again.streaming_content).decode().count("fuglekassen") == 3
        else:
            assert again.context["hits"] == 3


def test_an_old_address_with_a_name_is_led_to_one_without(client):
    answer = client.get("/logins/?q=carla&rolle=member")
    assert re.fullmatch(r"/logins/\?rolle=member&soegt=\d+", answer.url)
    assert [each.name for each in client.get(answer.url).context["page"]] == ["Carla"]
    assert re.fullmatch(r"/log/fil/\?soegt=\d+", client.get("/log/fil/?hvem=carla&slags=").url)


def test_the_same_words_keep_their_number_and_only_the_last_ones_are_kept(client):
    first = client.post("/logins/", {"q": "carla"}).url
    assert client.post("/logins/", {"q": " carla "}).url == first
    for number in range(typed.REMEMBERED):
        client.post("/logins/", {"q": f"navn {number}"})
    forgotten = client.get(first, follow=True)
    assert forgotten.redirect_chain == [("/logins/", 302)]
    assert "er glemt igen" in body(forgotten)
    assert len(client.session[typed.KEPT]) == typed.REMEMBERED


def test_a_file_whose_filter_is_forgotten_is_not_sent_whole(client):
    assert client.get("/vejviser/?soegt=1&hent=csv&sort=navn").url == "/vejviser/?sort=navn"
    assert client.get("/log/fil/?soegt=77&slags=read").url == f"{reverse('insights:log')}?slags=read"


def test_what_one_typed_is_nobody_elses(client):
    answer = client.post("/vejviser/", {"q": "carla"})
    other = client_of(client.world, "bo")
    assert other.get(answer.url).url == "/vejviser/"


def test_a_cpr_number_is_not_kept(client):
    answer = client.post("/vejviser/", {"q": "010203-1234", "sort": "navn"})
    assert answer.url == "/vejviser/?sort=navn"
    assert "CPR-nummer" in body(client.get(answer.url))
    assert not client.session.get(typed.KEPT) or "010203" not in str(client.session[typed.KEPT])
