"""What every request passes on its way in and out."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.audit.services import record

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


class RefusalMiddleware:
    """A refusal becomes a page that says why, and a log line written after the rollback."""

    def __init__(self, get_response: type_) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
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
        return render(request, "403.html", {"reason": exception.decision.reason}, status=403)


def _pattern(request: HttpRequest) -> str:
    return f"/{request.resolver_match.route}" if request.resolver_match is not None else ""
