"""Addresses of setup."""

from django.urls import path

from tovholder.setup import views

app_name = "setup"
urlpatterns = [
    path("", views.index, name="index"),
    path("eksport/", views.export, name="export"),
    path("kladde/<int:pk>/", views.draft, name="draft"),
    path("kladde/<int:pk>/indlaes/", views.apply, name="apply"),
    path("kladde/<int:pk>/kasser/", views.discard, name="discard"),
    path("kladde/<int:pk>/tekst/<int:number>/", views.text, name="text"),
]
