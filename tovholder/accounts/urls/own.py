"""The addresses of the way in and of one's own login. Allauth's other pages do not exist."""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.providers.openid_connect import views as sign_on
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.urls import path, re_path
from django.views.generic import RedirectView

from tovholder.accounts.sign_on import FAMILY_PROVIDER, PROVIDER
from tovholder.accounts.views import entry, own


def whole(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a change inside allauth and its log line stand or fall together."""
    return transaction.atomic(view)


THE_PROVIDER, THE_FAMILYS = {"provider_id": PROVIDER}, {"provider_id": FAMILY_PROVIDER}

urlpatterns = [
    path("login/", entry.login, name="account_login"),
    path("login/trin/", mfa.authenticate, name="mfa_authenticate"),
    path("login/noegle/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("login/kommunen/", sign_on.login, THE_PROVIDER, name="openid_connect_login"),
    path("login/kommunen/svar/", sign_on.callback, THE_PROVIDER, name="openid_connect_callback"),
    path("login/familien/", sign_on.login, THE_FAMILYS, name="openid_connect_login"),
    path("login/familien/svar/", sign_on.callback, THE_FAMILYS, name="openid_connect_callback"),
    path(
        "login/kommunen/afbrudt/",
        login_not_required(entry.sign_on_cancelled),
        name="socialaccount_login_cancelled",
    ),
    path("log-af/", account.logout, name="account_logout"),
    path("lukket/", account.account_inactive, name="account_inactive"),
    path("bekraeft/", account.reauthenticate, name="account_reauthenticate"),
    path("bekraeft/kode/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("bekraeft/noegle/", entry.reauthenticate_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("adgangskode/", whole(account.password_change), name="account_change_password"),
    # Who has no password gets one by mail, as at the first login.
    path(
        "adgangskode/vaelg/",
        RedirectView.as_view(pattern_name="account_reset_password"),
        name="account_set_password",
    ),
    path("glemt/", account.password_reset, name="account_reset_password"),
    path("glemt/sendt/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^glemt/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        whole(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "glemt/faerdig/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("ekstra-trin/", entry.second_factor, name="account_second_factor"),
    path("sikkerhed/", own.security, name="mfa_index"),
    path("sikkerhed/app/", whole(app.activate_totp), name="mfa_activate_totp"),
    path("sikkerhed/app/fjern/", whole(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("sikkerhed/noegler/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("sikkerhed/noegler/ny/", whole(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("sikkerhed/noegler/<int:pk>/", whole(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("sikkerhed/noegler/<int:pk>/fjern/", whole(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("sikkerhed/koder/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("sikkerhed/koder/nye/", whole(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("sikkerhed/steder/slut/", own.sessions_end, name="account_sessions_end"),
    path("sikkerhed/steder/<int:pk>/slut/", own.session_end, name="account_session_end"),
    # Names that allauth asks for; nobody signs up by themselves.
    path("opret/", login_not_required(entry.to_login), name="account_signup"),
    path("opret/kommunen/", login_not_required(entry.to_login), name="socialaccount_signup"),
]
