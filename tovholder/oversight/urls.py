"""Addresses of the log's review."""

from django.urls import URLPattern, path

from tovholder.oversight import views

app_name = "oversight"
urlpatterns: list[URLPattern] = [
    path("", views.review_list, name="list"),
    path("<int:pk>/", views.review, name="review"),
    path("linje/<int:pk>/", views.line_tick, name="tick"),
]
