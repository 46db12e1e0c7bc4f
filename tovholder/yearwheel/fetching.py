"""Fetch a calendar from the net without trust: public addresses only, a short time, a few megabytes.

Who may type an address could otherwise let the server look at what stands behind it: the name is resolved here, each
of its addresses must be public, and the very address that was looked at is the one that is connected to.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin, urlsplit

from tovholder.yearwheel.calendar_file import MAX_BYTES

SECONDS = 12.0
REDIRECTS = 3
PORT = 443
# Python calls these global too: what NAT64 turns into an IPv4 address, and all that is given to nobody.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
OPEN_NET = ipaddress.IPv6Network("2000::/3")


class UnreachableError(Exception):
    """The calendar could not be fetched. `code` says why; the address is not in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fetch(url: str, *, seconds: float = SECONDS) -> bytes:
    """Return what stands at an https address (webcal is the same). Raises UnreachableError."""
    until = time.monotonic() + seconds
    for _step in range(REDIRECTS + 1):
        answer, onward = _once(_checked(url), until)
        if onward is None:
            return answer
        url = urljoin(url, onward)
    raise UnreachableError("redirects")


def _checked(url: str) -> tuple[str, str]:
    """Return host and path of an address that may be asked."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UnreachableError("address") from None
    if parts.scheme not in {"https", "webcal", "webcals"} or not host or parts.username is not None:
        raise UnreachableError("address")
    if port not in {None, PORT}:
        raise UnreachableError("address")
    return host, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def public_address(host: str, seconds: float = SECONDS) -> str:
    """Return an address of the host; raises UnreachableError when any of them is not a public one."""
    found = {str(each[4][0]) for each in _looked_up(host, seconds)}
    addresses = [ipaddress.ip_address(each.split("%")[0]) for each in found]
    for each in addresses:
        if not _is_public(each):
            raise UnreachableError("private")
    if not addresses:
        raise UnreachableError("unknown_host")
    return str(min(addresses, key=lambda each: (each.version, str(each))))


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """On the open net, and so is the address that it may be turned into on the way."""
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    if address in NAT64:
        return ipaddress.IPv4Address(address.packed[-4:]).is_global
    return address in OPEN_NET and (address.sixtofour is None or address.sixtofour.is_global)


def _looked_up(host: str, seconds: float) -> list[Any]:
    """Ask for the addresses of a name. The system's own question knows no time, so it is asked beside."""
    answers: list[Any] = []

    def ask() -> None:
        with suppress(OSError, UnicodeError):
            answers.append(socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM))

    beside = threading.Thread(target=ask, daemon=True)
    beside.start()
    beside.join(seconds)
    if beside.is_alive():
        raise UnreachableError("slow")
    if not answers:
        raise UnreachableError("unknown_host")
    return list(answers[0])


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was looked at, and asks for the certificate of the name."""

    def __init__(self, host: str, address: str, timeout: float) -> None:
        super().__init__(host, PORT, timeout=timeout, context=ssl.create_default_context())
        self.address = address
        # `sock` is let go of when an answer without a length begins; the line must still be cut then.
        self.line: socket.socket | None = None

    def connect(self) -> None:
        self.sock = self.line = self._opened()
        if isinstance(self.line, ssl.SSLSocket):
            self.line.do_handshake()

    def _opened(self) -> socket.socket:
        """Return a line on which nothing is said yet: a greeting can be drawn out too, and is cut then."""
        plain = socket.create_connection((self.address, PORT), timeout=self.timeout)
        return ssl.create_default_context().wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )


def _once(place: tuple[str, str], until: float) -> tuple[bytes, str | None]:
    """Ask once; returns the content, or where it is said to be instead."""
    host, path = place
    left = until - time.monotonic()
    if left <= 0:
        raise UnreachableError("slow")
    connection = _Pinned(host, public_address(host, left), max(0.1, until - time.monotonic()))
    # A server may send one byte now and then for ever: at the end of the time the line is cut.
    cut = threading.Timer(max(0.0, until - time.monotonic()), _hang_up, [connection])
    cut.daemon = True
    cut.start()
    try:
        connection.request("GET", path, headers={"Accept": "text/calendar", "User-Agent": "Tovholder"})
        answer = connection.getresponse()
        if answer.status in {301, 302, 303, 307, 308}:
            return b"", answer.headers.get("Location") or ""
        if answer.status != 200:
            raise UnreachableError("refused")
        content = answer.read(MAX_BYTES + 1)
        if time.monotonic() >= until:
            raise UnreachableError("slow")
        if len(content) > MAX_BYTES:
            raise UnreachableError("too_large")
        return content, None
    except (TimeoutError, http.client.HTTPException, OSError, ValueError) as error:
        slow = isinstance(error, TimeoutError) or time.monotonic() >= until
        raise UnreachableError("slow" if slow else "refused") from None
    finally:
        cut.cancel()
        connection.close()


def _hang_up(connection: _Pinned) -> None:
    if connection.line is not None:
        with suppress(OSError):
            connection.line.shutdown(socket.SHUT_RDWR)
