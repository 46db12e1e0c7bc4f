"""What a login must have shown before it opens anything, and where a person is logged in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from tovholder.accounts.devices import device
from tovholder.accounts.models import User
from tovholder.accounts.policy import must_use_second_factor
from tovholder.accounts.queries import has_second_factor
from tovholder.accounts.services import note_session, note_use

Answer = Callable[[HttpRequest], HttpResponse]
SHOWN = "second_factor"
PLACE = "login_session"
BEGAN = "login_began"
SEEN_EVERY = 10 * 60  # seconds between two writes of "last used"
LONGEST = (
    12 * 60 * 60
)  # seconds from login to the next one, however busy: a working day, and groups are read anew
# What somebody may do who has yet to get a second factor, and somebody who has yet to show the one they have.
TO_GET = {
    "account_second_factor",
    "account_reauthenticate",
    "account_logout",
    "mfa_activate_totp",
    "mfa_add_webauthn",
}
TO_SHOW = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_logout"}


def mark_shown(request: HttpRequest, user: User) -> None:
    """Remember in the session that this user has shown a second factor in it, and when."""
    request.session[SHOWN] = [user.pk, time.time()]


def shown_at(request: HttpRequest, user: User) -> float:
    """Return when this user last showed a second factor in this session; 0 for never."""
    pk, at = request.session.get(SHOWN, (None, 0))
    return float(at) if pk == user.pk else 0


def forget_shown(request: HttpRequest) -> None:
    request.session.pop(SHOWN, None)


class SecondFactorMiddleware:
    """Nothing opens to a login that lacks the second factor its role demands: by address, button, link or htmx."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        user = request.user
        if isinstance(user, User):
            # Who it is was just asked; a page asks its user hundreds of things, and the lazy one answers slowly.
            request.user = user = getattr(request, "_cached_user", user)
        if not isinstance(user, User) or shown_at(request, user):
            return None
        if not must_use_second_factor(user):
            return None
        has_one = has_second_factor(user)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in (TO_SHOW if has_one else TO_GET):
            return None
        if not getattr(view, "login_required", True):
            # Open to strangers: so it is to half a login, which is told no more than a stranger.
            request.user = AnonymousUser()
            return None
        return _led(request, _way(user) if has_one else reverse("account_second_factor"))


def _way(user: User) -> str:
    methods = get_adapter().get_reauthentication_methods(user)
    return str(methods[0]["url"])


def _led(request: HttpRequest, to: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(to)
    if request.method == "GET":
        to = f"{to}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseRedirect(to)


class LoginSessionMiddleware:
    """Keeps the list of places where a person is logged in (no query but every tenth minute), and ends the day."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if time.time() - request.session.get(BEGAN, time.time()) > LONGEST:
            logout(request)
        response = self.get_response(request)
        key = request.session.session_key
        was, at = request.session.get(PLACE, ("", 0))
        if key and SESSION_KEY in request.session and (was != key or time.time() - at > SEEN_EVERY):
            _note_use(request, was, key)
        return response


def _note_use(request: HttpRequest, was: str, key: str) -> None:
    user = request.user
    if isinstance(user, User):
        note_use(user=user, was=was, session_key=key, device=_device(request))
        request.session[PLACE] = [key, time.time()]


def place_of(request: HttpRequest) -> str:
    """Return the key under which the session stands on the list; after a change of password it is a moment behind."""
    key: str = request.session.get(PLACE, ("", 0))[0]
    return key


def note_login(request: HttpRequest, user: User) -> None:
    """Begin the session's line on the list; called when somebody has logged in."""
    key = request.session.session_key or ""
    note_session(user=user, session_key=key, device=_device(request))
    request.session[PLACE] = [key, time.time()]
    request.session[BEGAN] = time.time()


def _device(request: HttpRequest) -> str:
    return device(request.META.get("HTTP_USER_AGENT", ""))
