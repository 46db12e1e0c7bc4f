"""Addresses of the year wheel: look at the year, plan it, publish it; when people are busy."""

from django.urls import path

from tovholder.yearwheel.views import busy, marks, moving, rules, running, wheel, years

app_name = "yearwheel"

urlpatterns = [
    path("", wheel.wheel, name="wheel"),
    path("liste/", wheel.year_list, name="list"),
    path("kalender/", wheel.calendar, name="calendar"),
    path("kalender.ics", wheel.calendar_file, name="file"),
    path("a3.pdf", wheel.paper, name="paper"),
    path("offentligt/", wheel.public, name="public"),
    path("nyt/", years.new, name="new"),
    path("<int:pk>/", years.plan, name="plan"),
    path("<int:pk>/indstillinger/", years.settings, name="settings"),
    path("<int:pk>/temaer/", years.month_themes, name="themes"),
    path("<int:pk>/timer/fora/", years.hours, {"of": "fora"}, name="hours"),
    path("<int:pk>/timer/personer/", years.hours, {"of": "personer"}, name="hours_of_persons"),
    path("<int:pk>/regn/", running.start, name="start"),
    path("<int:pk>/offentliggoer/", running.publish, name="publish"),
    path("<int:pk>/fortryd/", running.take_back, name="take_back"),
    path("<int:pk>/plads/<slug:of>/<int:which>/", moving.place, name="place"),
    path("beregning/<int:pk>/", running.run, name="run"),
    path("beregning/<int:pk>/stop/", running.stop, name="run_stop"),
    path("beregning/<int:pk>/igen/", running.start_again, name="run_again"),
    path("beregning/<int:pk>/brug/", running.use, name="run_use"),
    path("offentliggoerelse/<int:pk>/", running.publication, name="publication"),
    path("offentliggoerelse/<int:pk>/igen/", running.publish_again, name="publish_again"),
    path("moede/<int:pk>/", moving.meeting, name="meeting"),
    path("moede/<int:pk>/proev/", moving.weigh_place, name="weigh_place"),
    path("moede/<int:pk>/fortryd/", moving.move_back, name="move_back"),
    path("moede/<int:pk>/slip/", moving.let_loose, name="let_loose"),
    path("moede/<int:pk>/ud/", moving.take_out, name="take_out"),
    path("moede/<int:pk>/tilbage/", moving.put_back, name="put_back"),
    path("regler/", rules.index, name="rules"),
    path("regler/forum/<int:pk>/", rules.forum, name="rule_forum"),
    path("regler/faelles/<int:pk>/", rules.joint, name="rule_joint"),
    path("faste-punkter/", marks.index, name="marks"),
    path("faste-punkter/nyt/", marks.change, name="mark_new"),
    path("faste-punkter/<int:pk>/", marks.change, name="mark"),
    path("faste-punkter/<int:pk>/af/", marks.take_off, name="mark_off"),
    path("faste-punkter/<int:pk>/fortryd/", marks.undo, name="mark_undo"),
    path("optaget/", busy.times, name="busy"),
    path("optaget/alle/", busy.people, name="busy_people"),
    path("optaget/<int:pk>/", busy.times, name="busy_of"),
    path("optaget/<int:pk>/glem/<slug:source>/", busy.clear, name="busy_clear"),
    path("optaget/tid/<int:pk>/slet/", busy.remove, name="busy_remove"),
]
