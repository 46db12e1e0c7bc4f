"""What the browser tests stand on: Debian's chromium, and the demo municipality served as `make run` serves it.

`live_server` (pytest-django) is for journeys that begin in an empty database. `demo` is for looking at every page: a
database of its own, built once and served by gunicorn with compressed static files, so that what is measured is
what people get.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import CHROMIUM, MISSING
from tests.outbox.mail_server import free_port
from tests.workers import DEMO, group_of
from tovholder.accounts.models import User
from tovholder.demo.cast import MAIL_DOMAIN, PASSWORD

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 60
SLOWEST = 60_000  # of a page, in milliseconds, on a machine with other work to do
# COLUMNS: just wide enough for the columns beside the text, so the tightest place for them.
DESKTOP, PHONE, NARROW, COLUMNS = 1280, 390, 320, 1120

# A click does not wait for the page it leads to, and a loaded machine takes its time: every look waits this long.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser everything that needs one is left out, and says so; what shares the demo shares a worker."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        if "demo" in getattr(item, "fixturenames", ()) and group_of(item.nodeid) != DEMO:
            raise pytest.UsageError(f"{item.nodeid} uses the demo, so it is not APART in tests/workers.py")
        if item.get_closest_marker("e2e") and not CHROMIUM.exists():
            item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=da"]
    # Date fields speak the browser's own language: Danish where Debian's chromium-l10n is, else English.
    return {"executable_path": str(CHROMIUM), "args": flags, "env": {**os.environ, "LANGUAGE": "da"}}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "da-DK",
        "timezone_id": "Europe/Copenhagen",
        "reduced_motion": "reduce",
    }


@dataclass
class Demo:
    """The demo as it is served, and a logged-in browser for each persona."""

    url: str
    browser: Browser
    settings: dict[str, Any]
    log: Path
    places: dict[str, int | str]
    links: list[str]
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def as_(self, name: str) -> BrowserContext:
        """Return the persona's browser; the first time it logs in through the login page."""
        if name not in self.contexts:
            context = self.browser.new_context(**self.settings)
            context.set_default_timeout(SLOWEST)
            page = context.new_page()
            page.goto(f"{self.url}/konto/login/")
            page.fill("input[name=login]", f"{name}@{MAIL_DOMAIN}")
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(f"{self.url}/")
            page.close()
            self.contexts[name] = context
        return self.contexts[name]

    def stranger(self) -> BrowserContext:
        """Return a browser that nobody has logged in with, and that has no cache."""
        return self.browser.new_context(**self.settings)

    def page(self, name: str, path: str, width: int = DESKTOP, height: int = 900) -> Page:
        """Open a page as the persona at a width."""
        page = self.as_(name).new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{self.url}{path}")
        return page


@pytest.fixture(scope="session")
def demo_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Build the demo in a folder of its own, and serve it until the session ends."""
    folder = tmp_path_factory.mktemp("demo")
    port = free_port()
    url, log = f"http://127.0.0.1:{port}", folder / "server.log"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tovholder.config.settings",
        "TOVHOLDER_MODE": "demo",
        "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
        "MEDIA_ROOT": str(folder / "media"),
        "PUBLIC_URL": url,
        "EMAIL_HOST": "",
    }
    built = subprocess.run(
        [sys.executable, "tests/e2e/demo_world.py", str(folder / "places.json")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, f"The demo could not be built:\n{built.stdout}\n{built.stderr}"
    command = [sys.executable, "-m", "gunicorn", "tovholder.config.wsgi", "--bind", f"127.0.0.1:{port}",
               "--threads", "4", "--log-level", "warning", "--no-control-socket"]  # fmt: skip
    with log.open("ab") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        _wait_for(url, server, log)
        yield url, log, json.loads((folder / "places.json").read_text(encoding="utf-8"))
    finally:
        server.terminate()
        server.wait(15)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert server.poll() is None, f"The server died:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"The server did not come up:\n{log.read_text()}")


@pytest.fixture(scope="session")
def demo(
    demo_address: tuple[str, Path, dict[str, Any]], browser: Browser, browser_context_args: dict[str, Any]
) -> Iterator[Demo]:
    url, log, world = demo_address
    demo = Demo(url, browser, browser_context_args, log, world["places"], world["links"])
    yield demo
    for context in demo.contexts.values():
        context.close()


@pytest.fixture
def complaints() -> Callable[[Page], list[str]]:
    """Listen to a page: what the console, the content policy or a failed request says against it."""

    def listen(page: Page) -> list[str]:
        heard: list[str] = []
        page.on(
            "console", lambda said: heard.append(said.text) if said.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("requestfailed", lambda request: heard.append(f"{request.url}: {request.failure}"))
        return heard

    return listen


@pytest.fixture
def page_as(
    context: BrowserContext, live_server: Any, client_for: Callable[[User], Client]
) -> Callable[..., Page]:
    """Open a page of `live_server` as any user, without the way through the login page."""

    def opened(user: User, path: str = "/") -> Page:
        cookie = client_for(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}{path}")
        return page

    return opened
