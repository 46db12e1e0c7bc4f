"""A plan around a child: written under the concern's key, scaled by the family, ended with its outcome, opened again."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import docx
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests.plans.cases import CaseWorld
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.concerns.models import Concern, ConcernStatus
from tovholder.concerns.queries import readers
from tovholder.plans import queries
from tovholder.plans.models import CaseAgreement, CasePlan, Scaling
from tovholder.plans.nav import concern_actions
from tovholder.plans.services import case_agreements, case_plans
from tovholder.plans.services.case_plans import PlanTexts
from tovholder.plans.services.plan_reading import lines, show_plan

GOALS = "Sofie vil have en at spise frokost med"
WORKS = {"anna", "dina"}


def today():
    return timezone.localdate()


@pytest.fixture
def plan(case) -> CasePlan:
    return start(case)


def start(case: CaseWorld) -> CasePlan:
    return case_plans.start_plan(
        by=case.user("dina"),
        concern=case.concern,
        child=case.child,
        texts=PlanTexts(GOALS, "Mormor", "Vi er trætte"),
        review_on=today() + timedelta(days=30),
    )


def body(response) -> str:
    return response.content.decode()


def test_it_is_sealed_and_the_concern_is_in_a_plan(case, plan):
    case.concern.refresh_from_db()
    assert case.concern.status == ConcernStatus.PLAN
    row = CasePlan.objects.values().get(pk=plan.pk)
    assert GOALS.encode() not in bytes(row["goals"])
    assert "Sofie" not in str(row)
    view = show_plan(by=case.user("anna"), plan=plan, purpose="plan")
    assert (str(view.goals), str(view.resources)) == (GOALS, "Mormor")
    assert "Sofie" in str(view.child_name)
    assert Event.objects.filter(action="case_plan.read", purpose="plan").count() == 1


@pytest.mark.parametrize(
    "name", ["anna", "bo", "carla", "dina", "erik", "frida", "grethe", "hans", "ida", "lise"]
)
def test_who_works_on_the_concern_sees_it_and_nobody_else(client_for, case, plan, name):
    case.agree("bo", ["carla"], plan=plan)
    user, sees = case.user(name), name in WORKS
    assert queries.plans_visible_to(user).filter(pk=plan.pk).exists() == sees
    client = client_for(user)
    pages = [
        "plan",
        "write",
        "add_effort",
        "scale",
        "close",
        "give_on",
        "who_does_what",
        "who_does_what_pdf",
        "who_does_what_word",
        "readers",
    ]
    for page in pages if not sees else ["plan"]:
        answer = client.get(reverse(f"case_plans:{page}", args=[plan.pk]))
        assert answer.status_code == (200 if sees else 404)
    listed = body(client.get(reverse("case_plans:list")))
    assert (str(case.concern) in listed) == sees
    assert client.get(reverse("case_plans:new", args=[case.concern.code])).status_code == (
        200 if sees else 404
    )
    assert bool(concern_actions(user, Concern.objects.get(pk=case.concern.pk))) == sees


def test_one_plan_at_a_time_for_a_child(case, plan):
    with pytest.raises(ValidationError) as fault:
        start(case)
    assert "child" in fault.value.message_dict


def test_two_write_at_once_and_the_second_is_told(client_for, case, plan):
    address = reverse("case_plans:write", args=[plan.pk])
    day = (today() + timedelta(days=20)).isoformat()
    first = {"goals": "Et nyt mål", "review_on": day, "version": plan.version}
    assert client_for(case.user("anna")).post(address, first).status_code == 302
    second = {"goals": "Et andet mål", "review_on": day, "version": plan.version}
    answer = client_for(case.user("dina")).post(address, second)
    assert "En anden har skrevet i indsatsaftalen imens" in body(answer)
    assert "Et andet mål" in body(answer)
    assert "Et nyt mål" in body(answer)
    plan.refresh_from_db()
    assert str(show_plan(by=case.user("anna"), plan=plan, purpose="plan").goals) == "Et nyt mål"
    again = {**second, "version": plan.version}
    assert client_for(case.user("dina")).post(address, again).status_code == 302


def test_the_family_s_numbers_stand_as_they_set_them(case, plan):
    by = case.user("dina")
    for days, value in ((20, 2), (10, 4), (0, 3)):
        case_plans.scale(
            by=by,
            plan=plan,
            by_whom="young_person",
            value=value,
            words="Det går",
            on=today() - timedelta(days=days),
        )
    wrong = case_plans.scale(by=by, plan=plan, by_whom="family", value=9, words="", on=today())
    case_plans.take_back_scaling(by=by, scaling=wrong)
    view = show_plan(by=by, plan=plan, purpose="plan")
    assert [each.value for each in view.scalings] == [2, 4, 3]
    [line] = lines(view.scalings)
    assert [point[2] for point in line.points] == [2, 4, 3]
    assert line.points[0][1] > line.points[1][1]
    assert not any(b"Det g" in bytes(each.words) for each in Scaling.objects.all())
    for change in ({"value": 11}, {"on": today() + timedelta(days=1)}):
        facts = {"by_whom": "family", "value": 5, "words": "", "on": today(), **change}
        with pytest.raises(ValidationError):
            case_plans.scale(by=by, plan=plan, **facts)


def test_it_does_not_end_while_something_is_agreed(case, plan):
    effort = case.agree("bo", plan=plan)
    with pytest.raises(ValidationError):
        case_plans.close_plan(by=case.user("anna"), plan=plan, outcome="Godt", version=plan.version)
    case_agreements.done(by=case.user("bo"), case=effort)
    case_plans.close_plan(
        by=case.user("anna"), plan=plan, outcome="Godt", version=plan.version, ends_concern=True
    )
    plan.refresh_from_db()
    case.concern.refresh_from_db()
    assert (plan.status, case.concern.status) == ("closed", ConcernStatus.CLOSED)
    with pytest.raises(Refused):
        case_agreements.reopen(by=case.user("bo"), case=effort)
    with pytest.raises(Refused):
        case.agree("bo", plan=plan)


def test_given_on_with_its_reason_and_taken_back(case, plan):
    case_plans.give_plan_on(
        by=case.user("anna"),
        plan=plan,
        to="ssp_plus",
        reason="Brug for mere",
        version=plan.version,
        ends_concern=True,
    )
    plan.refresh_from_db()
    case.concern.refresh_from_db()
    assert (plan.status, plan.handed_to, case.concern.status) == ("handed_over", "ssp_plus", "handed_over")
    case_plans.reopen_plan(by=case.user("anna"), plan=plan)
    plan.refresh_from_db()
    case.concern.refresh_from_db()
    assert (plan.status, plan.handed_to, case.concern.status) == ("open", "", "plan")


def test_only_a_triager_ends_the_case_with_the_plan(client_for, case, plan):
    address = reverse("case_plans:close", args=[plan.pk])
    assert "Afslut også sagen" in body(client_for(case.user("anna")).get(address))
    assert "Afslut også sagen" not in body(client_for(case.user("dina")).get(address))
    answer = {"outcome": "Godt", "version": plan.version, "ends_concern": "on"}
    client_for(case.user("dina")).post(address, answer)
    plan.refresh_from_db()
    case.concern.refresh_from_db()
    assert (plan.status, case.concern.status) == ("closed", "plan")


def test_who_can_see_names_the_holders_and_why(client_for, case, plan):
    case.agree("bo", ["carla"], plan=plan)
    found = {each.name: each for each in readers(case.concern)}
    assert {"Anna", "Dina", "Bo", "Carla", "Erik"} <= set(found)
    assert found["Bo"].what == "Sin egen aftale og sagskoden"
    page = body(client_for(case.user("anna")).get(reverse("case_plans:readers", args=[plan.pk])))
    assert "Har en aftale i sagen" in page


def test_the_plan_in_the_browser(client_for, case):
    client = client_for(case.user("dina"))
    day = (today() + timedelta(days=20)).isoformat()
    new = reverse("case_plans:new", args=[case.concern.code])
    client.post(new, {"child": case.child.pk, "goals": GOALS, "review_on": day})
    plan = CasePlan.objects.get()
    bo = case.user("bo").person.pk
    effort = {
        "words": "Bo spiser med",
        "responsible": bo,
        "due_on": day,
        "priority": 1,
        "forum": case.forum.pk,
    }
    assert client.post(reverse("case_plans:add_effort", args=[plan.pk]), effort).status_code == 302
    scaling = {"by_whom": "family", "value": 4, "words": "Lidt bedre", "on": today().isoformat()}
    assert client.post(reverse("case_plans:scale", args=[plan.pk]), scaling).status_code == 302
    page = client.get(reverse("case_plans:plan", args=[plan.pk]))
    for words in (GOALS, "Bo spiser med", "Lidt bedre", "Sofie Kjær Prøvesen"):
        assert words in body(page)
    assert "Sofie" not in body(page).split("<main")[0]
    assert "Bo spiser med" in body(client.get(reverse("case_plans:who_does_what", args=[plan.pk])))
    pdf = client.get(reverse("case_plans:who_does_what_pdf", args=[plan.pk]))
    assert pdf.content.startswith(b"%PDF")
    word = client.get(reverse("case_plans:who_does_what_word", args=[plan.pk]))
    text = "".join(each for each in word_texts(word.content))
    for words in (GOALS, "Bo spiser med", "Sofie Kjær Prøvesen", "Fortroligt"):
        assert words in text
    for file in (pdf, word):
        assert "Sofie" not in file.headers["Content-Disposition"]
        assert file.headers["Cache-Control"] == "private, no-store"
    assert Event.objects.filter(action="case_plan.read", purpose="who does what file").count() == 2


def test_an_effort_may_wait_for_who_and_when_and_the_plan_is_not_ready_before(client_for, case, plan):
    client = client_for(case.user("dina"))
    address = reverse("case_plans:plan", args=[plan.pk])
    new = {"words": "Nogen spiser med", "priority": 1, "forum": case.forum.pk}
    assert client.post(reverse("case_plans:add_effort", args=[plan.pk]), new).status_code == 302
    made = CaseAgreement.objects.get(plan=plan)
    assert (made.agreement.responsible, made.agreement.due_on) == (None, None)
    page = body(client.get(address))
    assert "Ikke klar: 1 indsats mangler ansvarlig eller frist" in page
    assert "Mangler ansvarlig og frist" in page
    assert "1 mangler ansvarlig eller frist" in body(client.get(reverse("case_plans:list")))
    assert "Mangler ansvarlig og frist" in body(
        client.get(reverse("case_plans:who_does_what", args=[plan.pk]))
    )
    word = "".join(word_texts(client.get(reverse("case_plans:who_does_what_word", args=[plan.pk])).content))
    assert "Mangler ansvarlig og frist" in word
    assert "1 indsats mangler ansvarlig eller frist" in word
    assert "Ikke valgt" in body(client.get(reverse("plans:agreement", args=[made.agreement_id])))
    complete = reverse("plans:complete", args=[made.agreement_id])
    client.post(complete, {"responsible": case.user("bo").person.pk})
    assert "Mangler frist" in body(client.get(address))
    refused = client.post(complete, {"due_on": today().isoformat()})  # who was chosen is not taken out again
    assert "Vælg en mulighed" in body(refused)
    client.post(complete, {"responsible": case.user("bo").person.pk, "due_on": today().isoformat()})
    page = body(client.get(address))
    assert "Klar: alle indsatser har en ansvarlig og en frist" in page
    assert "Mangler" not in page


def test_only_what_is_said_to_be_a_draft_may_wait(case, plan):
    for draft in (False, True):
        given = {"plan": plan, "due_on": None, "draft": draft}
        if draft:
            assert case.agree("bo", **given).agreement.due_on is None
        else:
            with pytest.raises(ValidationError):
                case.agree("bo", **given)
    with pytest.raises(ValidationError) as fault:
        case.agree("bo", plan=plan, words=" ", draft=True)
    assert "words" in fault.value.message_dict


def word_texts(content: bytes) -> list[str]:
    page = docx.Document(BytesIO(content))
    cells = [cell.text for table in page.tables for row in table.rows for cell in row.cells]
    footer = [each.text for each in page.sections[0].footer.paragraphs]
    return [*(each.text for each in page.paragraphs), *cells, *footer]


def test_review_is_prompted_when_the_day_has_come(client_for, case, plan):
    client = client_for(case.user("dina"))
    address = reverse("case_plans:plan", args=[plan.pk])
    assert "I skulle se på indsatsaftalen nu" not in body(client.get(address))
    CasePlan.objects.filter(pk=plan.pk).update(review_on=today())
    assert "I skulle se på indsatsaftalen nu" in body(client.get(address))
    listed = client.get(reverse("case_plans:list") + "?vis=ses")
    assert str(case.concern) in body(listed)


@pytest.mark.parametrize("n", [1, 3])
def test_reads_do_not_grow(client_for, case, plan, n, django_assert_max_num_queries):
    for k in range(n):
        case.agree("bo", ["carla"], plan=plan, priority=k + 1)
        case_plans.scale(by=case.user("dina"), plan=plan, by_whom="family", value=k, words="x", on=today())
    client = client_for(case.user("dina"))
    for page in ("plan", "who_does_what"):
        with django_assert_max_num_queries(PLAN_READS):
            client.get(reverse(f"case_plans:{page}", args=[plan.pk]))
    with django_assert_max_num_queries(12):
        client.get(reverse("case_plans:list"))


PLAN_READS = 12
