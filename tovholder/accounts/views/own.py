"""My own login: password, second factor, and where I am logged in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tovholder.accounts.middleware import place_of
from tovholder.accounts.policy import must_use_second_factor
from tovholder.accounts.queries import sessions_of, uses_sign_on
from tovholder.accounts.services import end_sessions


@require_GET
def security(request: HttpRequest) -> HttpResponse:
    factors = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    by_type = {each.type: each.wrap() for each in factors}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "app": next((each for each in factors if each.type == Authenticator.Type.TOTP), None),
        "keys": [each.wrap() for each in factors if each.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.get_unused_codes()) if codes else None,
        "demanded": must_use_second_factor(request.user),
        "sign_on": uses_sign_on(request.user),
        "sign_on_name": settings.SIGN_ON.name if settings.SIGN_ON else "",
        "keeps_password": bool(settings.SIGN_ON and settings.SIGN_ON.keeps_password),
        "sessions": list(sessions_of(request.user)),
        "here": place_of(request),
    }
    return render(request, "accounts/security.html", context)


@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(sessions_of(request.user), pk=pk)
    end_sessions(by=request.user, user=request.user, one=session.pk)
    messages.success(request, _("Du er logget ud på %(device)s.") % {"device": session.device})
    return redirect("mfa_index")


@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    count = end_sessions(by=request.user, user=request.user, but=place_of(request))
    text = ngettext("Du er logget ud %(n)d sted.", "Du er logget ud %(n)d steder.", count) % {"n": count}
    messages.success(request, text if count else _("Du er ikke logget ind andre steder."))
    return redirect("mfa_index")
