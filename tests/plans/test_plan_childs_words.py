"""The child's own view in a plan: kept in the course of the case, sealed, with the child's yes or no beside it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.plans.cases import CaseWorld
from tovholder.access.decision import yes
from tovholder.audit.models import Event
from tovholder.citizens.identity import Identity
from tovholder.citizens.services.children import create_child
from tovholder.concerns.models import Entry
from tovholder.concerns.services.childs_words import write_childs_words
from tovholder.concerns.services.naming import lay_child_on
from tovholder.plans.models import CasePlan
from tovholder.plans.services import case_plans
from tovholder.plans.services.case_plans import PlanTexts
from tovholder.plans.services.plan_reading import show_plan

WORDS = "Jeg vil hellere spille fodbold end gå til samtaler."


@pytest.fixture
def plan(case: CaseWorld) -> CasePlan:
    return case_plans.start_plan(
        by=case.user("dina"), concern=case.concern, child=case.child, texts=PlanTexts("Vi vil spise sammen"),
        review_on=timezone.localdate() + timedelta(days=30),
    )  # fmt: skip


def here(plan: CasePlan) -> str:
    return reverse("case_plans:plan", args=[plan.pk])


def test_it_is_written_at_the_plan_and_kept_sealed_in_the_course(case, plan, client_for):
    client = client_for(case.user("dina"))
    page = client.get(here(plan)).content.decode()
    assert "Barnet er ikke hørt her endnu" in page
    write = f"{here(plan)}barnets-ord/"
    assert "Vises ikke for forældre, medmindre barnet er indforstået." in client.get(write).content.decode()
    answer = client.post(write, {"text": WORDS, "agrees": "no"})
    assert answer["Location"] == here(plan)
    page = client.get(here(plan)).content.decode()
    assert WORDS in page
    assert "Vises ikke for forældre" in page
    entry = Entry.objects.get(kind=Entry.Kind.CHILD_VIEW)
    assert (entry.child, entry.child_agrees_to_share) == (case.child, False)
    assert WORDS.encode() not in bytes(entry.text)
    assert WORDS in client.get(f"/bekymringer/{case.concern.code}/forloeb/").content.decode()
    assert Event.objects.filter(action="concern.childs_words_written").count() == 1
    assert Event.objects.filter(action="case_plan.read").latest("pk").details["childs_words"] == [entry.pk]


@pytest.mark.parametrize("typed", [{"text": WORDS}, {"text": " ", "agrees": "yes"}])
def test_the_choice_is_deliberate_and_nothing_typed_is_lost(case, plan, client_for, typed):
    answer = client_for(case.user("dina")).post(f"{here(plan)}barnets-ord/", typed)
    page = answer.content.decode()
    assert "form-error-message" in page
    assert typed["text"].strip() in page
    assert not Entry.objects.filter(kind=Entry.Kind.CHILD_VIEW).exists()


def test_it_stands_in_no_paper_and_is_read_by_nobody_else(case, plan, client_for):
    write_childs_words(by=case.user("dina"), concern=case.concern, text=WORDS, agrees=True, child=case.child)
    assert WORDS not in client_for(case.user("dina")).get(f"{here(plan)}hvem-goer-hvad/").content.decode()
    for name in ("bo", "erik", "frida", "grethe", "hans", "ida"):
        assert client_for(case.user(name)).get(f"{here(plan)}barnets-ord/").status_code == 404


def test_a_siblings_words_are_not_shown_as_the_childs(case, plan):
    anna = case.user("anna")
    write_childs_words(by=anna, concern=case.concern, text="Hvem af os?", agrees=False)
    shown = show_plan(by=anna, plan=plan, purpose="plan").childs_words
    assert [str(each.text) for each in shown] == ["Hvem af os?"]
    brother = create_child(
        by=anna, decision=yes("triager"), identity=Identity("Emil Kjær Prøvesen", date(2010, 5, 6))
    )
    lay_child_on(by=anna, concern=case.concern, child=brother)
    write_childs_words(by=anna, concern=case.concern, text="Brorens", agrees=False, child=brother)
    assert not show_plan(by=anna, plan=plan, purpose="plan").childs_words


def test_an_ended_plan_still_shows_them_and_takes_no_more(case, plan, client_for):
    write_childs_words(by=case.user("dina"), concern=case.concern, text=WORDS, agrees=False, child=case.child)
    case_plans.close_plan(by=case.user("dina"), plan=plan, outcome="Det går godt", version=plan.version)
    client = client_for(case.user("dina"))
    assert WORDS in client.get(here(plan)).content.decode()
    assert client.post(f"{here(plan)}barnets-ord/", {"text": "Mere", "agrees": "no"}).status_code == 403
