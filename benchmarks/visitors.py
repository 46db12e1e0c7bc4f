"""Log some people of the city in and write which pages they ask for: JSON of page to (cookie, path) pairs.

Run by `load.py` in the city's own environment. Every second visit is Anna's, who convenes eight forums; the others' are
of those who sit in four, or nearest to that.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from importlib import import_module
from itertools import chain
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.bare.settings")
django.setup()

from django.conf import settings  # noqa: E402  (the tables are there only after set-up)
from django.contrib.auth import (  # noqa: E402
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user_model,
)
from django.db.models import Count, Func  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from tovholder.concerns.policy import Part  # noqa: E402
from tovholder.concerns.queries import visible_to  # noqa: E402
from tovholder.concerns.standing import triage_of  # noqa: E402
from tovholder.forums.standing import own_forum_ids  # noqa: E402
from tovholder.meetings.models import Meeting  # noqa: E402

MEMBERS, SEATS = 8, 4
WORDS = ("fravær", "forældremøde", "natteliv", "Netværk 3", "lattergas", "klubben", "Anna", "trivsel")


def main() -> int:
    logging.disable(logging.INFO)  # our own visits
    print(json.dumps(visits()))
    return 0


def visits() -> dict[str, list[tuple[str, str]]]:
    ours, plain = settings.AUTHENTICATION_BACKENDS[0], settings.AUTHENTICATION_BACKENDS[-1]
    logins = get_user_model().objects.filter(email__endswith="@city.example")
    anna = logins.order_by("pk")[0]
    # Alike at every size: what is measured is how much there is, not how much one person sits in.
    seats = Count("person__memberships")
    alike = logins.exclude(pk=anna.pk).annotate(apart=Func(seats - SEATS, function="ABS"))
    others = list(alike.order_by("apart", "pk")[:MEMBERS])
    users = [anna, *others]
    people = list(chain.from_iterable((anna, other) for other in others))
    cookies = {user.pk: login(user, ours) for user in users}
    pages = {
        "bare page": [(login(user, plain), "/bench/bare/") for user in users],
        "meeting list": [(cookies[user.pk], reverse("meetings:list")) for user in people],
        "forum page": each_own(people, cookies, "insights:forum", forums_of),
        "meeting page": each_own(people, cookies, "meetings:before", meetings_of),
        "concern list": [(cookies[user.pk], reverse("concerns:list")) for user in people],
        "concern page": each_own(people, cookies, "concerns:concern", concerns_of),
        "Mine aftaler": [(cookies[user.pk], reverse("plans:mine")) for user in people],
    }
    asked = {user.pk: searches_of(cookies[user.pk]) for user in users}
    pages["search"] = [(cookies[user.pk], asked[user.pk][n]) for n in range(len(WORDS)) for user in people]
    return pages


def searches_of(cookie: str) -> list[str]:
    """Type the words one after the other, as people do; return the addresses of what was found."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    return [client.post(reverse("search:ask"), {"q": word}).url for word in WORDS]  # type: ignore[attr-defined]


def login(user: Any, backend: str) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = backend
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def each_own(people: list[Any], cookies: dict[int, str], name: str, own: Any) -> list[tuple[str, str]]:
    """Let everybody ask for their own in turn."""
    keys = {user.pk: own(user) for user in people}
    rows = [
        (cookies[user.pk], reverse(name, args=[keys[user.pk][turn % len(keys[user.pk])]]))
        for turn in range(12)
        for user in people
        if keys[user.pk]
    ]
    return rows


def forums_of(user: Any) -> list[int]:
    return sorted(own_forum_ids(user))


def concerns_of(user: Any) -> list[str]:
    """What a triager works on, the longest waiting first; what others have raised, the newest first."""
    found = visible_to(user, Part.ALL).filter(ended_at=None).order_by("status_at")
    own = visible_to(user).filter(raised_by__user=user).order_by("-raised_at")
    return list((found if triage_of(user) else own).values_list("code", flat=True)[:12])


def meetings_of(user: Any) -> list[int]:
    """The next and the latest meetings, in turn."""
    own = Meeting.objects.filter(lead_forum__in=own_forum_ids(user))
    coming = own.filter(starts_at__gte=timezone.now()).order_by("starts_at")[:6].values_list("pk", flat=True)
    held = own.filter(starts_at__lt=timezone.now()).order_by("-starts_at")[:6].values_list("pk", flat=True)
    return list(chain.from_iterable(zip(coming, held, strict=False)))


if __name__ == "__main__":
    sys.exit(main())
