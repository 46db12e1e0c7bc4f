"""The addresses of allauth that are used here; the rest of its pages do not exist."""

from allauth.account import views as allauth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.generic import RedirectView

urlpatterns = [
    path("login/", allauth_views.login, name="account_login"),
    path("log-af/", allauth_views.logout, name="account_logout"),
    path("lukket/", allauth_views.account_inactive, name="account_inactive"),
    path("bekraeft/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("adgangskode/", allauth_views.password_change, name="account_change_password"),
    path("adgangskode/vaelg/", allauth_views.password_set, name="account_set_password"),
    path("glemt/", allauth_views.password_reset, name="account_reset_password"),
    path("glemt/sendt/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^glemt/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "glemt/faerdig/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # allauth's login page asks for this name; nobody signs up by themselves.
    path(
        "opret/",
        login_not_required(RedirectView.as_view(pattern_name="account_login")),
        name="account_signup",
    ),
]
