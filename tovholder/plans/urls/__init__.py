"""Addresses of plans: the lists, an agreement and its steps, and the signed links."""

from django.urls import URLPattern, path

from tovholder.plans.views import lists, signed, steps

app_name = "plans"
urlpatterns: list[URLPattern] = [
    path("", lists.mine, name="mine"),
    path("tavle/", lists.board, name="board"),
    path("paamindelser/", lists.switch_reminders, name="switch_reminders"),
    path("ny/", steps.new, name="new"),
    path("<int:pk>/", lists.agreement, name="agreement"),
    path("<int:pk>/gjort/", steps.done, name="done"),
    path("<int:pk>/aabn/", steps.reopen, name="reopen"),
    path("<int:pk>/status/", steps.status, name="status"),
    path("<int:pk>/fortsaet/", steps.go_on, name="go_on"),
    path("<int:pk>/aendr/", steps.change, name="change"),
    path("<int:pk>/stop/", steps.stop, name="stop"),
    path("<int:pk>/person-og-frist/", steps.complete, name="complete"),
    path("svar/<str:token>/", signed.answer, name="answer"),
    path("svar/<str:token>/gjort/", signed.answer_done, name="answer_done"),
    path("svar/<str:token>/status/", signed.answer_status, name="answer_status"),
    path("svar/<str:token>/aabn/", signed.answer_reopen, name="answer_reopen"),
    path("mails/<str:token>/", signed.reminders_by_link, name="reminders_by_link"),
]
