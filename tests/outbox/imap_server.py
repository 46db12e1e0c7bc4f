"""A real IMAP server (pymap) on loopback, in a process of its own, with one mailbox."""

from __future__ import annotations

import contextlib
import imaplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
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

    def __init__(self, port: int, tls: Path | None = None) -> None:
        self.port, self.tls = port, tls

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "address": "svar@vestby.example",
            "authserv": "",
            "host": "127.0.0.1",
            "port": self.port,
            "user": USER,
            "password": PASSWORD,
            "tls": self.tls is not None,
            "starttls": self.tls is not None,
            "ca": str(self.tls or ""),
            "folder": "INBOX",
            "aside": ASIDE,
        }

    @contextlib.contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=5) as server:
            if self.tls is not None:
                server.starttls(ssl_context=ssl.create_default_context(cafile=str(self.tls)))
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
def imap_server(tls: Path | None = None) -> Iterator[Mailbox]:
    """With `tls`, a file with key and certificate, it talks of nothing before the line is sealed (STARTTLS)."""
    port = free_port()
    sealed = ["--cert", str(tls), "--key", str(tls)] if tls is not None else ["--no-tls"]
    command = [sys.executable, "-c", START, "--host", "127.0.0.1", "--port", str(port), *sealed,
               "dict", "--demo-user", USER, "--demo-password", PASSWORD]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    box = Mailbox(port, tls)
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


@contextlib.contextmanager
def sealed_from_the_start(behind: Mailbox, tls: Path) -> Iterator[int]:
    """A port where TLS comes first, as 993, before a real server: what the municipality's own mail servers often do."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_take_in, args=(listening, context, behind.port), daemon=True).start()
        yield int(listening.getsockname()[1])


def _take_in(listening: socket.socket, context: ssl.SSLContext, port: int) -> None:
    while True:
        try:
            plain, _address = listening.accept()
        except OSError:  # closed: the test is over
            return
        threading.Thread(target=_pass_on, args=(plain, context, port), daemon=True).start()


def _pass_on(plain: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with (
        contextlib.suppress(OSError),
        context.wrap_socket(plain, server_side=True) as near,
        socket.create_connection(("127.0.0.1", port)) as far,
    ):
        far.settimeout(10)
        back = threading.Thread(target=_copy, args=(far, near), daemon=True)
        back.start()
        _copy(near, far)
        back.join(10)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
