"""Journeys (a) and (d): a worry raised on a phone, taken without a name at the wellbeing forum; and a red one.

Erik raises it with his thumb, Anna sorts it and puts it on the agenda in words of its own, the forum gives advice, and
Erik learns that it is concluded. A red concern shows whose duty it is before anything else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.conftest import DESKTOP, NARROW, PHONE, SLOWEST, Demo
from tests.factories import MeetingFactory, ParticipationFactory
from tovholder.accounts.models import User
from tovholder.audit.models import SYSTEM
from tovholder.concerns.models import Concern, ConcernStatus, Team, TeamMember
from tovholder.demo.people import make_people
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.meetings.models import AgendaItem, Meeting, MinutesStatus
from tovholder.meetings.services.agenda import build
from tovholder.outbox.models import OutgoingMail

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SEEN = "En elev sidder alene i frikvartererne og er holdt op med at grine."
HEADING = "En elev, der trækker sig"
ADVICE = "Giv eleven en fast makker i en måned, og sig højt i klassen, hvad I gør."
MOST_TAPS, MOST_LETTERS = 5, 100
PICTURES = os.environ.get("CONCERN_PICTURES", "")


@dataclass
class World:
    """The wellbeing forum of Erik's school, which Anna convenes, and its next meeting, due within the hour."""

    url: str
    meeting: Meeting
    as_: Callable[..., Page]


@pytest.fixture
def world(browser: Browser, browser_context_args: dict[str, Any], live_server: Any) -> Iterator[World]:
    call_command("load_setup", "setups/demo.toml", "--apply", stdout=StringIO())
    make_people(timezone.localdate() - timedelta(days=400))
    anna = Person.objects.get(name="Anna")
    TeamMember.objects.create(
        team=Team.objects.filter(triages=True)[0],
        person=anna,
        valid_from=timezone.localdate() - timedelta(days=9),
    )
    forum = Forum.objects.get(key="trivselsforum-vester-skole")
    begins = timezone.now().replace(microsecond=0) + timedelta(minutes=30)
    meeting = MeetingFactory(lead_forum=forum, starts_at=begins, chair=anna, minute_taker=anna)
    for person in forum.members.all():
        ParticipationFactory(meeting=meeting, person=person, answer="yes")
    build(by=SYSTEM, meeting=meeting)
    contexts: list[BrowserContext] = []

    def as_(name: str, path: str = "/", width: int = DESKTOP) -> Page:
        context = browser.new_context(**browser_context_args, viewport={"width": width, "height": 844})
        context.set_default_timeout(SLOWEST)
        contexts.append(context)
        client = Client()
        client.force_login(User.objects.get(name=name))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}{path}")
        return page

    yield World(live_server.url, meeting, as_)
    for context in contexts:
        context.close()


class Thumb:
    """Counts what a person does on the phone."""

    def __init__(self) -> None:
        self.taps = self.letters = 0

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.click()

    def write(self, field: Locator, text: str) -> None:
        self.taps += 1
        self.letters += len(text)
        field.fill(text)


def look(page: Page, name: str, back_to: int = DESKTOP) -> None:
    """Let axe look at the page; on no screen does it scroll sideways."""
    for width in (DESKTOP, PHONE, NARROW):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways at {width}"
        if PICTURES and width != NARROW:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    page.set_viewport_size({"width": back_to, "height": 844})


def raise_it(erik: Page, *, seen: str, level: str) -> Thumb:
    """Raise a concern without a name from the first page after the login."""
    thumb = Thumb()
    thumb.tap(erik.get_by_role("main").get_by_role("link", name=re.compile("^Bekymring")))
    expect(erik.get_by_role("heading", name="Ny bekymring", level=1)).to_be_visible()
    thumb.write(erik.get_by_label("Hvad har du selv set eller hørt?"), seen)
    thumb.tap(
        erik.locator("label", has=erik.get_by_text(level, exact=True))
        .or_(erik.locator("label", has_text=re.compile(f"^{level}")))
        .first
    )
    thumb.tap(erik.get_by_role("button", name="Send bekymringen"))
    expect(erik.get_by_text("Bekymringen er sendt.")).to_be_visible()
    return thumb


def test_a_worry_on_a_phone_becomes_advice_from_the_wellbeing_forum(world: World) -> None:
    erik = world.as_("Erik", width=PHONE)
    thumb = raise_it(erik, seen=SEEN, level="Bekymret")
    assert thumb.taps <= MOST_TAPS
    assert thumb.letters <= MOST_LETTERS
    concern = Concern.objects.get()
    assert (concern.level, concern.subject, concern.scale_level.key) == ("anonymous", "child", "gul")
    own = f"/bekymringer/{concern.code}/"
    expect(erik.get_by_text("Modtaget").first).to_be_visible()
    look(erik, "rejst", PHONE)
    erik.goto(f"{world.url}/bekymringer/ny/")
    look(erik, "ny", PHONE)

    anna = world.as_("Anna", "/bekymringer/")
    look(anna, "triage")
    anna_sorts_it(anna, world, concern)
    erik.goto(world.url + own)
    expect(erik.get_by_text("Behandles").first).to_be_visible()

    the_forum_gives_advice(anna, world)
    concern.refresh_from_db()
    assert concern.status == ConcernStatus.ADVISED
    erik.goto(world.url + own)
    expect(erik.get_by_text(ADVICE)).to_be_visible()
    look(erik, "raad", PHONE)

    anna.goto(f"{world.url}{own}status/")
    anna.get_by_label("Afsluttet", exact=True).check()
    anna.get_by_label("Hvorfor?").fill("Makkeren er fundet, og eleven er med igen.")
    anna.get_by_role("button", name="Gem status").click()
    expect(anna.get_by_text("Sagen har fået ny status.")).to_be_visible()
    erik.reload()
    expect(erik.get_by_text("Sagen er afsluttet.")).to_be_visible()
    assert "Makkeren" not in erik.content()
    mails = OutgoingMail.objects.filter(to="erik@demo.example")
    assert {each.subject for each in mails} >= {f"{concern}: der er givet råd", f"{concern} er afsluttet"}
    assert not any(SEEN in each.body or ADVICE in each.body for each in mails)


def anna_sorts_it(anna: Page, world: World, concern: Concern) -> None:
    """Take the concern on, and put it on the coming agenda in words typed for it."""
    anna.get_by_role("link", name=str(concern)).click()
    expect(anna.get_by_text(SEEN)).to_be_visible()
    anna.get_by_role("button", name="Jeg tager den").click()
    expect(anna.get_by_text("Du er nu sagsansvarlig.")).to_be_visible()
    look(anna, "sagen")
    anna.get_by_role("link", name="Få råd på et møde, uden navn").click()
    anna.get_by_label("Hvilket møde?").select_option(str(world.meeting.pk))
    anna.get_by_label("Overskrift på dagsordenen").fill(HEADING)
    anna.get_by_label("Hvad vil I have råd om?").fill("Hvad har virket hos jer?")
    look(anna, "uden-navn")
    anna.get_by_role("button", name="Sæt på dagsordenen").click()
    expect(anna.get_by_text("Punktet står på dagsordenen.")).to_be_visible()
    expect(anna.get_by_role("main").get_by_text(HEADING).first).to_be_visible()
    assert SEEN not in anna.content()
    look(anna, "dagsorden")


def the_forum_gives_advice(anna: Page, world: World) -> None:
    """Hold the meeting: the advice is written at the item, the meeting ends, the minutes are approved."""
    base = f"{world.url}/moeder/{world.meeting.pk}"
    item = AgendaItem.objects.get(meeting=world.meeting, heading=HEADING)
    anna.goto(f"{base}/under/")
    anna.get_by_role("button", name="Begynd mødet").click()
    expect(anna.get_by_text(re.compile(r"Punkt 1 af \d")).first).to_be_visible()
    anna.goto(f"{base}/under/punkt/{item.pk}/")
    anna.get_by_role("button", name="Tag dette punkt nu").click()
    expect(anna.get_by_role("heading", name=HEADING, level=1)).to_be_visible()
    expect(anna.get_by_role("button", name="Tag dette punkt nu")).to_have_count(0)
    anna.wait_for_function("document.readyState === 'complete' && document.querySelector('[data-autosave]')")
    anna.get_by_role("textbox", name="Referat").press_sequentially(ADVICE)
    expect(anna.locator("[data-saved]")).to_contain_text("Gemt kl.")
    anna.get_by_role("button", name="Afslut mødet").first.click()
    done = anna.get_by_label("Det er færdigt")
    expect(done.first).to_be_attached()
    for choice in done.all():
        choice.check()
    anna.get_by_role("button", name="Afslut mødet").click()
    expect(anna.get_by_text("Mødet er afsluttet.")).to_be_visible()
    anna.get_by_role("button", name="Godkend referat").click()
    expect(anna.get_by_text("Deltagerne får en mail med et link.")).to_be_visible()
    world.meeting.refresh_from_db()
    assert world.meeting.minutes_record.status == MinutesStatus.APPROVED


def test_a_red_concern_shows_whose_duty_it_is_before_anything_else(world: World) -> None:
    erik = world.as_("Erik", width=PHONE)
    raise_it(erik, seen="En elev har fortalt, at det gør ondt at være hjemme.", level="Alvorligt bekymret")
    concern = Concern.objects.get()
    code = concern.code
    expect(erik).to_have_url(f"{world.url}/bekymringer/{code}/underret/")
    expect(erik.get_by_role("heading", name="Underret nu, og gør det selv", level=1)).to_be_visible()
    for words in (
        "Pligten er personlig.",
        "Det skal ske med det samme",
        "Tovholder sender ikke underretningen.",
    ):
        expect(erik.get_by_text(words)).to_be_visible()
    number = erik.get_by_role("link", name=re.compile("^Ring "))
    expect(number).to_have_attribute("href", re.compile(r"^tel:\d+$"))
    look(erik, "underret", PHONE)

    # Until somebody has notified, every page of the case says so first, to who works on it, too.
    anna = world.as_("Anna", f"/bekymringer/{code}/")
    says = "Den, der ved noget, skal selv underrette, og det skal ske nu"
    expect(anna.get_by_role("heading", name=says)).to_be_visible()
    look(anna, "roed-sag")
    erik.get_by_role("button", name="Skriv ned, at jeg har underrettet").click()
    expect(erik.get_by_text("Det er skrevet ned.")).to_be_visible()
    erik.get_by_role("link", name="Sådan underretter du").click()
    expect(erik.get_by_role("heading", name="Dine underretninger i sagen")).to_be_visible()
    expect(erik.get_by_text("inden for 6 hverdage")).to_be_visible()
    anna.reload()
    expect(anna.get_by_role("heading", name=re.compile("^Erik har underrettet den "))).to_be_visible()
    expect(anna.get_by_text("er pligten stadig din egen.")).to_be_visible()
    # Nothing was sent by Tovholder but the word to the team that a concern is there.
    assert not OutgoingMail.objects.filter(body__contains="hjemme").exists()
    assert not OutgoingMail.objects.filter(subject__icontains="underret").exists()


def go_on(page: Page, name: str) -> None:
    """Walk on with the tab key to what has this name, and press it; no mouse."""
    here = page.locator(":focus", has_text=name)
    for _step in range(60):
        page.keyboard.press("Tab")
        if here.count():
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"The tab key does not lead to {name}")


def test_journey_d_as_the_demos_people_walk_it(demo: Demo) -> None:
    """The duty is Erik's before anything else, and Anna's own as well; what one has done takes it from nobody else."""
    erik = demo.page("erik", "/", PHONE, 844)
    raise_it(erik, seen="En elev har fortalt, at det gør ondt at være hjemme.", level="Alvorligt bekymret")
    found = re.search(r"/bekymringer/(\d+-\d+)/underret/$", erik.url)
    assert found is not None, erik.url
    case = f"/bekymringer/{found[1]}/"
    expect(erik.get_by_role("heading", level=1)).to_have_text("Underret nu, og gør det selv")
    expect(erik.get_by_text("Din leder, SSP-teamet eller et møde kan ikke tage den fra dig.")).to_be_visible()
    if PICTURES:
        erik.screenshot(path=Path(PICTURES) / "underret-foerste.png")
    for way in (re.compile("^Ring "), "Underret her"):
        box = erik.get_by_role("link", name=way).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 844, "what to do stands on the first screen"
    # Round about it: the case itself begins with the same, and so does Anna's.
    erik.goto(f"{demo.url}{case}")
    says = "Den, der ved noget, skal selv underrette, og det skal ske nu"
    first = erik.get_by_role("main").get_by_role("heading", level=2).first
    expect(first).to_have_text(says)
    anna = demo.page("anna", case)
    expect(anna.get_by_role("main").get_by_role("heading", level=2).first).to_have_text(says)
    anna.get_by_role("button", name="Jeg tager den").click()
    expect(anna.get_by_role("main").get_by_role("heading", level=2).first).to_have_text(says)

    go_on(erik, "Sådan underretter du")
    erik.wait_for_url("**/underret/")
    go_on(erik, "Skriv ned, at jeg har underrettet")
    expect(erik.get_by_text("Det er skrevet ned.")).to_be_visible()
    expect(erik.get_by_text("er pligten opfyldt")).to_have_count(0)
    anna.reload()
    expect(anna.get_by_role("heading", name=re.compile("^Erik har underrettet den "))).to_be_visible()
    anna.goto(f"{demo.url}{case}underret/")
    expect(anna.get_by_text("Pligten er personlig.")).to_be_visible()
    expect(anna.get_by_role("heading", name="Dine underretninger i sagen")).to_have_count(0)
    bo = demo.page("bo", case)
    expect(bo.get_by_role("heading", name="Siden findes ikke")).to_be_visible()
    for page in (erik, anna, bo):
        page.close()
