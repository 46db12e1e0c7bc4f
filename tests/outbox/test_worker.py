"""The worker as its own process, killed and stopped in the middle of sending."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.outbox.mail_server import Inbox, free_port, mail_server

ROOT = Path(__file__).resolve().parents[2]
QUEUE = "from tovholder.outbox.services import queue_mail; queue_mail(to='bo@skole.test', subject='Møde', body='Se mødet')"


class World:
    """A database of its own, a mail server, and workers that can be killed."""

    def __init__(self, folder: Path, port: int, inbox: Inbox) -> None:
        self.database = folder / "worker.sqlite3"
        self.inbox = inbox
        self.workers: list[subprocess.Popen[bytes]] = []
        self.environ = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "KEYS_DATABASE_URL": f"sqlite:///{folder}/keys.sqlite3",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(port),
        }

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environ, check=True)

    def start_worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "run_worker", "--skip-checks"]
        worker = subprocess.Popen(command, cwd=ROOT, env=self.environ)
        self.workers.append(worker)
        return worker

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.database, timeout=20)
        try:
            with connection:
                return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def mail(self) -> tuple[object, ...]:
        return self.sql("SELECT status, unconfirmed, message_id FROM outbox_outgoingmail")[0]


def wait(condition: Callable[[], object], seconds: float = 25) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    port = free_port()
    with mail_server(port) as inbox:
        world = World(tmp_path, port, inbox)
        world.manage("migrate", "--verbosity=0", "--skip-checks")
        world.manage("shell", "--verbosity=0", "-c", QUEUE)
        yield world
        for worker in world.workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()


def test_killed_or_stopped_in_mid_air_the_mail_comes_at_most_twice_with_one_id(world: World) -> None:
    world.inbox.delay = 15
    killed = world.start_worker()
    wait(lambda: world.inbox.messages)
    killed.kill()
    killed.wait()
    assert world.mail()[:2] == ("sending", 0)

    # Five minutes later.
    world.sql("UPDATE outbox_outgoingmail SET claimed_at = datetime('now', '-6 minutes')")
    world.sql("DELETE FROM outbox_heartbeat")
    world.inbox.delay = 0
    second = world.start_worker()
    wait(lambda: world.mail()[0] == "sent")
    began = time.monotonic()
    second.send_signal(signal.SIGTERM)
    assert second.wait(10) == 0
    assert time.monotonic() - began < 8
    wait(lambda: len(world.inbox.messages) == 2)
    assert set(world.inbox.ids) == {world.mail()[2]}
    assert world.mail()[1] == 1


def test_ctrl_c_does_not_wait_for_a_slow_mail_server(world: World) -> None:
    world.inbox.delay = 15
    worker = world.start_worker()
    wait(lambda: world.inbox.messages)
    began = time.monotonic()
    worker.send_signal(signal.SIGINT)
    assert worker.wait(10) == 0
    assert time.monotonic() - began < 10  # the mail server would have kept it for 15
    assert world.mail()[:2] == ("sending", 0)  # repeated once, when the claim has run out
    world.inbox.delay = 0
