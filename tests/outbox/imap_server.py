"""A real IMAP server (pymap) on loopback, in a process of its own, with one mailbox."""

from __future__ import annotations

import contextlib
import imaplib
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.outbox.mail_server import free_port

USER, PASSWORD, ASIDE = "svar", "kun-til-test", "Til gennemsyn"
STARTS_WITHIN = 30
# pymap, but for its half million rounds of hashing at each login, which no test is about.
START = (
    "from pysasl.hashing import BuiltinHash; BuiltinHash.__init__.__kwdefaults__['rounds'] = 1; "
    "from pymap.main import main; main()"
)


class Mailbox:
    """What a test does with the mailbox, as any other IMAP client."""

    def __init__(self, port: int) -> None:
        self.port = port

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "address": "svar@vestby.example",
            "authserv": "",
            "host": "127.0.0.1",
            "port": self.port,
            "user": USER,
            "password": PASSWORD,
            "tls": False,
            "folder": "INBOX",
            "aside": ASIDE,
        }

    @contextlib.contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=5) as server:
            server.login(USER, PASSWORD)
            yield server

    def put(self, mail: bytes) -> None:
        with self.opened() as server:
            assert server.append("INBOX", "", imaplib.Time2Internaldate(time.time()), mail)[0] == "OK"

    def count(self, folder: str) -> int:
        with self.opened() as server:
            status, found = server.select(f'"{folder}"', readonly=True)
            return int(found[0] or 0) if status == "OK" else 0

    def empty(self) -> None:
        with self.opened() as server:
            for folder in ("INBOX", ASIDE):
                if server.select(f'"{folder}"')[0] == "OK":
                    server.store("1:*", "+FLAGS", r"(\Deleted)")
                    server.expunge()


@contextlib.contextmanager
def imap_server() -> Iterator[Mailbox]:
    port = free_port()
    command = [sys.executable, "-c", START, "--host", "127.0.0.1", "--port", str(port), "--no-tls",
               "dict", "--demo-user", USER, "--demo-password", PASSWORD]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    box = Mailbox(port)
    until = time.monotonic() + STARTS_WITHIN
    try:
        while True:
            try:
                with box.opened():
                    break
            except OSError:
                assert server.poll() is None, "the IMAP server died"
                assert time.monotonic() < until, "the IMAP server did not come up"
                time.sleep(0.05)
        yield box
    finally:
        server.terminate()
        server.wait(10)
