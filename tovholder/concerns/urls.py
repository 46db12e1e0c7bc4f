"""Addresses of concerns: raise one, sort them, work on one, answer a question, the teams. A case code is no personal data."""

from django.urls import URLPattern, path, register_converter

from tovholder.concerns.views import (
    childs_words,
    concern,
    facts,
    lists,
    notifying,
    questions,
    raising,
    steps,
    teams,
)


class CaseCode:
    regex = r"\d{2}-\d{3,7}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CaseCode, "case")

app_name = "concerns"
urlpatterns: list[URLPattern] = [
    path("", lists.triage, name="list"),
    path("rejst/", lists.raised, name="raised"),
    path("ny/", raising.new, name="new"),
    path("ny/hvem/", raising.seen_by, name="seen_by"),
    path("underret/", raising.duty, name="duty"),
    path("teams/", teams.teams, name="teams"),
    path("teams/<slug:key>/", teams.team, name="team"),
    path("teams/<slug:key>/saet-ind/", teams.seat, name="seat"),
    path("teams/medlem/<int:pk>/ud/", teams.unseat, name="unseat"),
    path("spoergsmaal/<int:pk>/", questions.question, name="question"),
    path("spoergsmaal/<int:pk>/traek/", questions.withdraw, name="withdraw"),
    path("underretning/<int:pk>/kvittering/", notifying.receipt, name="receipt"),
    path("<case:code>/", concern.concern, name="concern"),
    path("<case:code>/forloeb/", concern.course, name="course"),
    path("<case:code>/forloeb/<str:child>/", concern.chronology, name="chronology"),
    path("<case:code>/hvem/", concern.readers, name="readers"),
    path("<case:code>/underret/", notifying.notify, name="notify"),
    path("<case:code>/fravaer/<str:child>/", notifying.absence, name="absence"),
    path("<case:code>/tag/", steps.take_on, name="take_on"),
    path("<case:code>/husk/<slug:age>/", steps.answer_age, name="answer_age"),
    path("<case:code>/status/", steps.status, name="status"),
    path("<case:code>/notat/", steps.note, name="note"),
    path("<case:code>/barnets-ord/", childs_words.write, name="childs_words"),
    path("<case:code>/barnets-ord/<int:pk>/", childs_words.agree, name="child_agrees"),
    path("<case:code>/raad/", steps.advice, name="advice"),
    path("<case:code>/spoerg/", questions.ask, name="ask"),
    path("<case:code>/ret/", facts.facts, name="facts"),
    path("<case:code>/lister/", steps.lists, name="lists"),
]
