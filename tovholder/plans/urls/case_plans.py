"""Addresses of plans around a child (indsatsaftaler). The case code in an address is no personal data."""

from django.urls import URLPattern, path

from tovholder.plans.views import case_plans, plan_release

app_name = "case_plans"
urlpatterns: list[URLPattern] = [
    path("", case_plans.plans, name="list"),
    path("ny/<slug:code>/", case_plans.new, name="new"),
    path("<int:pk>/", case_plans.plan, name="plan"),
    path("<int:pk>/skriv/", case_plans.write, name="write"),
    path("<int:pk>/indsats/", case_plans.add_effort, name="add_effort"),
    path("<int:pk>/tal/", case_plans.scale, name="scale"),
    path("<int:pk>/barnets-ord/", case_plans.childs_words, name="childs_words"),
    path("<int:pk>/tal/<int:number>/tag-tilbage/", case_plans.take_back, name="take_back"),
    path("<int:pk>/afslut/", case_plans.close, name="close"),
    path("<int:pk>/giv-videre/", case_plans.give_on, name="give_on"),
    path("<int:pk>/genaabn/", case_plans.reopen, name="reopen"),
    path("<int:pk>/hvem-goer-hvad/", case_plans.who_does_what, name="who_does_what"),
    path("<int:pk>/hvem-goer-hvad.pdf", case_plans.who_does_what_pdf, name="who_does_what_pdf"),
    path("<int:pk>/hvem-goer-hvad.docx", case_plans.who_does_what_word, name="who_does_what_word"),
    path("<int:pk>/frigiv/", plan_release.release, name="release"),
    path("<int:pk>/frigiv/tag-tilbage/", plan_release.take_back, name="release_take_back"),
    path("<int:pk>/hvem-kan-se/", case_plans.readers, name="readers"),
]
