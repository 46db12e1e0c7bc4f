"""Requests a second with ten years of a city's data, held against a bare page: `make load FACTOR=1`.

For each database a city (`city.py`) and a hundredth of it stand behind two servers: gunicorn, two workers, on loopback.
Without threads: a kept connection stays with the worker that took it, and four of them may lie three to one.
Logged-in people, Anna half of the time, ask for one kind of page after the other; a round of all pages is taken three
times, the two cities in turn, and the medians are told. The bare page lists 25 rows of a million with plain Django's
login, on the same servers. Access rules and log rows are on. A miss is told, and exits 0: the figures depend on how
quiet the machine is; ratios within one run less so.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count
from pathlib import Path
from threading import Thread

import city

ROOT = Path(__file__).resolve().parent.parent
HUNDREDTH = Fraction(1, 100)
ROUNDS, CONNECTIONS, WORKERS = 3, 4, 2
BARE = "bare page"
# Requests a second as a part of the bare page's, and p50 as a multiple of that at a hundredth of the data.
LEAST, LEAST_OF = 0.35, {"search": 0.25}
MOST_SLOWER = 1.3


@dataclass
class Server:
    """One city being served. `pages` holds for each page the requests, ready to be sent."""

    port: int
    pages: dict[str, list[bytes]]


@dataclass
class Result:
    """What was measured for one page on one city, one number for each round."""

    per_second: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.per_second)

    @property
    def milliseconds(self) -> float:
        return statistics.median(self.p50) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--factor", type=Fraction, default=HUNDREDTH, help="size of the city, 1 is the whole")
    parser.add_argument(
        "--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"]
    )
    parser.add_argument("--seconds", type=float, default=4.0, help="for each page in each round")
    parser.add_argument("--pages", nargs="+", default=[], help="only these, by their first letters")
    parser.add_argument(
        "--sealing", action="store_true", help="let the worker seal the log beside; tell if it keeps up"
    )
    asked = parser.parse_args()
    sizes = sorted({asked.factor, HUNDREDTH}, reverse=True)
    for vendor in asked.databases:
        for size in sizes:
            city.ensure(vendor, size)
        with served(vendor, sizes) as servers:
            if asked.sealing:
                with sealed_beside(vendor, asked.factor):
                    results = measure(servers, asked.seconds, asked.pages)
            else:
                results = measure(servers, asked.seconds, asked.pages)
            tell(vendor, sizes, results)
    return 0


@contextmanager
def sealed_beside(vendor: str, size: Fraction) -> Iterator[None]:
    """Run the worker meanwhile; tell how many rows of the log were written and how many sealed."""
    environment = city.environment(vendor, size)
    written, waiting, began = *log_of(environment), time.perf_counter()
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "run_worker"],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(60)
    lasted, (rows, left) = time.perf_counter() - began, log_of(environment)
    new = rows - written
    print(
        f"\nthe log in {lasted:.0f} s: {new:,} rows written ({new / lasted:.0f}/s), {waiting + new - left:,} sealed "
        f"({(waiting + new - left) / lasted:.0f}/s), {waiting:,} unsealed before and {left:,} after"
    )


def log_of(environment: dict[str, str]) -> tuple[int, int]:
    """Return how many rows the log has, and how many of them are in no sealed segment."""
    asking = "from tovholder.audit.models import Event, Unsealed; print(Event.objects.count(), Unsealed.objects.count())"
    said = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", asking],
        check=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    rows, unsealed = said.stdout.split()[-2:]
    return int(rows), int(unsealed)


@contextmanager
def served(vendor: str, sizes: list[Fraction]) -> Iterator[list[Server]]:
    running, servers = [], []
    try:
        for size in sizes:
            environment = city.environment(vendor, size)
            asking = [sys.executable, str(ROOT / "benchmarks" / "visitors.py")]
            said = subprocess.run(
                asking, check=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
            )
            port = free_port()
            running.append(start(port, environment))
            pages = {
                page: [request(port, cookie, path) for cookie, path in visits]
                for page, visits in json.loads(said.stdout).items()
            }
            servers.append(Server(port, pages))
            wait_for(port)
        yield servers
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)


def start(port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "gunicorn", "tovholder.config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers",
        str(WORKERS), "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    log = city.FOLDER / "load.log"
    with log.open("ab") as into:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=into, stderr=into)


def request(port: int, cookie: str, path: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: sessionid={cookie}\r\n"
        "Accept-Encoding: gzip\r\nAccept: text/html\r\n\r\n"
    ).encode()


def measure(servers: list[Server], seconds: float, wanted: list[str]) -> dict[str, list[Result]]:
    names = [
        page
        for page in servers[0].pages
        if page == BARE or not wanted or any(page.startswith(each) for each in wanted)
    ]
    results = {page: [Result() for _ in servers] for page in names}
    for page in names:
        for server in servers:
            run(server.port, server.pages[page], min(1.0, seconds))  # caches and compiled templates
    for _ in range(ROUNDS):
        for page in names:
            for server, result in zip(servers, results[page], strict=True):
                taken, lasted = run(server.port, server.pages[page], seconds)
                result.per_second.append(len(taken) / lasted)
                result.p50.append(statistics.median(taken))
    return results


def run(port: int, requests: list[bytes], seconds: float) -> tuple[list[float], float]:
    """Ask with a few connections at once until the time is up; return each answer's time, and how long it lasted."""
    taken: list[float] = []
    faults: list[BaseException] = []
    turn = count()
    begun = time.perf_counter()
    until = begun + seconds

    def visit() -> None:
        try:
            with Connection(port) as connection:
                while (since := time.perf_counter()) < until:
                    connection.get(requests[next(turn) % len(requests)])
                    taken.append(time.perf_counter() - since)
        except BaseException as fault:  # told by who started us
            faults.append(fault)

    visitors = [Thread(target=visit) for _ in range(CONNECTIONS)]
    for each in visitors:
        each.start()
    for each in visitors:
        each.join()
    if faults:
        raise faults[0]
    return taken, time.perf_counter() - begun


class Connection:
    """A kept-alive connection that costs the machine next to nothing."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = self._open()

    def _open(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *fault: object) -> None:
        self.socket.close()

    def get(self, request: bytes) -> bytes:
        """Send a request and return the whole answer. Raises AssertionError unless it is 200."""
        self.socket.sendall(request)
        answer = self.socket.recv(65536)
        while b"\r\n\r\n" not in answer:
            answer += self._more(request, answer)
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise AssertionError(f"{request.split()[1].decode()}: {head.splitlines()[0].decode()}")
        lower = head.lower()
        length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += self._more(request, body)
        if b"connection: close" in lower:
            self.socket.close()
            self.socket = self._open()
        return body

    def _more(self, request: bytes, so_far: bytes) -> bytes:
        more = self.socket.recv(65536)
        if not more:
            raise AssertionError(f"{request.split()[1].decode()}: closed after {len(so_far)} bytes")
        return more


def tell(vendor: str, sizes: list[Fraction], results: dict[str, list[Result]]) -> None:
    bare = results[BARE][0].rate
    small = len(sizes) - 1
    print(f"\n{vendor}, {sizes[0]} of the city; {WORKERS} workers, medians of {ROUNDS} rounds, load average "
          f"{os.getloadavg()[0]:.1f}")  # fmt: skip
    print(
        f"{'page':<16}{'requests/s':>11}{'to bare':>9}{'wanted':>8}{'p50 ms':>9}{'at 1/100':>10}{'times':>7}"
    )
    for page, each in results.items():
        ratio, slower = each[0].rate / bare, each[0].milliseconds / each[small].milliseconds
        wanted = LEAST_OF.get(page, LEAST)
        missed = page != BARE and (ratio < wanted or slower > MOST_SLOWER)
        print(f"{page:<16}{each[0].rate:>11.1f}{ratio:>9.2f}{'' if page == BARE else f'{wanted:.2f}':>8}"
              f"{each[0].milliseconds:>9.1f}{each[small].milliseconds:>10.1f}{slower:>7.2f}"
              f"{'  MISSED' if missed else ''}")  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
