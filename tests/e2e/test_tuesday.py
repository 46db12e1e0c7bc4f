"""Journey (c): the police hand over five names, each gets a decision; a club volunteer drops in and the names close.

Everything is clicked by the demo's people. Frida, the volunteer, is told nothing of it; a consent that names her club opens
one name before her, and when she leaves all of them open again.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo

pytestmark = pytest.mark.e2e
NAMES = """Jonas Prøve; 3.4.2012; mistænkt; politi; hærværk ved stationen
Mille Testesen; 4.3.2012; forurettet; politi; slået ved stationen
Ali Eksempel; 30.11.2010; vidne; politi;
Nora Forsøg; 1.2.2011; mistænkt; politi; butikstyveri
Emil Øvelse; 9.9.2009; mistænkt; politi; kørsel uden kørekort; Strand
"""
HANDED_OVER = ("Jonas", "Mille", "Ali", "Nora", "Emil")
PICTURES = os.environ.get("TUESDAY_PICTURES", "")


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


def by_key(page: Page, name: str) -> None:
    """Walk on with the tab key to a button or a link, and press it."""
    here = page.locator(":focus", has_text=name)
    for _step in range(30):
        page.keyboard.press("Tab")
        if here.count():
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"The tab key does not lead to {name}")


def test_the_tuesday_meeting(demo: Demo) -> None:
    base = f"/moeder/{demo.places['tuesday']}"
    the_police_hand_over(demo, base)
    anna = demo.page("anna", f"{base}/under/")
    anna.get_by_label("Ja, begynd mødet nu").check()
    anna.get_by_role("button", name="Begynd mødet").click()
    for name in ("Anna", "Carla", "Dina"):
        tick = anna.locator("[data-attendance]").get_by_role("button", name=re.compile(f"^{name}"))
        if tick.get_attribute("aria-pressed") == "false":
            tick.click()
        expect(tick).to_have_attribute("aria-pressed", "true")
    look(anna, "under")
    anna.get_by_role("link", name="Navne og beslutninger").click()
    anna.get_by_role("button", name="Åbn 6 navne").click()
    expect(anna.get_by_role("link", name=re.compile("^Jonas Prøve"))).to_be_visible()
    look(anna, "navne")
    decide_by_keys(anna, "123141")
    expect(anna.get_by_text("0 navne mangler en beslutning.")).to_be_visible()
    anna.goto(f"{demo.url}{base}/sager/")
    look(anna, "sager")
    anna.goto(f"{demo.url}{base}/navne/")
    anna.get_by_role("link", name=re.compile("^Jonas Prøve")).click()
    anna.get_by_role("textbox", name="Referat af sagen").fill("Dina ringer hjem")
    expect(anna.locator("[data-saved]")).to_contain_text("Gemt kl.")
    assert anna.evaluate("Object.keys(localStorage).filter((key) => key.includes('sag-')).length") == 0
    look(anna, "sag")
    the_volunteer_drops_in(demo, anna, base)
    a_consent_opens_one(demo, anna, base)
    the_volunteer_leaves(demo, anna, base)


def the_police_hand_over(demo: Demo, base: str) -> None:
    """Carla types the names and sends them off without touching the mouse; a line with a fault stops all of them."""
    carla = demo.page("carla", f"{base}/")
    by_key_to(carla, "Overlever navne")
    field = carla.get_by_label("Navne, ét på hver linje")
    field.focus()
    carla.keyboard.insert_text(NAMES + "Uden dag; ; vidne")
    carla.get_by_label("Distrikt for de navne, der ikke selv nævner et").focus()
    carla.keyboard.type("Vester")
    by_key(carla, "Se navnene igennem")
    expect(carla.get_by_role("heading", name="1 linje skal rettes")).to_be_visible()
    look(carla, "navne-fejl")
    field.focus()
    carla.keyboard.press("Control+a")
    carla.keyboard.insert_text(NAMES)
    by_key(carla, "Se navnene igennem")
    expect(carla.get_by_role("heading", name="5 navne er klar")).to_be_visible()
    look(carla, "navne-klar")
    field.focus()
    by_key(carla, "Overlever 5 navne")
    expect(carla.get_by_text("5 navne er overleveret.")).to_be_visible()


def by_key_to(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).focus()
    page.keyboard.press("Enter")


def decide_by_keys(page: Page, keys: str) -> None:
    """One key for each name: the focus goes to the next one that has no decision."""
    for done, key in enumerate(keys, start=1):
        expect(page.locator("[data-name-list] li:focus:not(:has([aria-pressed]))")).to_have_count(1)
        page.keyboard.press(key)
        left = len(keys) - done
        words = "1 navn mangler" if left == 1 else f"{left} navne mangler"
        expect(page.get_by_text(words)).to_be_visible()


def the_volunteer_drops_in(demo: Demo, anna: Page, base: str) -> None:
    """Frida is written on the list; the names close to everybody, and she is not told that there are any."""
    case = anna.url
    anna.goto(f"{demo.url}{base}/under/")
    anna.get_by_role("link", name="En gæst er kommet").first.click()
    anna.locator("select[name=person]").select_option(label="Frida (Vestby Boldklub)")
    anna.get_by_role("button", name="Skriv på listen").click()
    expect(anna.get_by_text("Frida er skrevet på listen.")).to_be_visible()
    frida = demo.page("frida", f"{base}/")
    expect(frida.get_by_role("heading", level=1)).to_be_visible()
    for secret in ("Sag ", "Jonas", "samtykke", "lukket", "Navne og beslutninger"):
        assert secret not in frida.locator("main").inner_text(), secret
    for path in (case, f"{demo.url}{base}/navne/", f"{demo.url}{base}/sager/"):
        answer = frida.goto(path)
        assert answer is not None
        assert answer.status == 404, path
    frida.close()
    anna.goto(case)
    expect(anna.get_by_text("Navnet er lukket lige nu.")).to_be_visible()
    expect(anna.get_by_text("Lad Frida gå ud, mens punktet tages.")).to_be_visible()
    look(anna, "sag-lukket")
    anna.goto(f"{demo.url}{base}/navne/")
    closed = anna.locator("main").inner_text()
    assert not [name for name in HANDED_OVER if name in closed]
    carla = demo.page("carla", f"{base}/navne/")
    assert "Jonas" not in carla.content()
    carla.close()


def a_consent_opens_one(demo: Demo, anna: Page, base: str) -> None:
    """Emil, who is 17, says yes to the club by name: his name opens before Frida, the others stay closed."""
    anna.locator("[data-name-list]").get_by_role("link").last.click()
    anna.get_by_role("link", name="Barn, samtykke og team").click()
    anna.get_by_role("link", name="Emil Øvelse").click()
    anna.get_by_role("link", name="Skriv et samtykke ned").click()
    anna.get_by_label("Den unge selv").check()
    anna.get_by_label("Mundtligt").check()
    anna.get_by_label("Vestby Boldklub").check()
    anna.get_by_label("Hvilke oplysninger?").fill("Hvornår han træner, og hvordan han har det.")
    anna.get_by_label("Hvad skal oplysningerne bruges til?").fill("At klubben kan holde fast i ham.")
    anna.get_by_label("Bemærkning").fill("I telefonen i dag, Dina hørte med.")
    anna.get_by_role("button", name="Se, hvem der får adgang").click()
    expect(anna.get_by_role("heading", name="Før du gemmer")).to_be_visible()
    anna.get_by_role("button", name="Gem samtykket").first.click()
    expect(anna.get_by_text("Samtykket er skrevet ned.")).to_be_visible()
    anna.goto(f"{demo.url}{base}/navne/")
    expect(anna.get_by_role("link", name=re.compile("^Emil Øvelse"))).to_be_visible()
    shown = anna.locator("main").inner_text()
    assert not [name for name in HANDED_OVER[:-1] if name in shown]
    look(anna, "navne-et-samtykke")


def the_volunteer_leaves(demo: Demo, anna: Page, base: str) -> None:
    anna.get_by_role("link", name="Nogen går ud eller kommer tilbage").click()
    look(anna, "ud-og-ind")
    # A browser may put a space before the words that only a screen reader gets.
    anna.get_by_role("button", name=re.compile("^Går ud ?: Frida$")).click()
    expect(anna.get_by_role("button", name=re.compile("^Er tilbage ?: Frida$"))).to_be_visible()
    anna.goto(f"{demo.url}{base}/navne/")
    for name in HANDED_OVER:
        expect(anna.get_by_role("link", name=re.compile(f"^{name} "))).to_be_visible()
    anna.get_by_role("link", name=re.compile("^Jonas Prøve")).click()
    expect(anna.get_by_role("definition").filter(has_text=re.compile("^Anna, Carla, Dina$"))).to_be_visible()
    readers = anna.locator("section", has_text="Hvem kan se dette, og hvorfor?")
    expect(readers.first).not_to_contain_text("Frida")
