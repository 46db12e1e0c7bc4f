"""Addresses of logins, for administrators. The way in, and one's own login, are in `own`."""

from django.urls import path

from tovholder.accounts.views import logins

app_name = "accounts"
urlpatterns = [
    path("", logins.login_list, name="logins"),
    path("nyt/", logins.login_create, name="login_create"),
    path("<int:pk>/", logins.login_detail, name="login"),
    path("<int:pk>/luk/", logins.login_close, name="login_close"),
    path("<int:pk>/aabn/", logins.login_open, name="login_open"),
    path("<int:pk>/log-ud/", logins.login_sessions_end, name="login_sessions_end"),
    path("<int:pk>/nulstil/", logins.login_factors_reset, name="login_factors_reset"),
]
