"""Addresses of the page about mail."""

from django.urls import path

from tovholder.outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.mail_list, name="mails"),
    path("proev-igen/", views.mail_retry_all, name="retry_all"),
    path("<int:pk>/proev-igen/", views.mail_retry, name="retry"),
]
