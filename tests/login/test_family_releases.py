"""What is released to a family, by whom, for whom, and that it is gone when it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.concerns.child_world import make_case
from tests.login.conftest import Families
from tests.login.family_world import FATHER, FOR_MOTHER, MOTHER, Home, body
from tovholder.access.decision import Refused, yes
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.identity import Identity
from tovholder.citizens.services.kin import kin_of, token_of
from tovholder.citizens.services.merging import AdultAnswers, merge_children
from tovholder.concerns.models import Category, Concern
from tovholder.concerns.queries import readers
from tovholder.concerns.services import childs_words
from tovholder.directory.models import Person
from tovholder.meetings.models import CaseItem, Meeting
from tovholder.meetings.services import own_child, releasing
from tovholder.meetings.services.cases_reading import YOUNG, only_for
from tovholder.plans.models import CasePlan, PlanRelease
from tovholder.plans.services import case_agreements, case_plans
from tovholder.plans.services import releasing as plans

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- the page of who does what
def ready_plan(home: Home, **texts: str) -> CasePlan:
    anna = home.case.anna
    plan = case_plans.start_plan(
        by=anna, concern=home.case.concern, child=home.child, review_on=timezone.localdate() + timedelta(days=30),
        texts=case_plans.PlanTexts(texts.get("goals", "Vi vil spise sammen"), "", "Far drikker"),
    )  # fmt: skip
    case_agreements.make_case_agreement(
        by=anna, concern=home.case.concern, plan=plan, forum=home.item.meeting.lead_forum, words="Anna ringer hver fredag",
        responsible=Person.objects.get(pk=anna.person.pk), due_on=timezone.localdate() + timedelta(days=9), priority=1,
    )  # fmt: skip
    return CasePlan.objects.get(pk=plan.pk)


def test_the_page_of_who_does_what_is_read_as_it_was_released(families: Families, home: Home) -> None:
    plan = ready_plan(home)
    client = families.citizen(FATHER)
    path = reverse("family:plan", args=[home.child.code, plan.pk])
    assert client.get(path).status_code == 404
    plans.release_plan(by=home.case.anna, plan=plan)
    assert path in body(client.get("/familie/mit/"))
    page = body(client.get(path))
    for said in ("Vi vil spise sammen", "Anna ringer hver fredag", "Sofie Hemmelig"):
        assert said in page
    assert "Far drikker" not in page  # what is not on the one page is not released
    case_plans.write_plan(
        by=home.case.anna, plan=plan, texts=case_plans.PlanTexts("Et helt andet mål"), review_on=plan.review_on, version=plan.version
    )  # fmt: skip
    assert "Et helt andet mål" not in body(client.get(path))
    assert Event.objects.filter(action="family.read", details={"plan": plan.pk}).count() == 2
    assert client.get(reverse("family:plan", args=["B-222222", plan.pk])).status_code == 404
    assert client.get(reverse("family:plan", args=[home.child.code, 2**63])).status_code == 404
    assert any("frigivet" in each.what for each in readers(home.case.concern))
    plans.take_release_back(by=home.case.anna, plan=plan)
    assert client.get(path).status_code == 404


def test_a_plan_is_released_when_it_is_ready_and_not_with_the_childs_own_words(
    home: Home, client_for: Callable[[User], Client]
) -> None:
    plan = ready_plan(home, goals="Jeg vil helst bo hos min mormor.")
    client = client_for(home.case.anna)
    path = reverse("case_plans:release", args=[plan.pk])
    refused = client.post(path, {"looked_through": "on"})
    assert refused.status_code == 422
    assert "Læs siden igennem" in body(client.post(path, {"child_agrees": "on"}))
    kept = client.post(
        path, {"looked_through": "on", "child_agrees": "on"}
    )  # the yes is written beside the words only
    assert "Siden rummer barnets egne ord" in body(kept)
    releasing.set_child_agrees(by=home.case.anna, case_item=home.item, agrees=True)
    answer = client.post(path, {"looked_through": "on"}, follow=True)
    assert "frigivet til familien" in body(answer)
    assert "Tag tilbage" in body(client.get(path))
    client.post(reverse("case_plans:release_take_back", args=[plan.pk]))
    assert not hasattr(CasePlan.objects.get(pk=plan.pk), "release")
    case_agreements.make_case_agreement(
        by=home.case.anna, concern=home.case.concern, plan=plan, forum=home.item.meeting.lead_forum, words="Nogen",
        responsible=None, due_on=None, draft=True,
    )  # fmt: skip
    assert "ikke klar" in body(client.post(path, {"looked_through": "on"}))
    suspected = Category.objects.create(key="vold", name="Vold", suspicion=Category.Suspicion.BY_FAMILY)
    home.case.concern.categories.add(suspected)
    assert client.get(path).status_code == 403
    assert client_for(home.case.erik).get(path).status_code == 404


# ---------------------------------------------------------------- the staff's side
def test_the_chair_says_for_whom_and_takes_it_back(home: Home, client_for: Callable[[User], Client]) -> None:
    client = client_for(home.case.anna)
    path = reverse("meetings:case_release", args=[home.item.meeting_id, home.item.pk])
    page = body(client.get(path))
    for said in (
        "Kun Mor Hemmelig",
        "Kun Far Hemmelig",
        "Kun den unge",
        FOR_MOTHER,
        "login er ikke slået til",
    ):
        assert said in page
    sent = {"child": home.child.pk, "text": "Til far alene", "audience": only_for(home.father.pk)}
    assert client.post(path, sent).status_code == 302
    own = {"child": home.child.pk, "text": "Jeg vil helst bo hos min mormor.", "audience": "alle"}
    assert "Teksten rummer barnets egne ord" in body(client.post(path, own))
    assert client.post(path, own | {"audience": "-ung"}).status_code == 302  # the child's own, to the child
    assert client.post(path, sent | {"audience": "-voksen-999"}).status_code == 422
    row = home.item.texts.get(key=f"familie-{home.child.pk}{only_for(home.father.pk)}")
    client.post(reverse("meetings:case_take_back", args=[home.item.meeting_id, home.item.pk, row.pk]))
    assert not home.item.texts.filter(pk=row.pk).exists()
    with pytest.raises(Refused):
        releasing.take_back(by=home.case.erik, case_item=home.item, text_id=1)


def test_the_number_is_written_and_never_shown(
    home: Home, families: Families, client_for: Callable[[User], Client]
) -> None:
    client = client_for(home.case.anna)
    path = home.case.child_path("voksen", str(home.mother.pk))
    page = body(client.get(path))
    assert "Er skrevet" in page
    assert MOTHER not in page
    told = {"name": "Mor Hemmelig", "standing": "custody", "contact": ""}
    assert "ti cifre" in body(client.post(path, told | {"cpr": "123"}))
    client.post(path, told)  # empty leaves it
    assert kin_of(token_of(MOTHER))
    client.post(path, told | {"cpr": "020280-9999"})
    assert not kin_of(token_of(MOTHER))
    assert [each.adult_id for each in kin_of(token_of("0202809999"))] == [home.mother.pk]
    client.post(path, told | {"forget_cpr": "on"})
    assert not kin_of(token_of("0202809999"))
    events = Event.objects.filter(action="child.adult_identified")
    assert all(set(each.details) == {"adult", "known"} for each in events)


def test_records_laid_together_keep_the_family(home: Home, anna: User, erik: User) -> None:
    twin = make_case(anna, erik, Identity("Sofie Hemmelig", date(2013, 3, 4)))
    answers = AdultAnswers({home.mother.pk: "custody", home.father.pk: "custody"}, {})
    merge_children(by=anna, decision=yes("triager"), kept=twin.child, gone=home.child, answers=answers)
    shown = own_child.mine(token_of(MOTHER))
    assert [(each.child, [line.kind for line in each.lines]) for each in shown] == [(twin.child, ["minutes"])]
    assert own_child.read_minutes(token_of(MOTHER), twin.child.code, home.item.pk) is not None


def test_erased_is_erased(home: Home, anna: User) -> None:
    Concern.objects.filter(pk=home.case.concern.pk).update(erased_at=timezone.now())
    assert own_child.mine(token_of(MOTHER)) == []
    assert Meeting.every.filter(pk=home.item.meeting_id).exists()


# ---------------------------------------------------------------- the child's own words
WORDS = "Jeg vil helst bo hos min mormor."


def test_words_that_the_child_shares_are_read_until_it_no_longer_does(families: Families, home: Home) -> None:
    """As the child agrees they may be in what is released; when it does not, they are gone from every page at once."""
    anna, concern = home.case.anna, home.case.concern
    words = "Far skal ikke hente mig."
    entry = childs_words.write_childs_words(by=anna, concern=concern, text=words, agrees=False)
    given = {"by": anna, "case_item": home.item, "child_id": home.child.pk, "text": f"Hun siger: {words}"}
    plan = ready_plan(home, goals=f"{words} Vi vil spise sammen.")
    with pytest.raises(ValidationError):
        releasing.release_to_family(**given)
    with pytest.raises(ValidationError):
        plans.release_plan(by=anna, plan=plan)
    childs_words.set_agreement(by=anna, entry=entry, agrees=True)
    releasing.release_to_family(**given)
    releasing.release_to_family(**given, audience=YOUNG)
    plans.release_plan(by=anna, plan=plan)
    father = families.citizen(FATHER)
    page_of_plan = reverse("family:plan", args=[home.child.code, plan.pk])
    for page in (home.page(), page_of_plan):
        assert words in body(father.get(page))

    childs_words.set_agreement(by=anna, entry=entry, agrees=False)
    for page in ("/familie/mit/", home.page(), page_of_plan):
        assert words not in body(father.get(page)), page
    assert father.get(page_of_plan).status_code == 404
    assert home.item.texts.filter(
        key=f"familie-{home.child.pk}{YOUNG}"
    ).exists()  # the child's own, to the child
    assert Event.objects.filter(action="case_item.taken_back").count() == 1
    assert Event.objects.filter(action="case_plan.release_taken_back").count() == 1


def test_words_from_a_meeting_follow_the_childs_own_choice(
    families: Families, home: Home, client_for: Callable[[User], Client]
) -> None:
    client, father = client_for(home.case.anna), families.citizen(FATHER)
    path = reverse("meetings:case_release", args=[home.item.meeting_id, home.item.pk])
    assert "Vises ikke for forældre" in body(client.get(path))
    own = {"child": home.child.pk, "text": WORDS, "audience": "alle"}
    assert client.post(path, own).status_code == 422
    client.post(f"{path}barnet/", {"enig": "1"})
    assert "Barnet har fortrudt" in body(client.get(path))
    assert client.post(path, own).status_code == 302
    assert WORDS in body(father.get(home.page()))
    client.post(f"{path}barnet/", {"enig": "0"})
    assert WORDS not in body(father.get(home.page()))
    told = Event.objects.filter(action="case_item.child_agreement_set").order_by("pk")
    assert [each.details["agrees"] for each in told] == [True, False]
    assert client_for(home.case.erik).post(f"{path}barnet/", {"enig": "1"}).status_code == 404


def released_without_a_yes(home: Home) -> None:
    """Let the words stand released beside a "Nej", as a tick box at the release once could leave them."""
    anna = home.case.anna
    releasing.set_child_agrees(by=anna, case_item=home.item, agrees=True)
    releasing.release_to_family(by=anna, case_item=home.item, child_id=home.child.pk, text=WORDS)
    plans.release_plan(by=anna, plan=ready_plan(home, goals=WORDS))
    CaseItem.objects.filter(pk=home.item.pk).update(child_agrees=False)


def test_what_the_chair_ticked_goes_too_when_the_child_no_longer_agrees(
    families: Families, home: Home, client_for: Callable[[User], Client]
) -> None:
    client, father = client_for(home.case.anna), families.citizen(FATHER)
    path = reverse("meetings:case_release", args=[home.item.meeting_id, home.item.pk])
    assert "Barnet har fortrudt" not in body(client.get(path))
    released_without_a_yes(home)
    assert WORDS in body(father.get(home.page()))
    assert "Barnet har fortrudt" in body(client.get(path))
    client.post(f"{path}barnet/", {"enig": "0"})
    assert WORDS not in body(father.get(home.page()))
    assert not PlanRelease.objects.exists()
    assert "Barnet har fortrudt" not in body(client.get(path))


def test_words_of_the_course_that_stand_released_without_a_yes_can_be_taken_back(
    families: Families, home: Home, client_for: Callable[[User], Client]
) -> None:
    """The same words were shared at a meeting before they were written in the course."""
    released_without_a_yes(home)
    anna, concern = home.case.anna, home.case.concern
    for words in (WORDS, "Far skal ikke hente mig."):
        childs_words.write_childs_words(by=anna, concern=concern, text=words, agrees=False)
    client = client_for(anna)
    page = body(client.get(f"/bekymringer/{concern.code}/forloeb/"))
    assert page.count("Barnet har fortrudt") == 1
    assert page.count("Barnet er indforstået<") == 2
    entry = concern.entries.filter(kind="child_view").order_by("pk").first()
    client.post(f"/bekymringer/{concern.code}/barnets-ord/{entry.pk}/", {"enig": "0"})
    assert WORDS not in body(families.citizen(FATHER).get(home.page()))
    assert not PlanRelease.objects.exists()


def test_what_the_child_shares_stands_on_the_page_of_who_does_what(
    families: Families, home: Home, client_for: Callable[[User], Client]
) -> None:
    """Said at the plan, however shortly; gone from the family's page as soon as the child no longer agrees."""
    anna, concern = home.case.anna, home.case.concern
    plan = ready_plan(home)
    client, father = client_for(anna), families.citizen(FATHER)
    write = reverse("case_plans:childs_words", args=[plan.pk])
    for text, agrees in (("Ja tak", "yes"), ("Far skal ikke hente mig i skolen.", "no")):
        assert client.post(write, {"text": text, "agrees": agrees}).status_code == 302
    shown = body(client.get(reverse("case_plans:release", args=[plan.pk])))
    assert "Ja tak" in shown
    assert "Far skal ikke" not in shown
    plans.release_plan(by=anna, plan=plan)
    page = reverse("family:plan", args=[home.child.code, plan.pk])
    assert "Barnets egne ord" in body(father.get(page))
    assert "Ja tak" in body(father.get(page))
    assert "Far skal ikke" not in body(father.get(page))
    entry = concern.entries.get(child_agrees_to_share=True)
    childs_words.set_agreement(by=anna, entry=entry, agrees=False)
    assert father.get(page).status_code == 404
