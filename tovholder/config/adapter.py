"""How allauth behaves here: logins are made by the administrator or by rule, and its mails go through the outbox."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.decision import Decision, no
from tovholder.accounts.middleware import mark_shown, shown_at
from tovholder.accounts.models import User
from tovholder.accounts.queries import has_second_factor, uses_sign_on
from tovholder.accounts.services.sign_on import arrive, may_enter_as_family
from tovholder.accounts.sign_on import FAMILY_PROVIDER, FamilySignOn, SignOn, identity, relative
from tovholder.audit.models import SYSTEM, Event
from tovholder.audit.services import record
from tovholder.meetings.services import own_child
from tovholder.outbox.services import queue_mail

# What allauth's pages say when something is done; what is not here goes without saying.
SAID = {
    "account/messages/password_changed.txt": gettext_lazy(
        "Adgangskoden er ændret. Du er logget ud alle andre steder."
    ),
    "mfa/messages/totp_activated.txt": gettext_lazy(
        "Appen er sat til. Næste gang du logger ind, spørger vi om en kode."
    ),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("Appen er fjernet."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("Nøglen er gemt. Du kan logge ind med den næste gang."),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("Nøglen er fjernet."),
}


class ClosedAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("E-mail eller adgangskode passer ikke. Prøv igen."),
        "too_many_login_attempts": gettext_lazy("For mange forsøg. Vent fem minutter, og prøv igen."),
        "rate_limited": gettext_lazy("For mange forsøg. Vent fem minutter, og prøv igen."),
        "incorrect_password": gettext_lazy("Adgangskoden passer ikke."),
        "enter_current_password": gettext_lazy("Adgangskoden passer ikke."),
    }

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        message = kwargs.get("message") or SAID.get(message_template or "")
        if message:
            messages.add_message(request, level, str(message))

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        message = self.render_mail(template_prefix, email, {"request": self.request, **context})
        queue_mail(to=email, subject=message.subject, body=str(message.body), about="account")

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Who uses single sign-on does not also come in by a password that nobody closes when they leave."""
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        records = get_authentication_records(request, user)
        by_password = bool(records) and records[-1]["method"] == "password"
        sign_on = settings.SIGN_ON
        if answer is None and by_password and sign_on and not sign_on.keeps_password and uses_sign_on(user):
            reason = _("Dit login er hos %(name)s. Log ind med det i stedet for en adgangskode.")
            return _refused(request, no("sign_on_only", reason % {"name": sign_on.name}), by=user)
        return answer

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        signed_on = (kwargs.get("signal_kwargs") or {}).get("sociallogin")
        if getattr(signed_on, "is_strong", False):
            mark_shown(request, user)
        record(by=user, action="login.succeeded", kind=Event.Kind.LOGIN)
        return answer

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Whoever it was is unknown; what was typed is not written down."""
        super().authentication_failed(request, **credentials)
        record(by=SYSTEM, action="login.failed", kind=Event.Kind.LOGIN)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of somebody who has just logged in, with as much as the login has."""
        user = self.request.user
        if has_second_factor(user):
            last = shown_at(self.request, user)
        else:
            last = max((each["at"] for each in get_authentication_records(self.request, user)), default=0)
        if time.time() - last < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        needed: bool = super().is_reauthentication_required(app=app, **kwargs)
        return needed

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Who has a second factor confirms with it; a password alone would be a way around it."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if has_second_factor(user):
            return [each for each in methods if each["id"].startswith("mfa_")]
        return methods


class FactorAdapter(DefaultMFAAdapter):
    """The secret behind the codes lies encrypted, so that a copy of the database does not hold the second factor."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("Koden passer ikke. Prøv med den, der står der nu."),
        "cannot_generate_recovery_codes": gettext_lazy("Nødkoder kræver, at du først har et ekstra trin."),
    }

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return "Tovholder"

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return _("Nøgle %(n)d") % {"n": Authenticator.objects.filter(user=user, type=type).count() + 1}


def _keys() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(f"mfa:{each}".encode()).digest())) for each in secrets]
    )


class SignOnAdapter(DefaultSocialAccountAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Decide who it is and what they may, before allauth does; keep nothing of the provider's answer but its id."""
        if sociallogin.account.provider == FAMILY_PROVIDER:
            raise ImmediateHttpResponse(_let_family_in(request, sociallogin))
        sign_on = _in_use()
        who = identity(sign_on, sociallogin.account.extra_data)
        known = sociallogin.user if sociallogin.is_existing else None
        sociallogin.account.extra_data = {}
        # Never "connect what comes back to whoever is logged in here": the answer itself says who it is.
        sociallogin.state["process"] = "login"
        with transaction.atomic():
            user, decision = arrive(sign_on=sign_on, who=who, known=known)
            if decision:
                sociallogin.user = sociallogin.account.user = user
                sociallogin.account.save()
        if not decision:
            raise ImmediateHttpResponse(_refused(request, decision, by=user or SYSTEM))
        sociallogin.is_strong = who.strong

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Nothing of what the provider said is shown or logged: it can hold anything."""
        by_family = getattr(provider, "sub_id", provider) == FAMILY_PROVIDER
        used = _family_way() if by_family else _in_use()
        if kwargs.get("error") == AuthError.CANCELLED:
            decision = no("sign_on_cancelled", _("Du afbrød, før du var logget ind."))
        else:
            reason = _("Det lykkedes ikke at logge ind med %(name)s. Prøv igen om lidt.")
            decision = no("sign_on_failed", reason % {"name": used.name})
        raise ImmediateHttpResponse(_refused(request, decision, by=SYSTEM, by_family=by_family))


def _in_use() -> SignOn:
    """Return the single sign-on of this installation. Raises Http404 where there is none."""
    if settings.SIGN_ON is None:
        raise Http404
    return settings.SIGN_ON


def _family_way() -> FamilySignOn:
    """Return how families log in. Raises Http404 where they do not."""
    if settings.FAMILY_SIGN_ON is None:
        raise Http404
    return settings.FAMILY_SIGN_ON


def _let_family_in(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    """Somebody of a family has shown who they are: a session of their own and no login, so that nothing else opens."""
    used = _family_way()
    who = relative(used, sociallogin.account.extra_data)
    decision = may_enter_as_family(who)
    if not decision:
        return _refused(request, decision, by=SYSTEM, by_family=True)
    request.session.flush()  # whoever sat here before has left
    own_child.enter(request.session, who.cpr)
    return redirect("family:mine")


def _refused(request: HttpRequest, decision: Decision, by: Any, *, by_family: bool = False) -> HttpResponse:
    record(by=by, action="login.refused", kind=Event.Kind.LOGIN, details={"code": decision.code})
    context = {"reason": decision.reason, "by_family": by_family}
    return render(request, "account/refused.html", context, status=403)
