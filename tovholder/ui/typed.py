"""What people type into a list's filter stands in no address: it waits in the session under a number.

The form is posted to the list's own address and answered with an address that carries the choices and the number
(`?rolle=member&soegt=48211`). Back, reload, pages, sorting and files then work as with any other filter, and no
proxy, no history and no mail sees a name. Works without JavaScript.

What is typed into a form that is refused is given back on the page that refuses (`given_back`), and kept nowhere.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict  # noqa: TID251  # stands before views
from django.http.response import HttpResponseBase, HttpResponseRedirect  # noqa: TID251  # stands before views
from django.shortcuts import redirect  # noqa: TID251  # stands before views
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

PARAM = "soegt"
KEPT = "typed"  # in the session
REMEMBERED = 20
LONGEST = 200
# Of the page that was left, not of the list that is asked for now.
_LEFT_BEHIND = ("csrfmiddlewaretoken", "side", "hent", PARAM)

# What a form sends besides what people type: numbers, days and moments, and the keys of choices.
_NOT_TYPED = re.compile(r"[a-z0-9_.:+-]*|\d{4}-\d\d-\d\dT[\d:.+-]+Z?")
_NEVER_BACK = ("csrfmiddlewaretoken", "password")

View = Callable[..., HttpResponseBase]


def remember(request: HttpRequest, typed: dict[str, str]) -> int:
    """Keep what was typed, and return the number it waits under. The same words again keep their number."""
    kept = [each for each in request.session.get(KEPT, []) if each[1] != typed]
    known = next((each[0] for each in request.session.get(KEPT, []) if each[1] == typed), None)
    # By chance, so that an address from an earlier login does not lead to what somebody typed since.
    number: int = known or secrets.randbelow(10**8) + 1
    request.session[KEPT] = [*kept, [number, typed]][-REMEMBERED:]
    return number


def recall(request: HttpRequest, number: int) -> dict[str, str] | None:
    """Return what waits under the number; None when it is forgotten, or was never there."""
    return next((each[1] for each in request.session.get(KEPT, []) if each[0] == number), None)


def typed(*names: str, back: str = "") -> Callable[[View], View]:
    """Give the view its filters as `given`, and keep these of them out of every address.

    `back` is the page of the list, for a view that only sends its file.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            asked = request.POST if request.method == "POST" else request.GET
            if request.method == "POST" or any(name in asked for name in names):
                return _without_text(request, asked, names)
            if PARAM not in asked:
                return view(request, *args, given=asked, **kwargs)
            kept = recall(request, _number(asked[PARAM])) or {}
            found = {name: text for name, text in kept.items() if name in names}
            if not found:
                messages.info(request, _("Det, du søgte efter, er glemt igen. Skriv det en gang til."))
                return redirect(_with(asked, {}, reverse(back) if back else request.path))
            given = asked.copy()
            given.update(found)
            return view(request, *args, given=given, **kwargs)

        return require_http_methods(["GET", "HEAD", "POST"])(wrapped)

    return decorate


def _without_text(request: HttpRequest, asked: QueryDict, names: tuple[str, ...]) -> HttpResponseRedirect:
    written = {name: asked.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in names}
    found = {name: text for name, text in written.items() if text and _may_be_kept(request, text)}
    extra = {PARAM: str(remember(request, found))} if found else {}
    return redirect(_with(asked, extra, request.path, leave=names))


def _may_be_kept(request: HttpRequest, text: str) -> bool:
    """A CPR number is not even kept for the next page."""
    try:
        import_string(settings.FREE_TEXT_CHECK)(text)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
        return False
    return True


def _with(asked: QueryDict, extra: dict[str, str], path: str, *, leave: tuple[str, ...] = ()) -> str:
    query = QueryDict(mutable=True)
    for name, values in asked.lists():
        if name not in _LEFT_BEHIND and name not in leave and any(values):
            query.setlist(name, values)
    query.update(extra)
    return f"{path}?{query.urlencode()}" if query else path


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def given_back(request: HttpRequest) -> list[str]:
    """Return the texts that somebody who is logged in has typed and sent from a page of ours, in the order of the form.

    Nothing is looked up: that it is given back says nothing of what it was written to.
    """
    ours = getattr(request, "csrf_processing_done", False)
    if request.method != "POST" or not ours or not request.user.is_authenticated:
        return []
    sent = [
        text.replace("\x00", "").strip()
        for name, texts in request.POST.lists()
        if not name.startswith(_NEVER_BACK)
        for text in texts
    ]
    return [text for text in sent if text and not _NOT_TYPED.fullmatch(text)]
