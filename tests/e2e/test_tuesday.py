"""Journey (c): the police hand over five names, each gets a decision; a club volunteer drops in and the names close.

The volunteer and the convener without part see nothing of it; when the volunteer leaves, the names open again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import SLOWEST
from tests.factories import AgendaItemFactory
from tests.meetings.cases.conftest import come, forum, people, planned  # noqa: F401 - fixtures of the case meeting
from tovholder.accounts.models import User
from tovholder.concerns.models import Concern, ConcernStatus
from tovholder.meetings.models import Disclosure, Meeting
from tovholder.meetings.services import running

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
NAMES = """Jonas Prøve; 3.4.2012; mistænkt; politi; hærværk ved stationen
Mille Testesen; 4.3.2012; forurettet; politi; slået ved stationen
Ali Eksempel; 30.11.2010; vidne; politi;
Nora Forsøg; 1.2.2011; mistænkt; politi; butikstyveri
Emil Øvelse; 9.9.2009; mistænkt; politi; kørsel uden kørekort
"""
PICTURES = os.environ.get("TUESDAY_PICTURES", "")


@pytest.fixture
def as_(browser: Browser, browser_context_args, live_server, client_for) -> Iterator[Callable[[User], Page]]:
    """Open a browser of its own for a person; closed at the end, or the server's sockets stay open."""
    contexts: list[BrowserContext] = []

    def page_of(user: User) -> Page:
        context = browser.new_context(**browser_context_args, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(SLOWEST)
        contexts.append(context)
        cookie = client_for(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        return context.new_page()

    yield page_of
    for context in contexts:
        context.close()


def look(page: Page, name: str) -> None:
    """Let axe look at the page in two widths; nothing scrolls sideways."""
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sideways <= 0, (name, width)
        if PICTURES and width > 320:
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    found = Axe().run(page)
    assert found.violations_count == 0, (name, found.generate_report())


def test_the_tuesday_meeting(planned: Meeting, people, as_, live_server):  # noqa: F811 - the fixtures above
    AgendaItemFactory(meeting=planned, position=1, heading="Aktuelle sager")
    base = f"{live_server.url}/moeder/{planned.pk}"
    police = as_(people["carla"])
    police.goto(f"{base}/")
    police.get_by_role("link", name="Overlever navne").click()
    police.get_by_label("Navne, ét på hver linje").fill(NAMES + "Uden dag; ; vidne")
    police.get_by_role("button", name="Se navnene igennem").click()
    expect(police.get_by_role("heading", name="1 linje skal rettes")).to_be_visible()
    look(police, "navne-fejl")
    police.get_by_label("Navne, ét på hver linje").fill(NAMES)
    police.get_by_role("button", name="Se navnene igennem").click()
    look(police, "navne-klar")
    police.get_by_role("button", name="Overlever 5 navne").click()
    expect(police.get_by_text("5 navne er overleveret.")).to_be_visible()
    assert Concern.objects.count() == 5

    meeting = running.start(by=people["anna"], meeting=planned)
    for name in ("anna", "carla", "dina"):
        come(people["anna"], meeting, people[name])
    anna = as_(people["anna"])
    anna.goto(f"{base}/under/")
    look(anna, "under")
    anna.get_by_role("link", name="Navne og beslutninger").click()
    anna.get_by_role("button", name="Åbn 5 navne").click()
    expect(anna.get_by_role("link", name="Jonas Prøve")).to_be_visible()
    assert Disclosure.objects.count() == 15
    look(anna, "navne")
    decide_by_keys(anna, "12314")
    expect(anna.get_by_text("0 navne mangler en beslutning.")).to_be_visible()
    assert Concern.objects.filter(status=ConcernStatus.NO_ACTION).count() == 1
    assert Concern.objects.filter(status=ConcernStatus.HANDED_OVER).count() == 1

    anna.goto(f"{base}/sager/")
    look(anna, "sager")
    anna.get_by_role("link", name="Sag ").first.click()
    expect(anna.get_by_role("heading", level=1)).to_contain_text("Jonas Prøve")
    anna.get_by_role("textbox", name="Referat af sagen").fill("Dina ringer hjem")
    expect(anna.locator("[data-saved]")).to_contain_text("Gemt kl.")
    assert anna.evaluate("Object.keys(localStorage).filter((key) => key.includes('sag-')).length") == 0
    look(anna, "sag")
    the_volunteer_drops_in(anna, people, as_, base)
    assert not Disclosure.objects.filter(person=people["frida"].person).exists()


def decide_by_keys(page: Page, keys: str) -> None:
    """One key for each name: the focus goes to the next one that has no decision."""
    for done, key in enumerate(keys, start=1):
        expect(page.locator("[data-name-list] li:focus:not(:has([aria-pressed]))")).to_have_count(1)
        page.keyboard.press(key)
        left = len(keys) - done
        words = "1 navn mangler" if left == 1 else f"{left} navne mangler"
        expect(page.get_by_text(words)).to_be_visible()


def the_volunteer_drops_in(anna: Page, people, as_, base: str) -> None:  # noqa: F811 - the fixture above
    case = anna.url
    convener = as_(people["bo"])
    convener.goto(f"{base}/under/gaest/")
    convener.locator("select[name=person]").select_option(str(people["frida"].person.pk))
    convener.get_by_role("button", name="Skriv på listen").click()
    expect(convener.get_by_text("Frida er skrevet på listen.")).to_be_visible()
    assert "Sag " not in convener.content()
    frida = as_(people["frida"])
    frida.goto(f"{base}/")
    assert "Sag " not in frida.content()
    assert "Jonas" not in frida.content()
    assert frida.goto(case).status == 404
    anna.goto(case)
    expect(anna.get_by_text("Navnet er lukket lige nu.")).to_be_visible()
    expect(anna.get_by_text("Lad Frida gå ud, mens punktet tages.")).to_be_visible()
    assert "Jonas" not in anna.content()
    look(anna, "sag-lukket")
    anna.goto(f"{base}/navne/")
    assert "Jonas" not in anna.content()
    convener.goto(f"{base}/under/ud-og-ind/")
    look(convener, "ud-og-ind")
    # A browser may put a space before the words that only a screen reader gets.
    convener.get_by_role("button", name=re.compile("^Går ud ?: Frida$")).click()
    expect(convener.get_by_role("button", name=re.compile("^Er tilbage ?: Frida$"))).to_be_visible()
    anna.goto(case)
    expect(anna.get_by_role("heading", level=1)).to_contain_text("Jonas Prøve")
