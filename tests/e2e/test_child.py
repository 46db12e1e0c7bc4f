"""The pages about a concern's children, looked at: axe finds nothing, nothing scrolls sideways, all by keyboard."""

from __future__ import annotations

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from tests.concerns.child_world import SOFIE, CaseWorld, a_consent, make_case, make_triager, sharing_kind
from tests.e2e.conftest import DESKTOP, NARROW, PHONE
from tests.factories import DistrictFactory, SchoolFactory
from tovholder.access.sharing import Kind
from tovholder.accounts.models import User
from tovholder.citizens.models import Adult, Consent
from tovholder.concerns.models import CaseTeamMember, Concern
from tovholder.concerns.services import naming

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]
OPTIONS = {"resultTypes": ["violations"]}
PICTURES = os.environ.get("CHILD_PICTURES", "")


@pytest.fixture
def world(anna: User, erik: User, frida: User) -> CaseWorld:
    world = make_case(anna, erik, SOFIE, SOFIE)
    sharing_kind(frida.person.organisation, Kind.ASSOCIATION)
    a_consent(world, frida.person.organisation)
    return world


@pytest.fixture
def page(context: BrowserContext, live_server: Any, world: CaseWorld) -> Page:
    client = Client()
    client.force_login(world.anna)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    return context.new_page()


def look(page: Page, name: str) -> None:
    for width in (DESKTOP, PHONE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways at {width}"
        if PICTURES and width != NARROW:
            page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
    found = Axe().run(page, options=OPTIONS)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    page.set_viewport_size({"width": DESKTOP, "height": 900})


def test_every_page_is_for_everybody(page: Page, live_server: Any, world: CaseWorld, dina: User) -> None:
    consent, mother = Consent.objects.get(), Adult.objects.get()
    team = world.path().replace("/barn/", "/team/")
    paths = {
        "barn": world.path(), "et-barn": world.child_path(), "ret": world.child_path("ret"),
        "voksen": world.child_path("voksen", str(mother.pk)), "opslag": world.path("laeg-paa"),
        "nyt": world.path("nyt"), "samtykke": world.child_path("samtykke"),
        "traek": world.child_path("samtykke", str(consent.pk), "traek"),
        "formular": world.child_path("samtykke", str(consent.pk), "formular"),
        "saml": world.child_path("saml", world.links[1].child.code), "slet": world.child_path("slet"),
        "skriv-om": world.child_path("slet", world.concern.code), "oplysning": world.child_path("oplysning"),
        "adresse": world.child_path("adresse"), "find": f"{team}?q=din", "tag-med": f"{team}{dina.person.pk}/",
        "maa-vi-dele": "/maa-vi-dele/",
    }  # fmt: skip
    for name, path in paths.items():
        answer = page.goto(live_server.url + path)
        assert answer is not None
        assert answer.status == 200, path
        look(page, name)


def test_may_we_share_says_no_and_what_would_mend_it(page: Page, live_server: Any) -> None:
    page.goto(live_server.url + "/maa-vi-dele/")
    page.get_by_label("På hvilket grundlag?").select_option("rpl115")
    page.get_by_label("Vi kan skrive, hvorfor").check()
    page.get_by_label("Formålet med jeres egne ord").fill("forebygge hærværk")
    page.get_by_label("Barnets fødselsdag").fill("2012-03-04")
    page.get_by_label("Kommer som").nth(0).select_option("police")
    page.get_by_label("Kommer som").nth(1).select_option("association")
    page.get_by_label("Organisation", exact=True).nth(1).fill("Boldklubben")
    page.get_by_role("button", name="Må vi?").press("Enter")
    expect(page.get_by_role("heading", name="Nej, ikke endnu")).to_be_visible()
    expect(page.get_by_role("heading", name="Lad dem, der ikke er dækket, gå fra")).to_be_visible()
    look(page, "maa-vi-dele-nej")
    rows = page.get_by_label("Kommer som").count()
    page.get_by_role("button", name="Flere deltagere").click()
    expect(page.get_by_label("Kommer som").nth(rows)).to_be_visible()
    expect(page.get_by_text("Forening · Boldklubben", exact=True)).to_be_visible()
    page.get_by_role("button", name="Ret deltager 2").press("Enter")
    expect(page.get_by_label("Organisation", exact=True).nth(0)).to_have_value("Boldklubben")
    look(page, "maa-vi-dele-ret")


def test_a_seat_is_taken_by_keyboard(page: Page, live_server: Any, world: CaseWorld, dina: User) -> None:
    sharing_kind(dina.person.organisation, Kind.SOCIAL_AUTHORITY)
    page.goto(live_server.url + world.path().replace("/barn/", "/team/"))
    page.get_by_label("Navn, stilling eller sted").fill("Din")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Dina").press("Enter")
    page.get_by_label("Kriminalitetsforebyggende samarbejde").press("Space")
    page.get_by_label("Hvad skal personen hjælpe med?").fill("forebygge")
    page.get_by_label("Hvorfor er det nødvendigt").fill("skal kende navnet")
    page.get_by_role("button", name="Videre").press("Enter")
    expect(page.get_by_text("Dina får fra næste klik adgang til alt i sagen")).to_be_visible()
    look(page, "tag-med-ja")
    page.get_by_role("button", name="Ja, tag med i teamet").press("Enter")
    expect(page.get_by_text("Dina er nu med i sagens team.")).to_be_visible()
    assert CaseTeamMember.objects.get().person == dina.person


def test_who_gains_and_who_loses_is_said_before_it_is_saved(
    page: Page, live_server: Any, world: CaseWorld, frida: User
) -> None:
    """By keyboard alone: look, then save; and a text that could not be saved is given back."""
    consent = Consent.objects.get()
    naming.add_to_case_team(
        by=world.anna, concern=world.concern, person=frida.person, basis="consent", necessity="Kender hende"
    )
    page.goto(live_server.url + world.child_path("samtykke", str(consent.pk), "traek"))
    page.get_by_role("button", name="Se, hvem der mister adgang").press("Enter")
    told = page.locator("[data-foreseen]")
    expect(told).to_contain_text("Frida, Vestby Boldklub")
    expect(told).to_contain_text("Ser derefter intet.")
    look(page, "traek-set")
    assert CaseTeamMember.objects.filter(person=frida.person, until_at=None).exists()
    told.get_by_role("button", name="Træk samtykket tilbage").press("Enter")
    expect(page.get_by_text("Samtykket er trukket tilbage.").first).to_be_visible()
    assert not CaseTeamMember.objects.filter(person=frida.person, until_at=None).exists()
    page.goto(live_server.url + f"/bekymringer/{world.concern.code}/raad/")
    page.get_by_label("Råd").fill("Tal med hende hver dag.\nRing til mor.")
    Concern.objects.filter(pk=world.concern.pk).update(status="closed", ended_at=timezone.now())
    page.get_by_role("button", name="Gem rådet").press("Enter")
    expect(page.get_by_label("Teksten")).to_have_value("Tal med hende hver dag.\nRing til mor.")
    look(page, "givet-tilbage")


def test_a_consent_is_corrected_by_keyboard(page: Page, live_server: Any, world: CaseWorld) -> None:
    """The way from the child's page to the look, which has the focus, and on to the saving; nothing typed is lost."""
    page.goto(live_server.url + world.child_path())
    page.get_by_role("link", name="Ret samtykket").press("Enter")
    purpose = page.get_by_label("Hvad skal oplysningerne bruges til?")
    purpose.press("Control+A")
    purpose.press_sequentially("Finde en holdkammerat")
    page.get_by_role("button", name="Se, hvad der ændrer sig").press("Enter")
    told = page.locator("[data-foreseen]")
    expect(told).to_contain_text("Finde en holdkammerat")
    expect(told).to_be_focused()
    look(page, "ret-samtykke")
    told.focus()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Gem rettelsen")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Samtykket er rettet. I forløbet står, hvad der stod før.")).to_be_visible()
    expect(page.get_by_text("Finde en holdkammerat")).to_be_visible()


def test_who_can_see_a_new_concern_follows_the_choice(
    page: Page, live_server: Any, world: CaseWorld, dina: User
) -> None:
    east = DistrictFactory(key="oest", name="Øst")
    school = SchoolFactory(district=east, organisation__name="Østre Skole").organisation
    school.district = east
    school.save()
    make_triager(dina, east)
    page.goto(live_server.url + "/bekymringer/ny/")
    said = page.locator("[data-seen-by]")
    expect(page.get_by_role("button", name="Se svaret igen")).to_be_hidden()
    page.get_by_label("Hvad har du selv set eller hørt?").fill("Der er uro")
    page.get_by_label("Skole eller sted").select_option(label="Østre Skole")
    expect(said).to_contain_text("Dina")
    expect(said).to_contain_text("Øst")
    expect(page.get_by_label("Hvad har du selv set eller hørt?")).to_have_value("Der er uro")
    look(page, "rejs-oest")
