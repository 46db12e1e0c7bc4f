"""The family's own pages, behind a login of its own: what was released of its child. To everybody else they do not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tovholder.meetings.services import own_child

View = Callable[..., HttpResponse]


def for_family(view: View) -> View:
    """Let in who has shown an identity in this session and no member of staff; the view gets their blind index."""

    @login_not_required
    @require_GET
    @wraps(view)
    def asked(request: HttpRequest, **places: Any) -> HttpResponse:
        _in_use(request)
        token = own_child.shown_in(request.session)
        if token is None:
            return redirect("family:front")
        return view(request, token, **places)

    return asked


def _in_use(request: HttpRequest) -> None:
    if settings.FAMILY_SIGN_ON is None or request.user.is_authenticated:
        raise Http404


@login_not_required
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Where a family logs in; it says nothing of anybody."""
    _in_use(request)
    if own_child.shown_in(request.session) is not None:
        return redirect("family:mine")
    return render(request, "meetings/own_front.html", {"way": settings.FAMILY_SIGN_ON})


@for_family
def mine(request: HttpRequest, token: bytes) -> HttpResponse:
    return render(request, "meetings/own_list.html", {"children": own_child.mine(token)})


@for_family
def minutes(request: HttpRequest, token: bytes, code: str, pk: int) -> HttpResponse:
    shown = own_child.read_minutes(token, code, pk)
    if shown is None:
        raise Http404
    return render(request, "meetings/own_minutes.html", {"shown": shown})


@for_family
def plan(request: HttpRequest, token: bytes, code: str, pk: int) -> HttpResponse:
    shown = own_child.read_plan(token, code, pk)
    if shown is None:
        raise Http404
    return render(request, "meetings/own_plan.html", {"shown": shown})


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    _in_use(request)
    request.session.flush()
    return redirect("family:front")
