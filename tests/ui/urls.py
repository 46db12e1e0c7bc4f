"""The gallery at an address of its own, for the browser."""

from django.urls import include, path

urlpatterns = [path("komponenter/", include("tovholder.ui.urls"))]
