"""The component gallery, for those who build pages; only there when DEBUG is on."""

from django.urls import path

from tovholder.ui import views

app_name = "ui"
urlpatterns = [path("", views.gallery, name="gallery")]
