"""Addresses of logins, for administrators. Login itself is in `login_urls`."""

from django.urls import path

from tovholder.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.login_list, name="logins"),
    path("nyt/", views.login_create, name="login_create"),
    path("<int:pk>/", views.login_detail, name="login"),
    path("<int:pk>/luk/", views.login_close, name="login_close"),
    path("<int:pk>/aabn/", views.login_open, name="login_open"),
]
