"""Journeys (b) and (e): a network meeting from the calling to the door, and nothing to a family under suspicion."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.network.conftest import (  # noqa: F401 - the world of the network meeting
    CHILD,
    MOTHER,
    called,
    child,
    concern,
    draft,
    forum,
    member,
    mother,
    ready,
    suspicion,
    team,
)
from tovholder.accounts.models import User
from tovholder.meetings.models import FamilyMember, NetworkMeeting
from tovholder.meetings.services import family

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("NETWORK_PICTURES", "")


def look(page: Page, name: str) -> None:
    """Axe finds nothing, and nothing is wider than the screen, on the narrowest neither; a picture for who wants one."""
    page.wait_for_load_state("networkidle")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (name, width)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def write(page: Page, key: str, label: str, text: str) -> None:
    """Write in a field and wait until it is saved: one writer at a time is what a database in memory can do."""
    page.get_by_label(label, exact=True).fill(text)
    expect(page.locator(f"[data-field={key}] [data-saved]")).to_contain_text("Gemt kl.")


def test_journey_b_the_meeting(
    live_server: Any,
    called: NetworkMeeting,  # noqa: F811
    member: FamilyMember,  # noqa: F811
    erik: User,
    page_as: Callable[..., Page],
    page: Page,
) -> None:
    page.goto(f"{live_server.url}/familie/{family.token_of(member)}/")
    page.get_by_role("textbox").fill("Kommer læreren også?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Tak. Vi har fået det.")).to_be_visible()
    look(page, "familie")
    at = f"/netvaerksmoeder/{called.meeting_id}/"
    own = page_as(erik, f"{at}trin/deltagere/")
    look(own, "trin-deltagere")
    own.goto(f"{live_server.url}{at}trin/familien/")
    look(own, "trin-familien")
    own.goto(f"{live_server.url}{at}trin/indkald/")
    look(own, "trin-indkald")
    own.goto(f"{live_server.url}{at}")
    expect(own.get_by_text("Kommer læreren også?")).to_be_visible()
    look(own, "foer")
    own.get_by_role("link", name="Begynd mødet").click()
    for box in own.get_by_role("checkbox").all():
        box.check()
    look(own, "begynd")
    held: list[Route] = []
    own.route("**/network*.js", lambda route: route.continue_() if held else held.append(route))
    own.get_by_role("button", name="Begynd mødet").click(no_wait_after=True)
    expect(own.get_by_text(CHILD)).to_be_visible()
    own.get_by_label("Baggrund for mødet", exact=True).fill("Hun er ked af det.")  # on a slow line
    while not held:
        own.wait_for_timeout(50)
    held[0].continue_()
    expect(own.locator("[data-field=baggrund] [data-saved]")).to_contain_text("Gemt kl.")
    own.get_by_label("Hvad skal der gøres?").fill("Ugentlig samtale")
    own.get_by_label("Hvem har ansvaret?").select_option(label="Erik")
    own.get_by_label("Frist").fill("2027-03-01")
    own.get_by_role("button", name="Tilføj indsatsen").click()
    expect(own.get_by_text("Ugentlig samtale")).to_be_visible()
    write(own, "barnets-stemme", "Barnets eget syn på sagen", "Hun vil gerne i klub.")
    write(own, "familiens-oplevelse", "Familiens oplevelse", "Godt.")
    look(own, "under")
    own.get_by_role("button", name="Gem og afslut mødet").click()
    look(own, "efter")
    own.get_by_role("button", name="Godkend referatet").click()
    expect(own.get_by_role("button", name="Lav det opfølgende møde")).to_be_visible()


def test_journey_e_nothing_reaches_the_family(
    live_server: Any,
    called: NetworkMeeting,  # noqa: F811
    member: FamilyMember,  # noqa: F811
    suspicion: Any,  # noqa: F811
    erik: User,
    page_as: Callable[..., Page],
    page: Page,
) -> None:
    own = page_as(erik, f"/bekymringer/{called.concern.code}/")
    own.get_by_role("link", name="Ret oplysningerne").click()
    own.get_by_role("checkbox", name=suspicion.name).check()
    look(own, "ret-oplysninger")
    own.get_by_role("button", name="Gem oplysningerne").click()
    expect(own.get_by_text("Oplysningerne er rettet.")).to_be_visible()
    page.goto(f"{live_server.url}/familie/{family.token_of(member)}/")
    expect(page.get_by_role("heading", name="Linket virker ikke")).to_be_visible()
    look(page, "familie-lukket")
    own.goto(f"{live_server.url}/netvaerksmoeder/{called.meeting_id}/familien/")
    expect(own.get_by_role("button", name="Vis links")).to_have_count(0)
    look(own, "links-nej")
    expect(own.get_by_text(MOTHER)).to_have_count(0)
