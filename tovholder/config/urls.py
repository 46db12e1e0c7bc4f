"""Addresses of the whole site. One address per verb; each app keeps its own."""

from django.conf import settings
from django.urls import include, path

from tovholder.config import views
from tovholder.meetings import urls as meetings

handler500 = "tovholder.config.views.server_error"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("konto/", include("tovholder.accounts.urls.own")),
    path("logins/", include("tovholder.accounts.urls")),
    path("moeder/", include("tovholder.meetings.urls")),
    path("bekymringer/", include("tovholder.concerns.urls")),
    path("netvaerksmoeder/", include((meetings.network_meetings, "network"))),
    path("familie/", include((meetings.family_links, "family"))),
    path("aarshjul/", include("tovholder.yearwheel.urls")),
    path("aftaler/", include("tovholder.plans.urls")),
    path("indsatsaftaler/", include("tovholder.plans.urls.case_plans")),
    path("", include("tovholder.concerns.child_urls")),
    path("fora/", include("tovholder.forums.urls")),
    path("vejviser/", include("tovholder.directory.urls")),
    path("", include("tovholder.imports.urls")),
    path("opsaetning/", include("tovholder.setup.urls")),
    path("mail/", include("tovholder.outbox.urls")),
    path("soeg/", include("tovholder.search.urls")),
    path("log/gennemgang/", include("tovholder.oversight.urls")),
    path("", include("tovholder.insights.urls")),
]

if settings.DEBUG:
    urlpatterns.append(path("komponenter/", include("tovholder.ui.urls")))
