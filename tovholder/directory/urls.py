"""Addresses of directory. The page of one person joins forums too and is found in insights."""

from django.urls import path

from tovholder.directory import views

app_name = "directory"
urlpatterns = [
    path("", views.persons, name="persons"),
    path("organisationer/", views.organisations, name="organisations"),
    path("skoler/", views.schools, name="schools"),
    path("skoler/<int:pk>/", views.school, name="school"),
    path("skoler/<int:pk>/post/", views.post_start, name="post_start"),
    path("poster/<int:pk>/slut/", views.post_end, name="post_end"),
    path("poster/<int:pk>/fortryd/", views.post_reopen, name="post_reopen"),
    path("tjek-tekst/", views.check_text, name="check_text"),
    path("distrikter/", views.districts, name="districts"),
    path("personer/ny/", views.person_new, name="person_new"),
    path("personer/<int:pk>/ret/", views.person_edit, name="person_edit"),
    path("personer/<int:pk>/login/", views.person_login, name="person_login"),
]
