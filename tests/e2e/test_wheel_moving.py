"""Meetings moved in the wheel and in the calendar, by mouse and by keyboard: clashes first, then the move, then undone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, Demo
from tests.e2e.test_axe import violations

pytestmark = pytest.mark.e2e

PANEL = "[data-moving]"


def drag(page: Page, what: Locator, x: float, y: float) -> None:
    """Take hold of something in its middle and let go of it so far from there."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box is not None
    here = box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 8)
    page.mouse.move(*here)
    page.mouse.down()
    page.mouse.move(here[0] + x, here[1] + y, steps=6)
    page.mouse.up()


def planned_mark(page: Page) -> Locator:
    """A meeting of one forum on the wheel that is still to come."""
    return page.locator("svg.th-wheel a[href*='moede/']").filter(has=page.locator("circle:not(.held)")).first


def test_a_meeting_is_dragged_around_the_wheel_and_put_back(
    demo: Demo, complaints: Callable[[Page], list[str]]
) -> None:
    page = demo.page("anna", "/aarshjul/")
    heard = complaints(page)
    mark = planned_mark(page)
    drag(page, mark.locator("circle"), -8, 30)
    expect(page.locator(PANEL)).to_be_visible()
    expect(page.locator("[data-go]")).to_be_focused()
    expect(mark).to_have_attribute("transform", re.compile(r"rotate\([1-9]"))
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).to_be_hidden()
    expect(mark).to_be_focused()
    assert page.url.endswith("/aarshjul/")
    assert heard == []
    page.close()


def test_a_meeting_is_moved_and_moved_back_by_keyboard(demo: Demo) -> None:
    page = demo.page("anna", "/aarshjul/")
    mark = planned_mark(page)
    before = mark.text_content()
    mark.focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-told]")).to_contain_text(re.compile("kl"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-go]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Ingen får besked, før du offentliggør")
    page.get_by_role("button", name=re.compile("Fortryd flytningen")).click()
    expect(page.get_by_role("main")).to_contain_text("er flyttet tilbage")
    assert planned_mark(page).text_content() == before
    page.close()


def test_a_meeting_is_dragged_to_another_day_of_the_calendar(demo: Demo) -> None:
    page = demo.page("anna", "/aarshjul/")
    page.goto(f"{demo.url}{_month_of(planned_mark(page))}")
    item = page.locator("li[data-move]").first
    cell = page.locator("td[data-day]").first.bounding_box()
    assert cell is not None
    drag(page, item, cell["width"], 0)
    expect(page.locator("[data-go]")).to_be_focused()
    expect(page.locator(".th-cal-over")).to_have_count(1)
    assert violations(page) == []
    page.get_by_role("button", name="Fortryd", exact=True).click()
    expect(page.locator(PANEL)).to_be_hidden()
    page.close()


def _month_of(mark: Locator) -> str:
    """The calendar of the month that a mark names: "1. december kl. 13.00: …"."""
    months = "januar februar marts april maj juni juli august september oktober november december".split()
    month = next(n for n, each in enumerate(months, 1) if each in (mark.text_content() or ""))
    year = mark.page.locator("svg.th-wheel").get_attribute("data-year") or ""
    first = int(year[:4])
    return f"/aarshjul/kalender/?maaned={first if month >= 8 else first + 1}-{month:02d}"


def test_who_does_not_plan_moves_nothing(demo: Demo) -> None:
    page = demo.page("bo", "/aarshjul/")
    assert page.locator(PANEL).count() == 0
    assert page.locator("script[src*='move']").count() == 0
    page.close()


def test_the_form_of_a_rule_asks_for_what_its_rhythm_needs(demo: Demo) -> None:
    page = demo.page("anna", "/aarshjul/regler/", PHONE)
    page.get_by_role("link", name="Trivselsnetværk Øster", exact=True).click()
    month, count = page.get_by_label("august", exact=True).first, page.get_by_label("Antal", exact=True)
    expect(count).to_be_visible()
    expect(month).to_be_hidden()
    page.get_by_label("Én gang i hver af disse måneder").check()
    expect(month).to_be_visible()
    expect(count).to_be_hidden()
    page.get_by_label("Planlægges ikke i årshjulet").check()
    expect(month).to_be_hidden()
    page.get_by_label("Et antal gange").check()
    count.fill("99")
    page.get_by_label("Én gang i hver af disse måneder").check()
    page.get_by_role("button", name="Gem reglen").click()
    expect(count).to_be_visible()  # what is wrong is seen, needed or not
    expect(count).to_have_attribute("aria-invalid", "true")
    page.close()
