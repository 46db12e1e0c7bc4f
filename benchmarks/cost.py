"""Processor time of a page with a city's data, beside a bare page's: for a machine that is not quiet.

    .venv/bin/python benchmarks/cost.py --factor 1/100 --database postgresql

The pages and people of `load.py`, asked one after the other inside one process. Each request is asked several times, the
pages in turn, and its least time counts; a page's cost is the mean over its requests. PostgreSQL's own part is read from
the system (Linux). What gunicorn and the network cost is not in it: it is the same for every page.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import city

BARE = "bare page"
Cost = tuple[float, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--factor", type=Fraction, default=Fraction(1, 100), help="size of the city, 1 is the whole"
    )
    parser.add_argument("--database", default="postgresql", choices=["sqlite", "postgresql"])
    parser.add_argument("--requests", type=int, default=16, help="for each page")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--pages", nargs="+", default=[], help="only these, by their first letters")
    asked = parser.parse_args()
    city.ensure(asked.database, asked.factor)
    os.environ.update(city.environment(asked.database, asked.factor))
    visiting = [sys.executable, str(city.HERE / "visitors.py")]
    said = subprocess.run(visiting, check=True, cwd=city.ROOT, stdout=subprocess.PIPE, text=True)
    pages = {
        page: visits[: asked.requests]
        for page, visits in json.loads(said.stdout).items()
        if page == BARE or not asked.pages or page.startswith(tuple(asked.pages))
    }
    tell(measure(pages, asked.rounds))
    return 0


def measure(pages: dict[str, list[tuple[str, str]]], rounds: int) -> dict[str, list[Cost]]:
    """Return for each request of each page the least seconds of Python and of PostgreSQL."""
    sys.path.insert(0, str(city.ROOT))
    from django.core.wsgi import get_wsgi_application  # in the environment of the city

    application = get_wsgi_application()
    quiet()
    least: dict[str, list[Cost]] = {page: [(60.0, 60.0)] * len(visits) for page, visits in pages.items()}
    for turn in range(rounds + 1):
        for number in range(max(map(len, pages.values()))):
            for page, visits in pages.items():
                if number < len(visits):
                    cost = cost_of(application, *visits[number])
                    if turn:  # the first compiles templates and writes statements
                        known = least[page][number]
                        least[page][number] = (min(known[0], cost[0]), min(known[1], cost[1]))
    return least


def cost_of(application: Callable[..., Any], cookie: str, path: str) -> Cost:
    place, _, query = path.partition("?")
    request = {
        "REQUEST_METHOD": "GET", "PATH_INFO": place, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_COOKIE": f"sessionid={cookie}",
        "HTTP_ACCEPT_ENCODING": "gzip", "HTTP_ACCEPT": "text/html", "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http", "wsgi.multithread": True, "wsgi.multiprocess": True,
    }  # fmt: skip
    answered: list[str] = []
    since, since_database = time.process_time(), database_time()
    answer = application(request, lambda status, headers, fault=None: answered.append(status))
    b"".join(answer)
    answer.close()
    spent, spent_database = time.process_time() - since, database_time() - since_database
    if not answered[0].startswith("200"):
        raise AssertionError(f"{path}: {answered[0]}")
    return spent, spent_database if spent_database >= 0 else 60.0  # a new connection began


def database_time() -> float:
    """Return the processor seconds that PostgreSQL has spent on our connection; on SQLite they are our own."""
    from django.db import connection  # in the environment of the city

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    spent = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    return int(spent.split()[0]) / 1e9


def quiet() -> None:
    """Write log lines as a server does, but where nobody reads them."""
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # as long as the process
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(nowhere)


def tell(least: dict[str, list[Cost]]) -> None:
    mean = {
        page: [statistics.mean(part) * 1000 for part in zip(*costs, strict=True)]
        for page, costs in least.items()
    }
    bare = sum(mean[BARE])
    print(
        f"{'page':<16}{'Python ms':>10}{'PostgreSQL ms':>15}{'to bare':>9}   load average {os.getloadavg()[0]:.1f}"
    )
    for page, (python, database) in mean.items():
        print(f"{page:<16}{python:>10.1f}{database:>15.1f}{bare / (python + database):>9.2f}")


if __name__ == "__main__":
    sys.exit(main())
