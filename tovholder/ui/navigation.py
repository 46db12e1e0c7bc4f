"""The main menu, declared by the apps above: settings name one function for each app, nothing here imports them.

`settings.NAVIGATION` lists functions `(request) -> list[NavItem]`; `settings.MY_FORUMS` names one function
`(request) -> list[ForumLink]`; `settings.USER_LINE_PROVIDER` one `(user) -> str` (the small line under the name);
`settings.REGISTER` one `(user) -> str` (where the big button leads); `settings.MUNICIPALITY_NAME_PROVIDER` one
`() -> str`. An empty or missing setting means: none.

What the frame must ask the database on every page is in `settings.FRAME_FACTS`: name to a function `(user id) ->
expression`, where the id is itself an expression. They are read in one query, however many apps have something to say; see `facts`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import BigIntegerField, QuerySet
from django.utils.module_loading import import_string

from tovholder.statements import Given, Statement

if TYPE_CHECKING:
    from django.http import HttpRequest  # noqa: TID251


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the main menu. `match` is the path prefix that makes it current; by default its own url."""

    label: str
    url: str
    icon: str
    order: int
    count: int | None = None
    match: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class ForumLink:
    """One of my forums. `css` is the class of its dot, e.g. "th-dot-1", or "th-dot-sq" for a square."""

    label: str
    url: str
    css: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Navigation:
    items: list[NavItem] = field(default_factory=list)
    forums: list[ForumLink] = field(default_factory=list)
    user_name: str = ""
    user_line: str = ""
    register_url: str = ""


def build_navigation(request: HttpRequest) -> Navigation:
    """Return the menu for the user of `request`; an empty one for who is not logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Navigation()
    entries = [item for path in getattr(settings, "NAVIGATION", []) for item in import_string(path)(request)]
    entries.sort(key=lambda item: (item.order, item.label))
    return Navigation(
        items=_mark_current(entries, request.path),
        forums=_mark_forum(_provided("MY_FORUMS", request) or [], request.path),
        user_name=str(user),
        user_line=str(_provided("USER_LINE_PROVIDER", user) or ""),
        register_url=str(_provided("REGISTER", user) or ""),
    )


def facts(request: HttpRequest) -> dict[str, Any]:
    """Return what `FRAME_FACTS` promise about the user of `request`, read once; nothing for who is not logged in."""
    found: dict[str, Any] | None = getattr(request, "_frame_facts", None)
    if found is None:
        user = getattr(request, "user", None)
        known = user is not None and user.is_authenticated
        found = _read_facts(user) if known else {}
        request._frame_facts = found  # type: ignore[attr-defined]
    return found


@cache
def _statement(asked: tuple[tuple[str, str], ...]) -> Statement[dict[str, Any]]:
    def build() -> QuerySet[Any, dict[str, Any]]:
        user = Given("user", BigIntegerField())
        facts = {name: import_string(path)(user) for name, path in asked}
        return get_user_model()._default_manager.filter(pk=user).annotate(**facts).values(*facts)

    return Statement(build)


def _read_facts(user: Any) -> dict[str, Any]:
    asked = tuple(getattr(settings, "FRAME_FACTS", {}).items())
    return (_statement(asked).first(user=user.pk) if asked else None) or {}


def municipality_name(request: HttpRequest) -> str:
    """Return the municipality's name, or nothing before a set-up is loaded."""
    known = facts(request)
    if "municipality_name" in known:
        return str(known["municipality_name"] or "")
    return str(_provided("MUNICIPALITY_NAME_PROVIDER") or "")


def welcome() -> str:
    """Return the municipality's own words to who comes to the door, or nothing."""
    return str(_provided("MUNICIPALITY_TEXT_PROVIDER", "welcome") or "")


def _provided(setting: str, *args: Any) -> Any:
    path = getattr(settings, setting, "")
    return import_string(path)(*args) if path else None


def _mark_current(items: list[NavItem], path: str) -> list[NavItem]:
    """Mark the entry with the longest matching prefix; "/" matches only itself."""
    hits = [item for item in items if _matches(item.match or item.url, path)]
    current = max(hits, key=lambda item: len(item.match or item.url), default=None)
    return [replace(item, current=item is current) for item in items]


def _mark_forum(links: list[ForumLink], path: str) -> list[ForumLink]:
    return [replace(link, current=_matches(link.url, path)) for link in links]


def _matches(prefix: str, path: str) -> bool:
    if prefix == "/":
        return path == "/"
    return path == prefix or path.startswith(prefix.rstrip("/") + "/")
