"""Measure the demo's pages: answer time, queries, size of the HTML, and a first visit.

Walks from Min dag as the convener, one page of each kind, without changing anything. Milliseconds differ from machine
to machine, so each page is also told as a ratio to a bare page behind login, measured in the same run. Exits 1 when a
budget that is the same everywhere is broken: queries, bytes, requests.
"""

import gzip
import logging
import os
import re
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
SETUP = os.environ.get("SETUP") or "demo"
os.environ.setdefault("TOVHOLDER_MODE", "demo")
os.environ.setdefault("DATABASE_URL", f"sqlite:///var/{SETUP}.sqlite3")
os.environ.setdefault("MEDIA_ROOT", f"var/media-{SETUP}")

import prepare  # noqa: E402  (in scripts; reads the environment set above)
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import Resolver404, resolve, reverse  # noqa: E402

MAX_MILLISECONDS, MAX_QUERIES, MAX_HTML = 200, 12, 30_000
MAX_REQUESTS, MAX_FIRST_VISIT = 12, 260_000
REPEATS, MAX_PAGES = 5, 80
# The frame, a form and nothing else.
BARE = "account_change_password"
# What people wait for most; told first.
MOST_USED = ("insights:my_day", "meetings:list", "meetings:before", "insights:forum", "plans:mine")
LINK = re.compile(r"<a\b[^>]*\bhref=\"(/[^\"#]*)")
ASSET = re.compile(r"<(?:link|script|img|use)\b[^>]*\b(?:href|src)=\"(/static/[^\"#]+)")


@dataclass(frozen=True)
class Page:
    kind: str
    path: str
    milliseconds: float
    queries: int
    bytes: int

    @property
    def over(self) -> bool:
        return self.queries > MAX_QUERIES or self.bytes > MAX_HTML


def main() -> int:
    prepare.main(SETUP)
    logging.disable(logging.WARNING)
    with transaction.atomic():
        result = measure_all()
        transaction.set_rollback(True)  # not even that somebody was here stays behind
    return result


def measure_all() -> int:
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_ENCODING="gzip")
    convener = get_user_model().objects.filter(role_grants__role="consultant").order_by("pk").first()
    if convener is None:
        print("No convener in this database; nothing to measure.")
        return 1
    client.force_login(convener)
    bare = measure(client, BARE, reverse(BARE))
    pages = walk(client)
    requests, visit = first_visit(client)
    return report(bare, pages, requests, visit)


def report(bare: Page, pages: list[Page], requests: int, visit: int) -> int:
    print(f"{'page':44} {'ms':>6} {'ratio':>6} {'queries':>8} {'bytes':>7}")
    for page in [bare, *sorted(pages, key=lambda each: (each.kind not in MOST_USED, -each.milliseconds))]:
        ratio = page.milliseconds / bare.milliseconds
        marks = ("  SLOW" if page.milliseconds > MAX_MILLISECONDS else "") + ("  OVER" if page.over else "")
        print(f"{page.kind:44} {page.milliseconds:6.0f} {ratio:6.1f} {page.queries:8} {page.bytes:7}{marks}")
    too_heavy = requests > MAX_REQUESTS or visit > MAX_FIRST_VISIT
    print(f"\nFirst visit, fonts aside: {requests} requests, {visit} bytes{'  OVER' if too_heavy else ''}")
    print(
        f"Budgets: {MAX_QUERIES} queries and {MAX_HTML} bytes a page, {MAX_MILLISECONDS} ms as a mark;",
        end=" ",
    )
    print(f"{MAX_REQUESTS} requests and {MAX_FIRST_VISIT} bytes on a first visit")
    return 1 if too_heavy or any(page.over for page in pages) else 0


def walk(client: Client) -> list[Page]:
    """One page of each kind (name of address), breadth first."""
    waiting, seen, pages = ["/"], set(), []
    while waiting and len(pages) < MAX_PAGES:
        path = waiting.pop(0)
        kind = kind_of(path)
        if kind is None or kind in seen or "logout" in kind:
            continue
        seen.add(kind)
        response = client.get(path)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            pages.append(measure(client, kind, path))
            waiting += LINK.findall(html_of(response))
    return pages


def kind_of(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


def measure(client: Client, kind: str, path: str) -> Page:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - start) * 1000)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    return Page(kind, path, statistics.median(times), asked(queries), len(html_of(response).encode()))


def asked(queries: CaptureQueriesContext) -> int:
    """Queries as a user causes them: without the marks of the transaction that we measure in."""
    return sum(not each["sql"].startswith(("SAVEPOINT", "RELEASE")) for each in queries.captured_queries)


def html_of(response) -> str:  # type: ignore[no-untyped-def]
    body = response.content
    return (gzip.decompress(body) if response.get("Content-Encoding") == "gzip" else body).decode()


def first_visit(client: Client) -> tuple[int, int]:
    """Requests and bytes of the first page with what it names, as compressed on disk."""
    response = client.get("/")
    assets = set(ASSET.findall(html_of(response)))
    weight = sum(compressed_size(asset) for asset in assets)
    return 1 + len(assets), len(response.content) + weight


def compressed_size(address: str) -> int:
    path = Path(settings.STATIC_ROOT) / address.removeprefix(settings.STATIC_URL)
    best = next(p for p in (Path(f"{path}.br"), Path(f"{path}.gz"), path) if p.exists())
    return best.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
