"""Pages that nobody comes to by links in an ordinary week: login's corners, the people after a meeting, an import under way.

Each is looked at by axe at every width, fits on a phone, and is walked by Tab. `SHOTS=folder` keeps a picture of each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, SLOWEST
from tests.e2e.test_axe import faults
from tests.e2e.test_keyboard import FOCUSED, MAX_TABS
from tests.factories import MeetingFactory, ParticipationFactory, make_user
from tests.login.conftest import PASSWORD, provider_address, set_up
from tovholder.accounts.models import Role, RoleGrant, User
from tovholder.imports import progress
from tovholder.imports.models import Batch, BatchStatus

__all__ = ["provider_address", "set_up"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def base(live_server: Any, settings: Any) -> Any:
    settings.PUBLIC_URL = live_server.url
    yield live_server.url
    cache.clear()


@pytest.fixture
def look(
    page: Page, base: str, complaints: Callable[[Page], list[str]], settings: Any
) -> Callable[..., None]:
    """Open an address, see its heading, and find nothing wrong: by axe, in width, by Tab."""
    page.set_default_timeout(SLOWEST)
    heard = complaints(page)

    def at(path: str, heading: str, *, name: str, status: int = 200) -> None:
        page.set_viewport_size({"width": DESKTOP, "height": 900})
        answer = page.goto(f"{base}{path}")
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        see(heading, name=name)

    def see(heading: str, *, name: str) -> None:
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        own = [
            each for each in heard if "status of 4" not in each
        ]  # the browser tells of the 403 and 429 we ask for
        assert faults(page, own) == [], name
        for width in (DESKTOP, PHONE):
            page.set_viewport_size({"width": width, "height": 900})
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
        assert unmarked(page) == [], name

    at.see = see  # type: ignore[attr-defined]
    return at


def unmarked(page: Page) -> list[str]:
    """Go through the page by Tab; return what had the focus without being seen."""
    found, count = [], 0
    for _ in range(MAX_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None or focused["again"]:
            break
        count += 1
        if not (focused["marked"] and focused["shown"]):
            found.append(focused["html"])
    return found if count else ["nothing can be reached"]


def carry(page: Page, base: str, client: Client) -> None:
    """Let the browser go on where a test client is logged in."""
    cookies = [{"name": name, "value": each.value, "url": base} for name, each in client.cookies.items()]
    page.context.add_cookies(cookies)  # type: ignore[arg-type]


def as_user(page: Page, base: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    carry(page, base, client)


def test_the_corners_of_login(page: Page, base: str, look: Any, set_up: Any, settings: Any) -> None:
    set_up(roles={"SSP": (Role.CONSULTANT,)})
    look("/konto/login/kommunen/", "Log ind", name="kommunens-login")
    look("/konto/login/kommunen/svar/?error=access_denied&state=x", "Du er ikke logget ind", name="afvist", status=403)  # fmt: skip
    mona = make_user("Mona", "member", password=PASSWORD)
    as_user(page, base, make_user("Hans", Role.ADMINISTRATOR))
    look(f"/logins/{mona.pk}/", "Mona", name="administrators-syn")


def test_too_many_attempts(page: Page, base: str, look: Any) -> None:
    make_user("Mona", "member", password=PASSWORD)
    client = Client()
    for _ in range(40):
        answer = client.post("/konto/glemt/", {"email": "mona@vestby.example"})
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    page.goto(f"{base}/konto/glemt/")
    page.fill("input[name=email]", "mona@vestby.example")
    page.locator("main button[type=submit]").click()
    look.see("For mange forsøg", name="for-mange-forsoeg")


def test_the_right_people(page: Page, base: str, look: Any, anna: User, network: Any, personas: Any) -> None:
    meeting = MeetingFactory(lead_forum=network, status="held", held_at=timezone.now())
    for name in ("bo", "carla", "dina", "erik"):
        ParticipationFactory(meeting=meeting, person=personas[name].person, attended=True)
    as_user(page, base, anna)
    look(f"/moeder/{meeting.pk}/efter/de-rigtige/", "Var de rigtige med?", name="de-rigtige")


def test_an_import_from_start_to_undone(page: Page, base: str, look: Any, hans: User) -> None:
    as_user(page, base, hans)
    now = timezone.now()
    counts = {"new": 12, "changed": 3, "same": 4985, "doubles": 0}

    def batch(status: str, **more: Any) -> Batch:
        return Batch.objects.create(
            kind="personer", uploaded_by=hans, counts=counts, status=status, started_at=now, **more
        )

    queued, running = batch(BatchStatus.QUEUED), batch(BatchStatus.RUNNING)
    progress.tell(running.pk, 3000, 5000)
    undoing = batch(BatchStatus.UNDOING, finished_at=now)
    stuck = batch(BatchStatus.RUNNING)
    Batch.objects.filter(pk=stuck.pk).update(started_at=now - timezone.timedelta(minutes=5))
    done = batch(BatchStatus.DONE, finished_at=now)
    undone = batch(BatchStatus.UNDONE, finished_at=now, undone_by=hans)
    failed = batch(BatchStatus.FAILED, finished_at=now, told="Intet er hentet ind. Noget blev ændret imens.")
    for name, found, heading in (
        ("import-venter", queued, "Henter personer ind"),
        ("import-i-gang", running, "Henter personer ind"),
        ("import-fortrydes", undoing, "Fortryder importen af personer"),
        ("import-gaaet-i-staa", stuck, "Henter personer ind"),
        ("import-hentet", done, "Personer: hentet ind"),
        ("import-fortrudt", undone, "Personer: fortrudt"),
        ("import-fejlet", failed, "Personer: ikke hentet ind"),
    ):
        look(reverse("imports:batch", args=[found.pk]), heading, name=name)


def test_the_log_with_a_filter(page: Page, base: str, look: Any, anna: User, network: Any) -> None:
    """A filter in which something was typed: kept out of the address, and there again after Back."""

    RoleGrant.objects.create(user=anna, role=Role.LOG_REVIEWER)
    as_user(page, base, anna)
    look("/log/", "Log", name="log")
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    page.get_by_label("Hvem").fill("Anna")
    page.get_by_label("Hvem").press("Enter")
    page.wait_for_url(lambda url: "soegt=" in url)
    assert "Anna" not in page.url
    expect(page.get_by_label("Hvem")).to_have_value("Anna")
    look.see("Log", name="log-filtreret")
    page.go_back()
    page.go_forward()
    expect(page.get_by_label("Hvem")).to_have_value("Anna")
