"""What every request passes on its way in and out."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.audit.services import record
from tovholder.ui.typed import given_back

type_ = Callable[[HttpRequest], HttpResponse]


class PrivacyHeadersMiddleware:
    """Pages behind login are kept out of every cache, and powerful browser features are off."""

    def __init__(self, get_response: type_) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response


# Where people write at length: what they typed is given back where it could not be saved.
_WRITE_HERE = {"concerns", "children", "plans", "case_plans", "network", "meetings"}


class RefusalMiddleware:
    """A refusal becomes a page that says why, and a log line written after the rollback.

    What was typed is given back, also where the page is gone: the same whether there never was one or access has ended.
    """

    def __init__(self, get_response: type_) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Http404):
            typed = _typed(request)
            return render(request, "404.html", {"typed": typed}, status=404) if typed else None
        if not isinstance(exception, Refused):
            return None
        if request.user.is_authenticated:
            record(
                by=request.user,
                action="access.refused",
                kind=Event.Kind.REFUSAL,
                # The pattern of the address, not the address itself: that can be a signed link.
                details={"code": exception.decision.code, "path": _pattern(request)},
            )
        context = {"reason": exception.decision.reason, "typed": _typed(request)}
        return render(request, "403.html", context, status=403)


def _typed(request: HttpRequest) -> list[str]:
    match = request.resolver_match
    return given_back(request) if match is not None and _WRITE_HERE.intersection(match.namespaces) else []


def _pattern(request: HttpRequest) -> str:
    return f"/{request.resolver_match.route}" if request.resolver_match is not None else ""
