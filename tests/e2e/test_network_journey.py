"""Journeys (b) and (e): a network meeting from the worry to the end of the case, every step of it clicked by the demo's people.

Erik, the wellbeing contact, raises the worry and calls the meeting; Anna lets him onto the case and ends it; Dina comes from
the authority; the mother has a signed link and nothing more.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import DESKTOP, NARROW, PHONE, Demo

pytestmark = pytest.mark.e2e
CHILD, MOTHER, FATHER = "Kvistine Torneklippe", "Bodil Torneklippe", "Palle Torneklippe"
NOTHING = "Familien må ikke være med, når mistanken gælder vold i familien."
PICTURES = os.environ.get("NETWORK_PICTURES", "")
CHOSEN = {
    "Fortsætter": "Ringer til klubben hver mandag",
    "Ændres": "Spiser frokost sammen med sin makker",
    "Stopper": "Holder ugentlig samtale i biblioteket",
}
POINTS = (
    "Velkomst", "Præsentationsrunde", "Formålet med mødet", "De konkrete indsatser", "Familiens oplevelse af mødet",
    "Afrunding",
)  # fmt: skip
INSTEAD = "Spiser frokost i klubben om onsdagen"


def look(page: Page, name: str) -> None:
    """Axe finds nothing, and nothing is wider than the screen, on the narrowest neither; a picture for who wants one."""
    page.wait_for_load_state("networkidle")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    for width in (DESKTOP, PHONE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (name, width)
        if PICTURES and width != NARROW:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": DESKTOP, "height": 900})


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def go(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def go_to(demo: Demo, page: Page, path: str, name: str) -> None:
    page.goto(f"{demo.url}{path}")
    go(page, name)


def write(page: Page, label: str, text: str) -> None:
    """Write in a field of the form and wait until it is saved."""
    field = page.locator("[data-field]", has=page.get_by_label(label, exact=True))
    box = field.get_by_label(label, exact=True)
    if box.evaluate("box => box.tagName") == "SELECT":
        box.select_option(text)
    else:
        box.fill(text)
    expect(field.locator("[data-saved]")).to_contain_text("Gemt kl.")


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def raise_by_name(demo: Demo, child: str, seen: str) -> tuple[Page, str]:
    """Erik raises a concern by name on his phone; return his page and the case code."""
    erik = demo.page("erik", "/bekymringer/ny/", PHONE, 844)
    erik.get_by_text("Et barn eller en ung, med navn").click()
    erik.get_by_label("Barnets navn").first.fill(child)
    erik.get_by_label("Fødselsdag").first.fill(day(-365 * 12))
    erik.get_by_label("Hvad har du selv set eller hørt?").fill(seen)
    erik.locator("label", has_text=re.compile("^Bekymret")).click()
    press(erik, "Send bekymringen")
    expect(erik.get_by_text("Bekymringen er sendt.")).to_be_visible()
    erik.set_viewport_size({"width": DESKTOP, "height": 900})
    code = re.search(r"/bekymringer/(\d+-\d+)/", erik.url)
    assert code is not None
    return erik, code[1]


def anna_lets_erik_in(demo: Demo, code: str) -> None:
    """Anna takes the case, writes the parents on the child's record, and lets Erik work on it by name."""
    anna = demo.page("anna", "/bekymringer/")
    go(anna, f"Sag {code}")
    press(anna, "Jeg tager den")
    go(anna, "Barn, samtykke og team")
    anna.get_by_role("link", name=CHILD).click()
    for name in (MOTHER, FATHER):
        go(anna, "Skriv en voksen på")
        anna.get_by_label("Navn", exact=True).fill(name)
        anna.get_by_label("Forhold til barnet").select_option(label="Har forældremyndighed")
        press(anna, "Gem")
        expect(anna.get_by_role("link", name=f"Ret {name}")).to_be_visible()
    anna.goto(f"{demo.url}/bekymringer/{code}/barn/")
    go(anna, "Tag en med i teamet")
    anna.get_by_label("Navn, stilling eller sted").fill("Erik")
    press(anna, "Find")
    go(anna, "Erik")
    anna.get_by_label("Forældrene er med").check()
    anna.get_by_label("Familien er med i samarbejdet", exact=False).check()
    anna.get_by_label("Hvad skal personen hjælpe med?").fill("Kalde sammen til et netværksmøde.")
    anna.get_by_label("Hvorfor er det nødvendigt", exact=False).fill(
        "Erik er trivselsperson på barnets skole."
    )
    anna.get_by_label("Formål").select_option(label="Trivsel")
    press(anna, "Videre")
    expect(anna.get_by_role("heading", name="Før du gemmer")).to_be_visible()
    press(anna, "Ja, tag med i teamet")
    expect(anna.get_by_text("Erik er nu med i sagens team.")).to_be_visible()
    anna.close()


def test_journey_b(demo: Demo) -> None:
    erik, code = raise_by_name(demo, CHILD, "Hun har isoleret sig i tre uger.")
    anna_lets_erik_in(demo, code)
    at = the_calling(demo, erik, code)
    mother = the_mothers_link(demo, erik, at)
    the_first_meeting(erik, at)
    the_experience_and_the_approval(erik, mother, at)
    the_follow_up(demo, erik, code)


def the_calling(demo: Demo, erik: Page, code: str) -> str:
    """Take every step of the calling; the authority is missing until Dina is asked. Return where the meeting is."""
    erik.goto(f"{demo.url}/bekymringer/{code}/")
    go(erik, "Indkald til netværksmøde")
    press(erik, "Begynd")
    expect(erik.get_by_role("heading", name="Kendt eller ukendt sag", level=1)).to_be_visible()
    at = erik.url.removesuffix("trin/sagen/")
    erik.get_by_label("Nej, det er en ukendt sag").check()
    press(erik, "Gem og gå videre")
    expect(erik.get_by_text("Myndighedens rådgiver skal være med på et netværksmøde.")).to_be_visible()
    press(erik, "Hold et udviklingsmøde i stedet")
    expect(erik.get_by_text(f"Udviklingsmøde, Sag {code} · Trin 2 af 7")).to_be_visible()
    press(erik, "Hold et netværksmøde i stedet")
    go(erik, "Gå videre")
    leader_time_and_ground(erik, days=1)
    erik.get_by_label(MOTHER).check()
    erik.get_by_label(FATHER).check()
    press(erik, "Gem familien")
    expect(erik.get_by_text("Har ikke fået besked endnu:")).to_be_visible()
    erik.get_by_label("Familien har fået besked den").fill(day(0))
    press(erik, "Gem og gå videre")
    the_authority_is_asked(erik)
    press(erik, "Indkald 2 fagfolk")
    expect(erik.get_by_text("Indkaldt. 2 mails er på vej.")).to_be_visible()
    expect(erik.get_by_role("main")).to_contain_text(re.compile(".*".join(POINTS), re.DOTALL))
    return at


def leader_time_and_ground(erik: Page, *, days: int) -> None:
    """Take the three steps between the professionals and the family."""
    erik.get_by_label("Talt med den pædagogiske leder den").fill(day(0))
    press(erik, "Gem og gå videre")
    erik.get_by_label("Dag", exact=True).fill(day(days))
    erik.get_by_label("Begynder kl.").fill("14:00")
    erik.get_by_label("Slutter kl.").fill("15:00")
    erik.get_by_label("Sted").fill("Vester Skole, lokale 3")
    press(erik, "Gem og gå videre")
    erik.get_by_label("Hvad vil I opnå med mødet?").fill("At finde ro i hverdagen.")
    erik.get_by_label("Hvorfor er det nødvendigt", exact=False).fill("Forældrene skal kunne handle.")
    press(erik, "Se, hvem der får adgang")
    expect(erik.get_by_role("heading", name="Før du gemmer")).to_be_visible()
    erik.get_by_role("status").get_by_role("button", name="Gem og gå videre").click()


def the_authority_is_asked(erik: Page) -> None:
    """The last step says that the authority lacks; with Dina on, the family is told once more who comes."""
    lacks = "Myndighedens rådgiver mangler. Bed en med, eller hold et udviklingsmøde i stedet."
    expect(erik.get_by_text(lacks)).to_be_visible()
    expect(erik.get_by_role("button", name=re.compile("^Indkald "))).to_have_count(0)
    go(erik, "Ret det")
    erik.get_by_label("Bed en fagperson om at komme").select_option(label="Dina, Familiegruppen")
    press(erik, "Sæt på")
    expect(erik.get_by_text("Myndigheden er med, som den altid er på et netværksmøde.")).to_be_visible()
    look(erik, "trin-deltagere")
    erik.get_by_role("navigation", name="Trin i indkaldelsen").get_by_role(
        "link", name=re.compile("Familien")
    ).click()
    expect(erik.get_by_role("listitem").filter(has_text="Dina, Familiegruppen")).to_be_visible()
    look(erik, "trin-familien")
    erik.get_by_label("Familien har fået besked den").fill(day(0))
    press(erik, "Gem og gå videre")
    look(erik, "trin-indkald")


def the_mothers_link(demo: Demo, erik: Page, at: str) -> Page:
    """Dina says that she comes; Erik shows the links; behind the mother's stand time, place and where people work."""
    dina = demo.page("dina", at.removeprefix(demo.url))
    dina.get_by_label("Jeg kommer", exact=True).check()
    press(dina, "Gem mit svar")
    expect(dina.get_by_text("Dit svar er gemt.")).to_be_visible()
    assert CHILD not in dina.content()
    dina.close()
    go(erik, "Links til familien")
    press(erik, "Vis links")
    link = erik.get_by_label(f"Link til {MOTHER}").input_value()
    mother = demo.stranger().new_page()
    mother.goto(link)
    expect(mother.get_by_text("Vester Skole, lokale 3")).to_be_visible()
    for secret in (CHILD, MOTHER, "Erik", "Dina", "isoleret"):
        assert secret not in mother.content()
    mother.get_by_role("textbox").fill("Kommer læreren også?")
    mother.get_by_role("button", name="Send").click()
    expect(mother.get_by_text("Tak. Vi har fået det.")).to_be_visible()
    look(mother, "familie")
    return mother


def the_first_meeting(erik: Page, at: str) -> None:
    erik.goto(at)
    expect(erik.get_by_text("Kommer læreren også?")).to_be_visible()
    look(erik, "foer")
    go(erik, "Begynd mødet")
    for box in erik.get_by_role("checkbox").all():
        box.check()
    erik.get_by_label("Dina (Familiegruppen)").uncheck()
    press(erik, "Begynd mødet")
    missing = "Myndighedens rådgiver er her ikke. Vent, eller hold mødet som udviklingsmøde."
    expect(erik.get_by_text(missing)).to_be_visible()
    expect(erik.get_by_label("Hold mødet som udviklingsmøde, uden myndigheden")).to_be_visible()
    erik.get_by_label("Dina (Familiegruppen)").check()
    look(erik, "begynd")
    held: list[Route] = []
    erik.route("**/network*.js", lambda route: route.continue_() if held else held.append(route))
    erik.get_by_role("button", name="Begynd mødet").click(no_wait_after=True)
    expect(erik.get_by_text(CHILD)).to_be_visible()
    erik.get_by_label("Baggrund for mødet", exact=True).fill("Hun er ked af det.")  # on a slow line
    while not held:
        erik.wait_for_timeout(50)
    held[0].continue_()
    expect(erik.locator("[data-field=baggrund] [data-saved]")).to_contain_text("Gemt kl.")
    erik.unroute_all()
    write(erik, "Formål med mødet", "Ro i hverdagen.")
    write(erik, "Barnets eget syn på sagen", "Hun vil gerne i klub.")
    for number, words in enumerate(CHOSEN.values()):
        if number:
            erik.get_by_text("Skriv en indsats", exact=True).click()
        erik.get_by_label("Hvad skal der gøres?").fill(words)
        erik.get_by_label("Hvem har ansvaret?").select_option(label="Erik")
        erik.get_by_label("Frist", exact=True).fill(day(14 + number))
        press(erik, "Tilføj indsatsen")
        expect(erik.get_by_text(words)).to_be_visible()
    look(erik, "under")


def the_experience_and_the_approval(erik: Page, mother: Page, at: str) -> None:
    """The minutes wait for the family's own words; the mother writes them behind her link."""
    press(erik, "Gem og afslut mødet")
    expect(erik.get_by_text("Skriv familiens oplevelse af mødet. Familien var med.")).to_be_visible()
    mother.reload()
    mother.get_by_role("textbox").fill("Det var rart, at nogen spurgte.")
    mother.get_by_role("button", name="Send").click()
    expect(mother.get_by_text("Tak. Vi har fået det.")).to_be_visible()
    erik.reload()
    expect(erik.get_by_text("Det var rart, at nogen spurgte.")).to_be_visible()
    look(erik, "efter")
    press(erik, "Godkend referatet")
    expect(erik.get_by_text("Referatet er godkendt.")).to_be_visible()


def the_follow_up(demo: Demo, erik: Page, code: str) -> None:
    """The same people meet again: one effort goes on, one is changed, one stops; then Anna ends the case."""
    press(erik, "Lav det opfølgende møde")
    expect(erik.get_by_text("Det opfølgende møde er lagt klar med de samme deltagere.")).to_be_visible()
    at = erik.url.removesuffix("trin/sagen/")
    press(erik, "Gem og gå videre")
    go(erik, "Gå videre")
    leader_time_and_ground(erik, days=30)
    erik.get_by_label("Familien har fået besked den").fill(day(0))
    press(erik, "Gem og gå videre")
    press(erik, "Indkald 2 fagfolk")
    go(erik, "Begynd mødet")
    for box in erik.get_by_role("checkbox").all():
        box.check()
    press(erik, "Begynd mødet")
    expect(erik.get_by_text(CHILD)).to_be_visible()
    for choice, words in CHOSEN.items():
        row = erik.get_by_role("listitem").filter(has_text=words)
        row.get_by_role("button", name=re.compile("^Vælg")).click()
        erik.get_by_role("radio", name=choice).check()
        if choice != "Fortsætter":
            press(erik, "Gem valget")
            expect(erik.get_by_text("Skriv hvorfor.").first).to_be_visible()
            erik.get_by_label("Begrundelse").fill("Hun vil hellere noget andet.")
        if choice == "Ændres":
            press(erik, "Gem valget")
            expect(erik.get_by_text("Skriv, hvad der skal gøres i stedet.").first).to_be_visible()
            erik.get_by_label("Ændres den: hvad skal der gøres i stedet?").fill(INSTEAD)
            erik.get_by_label("Frist").fill(day(40))
        press(erik, "Gem valget")
        expect(row.get_by_text(choice, exact=True)).to_be_visible()
    look(erik, "opfoelgning")
    write(erik, "Barnets eget syn på sagen", "Klubben er sjov.")
    write(erik, "Familiens oplevelse af mødet", "Vi kan se, at det går bedre.")
    write(erik, "Hvad sker der nu?", "Vi afslutter")
    press(erik, "Gem og afslut mødet")
    press(erik, "Godkend referatet")
    expect(erik.get_by_text("Referatet er godkendt.")).to_be_visible()
    expect(erik.get_by_role("main").get_by_text(INSTEAD)).to_be_visible()
    anna = demo.page("anna", at.removeprefix(demo.url) + "efter/")
    go(anna, "Afslut sagen")
    anna.get_by_label("Hvordan endte det?").fill("Hun går i klub og er med igen.")
    press(anna, "Afslut sagen")
    expect(anna.get_by_text(f"Sag {code} er afsluttet.")).to_be_visible()
    go(anna, f"Til Sag {code}")
    expect(anna.get_by_text("Afsluttet", exact=True).first).to_be_visible()
    expect(anna.get_by_text("Hun går i klub og er med igen.")).to_be_visible()


def test_journey_e_nothing_reaches_a_family_under_suspicion(demo: Demo) -> None:
    """The demo's held meeting: the mother has a link, the chair may release, until somebody in the family is suspected."""
    at = f"/netvaerksmoeder/{demo.places['network']}/"
    erik = demo.page("erik", f"{at}efter/")
    case = erik.get_by_role("main").get_by_role("link", name=re.compile("^Til Sag ")).get_attribute("href")
    following = erik.get_by_role("link", name="Til det opfølgende møde").get_attribute("href")
    go(erik, "Links til familien")
    press(erik, "Vis links")
    link = erik.get_by_label("Link til Signe Testrup").input_value()
    mother = demo.stranger().new_page()
    mother.goto(link)
    expect(mother.get_by_role("button", name="Send")).to_be_visible()
    go_to(demo, erik, f"{at}efter/", "Frigiv til familien")
    expect(erik.get_by_label("Det må familien læse")).to_be_visible()

    suspect(demo, case, on=True)
    mother.reload()
    expect(mother.get_by_role("heading", name="Linket virker ikke")).to_be_visible()
    assert "Testrup" not in mother.content()
    look(mother, "familie-lukket")
    for way in (
        f"{following}trin/sagen/",
        f"{following}trin/familien/",
        f"{following}trin/indkald/",
        f"{at}familien/",
    ):
        erik.goto(f"{demo.url}{way}")
        expect(erik.get_by_text(NOTHING).first).to_be_visible()
        for prompt in ("Fortæl familien", "Har ikke fået besked", "Vis links", "Indkald 2 fagfolk"):
            expect(erik.get_by_text(prompt)).to_have_count(0)
    look(erik, "links-nej")
    erik.goto(f"{demo.url}{at}efter/")
    expect(erik.get_by_text("Huskeliste til mødelederen")).to_have_count(0)
    look(erik, "efter-lukket")
    go(erik, "Frigiv til familien")
    expect(
        erik.get_by_text("Der er mistanke mod familien. Intet frigives, før myndigheden siger til.")
    ).to_be_visible()
    expect(erik.get_by_role("button", name="Frigiv")).to_have_count(0)
    look(erik, "frigiv-nej")
    erik.goto(f"{demo.url}{case}")
    expect(erik.get_by_role("link", name="Indkald til netværksmøde")).to_have_count(0)
    expect(erik.get_by_text("familien får intet at vide, før myndigheden siger til")).to_be_visible()

    suspect(demo, case, on=False)
    mother.reload()
    expect(mother.get_by_role("button", name="Send")).to_be_visible()


def suspect(demo: Demo, case: str | None, *, on: bool) -> None:
    """Anna lays the suspicion on the case, or takes it off again."""
    anna = demo.page("anna", str(case))
    go(anna, "Ret oplysningerne")
    anna.get_by_role("checkbox", name="Mistanke om vold i familien").set_checked(on)
    press(anna, "Gem oplysningerne")
    expect(anna.get_by_text("Oplysningerne er rettet.")).to_be_visible()
    anna.close()
