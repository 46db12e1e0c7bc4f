"""Addresses of search. None of them carries what was typed."""

from django.urls import path

from tovholder.search import views

app_name = "search"
urlpatterns = [
    path("", views.start, name="start"),
    path("efter/", views.ask, name="ask"),
    path("<int:number>/", views.results, name="results"),
]
