"""A machine of its own to try faults on: database, gunicorn, worker and mail server, all of which can be killed.

The load writes through real HTTP and keeps a list of what was answered. What was answered must be there; what was not
may be there, once.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.outbox.mail_server import Inbox, free_port, mail_server

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a" * 32
LONG = 180.0  # a machine with other work to do


def wait(condition: Callable[[], Any], what: str, seconds: float = LONG) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"waited too long for {what}"
        time.sleep(0.03)


@dataclass
class Answered:
    """What the clients know: which writes they got an answer to, and how every other request ended."""

    agreements: list[str] = field(default_factory=list)
    relays: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return len(self.agreements) + len(self.relays) + len(self.texts)


class Machine:
    def __init__(self, folder: Path, database_url: str, inbox: Inbox, mail_port: int) -> None:
        self.folder, self.inbox, self.port = folder, inbox, free_port()
        self.code = ROOT
        self.processes: list[subprocess.Popen[bytes]] = []
        self.answered = Answered()
        self._ending = threading.Event()
        self._clients: list[threading.Thread] = []
        kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        self.environ = kept | {
            "TOVHOLDER_MODE": "development",
            "SECOND_FACTOR_ROLES": "none",
            "DATABASE_URL": database_url,
            "KEYS_DATABASE_URL": f"sqlite:///{folder}/keys.sqlite3",
            "MEDIA_ROOT": str(folder / "media"),
            "AUDIT_ANCHOR": str(folder / "anchors"),
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail_port),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }

    # ---- what runs
    def prepare(self) -> None:
        made = self.python("tests/faults/small_world.py")
        self.places = json.loads(made.splitlines()[-1])

    def python(self, *arguments: str, code: Path | None = None) -> str:
        ran = subprocess.run(
            [sys.executable, *arguments], cwd=code or self.code, env=self.environ, capture_output=True, text=True, check=False
        )  # fmt: skip
        assert ran.returncode == 0, f"{arguments}:\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
        return ran.stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=self.code, env=self.environ, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def start_web(self) -> subprocess.Popen[bytes]:
        command = ("-m", "gunicorn", "tovholder.config.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "2",
                         "--threads", "2", "--log-level", "critical", "--no-control-socket")  # fmt: skip
        started = [self.start(*command)]

        def is_up() -> bool:
            if started[-1].poll() is not None:  # a process of the one killed before still held the port
                started.append(self.start(*command))
            return self.answers("/healthz") and started[-1].poll() is None

        wait(is_up, "the web")
        return started[-1]

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start("manage.py", "run_worker", "--skip-checks")

    def children(self, process: subprocess.Popen[bytes]) -> list[int]:
        told = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        return [int(pid) for pid in told.read_text().split()] if told.exists() else []

    def kill_all_of(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9 the process and those it started, at once."""
        for pid in [process.pid, *self.children(process)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        process.wait()

    def stop(self) -> None:
        self.end_load()
        for process in self.processes:
            if process.poll() is None:
                self.kill_all_of(process)

    # ---- who uses it
    def begin_load(self, clients: int = 3) -> None:
        self._ending.clear()
        for number in range(clients):
            client = threading.Thread(target=self._client, args=(number, len(self._clients)), daemon=True)
            self._clients.append(client)
            client.start()

    def end_load(self) -> None:
        self._ending.set()
        for client in self._clients:
            client.join(LONG)

    def _client(self, number: int, serial: int) -> None:
        """Write, one thing after another. Only one client writes the minutes, as the lease would have it."""
        for turn in range(10**6):
            if self._ending.is_set():
                return
            name = f"{serial}-{turn}"
            if number == 0 and turn % 2:
                self._write_text(name)
            elif turn % 3 == 2:
                self._send_on(name)
            else:
                self._agree(name)

    def _agree(self, name: str) -> None:
        form = {"forum": self.places["forum"], "what": f"Aftale {name}", "responsible": self.places["anna"],
                "due_on": "2030-01-01", "level": "general"}  # fmt: skip
        if self.post("/aftaler/ny/", form) == 302:
            self.answered.agreements.append(f"Aftale {name}")

    def _send_on(self, name: str) -> None:
        form = {"heading": f"Sendt {name}", "text": "I generelle vendinger", "to_person": self.places["bo"]}
        if self.post(f"/moeder/forum/{self.places['forum']}/sendt/nyt/", form) == 302:
            self.answered.relays.append(f"Sendt {name}")

    def _write_text(self, name: str) -> None:
        place = f"/moeder/{self.places['meeting']}/under/punkt/{self.places['item']}/tekst/"
        status, said = self.ask("POST", place, {"text": f"Tekst {name}", "version": self.places.get("version", 0)},
                                {"Accept": "application/json"})  # fmt: skip
        if status in {200, 302} and said.startswith("{"):
            self.places["version"] = json.loads(said)["version"]
            self.answered.texts.append(f"Tekst {name}")
        elif status == 409:
            # The answer was lost, the text was not: take it as the page does, and go on from there.
            self.places["version"] = json.loads(said)["version"]
        self.answered.others[f"text {status}"] += 1

    def post(self, path: str, form: dict[str, Any]) -> int:
        status, _said = self.ask("POST", path, form)
        self.answered.others[str(status)] += 1
        if status == 0:
            time.sleep(0.02)
        return status

    def answers(self, path: str) -> bool:
        return self.ask("GET", path)[0] in {200, 302}

    def ask(
        self,
        method: str,
        path: str,
        form: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        """Status and body; 0 when the connection ended without an answer."""
        session = getattr(self, "places", {}).get("session", "")
        heads = {
            "Cookie": f"sessionid={session}; csrftoken={SECRET}",
            "Content-Type": "application/x-www-form-urlencoded",
            **(headers or {}),
        }
        body = urlencode({"csrfmiddlewaretoken": SECRET, **form}) if form else None
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, heads)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    # ---- what is to be found afterwards
    def facts(self) -> dict[str, Any]:
        """What the database holds, asked in a process of its own."""
        return dict(json.loads(self.python("tests/faults/facts.py", code=ROOT).splitlines()[-1]))


@contextlib.contextmanager
def machine(folder: Path, database_url: str) -> Iterator[Machine]:
    port = free_port()
    with mail_server(port) as inbox:
        made = Machine(folder, database_url, inbox, port)
        try:
            yield made
        finally:
            made.stop()


def check(made: Machine, facts: dict[str, Any]) -> list[str]:
    """Return what is lost, doubled or broken."""
    wrong = []
    for kind in ("agreements", "relays"):
        there, answered = Counter(facts[kind]), getattr(made.answered, kind)
        wrong += [f"lost: {what}" for what in answered if not there[what]]
        wrong += [f"doubled: {what}" for what, count in there.items() if count > 1]
    wrong += [f"no log line or more than one: {what}" for what in facts["badly_logged"]]
    wrong += [f"no mail or more than one: {what}" for what in facts["badly_mailed"]]
    if made.answered.texts and number(facts["text"]) < number(made.answered.texts[-1]):
        wrong.append(f"lost: {made.answered.texts[-1]}, there is {facts['text']!r}")
    arrived = Counter(made.inbox.ids)
    for message_id, status in facts["mails"].items():
        if status == "sent" and not arrived[message_id]:
            wrong.append(f"lost mail: {message_id}")
        if arrived[message_id] > 2:
            wrong.append(f"sent {arrived[message_id]} times: {message_id}")
    wrong += [f"a mail nobody queued: {message_id}" for message_id in set(arrived) - set(facts["mails"])]
    return wrong


def number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.removeprefix("Tekst ").split("-")) if text else (-1,)


class Killer:
    """kill -9 at chance: the web whole, one of its processes, or the worker; and start again what does not by itself."""

    def __init__(self, made: Machine, seed: int) -> None:
        self.machine, self.chance = made, random.Random(seed)
        self.web, self.worker = made.start_web(), made.start_worker()
        self.done: Counter[str] = Counter()

    def strike(self) -> None:
        """Wait until something new was answered, a moment more, and kill."""
        before = self.machine.answered.count
        wait(lambda: self.machine.answered.count > before, "an answered write")
        time.sleep(self.chance.random() * 0.4)
        what = self.chance.choices(["web", "one of web", "worker"], [1, 2, 2])[0]
        self.done[what] += 1
        if what == "web":
            self.machine.kill_all_of(self.web)
            self.web = self.machine.start_web()
        elif what == "worker":
            self.machine.kill_all_of(self.worker)
            self.worker = self.machine.start_worker()
        else:
            children = self.machine.children(self.web)
            if children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.chance.choice(children), 9)
