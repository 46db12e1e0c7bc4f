"""Every page that somebody can reach by links: axe finds nothing, nothing complains, nothing scrolls sideways.

Each persona's pages are crawled by plain requests, one page for each address pattern; then the browser looks at each
pattern once, as the first persona who came there, at four widths.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, expect

from tests.e2e.conftest import COLUMNS, DESKTOP, NARROW, PHONE, Demo
from tovholder.demo.cast import PERSONAS

pytestmark = pytest.mark.e2e

LINK = re.compile(r"<a\b[^>]*\bhref=\"([^\"#]+)")
MAX_PATTERNS = 120
# Pages that look different from the first of their kind, which the crawl happens to meet.
ALSO = (
    "/moeder/{under_way}/", "/moeder/{under_way}/under/punkt/{item}/", "/moeder/{under_way}/under/slut/",
    "/moeder/{under_way}/storskaerm/", "/moeder/{held}/", "/moeder/{held}/efter/", "/moeder/{later}/under/", "/moeder/?periode=alle",
    "/log/?hvem=anna&til=2020-01-01T10:00&fra=2021-01-01T10:00", "/aftaler/?q=findesikke",
    "/soeg/",
)  # fmt: skip
OPEN = (
    "/konto/login/",
    "/konto/glemt/",
    "/konto/glemt/sendt/",
    "/konto/lukket/",
    "/konto/login/kommunen/afbrudt/",
    "/findes-ikke/",
    "/moeder/svar/forkert/",
)
NAMES = [persona.name.lower() for persona in PERSONAS]
# Axe's answer holds only what is wrong; the rest would be megabytes.
OPTIONS = {"resultTypes": ["violations"]}
# Half a megabyte of script is sent to a page once, not once for each width.
AXE, AXE_AGAIN = Axe(), Axe(axe_script="0")


def pattern_of(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


@dataclass
class Crawl:
    """Pattern to the first persona who comes there and the address; and the links that lead nowhere."""

    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def crawled(demo: Demo) -> Crawl:
    crawl = Crawl()
    for name in NAMES:
        walk(demo, name, crawl)
    for path in ALSO:
        who = "lise" if path.startswith("/log/") else "anna"
        crawl.pages[path] = (who, path.format(**demo.places))
    return crawl


def walk(demo: Demo, name: str, crawl: Crawl) -> None:
    """Visit one page of each kind that the persona comes to from the front page, which is each persona's own."""
    waiting, seen = [("/", "")], set()
    request = demo.as_(name).request
    while waiting and len(seen) < MAX_PATTERNS:
        path, source = waiting.pop(0)
        pattern = pattern_of(path)
        if (pattern in seen and pattern) or pattern == "account_logout":
            continue
        seen.add(pattern)
        answer = request.get(f"{demo.url}{path}")
        if pattern is None or answer.status >= 400:
            crawl.dead.append(f"{name} is led from {source} to {path}, which answers {answer.status}")
            continue
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        crawl.pages.setdefault(f"{pattern} {name}" if path == "/" else pattern, (name, path))
        found = [urljoin(answer.url, unescape(href)) for href in LINK.findall(answer.text())]
        waiting += [(each.removeprefix(demo.url), path) for each in found if each.startswith(f"{demo.url}/")]


def violations(page: Page, axe: Axe = AXE) -> list[str]:
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in axe.run(page, options=OPTIONS).response["violations"]
        for node in each["nodes"]
    ]


def faults(page: Page, heard: list[str]) -> list[str]:
    """Look at an open page at every width, and say what is wrong with it."""
    wrong = []
    for width, axe in ((DESKTOP, AXE), (PHONE, AXE_AGAIN)):
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"{width}: {each}" for each in violations(page, axe)]
    for width in (PHONE, NARROW, COLUMNS):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{width}: scrolls sideways, is {wide} wide because of {_widest(page, width)}")
    return wrong + [f"console: {each}" for each in heard]


def _widest(page: Page, width: int) -> str:
    return str(
        page.evaluate(
            "width => [...document.querySelectorAll('body *')]"
            ".filter(e => e.getBoundingClientRect().right > width + 1).slice(-1).map(e => e.outerHTML.slice(0, 120))[0]",
            width,
        )
    )


def test_every_link_leads_somewhere(crawled: Crawl) -> None:
    assert not crawled.dead, "\n".join(crawled.dead)
    assert len(crawled.pages) > 50


def test_every_page_is_accessible_fits_and_keeps_quiet(
    demo: Demo, crawled: Crawl, complaints: Callable[[Page], list[str]]
) -> None:
    wrong: dict[str, list[str]] = {}
    for name in NAMES:
        page = demo.as_(name).new_page()
        heard = complaints(page)
        for pattern, (who, path) in crawled.pages.items():
            if who != name:
                continue
            heard.clear()
            page.set_viewport_size({"width": DESKTOP, "height": 900})
            page.goto(f"{demo.url}{path}")
            if found := faults(page, heard):
                wrong[f"{pattern} ({name}, {path})"] = found
        page.close()
    assert not wrong, "\n".join(f"{where}\n   " + "\n   ".join(what) for where, what in wrong.items())


@pytest.mark.parametrize("path", OPEN)
def test_pages_without_login(demo: Demo, path: str, complaints: Callable[[Page], list[str]]) -> None:
    context = demo.stranger()
    page = context.new_page()
    heard = complaints(page)
    page.goto(f"{demo.url}{path}")
    # The browser itself notes that an address answers 404 or 410; that is meant.
    heard[:] = [each for each in heard if "Failed to load resource" not in each]
    found = faults(page, heard)
    context.close()
    assert found == []


def test_links_from_mails(demo: Demo, complaints: Callable[[Page], list[str]]) -> None:
    context = demo.stranger()
    page = context.new_page()
    heard = complaints(page)
    wrong = []
    for link in demo.links:
        answer = page.goto(link)
        assert answer is not None
        assert answer.status == 200, link
        wrong += faults(page, heard)
    context.close()
    assert wrong == []


def test_what_a_search_finds(demo: Demo, complaints: Callable[[Page], list[str]]) -> None:
    """No link leads there: the words go by POST."""
    page = demo.page("anna", "/")
    heard = complaints(page)
    page.fill("#search-q", "unge")
    page.press("#search-q", "Enter")
    page.wait_for_url(re.compile(r"/soeg/\d+/$"))
    expect(page.locator("mark").first).to_be_visible()
    assert faults(page, heard) == []
    page.close()


def test_the_open_phone_menu(demo: Demo) -> None:
    page = demo.page("anna", "/", PHONE)
    page.click(".js-menu-open")
    page.locator(".mobile-drawer").wait_for(state="visible")
    assert violations(page) == []
    page.close()


def test_no_page_broke_on_the_server(demo: Demo, crawled: Crawl) -> None:
    lines = demo.log.read_text(errors="replace").splitlines()
    broken = [f"{line[:120]} … {line[-400:]}" for line in lines if '"code": 500' in line]
    assert not broken, "\n".join(broken)
