"""Logging in with more than a password, in a real browser: by passkey, and by app on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE
from tests.e2e.test_axe import faults
from tests.factories import make_user
from tests.login.conftest import PASSWORD, code_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def base(live_server: Any, settings: Any) -> Any:
    settings.SECOND_FACTOR_ROLES = ("all",)
    settings.PUBLIC_URL = live_server.url
    yield live_server.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, not to a number
    cache.clear()


@pytest.fixture
def look(page: Page, complaints: Callable[[Page], list[str]]) -> Callable[[str], None]:
    """Wait for the page with this heading, and find nothing wrong with it at any width."""
    heard = complaints(page)

    def at(heading: str) -> None:
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        size = page.viewport_size
        assert faults(page, heard) == []
        page.set_viewport_size(size)

    return at


def log_in(page: Page, base: str) -> None:
    page.goto(f"{base}/konto/login/")
    page.fill("input[name=login]", "mona@vestby.example")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Log ind", exact=True).click()


def log_out(page: Page, base: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{base}/")
    expect(page).to_have_url(re.compile("/konto/login/"))


def test_by_passkey_with_and_without_a_password(page: Page, base: str, look: Callable[[str], None]) -> None:
    make_user("Mona", "member", password=PASSWORD)
    page.context.new_cdp_session(page).send("WebAuthn.enable")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    authenticator = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def verified(whether: bool) -> None:
        device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": whether})

    log_in(page, base)
    look("Gør dit login sikkert")
    page.goto(f"{base}/moeder/")
    page.get_by_role("link", name="Lav en nøgle").click()
    look("Lav en nøgle")
    verified(False)  # the finger is not known
    page.get_by_role("button", name="Lav nøglen").click()
    expect(page.get_by_role("alert")).to_contain_text("Det lykkedes ikke")
    verified(True)
    page.get_by_label("Hvad skal den hedde?").fill("Arbejdscomputer")
    page.get_by_role("button", name="Lav nøglen").click()
    look("Nødkoder")
    page.get_by_role("link", name="Jeg har gemt koderne").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mona")
    page.goto(f"{base}/konto/sikkerhed/")
    look("Dit login")
    expect(page.locator("main")).to_contain_text("Arbejdscomputer")
    expect(page.locator("main")).to_contain_text("Chrome på Linux")

    log_out(page, base)  # with the key alone
    look("Log ind")
    page.get_by_role("button", name="Log ind med nøgle").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mona")

    log_out(page, base)  # with password, then the key
    log_in(page, base)
    look("Et trin mere")
    page.get_by_role("button", name="Brug din nøgle").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mona")

    log_out(page, base)  # with a key that does not know the finger
    verified(False)
    page.get_by_role("button", name="Log ind med nøgle").click()
    expect(page.get_by_role("alert")).to_contain_text("Det lykkedes ikke")
    verified(True)

    log_in(page, base)
    page.get_by_role("button", name="Brug din nøgle").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mona")
    page.goto(f"{base}/konto/sikkerhed/")
    page.get_by_role("link", name="Fjern Arbejdscomputer").click()
    look("Fjern nøglen")
    page.get_by_role("button", name="Fjern nøglen").click()
    look("Gør dit login sikkert")  # the last one is gone, and one is demanded


def test_by_app_on_a_phone(page: Page, base: str, look: Callable[[str], None]) -> None:
    make_user("Mona", "member", password=PASSWORD)
    page.set_viewport_size({"width": PHONE, "height": 844})
    log_in(page, base)
    page.get_by_role("link", name="Brug en app").click()
    look("Brug en app på telefonen")
    secret = page.locator(".th-secret").inner_text()
    page.get_by_label("Koden fra appen").fill("000000")
    page.get_by_role("button", name="Gem").click()
    look("Brug en app på telefonen")
    expect(page.locator(".th-errors")).to_contain_text("Koden passer ikke")
    assert page.locator(".th-secret").inner_text() == secret
    page.get_by_label("Koden fra appen").fill(code_of(secret))
    page.get_by_role("button", name="Gem").click()
    look("Nødkoder")
    emergency = page.locator(".th-codes code").first.inner_text()
    log_out(page, base)
    log_in(page, base)
    look("Et trin mere")
    page.get_by_label("Kode").fill(emergency)
    page.get_by_role("button", name="Log ind", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mona")
    for path, heading in (
        ("app/fjern/", "Fjern appen"),
        ("koder/", "Nødkoder"),
        ("koder/nye/", "Nye nødkoder"),
    ):
        page.goto(f"{base}/konto/sikkerhed/{path}")
        look(heading)
