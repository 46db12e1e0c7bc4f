"""Addresses of forums. The overview of a forum joins meetings and agreements and is found in insights."""

from django.urls import path

from tovholder.forums.views import charters, forums, members, older_minutes, reviews

app_name = "forums"
urlpatterns = [
    path("", forums.forum_list, name="list"),
    path("<int:pk>/medlemmer/", members.member_list, name="members"),
    path("<int:pk>/medlemmer/ny/", members.member_new, name="member_new"),
    path("medlemmer/<int:pk>/ret/", members.member_edit, name="member_edit"),
    path("<int:pk>/kommissorium/", charters.charter, name="charter"),
    path("<int:pk>/kommissorium/ny/", charters.draft_new, name="charter_new"),
    path("<int:pk>/kommissorium/ret/", charters.draft_edit, name="charter_edit"),
    path("<int:pk>/kommissorium/godkend/", charters.draft_approve, name="charter_approve"),
    path("<int:pk>/kommissorium/slet/", charters.draft_drop, name="charter_drop"),
    path("<int:pk>/kommissorium/sammenlign/", charters.compare, name="charter_compare"),
    path("<int:pk>/kommissorium/version-<int:version>/", charters.charter, name="charter_version"),
    path("<int:pk>/kommissorium/version-<int:version>.pdf", charters.charter_pdf, name="charter_pdf"),
    path("<int:pk>/aeldre-referater/", older_minutes.older_list, name="older_minutes"),
    path("<int:pk>/aeldre-referater/nyt/", older_minutes.older_add, name="older_minutes_add"),
    path("<int:pk>/aeldre-referater/<int:older_pk>/", older_minutes.older_file, name="older_minutes_file"),
    path(
        "<int:pk>/aeldre-referater/<int:older_pk>/ret/",
        older_minutes.older_change,
        name="older_minutes_change",
    ),
    path(
        "<int:pk>/aeldre-referater/<int:older_pk>/fjern/",
        older_minutes.older_remove,
        name="older_minutes_remove",
    ),
    path("<int:pk>/deltagere/", reviews.look, name="reviews"),
    path("<int:pk>/deltagere/<int:person_pk>/", reviews.look_at, name="review"),
    path("<int:pk>/deltagere/tryk/", reviews.tap, name="review_tap"),
    path("deltagere/<int:pk>/fortryd/", reviews.untap, name="review_untap"),
]
