"""The pages about a concern's children, looked at: axe finds nothing, nothing scrolls sideways, all by keyboard."""

from __future__ import annotations

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from tests.concerns.child_world import SOFIE, CaseWorld, a_consent, make_case, sharing_kind
from tests.e2e.conftest import DESKTOP, NARROW, PHONE
from tovholder.access.sharing import Kind
from tovholder.accounts.models import User
from tovholder.citizens.models import Adult, Consent
from tovholder.concerns.models import CaseTeamMember

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
