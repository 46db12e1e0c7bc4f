"""Addresses of insights."""

from django.urls import URLPattern, path

from tovholder.insights.views import forum_page, log, my_day

app_name = "insights"
urlpatterns: list[URLPattern] = [
    path("", my_day.my_day, name="my_day"),
    path("emne/", my_day.new_topic, name="new_topic"),
    path("fora/<int:pk>/", forum_page.forum, name="forum"),
    path("fora/<int:pk>/moeder/", forum_page.forum_meetings, name="forum_meetings"),
    path("fora/<int:pk>/aftaler/", forum_page.forum_agreements, name="forum_agreements"),
    path("vejviser/personer/<int:pk>/", forum_page.person, name="person"),
    path("log/", log.log_list, name="log"),
    path("log/fil/", log.log_csv, name="log_csv"),
    path("log/excel/", log.log_xlsx, name="log_xlsx"),
    path("log/segl/", log.log_seal, name="log_seal"),
]
