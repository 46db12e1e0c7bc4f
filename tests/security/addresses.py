"""Every address of the site, filled in with what is there and what is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.security.world import World

PLACES: dict[str, list[Any]] = {
    "slug": ["aftale", "forslag", "emne", "vroevl"],
    "step": ["gjort", "aendr", "udskyd", "vroevl"],
    "token": ["a:b:c", "%00", "æøå:1:2"],
    "number": [*range(1, 9), 10**30],  # of a search, see `world.SEARCHES`; of a version
    "version": [1, 2, 10**30],
    "uidb36": ["1", "zzzzzz"],
    "key": ["personer", "x-y"],
    # Of concerns by name, where the world has none; `case_addresses` fills in those that there are.
    "code": ["26-001", "99-9999"],
    "child": ["B-222222", "vroevl"],
    "other": ["B-333333", "vroevl"],
    "what": ["kald", "vroevl"],
    "of": ["f1", "vroevl"],
    "which": [2, 10**30],
    "source": ["file", "feed", "vroevl"],
}
# What stands in a place that nobody has told of: so a new address is tried from its first day.
UNKNOWN: dict[str, list[Any]] = {
    "int": [1, 2**63],
    "uuid": ["00000000-0000-4000-8000-000000000000"],
    "slug": ["x", "x-1"],
    "path": ["x", "../x", "%00"],
    "casecode": ["26-001", "99-9999"],
    "str": ["x", "%00", "%ED%A0%80", "'"],
}
# What the first number of an address means: by app, and where an app has several kinds, by the start of its name.
KINDS: dict[str, list[tuple[str, str]]] = {
    "meetings": [
        ("forum_", "forum"),
        ("member_", "any"),
        ("topic", "topic"),
        ("relay", "relay"),
        ("", "meeting"),
    ],
    "plans": [("", "agreement")],
    "forums": [("member_edit", "any"), ("review_untap", "any"), ("", "forum")],
    "insights": [("person", "person"), ("", "forum")],
    "directory": [("person", "person"), ("", "any")],
    "accounts": [("", "user")],
    "imports": [("word", "forum"), ("", "batch")],
    "oversight": [("tick", "line"), ("", "review")],
    "concerns": [("", "any")],
    "children": [("", "any")],
    "case_plans": [("", "any")],
    "network": [("", "meeting")],
    "yearwheel": [
        ("run", "run"),
        ("publication", "publication"),
        ("publish_again", "publication"),
        ("meeting", "planned"),
        ("let_loose", "planned"),
        ("take_out", "planned"),
        ("put_back", "planned"),
        ("rule_forum", "forum"),
        ("rule_joint", "any"),
        ("mark", "mark"),
        ("busy_remove", "busy"),
        ("busy", "person"),
        ("", "year"),
    ],
}


def patterns(
    found: list[URLPattern | URLResolver] | None = None, space: str = "", before: str = ""
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield name, route and converters of every address."""
    for each in found if found is not None else get_resolver().url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns, each.namespace or space, before + str(each.pattern))
        else:
            yield f"{space}:{each.name}", before + str(each.pattern), each.pattern.converters


def paths(world: World, name: str, route: str, converters: dict[str, Any]) -> Iterator[str]:
    """Yield the address with each thing that can stand in a place, the other places filled with what fits."""
    if route.endswith("/$"):
        yield "/konto/glemt/1-set-password/"
        yield "/konto/glemt/zzz-x-y/"
        return
    places = {place: _values(world, name, place, converter) for place, converter in converters.items()}
    usual = {place: values[0] for place, values in places.items()}
    seen = {_filled(route, converters, usual)}
    for place, values in places.items():
        seen.update(_filled(route, converters, {**usual, place: value}) for value in values)
    yield from sorted(seen)


def _filled(route: str, converters: dict[str, Any], values: dict[str, Any]) -> str:
    return filled(route, {place: values[place] for place in converters})


def filled(route: str, values: dict[str, Any]) -> str:
    """Return the address with the values in their places, whatever converter stands there."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda place: str(values[place[1]]), route)


def _kind(converter: Any) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


def _values(world: World, name: str, place: str, converter: Any) -> list[Any]:
    space, _colon, short = name.partition(":")
    if place in PLACES:
        return PLACES[place]
    if place != "pk":
        return world.ids.get(place.removesuffix("_pk")) or UNKNOWN[_kind(converter)]
    kind = next((kind for start, kind in KINDS.get(space, []) if short.startswith(start)), "any")
    return world.ids[kind]
