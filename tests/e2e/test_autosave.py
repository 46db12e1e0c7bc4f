"""The minutes in a real browser: nothing is lost when the line drops, the tab closes, the login ends or two write."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.factories import AgendaItemFactory, AgreementFactory, MeetingFactory, ParticipationFactory
from tovholder.meetings.models import AgendaItem, Meeting
from tovholder.meetings.services import running, writing
from tovholder.plans.models import Agreement

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SOON = 15_000
AREA = "#ref"


@pytest.fixture
def meeting(network, anna, bo) -> Meeting:
    meeting = MeetingFactory(lead_forum=network, minute_taker=bo.person)
    for person in (anna.person, bo.person):
        ParticipationFactory(meeting=meeting, person=person)
    AgreementFactory(forum=network, what="Ring til klubben", responsible=bo.person)
    AgendaItemFactory(meeting=meeting, position=1, heading="Snus", minutes=20)
    AgendaItemFactory(meeting=meeting, position=2, heading="Eventuelt")
    meeting = running.start(by=anna, meeting=meeting)
    running.go_to_item(by=anna, meeting=meeting, item=meeting.items.get(heading="Snus"))
    return meeting


@pytest.fixture
def item(meeting) -> AgendaItem:
    return meeting.items.get(heading="Snus")


@pytest.fixture
def log_in(context, live_server, client_for, anna) -> Callable[[], None]:
    def give_session() -> None:
        cookie = client_for(anna).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])

    return give_session


@pytest.fixture
def address(live_server, meeting, item) -> str:
    return f"{live_server.url}/moeder/{meeting.pk}/under/punkt/{item.pk}/"


@pytest.fixture
def at_item(page: Page, log_in, address) -> Page:
    log_in()
    page.goto(address)
    return page


def status(page: Page):
    return page.locator("[data-saved]")


def write(page: Page, text: str) -> None:
    page.locator(AREA).fill(text)


def test_what_is_typed_is_saved_by_itself(at_item, item):
    write(at_item, "Bo fortæller")
    expect(status(at_item)).to_contain_text("Gemt kl.", timeout=SOON)
    item.refresh_from_db()
    assert (item.text, item.text_saved_by) == ("Bo fortæller", "Anna")


def test_what_is_typed_before_the_script_is_there_is_saved_too(page: Page, log_in, address, item):
    held: list[Route] = []
    page.route("**/autosave*.js", lambda route: held.append(route))
    log_in()
    page.goto(address, wait_until="commit")
    page.locator(AREA).fill("Skrevet på et langsomt net")
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    expect(status(page)).to_contain_text("Gemt kl.", timeout=SOON)
    item.refresh_from_db()
    assert item.text == "Skrevet på et langsomt net"


def test_a_dropped_line_keeps_the_text_and_sends_it_again(at_item, context: BrowserContext, item):
    context.set_offline(True)
    write(at_item, "Skrevet uden forbindelse")
    expect(status(at_item)).to_contain_text("Gemmes, når forbindelsen er tilbage", timeout=SOON)
    item.refresh_from_db()
    assert item.text == ""
    context.set_offline(False)
    expect(status(at_item)).to_contain_text("Gemt kl.", timeout=SOON)
    item.refresh_from_db()
    assert item.text == "Skrevet uden forbindelse"


def test_a_closed_tab_gives_the_text_back(at_item, context: BrowserContext, address, item):
    context.set_offline(True)
    write(at_item, "Fanen blev lukket")
    expect(status(at_item)).to_contain_text("Gemmes", timeout=SOON)
    at_item.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(again.locator(AREA)).to_have_value("Fanen blev lukket")
    expect(status(again)).to_contain_text("Gemt kl.", timeout=SOON)
    item.refresh_from_db()
    assert item.text == "Fanen blev lukket"


def test_a_lost_login_keeps_the_text(at_item, context: BrowserContext, log_in, item):
    context.clear_cookies()
    write(at_item, "Login udløb")
    expect(status(at_item)).to_contain_text("Du er logget ud", timeout=SOON)
    log_in()
    at_item.get_by_text("Log ind igen").click()
    expect(at_item.locator(AREA)).to_have_value("Login udløb")
    expect(status(at_item)).to_contain_text("Gemt kl.", timeout=SOON)
    item.refresh_from_db()
    assert item.text == "Login udløb"


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("Behold begge", "Bos tekst\n\nAnnas tekst"),
        ("Brug min", "Annas tekst"),
        ("Brug den gemte", "Bos tekst"),
    ],
)
def test_two_writers_see_both_texts(at_item, item, bo, choice, kept):
    writing.save_text(by=bo, item=item, text="Bos tekst", base_version=0)
    write(at_item, "Annas tekst")
    panel = at_item.locator("[data-conflict]")
    expect(panel).to_be_visible(timeout=SOON)
    expect(panel.locator("[data-mine]")).to_have_value("Annas tekst")
    expect(panel.locator("[data-theirs]")).to_have_value("Bos tekst")
    found = [each["id"] for each in Axe().run(at_item).response["violations"]]
    assert found == []
    panel.get_by_role("button", name=choice).click()
    expect(panel).to_be_hidden()
    expect(at_item.locator(AREA)).to_have_value(kept)
    expect(status(at_item)).not_to_contain_text("Ikke gemt", timeout=SOON)
    until = time.monotonic() + SOON / 1000
    while item.text != kept and time.monotonic() < until:
        at_item.wait_for_timeout(100)  # the script works meanwhile
        item.refresh_from_db()
    assert item.text == kept


def test_a_cpr_number_is_told_and_not_stored(at_item, item):
    write(at_item, "Han er født 010203-1234")
    expect(status(at_item)).to_contain_text("CPR", timeout=SOON)
    item.refresh_from_db()
    assert item.text == ""


def test_next_takes_the_text_along(at_item, item):
    write(at_item, "Lige før næste")
    at_item.locator("[data-next]").click()
    expect(at_item.locator("h1")).to_have_text("Eventuelt")
    item.refresh_from_db()
    assert item.text == "Lige før næste"
    assert item.done_at is not None


def test_an_agreement_is_caught_by_keyboard_alone(at_item, item):
    at_item.keyboard.press("Alt+KeyB")
    expect(at_item.locator("#fang_beslutning-text")).to_be_focused()
    at_item.keyboard.press("Alt+KeyA")
    expect(at_item.locator("#fang_aftale-what")).to_be_focused()
    at_item.keyboard.type("Ring til klubben")
    at_item.keyboard.press("Enter")
    expect(at_item.locator("#fanget .th-count")).to_have_text("1")
    expect(at_item.locator("[data-announce]")).to_have_text("Aftale er skrevet ned.")
    expect(at_item.locator("#fang_aftale-what")).to_be_focused()
    assert Agreement.objects.filter(origin__item=item, what="Ring til klubben").count() == 1


def test_an_empty_agreement_is_answered_in_the_panel(at_item):
    at_item.keyboard.press("Alt+KeyA")
    at_item.keyboard.press("Enter")
    expect(at_item.locator("#fang .th-errors")).to_be_focused()


def test_the_keys_are_switched_off_and_stay_off(at_item):
    at_item.get_by_text("Genvejstaster").click()
    at_item.reload()
    at_item.keyboard.press("Alt+KeyB")
    expect(at_item.locator("#fang_beslutning-text")).to_be_hidden()
    expect(at_item.locator("[data-keys-switch]")).not_to_be_checked()


def test_attendance_by_a_tap(at_item, meeting, bo):
    at_item.locator(".th-side").get_by_role("button", name="Bo").click()
    expect(at_item.locator(".th-side [data-attendance] h2")).to_have_text("Til stede: 1 af 3")
    assert meeting.participations.get(person=bo.person).attended is True


def test_attendance_and_big_screen_are_reached_on_a_phone(at_item):
    at_item.set_viewport_size({"width": 390, "height": 844})
    at_item.get_by_text("Dagsorden og deltagere: 0 af 3 er til stede").click()
    phone = at_item.locator(".th-side")
    phone.get_by_role("button", name="Anna").click()
    expect(phone.locator("[data-attendance] h2")).to_have_text("Til stede: 1 af 3")
    expect(phone.get_by_text("Åbn storskærmen")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("where", ["item", "agreements", "projector", "finish", "guest", "after"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(at_item, live_server, meeting, item, width, where):
    complaints: list[str] = []
    at_item.on(
        "console", lambda message: complaints.append(message.text) if message.type == "error" else None
    )
    base = f"{live_server.url}/moeder/{meeting.pk}"
    agreements = meeting.items.get(source="open_agreements")
    at_item.set_viewport_size({"width": width, "height": 900})
    at_item.goto(
        {
            "item": f"{base}/under/punkt/{item.pk}/",
            "agreements": f"{base}/under/punkt/{agreements.pk}/",
            "projector": f"{base}/storskaerm/",
            "finish": f"{base}/under/slut/",
            "guest": f"{base}/under/gaest/",
            "after": f"{base}/efter/",
        }[where]
    )
    found = Axe().run(at_item).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
    assert at_item.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


def test_the_big_screen_follows_the_meeting(at_item, context: BrowserContext, live_server, meeting, anna):
    screen = context.new_page()
    screen.goto(f"{live_server.url}/moeder/{meeting.pk}/storskaerm/")
    expect(screen.locator("h1")).to_have_text("2. Snus")
    running.go_to_item(by=anna, meeting=meeting, item=meeting.items.get(heading="Eventuelt"))
    expect(screen.locator("h1")).to_have_text("3. Eventuelt", timeout=SOON)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_everything_works_without_script(at_item, item, meeting, bo):
    write(at_item, "Uden script")
    at_item.locator("#tekst noscript button, #tekst button", has_text="Gem").click()
    expect(status(at_item)).to_contain_text("Gemt kl.")
    item.refresh_from_db()
    assert item.text == "Uden script"
    at_item.get_by_role("link", name="Beslutning").click()
    at_item.locator("#fang_beslutning-text").fill("Vi gør det")
    at_item.locator("[data-catch-form=beslutning] button[type=submit]").click()
    expect(at_item.locator("#fanget .th-count")).to_have_text("1")
