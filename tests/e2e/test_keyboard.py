"""Journeys without a mouse: everything is reached by Tab, the focus is always seen, and nothing traps it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Demo

pytestmark = pytest.mark.e2e

MAX_TABS = 120
# What has the focus: where it is, whether it can be seen, and whether something marks it.
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const label = e.labels && e.labels[0];
  const marks = [style, getComputedStyle(e, '::before'), getComputedStyle(e, '::after')];
  if (label) marks.push(getComputedStyle(label), getComputedStyle(label, '::before'), getComputedStyle(label, '::after'));
  const marked = marks.some(s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none');
  const shown = (box.width > 1 && box.height > 1) || (label && label.getBoundingClientRect().width > 1);
  window.seenByTab = window.seenByTab || new Map();
  const again = window.seenByTab.has(e);
  window.seenByTab.set(e, true);
  return {html: e.outerHTML.slice(0, 120), marked, shown, again};
}"""
PAGES = (
    ("anna", "/"),
    ("anna", "/moeder/"),
    ("anna", "/moeder/{later}/"),
    ("anna", "/moeder/{under_way}/under/punkt/{item}/"),
    ("anna", "/moeder/{held}/efter/"),
    ("anna", "/moeder/nyt/"),
    ("anna", "/aftaler/"),
    ("anna", "/fora/{forum}/"),
    ("hans", "/opsaetning/"),
    ("lise", "/log/"),
)


@pytest.mark.parametrize(("who", "path"), PAGES, ids=lambda each: each)
def test_tab_goes_through_the_page_and_is_always_seen(demo: Demo, who: str, path: str) -> None:
    page = demo.page(who, path.format(**demo.places))
    unseen, count = [], 0
    for _ in range(MAX_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None or focused["again"]:
            break
        count += 1
        if not (focused["marked"] and focused["shown"]):
            unseen.append(focused["html"])
    page.close()
    assert count > 8, "the focus is caught"
    assert unseen == []


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what the selector names; the keyboard has no other way."""
    for _ in range(MAX_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_the_first_tab_leads_past_the_menu(demo: Demo) -> None:
    page = demo.page("anna", "/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Gå til sidens indhold")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.close()


def test_the_phone_menu_opens_holds_the_focus_and_gives_it_back(demo: Demo) -> None:
    page = demo.page("bo", "/", PHONE)
    tab_to(page, ".js-menu-open")
    page.keyboard.press("Enter")
    page.locator(".mobile-drawer").wait_for(state="visible")
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.mobile-drawer') !== null")
    page.keyboard.press("Escape")
    page.locator(".mobile-drawer").wait_for(state="hidden")
    expect(page.locator(".js-menu-open")).to_be_focused()
    page.close()


def test_answering_an_invitation(demo: Demo) -> None:
    page = demo.page("bo", "/moeder/{coming}/".format(**demo.places))
    tab_to(page, "main input[type=radio]")
    page.keyboard.press("Space")
    tab_to(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Dit svar er gemt")
    page.close()


def test_making_an_agreement(demo: Demo) -> None:
    page = demo.page("anna", "/aftaler/")
    tab_to(page, "main a[href='/aftaler/ny/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/aftaler/ny/")
    tab_to(page, "#id_what")
    page.keyboard.type("Skriv til klubben om fredagen")
    tab_to(page, "#id_forum")
    page.keyboard.press("ArrowDown")
    tab_to(page, "main form button[type=submit].button-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Skriv til klubben om fredagen")
    page.close()
