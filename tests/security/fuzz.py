"""Any address, by anyone, in any manner: what is sent, drawn by chance, and how it is answered.

Addresses come from the resolver and names of fields from the code beside the view, so what is added tomorrow is tried
tomorrow. `test_fuzz.py` is a small run, `benchmarks/fuzz.py` a long one.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import random
import re
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from django.db import DatabaseError, connection, transaction
from django.forms import BaseForm
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.security import case_addresses
from tests.security.addresses import paths
from tests.security.case_world import CaseWorld
from tests.security.world import World

# In a world of cases: who triages, two who work on cases, who sits in the forum and has no part in any, and nobody.
CASE_PERSONS = ("anna", "dina", "berit", "bo", "stranger")
PERSONS = ("stranger", "anna", "anna", "anna", "hans", "hans", "lise", "frida", "gaest")
TYPED = re.compile(r"(?:GET|POST|FILES)(?:\.get|\.getlist|\.pop)?[\[(]\s*\"([\w-]+)\"")
EVERYWHERE = ("side", "q", "sortering", "fil", "next", "tilbage", "back", "version", "text", "confirmed", "login", "password", "email", "code")  # fmt: skip
BOUNDARY = "grænse".encode().hex()
TOO_LARGE = b"text=" + b"x" * (7 * 1024 * 1024)
TOO_MANY = b"&".join(b"a%d=1" % n for n in range(1500))

VALUES = (
    b"", b"abc", b"0", b"-1", b"1", b"2", b"9" * 5000, str(2**31).encode(), str(2**63).encode(), b"%00", b"a%00b", b"%ED%A0%80",
    b"%FF%FE", b"%C0%80", b"99999-01-01", b"0001-01-01", b"2026-02-30", b"2026-03-29T02:30", b"24:00", b"9999-12-31T23:59",
    b"1e309", b"NaN", b"Infinity", b"%C2%B2", b"%D9%A1", b"%E2%80%AE%3Cscript%3E", b"%F0%9F%98%80" * 60, b"' OR 1=1 --", b"%25",
    b"%5B%5D", b"%7B%7D", b"null", b"true", b"on", b"//ond.example/", b"../../etc/passwd", b"x" * 20000, b"a%0D%0AX-Ond: 1", b"\xff\xfe",
    b"%2B", b"user:1", b"1,2", b"2026-01-01", b"08:30", b"general", b"anonymous", b"010180-1234", b"-9999999999999999999999", b"1_0",
)  # fmt: skip


@dataclass
class Fault:
    what: str
    request: str
    where: str

    def __str__(self) -> str:
        return f"{self.what}  {self.request}\n      {self.where}"


@dataclass
class Address:
    name: str
    paths: list[str]
    names: tuple[str, ...]


@dataclass
class Shot:
    """One request, as it goes over the wire."""

    method: str
    path: str
    query: bytes = b""
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    headers: dict[str, str] = field(default_factory=dict)
    name: str = ""  # of the address

    def __str__(self) -> str:
        query = f"?{self.query[:300]!r}" if self.query else ""
        body = f" {self.content_type} {self.body[:300]!r}" if self.body else ""
        return f"{self.method} {self.path}{query}{body} {self.headers or ''}"


def addresses(world: World) -> list[Address]:
    """Every address, with things that are there and things that are not."""
    return [
        Address(name, list(paths(world, name, route, converters)), names_near(module))
        for name, route, converters, module in _patterns()
    ]


def addresses_of_cases(world: CaseWorld) -> list[Address]:
    """Every address about children and every link without a login, with the cases of the world."""
    found: dict[str, list[str]] = {}
    for each in case_addresses.addresses(world):
        if each.case is not None or each.link is not None or each.name.startswith("concerns:"):
            found.setdefault(each.name, []).append(each.path)
    modules = {name: module for name, _route, _converters, module in _patterns()}
    return [Address(name, known, names_near(modules[name])) for name, known in found.items()]


def _patterns(
    found: list[URLPattern | URLResolver] | None = None, space: str = "", before: str = ""
) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    for each in found if found is not None else get_resolver().url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _patterns(each.url_patterns, each.namespace or space, route)
        else:
            module = inspect.unwrap(each.callback).__module__
            yield f"{space}:{each.name}", route, each.pattern.converters, module


@cache
def names_near(module: str) -> tuple[str, ...]:
    """Names that the app of a view knows: of its forms' fields, and those its views ask for."""
    app = ".".join(module.split(".")[:2])
    names = set(EVERYWHERE)
    package = importlib.import_module(app)
    if app.startswith("tovholder."):
        for found in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".management" in found.name or ".migrations" in found.name:
                continue
            part = importlib.import_module(found.name)
            names.update(TYPED.findall(Path(str(part.__file__)).read_text(encoding="utf-8")))
            for _name, kind in inspect.getmembers(part, inspect.isclass):
                if issubclass(kind, BaseForm):
                    names.update(getattr(kind, "base_fields", {}))
    return tuple(sorted(names))


def shot_at(address: Address, chance: random.Random) -> Shot:
    """Draw one request to an address."""
    path = chance.choice(address.paths)
    shot = chance.choices(MANNERS, WEIGHTS)[0](path, address.names, chance)
    shot.name = address.name
    return shot


def _pairs(names: tuple[str, ...], chance: random.Random) -> bytes:
    chosen = chance.sample(names, min(len(names), chance.randint(1, 12)))
    if chance.random() < 0.1:
        chosen += chosen[:2]  # the same name twice
    return b"&".join(quote_plus(name).encode() + b"=" + _value(chance) for name in chosen)


def _value(chance: random.Random) -> bytes:
    if chance.random() < 0.85:
        return chance.choice(VALUES)
    return quote_plus("".join(chr(chance.randint(1, 0xD7FF)) for _ in range(chance.randint(1, 20)))).encode()


def _query(path: str, names: tuple[str, ...], chance: random.Random) -> Shot:
    headers = {"HX-Request": "true"} if chance.random() < 0.2 else {}
    return Shot("GET", path, query=_pairs(names, chance), headers=headers)


def _form(path: str, names: tuple[str, ...], chance: random.Random) -> Shot:
    headers = {"HX-Request": "true"} if chance.random() < 0.2 else {}
    query = _pairs(names, chance) if chance.random() < 0.3 else b""
    return Shot("POST", path, query=query, body=_pairs(names, chance), headers=headers)


def _multipart(path: str, names: tuple[str, ...], chance: random.Random) -> Shot:
    """Sound and broken, with files where none are wanted and none where they are."""
    lines = []
    for name in chance.sample(names, min(len(names), 5)):
        file = '; filename="../x\x00\u202e.pdf"'.encode() if chance.random() < 0.5 else b""
        kind = chance.choice([b"application/pdf", b"text/plain; charset=latin-9", b"\xff", b"x" * 300])
        head = (
            b'Content-Disposition: form-data; name="'
            + name.encode()
            + b'"'
            + file
            + b"\r\nContent-Type: "
            + kind
        )
        lines.append(b"--" + BOUNDARY.encode() + b"\r\n" + head + b"\r\n\r\n" + _value(chance) + b"\r\n")
    body = b"".join(lines) + b"--" + BOUNDARY.encode() + b"--\r\n"
    if chance.random() < 0.5:
        body = body[: chance.randint(0, len(body))]
    boundary = chance.choice([BOUNDARY, BOUNDARY, BOUNDARY, "", "x" * 300, "\u00e6"])
    return Shot("POST", path, body=body, content_type=f"multipart/form-data; boundary={boundary}")


def _other_type(path: str, names: tuple[str, ...], chance: random.Random) -> Shot:
    body = chance.choice(
        [
            json.dumps(dict.fromkeys(names[:5], "\ud800")).encode(),
            b"[" * 5000,
            b"\x00\xff",
            b"",
            b"<x/>",
            b"{}",
        ]
    )
    kinds = ["application/json", "text/xml", "application/octet-stream", "", "x", "application/x-www-form-urlencoded; charset=utf-7",
             "application/x-www-form-urlencoded; charset=findes-ikke", "text/calendar"]  # fmt: skip
    return Shot("POST", path, body=body, content_type=chance.choice(kinds))


def _too_much(path: str, names: tuple[str, ...], chance: random.Random) -> Shot:
    return Shot("POST", path, body=chance.choice([TOO_LARGE, TOO_MANY]))


def _other_verb(path: str, names: tuple[str, ...], chance: random.Random) -> Shot:
    verb = chance.choice(["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "VRØVL"])
    return Shot(verb, path, body=_pairs(names, chance))


def _odd_head(path: str, names: tuple[str, ...], chance: random.Random) -> Shot:
    odd = {
        "Accept-Language": "\xff" * 50 + ",da;q=x",
        "If-None-Match": chance.choice(['"', "*", 'W/"x', "\x00"]),
        "If-Modified-Since": "Mon, 99 Foo 99999 99:99:99 GMT",
        "Range": "bytes=-1-99999999999999999999",
        "HX-Request": "\x00",
        "HX-Current-URL": "http://[",
        "Referer": "http://[::bad/%00",
        "Cookie": 'sessionid="\\377; messages=x; csrftoken=\xe6; ;;=',
        "X-Forwarded-For": "999.1.1.1, æ,, \x00",
        "Accept": "*/" * 200,
    }
    names_of_heads = chance.sample(sorted(odd), 3)
    return Shot(chance.choice(["GET", "POST"]), path, headers={name: odd[name] for name in names_of_heads})


MANNERS = (_query, _form, _multipart, _other_type, _too_much, _other_verb, _odd_head)
WEIGHTS = (30, 40, 12, 6, 1, 4, 7)


ANSWERS: Counter[int] = Counter()
LET_IN: set[str] = set()  # names of addresses that answered somebody with more than a no


def fire(client: Client, shot: Shot) -> Fault | None:
    """Send it, take back whatever it changed, and return what was wrong with the answer."""
    heads = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in shot.headers.items()}
    kept = {name: each.value for name, each in client.cookies.items()}
    with transaction.atomic():
        response = client.generic(
            shot.method,
            shot.path,
            shot.body,
            content_type=shot.content_type,
            QUERY_STRING=shot.query.decode("latin-1"),
            **heads,
        )
        ANSWERS[response.status_code] += 1
        if not _turned_away(response):
            LET_IN.add(shot.name)
        if response.streaming:
            b"".join(response.streaming_content)
        fault = _fault(response, shot)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(kept)  # whoever was sent out is let in again
    return fault


def _turned_away(response: Any) -> bool:
    to_login = response.headers.get("Location", "").startswith(reverse("account_login"))
    return response.status_code in {403, 404, 405} or to_login


def shut(there: list[Address], clients: Sequence[Client]) -> tuple[set[str], list[Fault]]:
    """Knock plainly at each address by each client until one is let in; return where nobody was, and the faults."""
    faults: list[Fault] = []
    for address in there:
        tries = (
            (client, path, verb) for path in address.paths for client in clients for verb in ("GET", "POST")
        )
        for client, path, verb in tries:
            if address.name in LET_IN:
                break
            faults += filter(None, [fire(client, Shot(verb, path, name=address.name))])
    return {address.name for address in there} - LET_IN, faults


def _fault(response: Any, shot: Shot) -> Fault | None:
    if response.status_code >= 500 and shot.path != "/readyz":
        return Fault(str(response.status_code), str(shot), _told(getattr(response, "exc_info", None)))
    if re.match(r"(https?:)?//(?!testserver)", response.headers.get("Location", "")):
        return Fault("led away", str(shot), response.headers["Location"])
    if shot.method == "POST" and response.status_code in {200, 302}:
        try:
            connection.check_constraints()  # they are asked at commit, and here nothing is committed
        except DatabaseError as error:
            return Fault("would not commit", str(shot), str(error))
    return None


def _told(exc_info: Any) -> str:
    if not exc_info:
        return "answered so by the view"
    own = [frame for frame in traceback.extract_tb(exc_info[2]) if "/tovholder/" in frame.filename]
    last = own[-1] if own else traceback.extract_tb(exc_info[2])[-1]
    return f"{exc_info[0].__name__}: {str(exc_info[1])[:200]}  at {last.filename}:{last.lineno}"
