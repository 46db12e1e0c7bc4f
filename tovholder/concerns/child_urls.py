"""Addresses of the children of a concern, their consents and the case team, and of "Må vi dele?"."""

from django.urls import URLPattern, path

from tovholder.concerns.views import case_team, child, child_ends, consents, sharing

app_name = "children"
CASE = "bekymringer/<str:code>/barn/"
CHILD = CASE + "<str:child>/"
TEAM = "bekymringer/<str:code>/team/"
CONSENT = CHILD + "samtykke/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("maa-vi-dele/", sharing.may_we_share, name="may_we_share"),
    path(CASE, child.overview, name="overview"),
    path(CASE + "laeg-paa/", child.lay_on, name="lay_on"),
    path(CASE + "nyt/", child.new, name="new"),
    path(CASE + "samtykke.pdf", consents.paper, name="consent_paper"),
    path(CHILD, child.child, name="child"),
    path(CHILD + "laeg-paa/", child.lay_known, name="lay_known"),
    path(CHILD + "ret/", child.change, name="change"),
    path(CHILD + "adresse/", child.address, name="address"),
    path(CHILD + "voksen/", child.adult, name="adult_new"),
    path(CHILD + "voksen/<int:pk>/", child.adult, name="adult"),
    path(CHILD + "oplysning/", child.information, name="information"),
    path(CHILD + "saml/<str:other>/", child_ends.merge, name="merge"),
    path(CHILD + "skil/", child_ends.part, name="part"),
    path(CHILD + "slet/", child_ends.erase, name="erase"),
    path(CHILD + "slet/<str:other>/", child_ends.rewrite, name="rewrite"),
    path(CHILD + "log.csv", child_ends.log, name="log"),
    path(CHILD + "samtykke/", consents.new, name="consent_new"),
    path(CHILD + "samtykke/samtykke.pdf", consents.print_typed, name="consent_print"),
    path(CONSENT + "ret/", consents.correct, name="consent_correct"),
    path(CONSENT + "traek/", consents.withdraw, name="consent_withdraw"),
    path(CONSENT + "formular/", consents.scan, name="scan"),
    path(CONSENT + "formular/hent/", consents.scan_file, name="scan_file"),
    path(TEAM, case_team.find, name="team_find"),
    path(TEAM + "<int:person>/", case_team.join, name="team_join"),
    path(TEAM + "<int:pk>/af/", case_team.leave, name="team_leave"),
]
