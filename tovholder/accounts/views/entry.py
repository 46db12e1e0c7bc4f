"""The way in, where allauth's own pages need a word of ours."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.webauthn import views as passkeys
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tovholder.accounts.queries import has_second_factor


class LoginView(account.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ways = {"sign_on": settings.SIGN_ON, "family": settings.FAMILY_SIGN_ON is not None}
        return {**super().get_context_data(**kwargs), **ways}


class ReauthenticateByPasskeyView(passkeys.ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        """Stay here and say so; allauth would lead to the login page, which is no place for who is logged in."""
        return self.render_to_response(self.get_context_data(failed=True))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **kwargs}


login = LoginView.as_view()
reauthenticate_by_passkey = ReauthenticateByPasskeyView.as_view()


@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where a login without the second factor is led: what it is, and the two ways to get one."""
    if has_second_factor(request.user):
        return redirect("mfa_index")
    return render(request, "account/second_factor.html")


@require_GET
def sign_on_cancelled(request: HttpRequest) -> HttpResponse:
    reason = _("Du afbrød, før du var logget ind.")
    return render(request, "account/refused.html", {"reason": reason})


def to_login(request: HttpRequest) -> HttpResponseRedirect:
    """Where allauth would let people sign up, or choose a provider: here there is the login page."""
    return redirect("account_login")
