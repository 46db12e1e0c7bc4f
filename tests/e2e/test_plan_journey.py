"""A plan around a child in the browser: something is agreed, its holder finds it by code, and nobody else does."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Demo

pytestmark = pytest.mark.e2e
WORDS = "Låner Alma nøglen til billedkunst i middagspausen."


def test_from_the_plan_to_who_does_it(demo: Demo) -> None:
    plan = f"/indsatsaftaler/{demo.places['plan']}/"
    page = demo.page("anna", plan)
    page.get_by_role("link", name="Tilføj en indsats").click()
    page.get_by_label("Hvad skal ske?").fill(WORDS)
    page.get_by_label("Hvem gør det?").select_option(label="Bo (Vester Skole)")
    page.get_by_role("button", name="Tilføj indsatsen").click()
    made = page.get_by_role("link", name=WORDS, exact=True)
    expect(made).to_be_visible()
    its_page = made.get_attribute("href")
    page.get_by_role("link", name="Skriv et tal").click()
    page.get_by_label("Familien").check()
    page.get_by_label("Hvor er I nu?").select_option("7")
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_text("Tallet er skrevet ned.")).to_be_visible()
    page.close()

    phone = demo.page("bo", "/aftaler/?vis=later", PHONE, 844)
    assert WORDS not in phone.content()
    phone.locator(f'main a[href="{its_page}"]', has_text="Sag ").first.click()
    expect(phone.get_by_text(WORDS)).to_be_visible()
    assert "Sag " in phone.title()
    address = phone.url.removeprefix(demo.url)
    phone.get_by_label("Hvordan går det?").fill("Nøglen ligger klar.")
    phone.get_by_role("button", name="Gem status").click()
    expect(phone.get_by_text("Nøglen ligger klar.")).to_be_visible()
    phone.close()

    for name in ("carla", "hans", "ida"):
        page = demo.page(name, address)
        expect(page.get_by_text(WORDS)).to_have_count(0)
        answer = page.goto(f"{demo.url}{plan}")
        assert answer is not None
        assert answer.status == 404
        page.close()
