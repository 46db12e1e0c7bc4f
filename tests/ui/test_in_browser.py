"""The gallery in a real browser: nothing for axe, nothing in the console, no sideways scrolling, the script's promises."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import CHROMIUM, MISSING

# Playwright runs a loop in this thread, and Django would refuse its database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.urls("tests.ui.urls"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=MISSING),
]


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": str(CHROMIUM), "args": ["--no-sandbox"]}


@pytest.fixture
def gallery(live_server, page, settings):
    settings.NAVIGATION = []
    settings.MY_FORUMS = settings.USER_LINE_PROVIDER = ""
    page.complaints = []
    page.on(
        "console", lambda message: page.complaints.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{live_server.url}/komponenter/")
    return page


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_gallery_is_accessible_and_fits(gallery, width):
    gallery.set_viewport_size({"width": width, "height": 900})
    found = [each["id"] for each in Axe().run(gallery).response["violations"]]
    assert found == []
    assert gallery.evaluate("document.documentElement.scrollWidth") <= width
    assert gallery.complaints == []


def test_typed_text_comes_back_and_can_be_dropped(gallery):
    gallery.fill("#id_ren-title", "En lang tekst")
    gallery.reload()
    assert gallery.input_value("#id_ren-title") == "En lang tekst"
    gallery.click("text=Fjern den igen")
    assert gallery.input_value("#id_ren-title") == ""
    gallery.reload()
    assert gallery.input_value("#id_ren-title") == ""


def test_dangerous_form_asks_once_and_escape_means_no(gallery):
    gallery.click("button:has-text('Gem')")
    expect(gallery.locator("dialog")).to_contain_text("Vil du slette emnet?")
    gallery.keyboard.press("Escape")
    expect(gallery.locator("dialog")).to_have_count(0)
    assert "?" not in gallery.url
    gallery.click("button:has-text('Gem')")
    gallery.click("text=Slet emnet")
    gallery.wait_for_url("**/komponenter/?*")


def test_errors_get_the_focus(gallery):
    assert gallery.evaluate("document.activeElement.classList.contains('th-errors')")


def test_phone_menu_opens_and_closes(gallery):
    gallery.set_viewport_size({"width": 390, "height": 800})
    gallery.click(".js-menu-open")
    expect(gallery.locator(".mobile-drawer")).to_be_visible()
    gallery.keyboard.press("Escape")
    gallery.locator(".mobile-drawer").wait_for(state="hidden")
