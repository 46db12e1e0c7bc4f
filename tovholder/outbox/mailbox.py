"""Reads a mailbox by IMAP: hands over each mail, deletes what was used, and puts the rest aside in a folder."""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog

log = structlog.get_logger(__name__)

TIMEOUT = 10
AT_ONCE, SECONDS_AT_ONCE = 50, 20  # mails and seconds in one go: the worker must get to its other work
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxError(Exception):
    """The mailbox cannot be read now. Its text is a code; nothing was lost."""


def read_mails(mailbox: dict[str, Any], use: Callable[[bytes], bool], *, most_bytes: int) -> tuple[int, int]:
    """Give each mail in the mailbox to `use`; return how many were used and how many put aside.

    `mailbox`: host, port, user, password, tls, starttls, ca, folder, aside. A mail is deleted only after `use` has said True, so a
    worker that dies meets it again; on False, and when it is larger than `most_bytes`, it is put aside. Whatever
    `use` raises leaves that mail and the rest where they are, and is raised on. Raises MailboxError.
    """
    used = aside = 0
    until = time.monotonic() + SECONDS_AT_ONCE
    try:
        with _opened(mailbox) as server:
            for number in _numbers(server):
                mail = _fetched(server, number, most_bytes)
                taken = mail is not None and use(mail)
                if not taken:
                    _must(server.uid("COPY", number, _quoted(mailbox["aside"])), "copy")
                _must(server.uid("STORE", number, "+FLAGS.SILENT", r"(\Deleted)"), "store")
                # At once: the answer is in the database by now, and the next mail may be the one that ends us.
                _must(server.expunge(), "expunge")
                used, aside = used + taken, aside + (not taken)
                if time.monotonic() > until:
                    break
    except (imaplib.IMAP4.error, OSError, ssl.SSLError) as error:
        raise MailboxError(type(error).__name__) from None
    return used, aside


@contextmanager
def _opened(mailbox: dict[str, Any]) -> Iterator[imaplib.IMAP4]:
    server = _connected(mailbox)
    try:
        if mailbox.get("starttls"):
            server.starttls(ssl_context=_trusted(mailbox))
        server.login(mailbox["user"], mailbox["password"])
        server.create(_quoted(mailbox["aside"]))  # says no when it is there already
        _must(server.select(_quoted(mailbox["folder"])), "select")
        yield server
    finally:
        try:
            server.logout()
        except (imaplib.IMAP4.error, OSError):
            with suppress(OSError):  # gone already: what is told is why
                server.shutdown()


def _connected(mailbox: dict[str, Any]) -> imaplib.IMAP4:
    host, port = mailbox["host"], mailbox["port"]
    if mailbox["tls"] and not mailbox.get("starttls"):
        return imaplib.IMAP4_SSL(host, port, ssl_context=_trusted(mailbox), timeout=TIMEOUT)
    return imaplib.IMAP4(host, port, timeout=TIMEOUT)


def _trusted(mailbox: dict[str, Any]) -> ssl.SSLContext:
    """Return what the server's certificate and name are checked against; the name always is."""
    return ssl.create_default_context(cafile=mailbox.get("ca") or None)


def _numbers(server: imaplib.IMAP4) -> list[str]:
    [found] = _must(server.uid("SEARCH", "NOT", "DELETED"), "search")
    return [number.decode() for number in (found or b"").split()][:AT_ONCE]


def _fetched(server: imaplib.IMAP4, number: str, most_bytes: int) -> bytes | None:
    """Return the mail, or None when it is too large to be fetched at all."""
    size = _SIZE.search(b" ".join(_flat(_must(server.uid("FETCH", number, "(RFC822.SIZE)"), "fetch"))))
    if size is None or int(size.group(1)) > most_bytes:
        return None
    parts = _must(server.uid("FETCH", number, "(BODY.PEEK[])"), "fetch")
    return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), None)


def _flat(parts: list[Any]) -> Iterator[bytes]:
    for part in parts:
        yield from part if isinstance(part, tuple) else [part or b""]


def _must(answer: tuple[str, list[Any]], what: str) -> list[Any]:
    if answer[0] != "OK":
        raise MailboxError(what)
    return answer[1]


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
