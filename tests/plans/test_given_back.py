"""What was typed about an agreement or a plan comes back where it has ended meanwhile, or the writer's access has."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from tests.concerns.test_given_back import WORDS, back
from tests.plans.consents import consent_to
from tovholder.concerns.services import consenting
from tovholder.plans.services import case_agreements, case_plans
from tovholder.plans.services.case_plans import PlanTexts


def test_a_status_on_an_agreement_that_was_closed_meanwhile(case, client_for):
    made = case.agree("bo")
    client = client_for(case.user("bo"))
    case_agreements.stop(by=case.user("anna"), case=made, reason="Ikke mere")
    answer = client.post(f"/aftaler/{made.agreement_id}/status/", {"text": WORDS})
    assert answer.status_code == 403
    assert back(answer.content.decode()) == [WORDS]


def test_a_status_by_whom_a_consent_covers_no_more(case, client_for):
    consent = consent_to(case, "frida")
    made = case.agree("frida")
    client = client_for(case.user("frida"))
    consenting.withdraw(by=case.user("anna"), concern=case.concern, consent=consent, on=timezone.localdate())
    answer = client.post(f"/aftaler/{made.agreement_id}/status/", {"text": WORDS})
    nowhere = client.post("/aftaler/999999/status/", {"text": WORDS})
    assert answer.status_code == nowhere.status_code == 404
    assert back(answer.content.decode()) == [WORDS]
    assert answer.content == nowhere.content


def begin(case):
    return case_plans.start_plan(
        by=case.user("dina"), concern=case.concern, child=case.child, texts=PlanTexts("Mål"),
        review_on=timezone.localdate(),
    )  # fmt: skip


SENT = {"goals": WORDS, "resources": "Mormor henter ham", "reflections": "", "version": "1"}


def test_a_plan_that_was_closed_meanwhile(case, client_for):
    plan, client = begin(case), client_for(case.user("dina"))
    case_plans.close_plan(by=case.user("dina"), plan=plan, outcome="Godt", version=plan.version)
    answer = client.post(reverse("case_plans:write", args=[plan.pk]), SENT)
    assert answer.status_code == 403
    assert back(answer.content.decode()) == [WORDS, "Mormor henter ham"]


def test_a_plan_of_a_case_that_is_no_more_the_writers(case, client_for):
    plan, client = begin(case), client_for(case.user("dina"))
    case.concern.case_team.update(until_at=timezone.now())
    answer = client.post(reverse("case_plans:write", args=[plan.pk]), SENT)
    assert answer.status_code == 404
    assert back(answer.content.decode()) == [WORDS, "Mormor henter ham"]
