"""Whatever is done to what was agreed in a case, in whatever order: it is open and comes up, or a person closed it why."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import MeetingFactory
from tests.plans.cases import SECRET, CaseWorld
from tests.worlds import examples
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.meetings.models import CarriedAgreement, CaseItem
from tovholder.meetings.services import carrying
from tovholder.meetings.services.carrying_cases import agreements_of, carry_case
from tovholder.plans.models import Agreement, AgreementNote, AgreementStatus, CaseAgreement, CaseAgreementNote
from tovholder.plans.services import case_agreements, case_passing, case_plans
from tovholder.plans.services.case_plans import PlanTexts

STEPS = [
    "make",
    "done",
    "stop",
    "change",
    "continue",
    "report",
    "edit",
    "reopen",
    "pass_on",
    "meet",
    "end_plan",
]
history = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5), st.booleans()), max_size=10)


def take(step: str, case: CaseWorld, which: CaseAgreement, plan, flag: bool) -> None:
    by = case.user("bo" if flag else "dina")
    due = timezone.localdate() + timedelta(days=7 if flag else -7)
    match step:
        case "make":
            case.agree("bo" if flag else "carla", plan=plan if flag else None)
        case "done":
            case_agreements.done(by=by, case=which, note=SECRET)
        case "stop":
            case_agreements.stop(by=by, case=which, reason=SECRET if flag else " ")
        case "change":
            person = case.user("carla").person
            case_agreements.change(
                by=by,
                case=which,
                reason=SECRET,
                words=SECRET,
                responsible=person if flag else None,
                due_on=due,
            )
        case "continue":
            case_agreements.continue_(by=by, case=which, note=SECRET, due_on=due)
        case "report":
            case_agreements.report(by=by, case=which, text=SECRET)
        case "edit":
            case_agreements.edit(by=by, case=which, responsible=case.user("bo").person, due_on=due)
        case "reopen":
            case_agreements.reopen(by=by, case=which)
        case "pass_on":
            case_passing.pass_on(by=by, person=case.people["bo" if flag else "carla"].person)
        case "meet":
            meet(case)
        case "end_plan":
            plan.refresh_from_db()
            case_plans.close_plan(by=case.user("dina"), plan=plan, outcome=SECRET, version=plan.version)


def meet(case: CaseWorld) -> None:
    """The next meeting of the same case: everything open stands there with it, and nothing on the forum's agenda."""
    meeting = MeetingFactory(lead_forum=case.forum, status="running", started_at=timezone.now())
    item = CaseItem.objects.create(meeting=meeting, concern=case.concern, created_by="system")
    open_ones = set(case_agreements.open_case_agreements(case.concern).values_list("pk", flat=True))
    carry_case(by=case.user("dina"), case_item=item)
    carry_case(by=case.user("dina"), case_item=item)
    assert set(agreements_of(item).values_list("pk", flat=True)) == open_ones
    assert CarriedAgreement.objects.filter(meeting=meeting).count() == len(open_ones)
    assert not carrying.open_agreements(meeting).exists()
    assert not carrying.agreements_at(meeting)


@pytest.mark.django_db(transaction=False)
@given(steps=history)
@settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_agreed_in_a_case_is_lost(steps, case):
    plan = case_plans.start_plan(
        by=case.user("dina"), concern=case.concern, child=case.child, texts=PlanTexts("Mål"),
        review_on=timezone.localdate(),
    ) if not case.concern.plans.exists() else case.concern.plans.get()  # fmt: skip
    case.agree("bo", ["carla"], plan=plan if plan.status == "open" else None)
    for step, which, flag in steps:
        rows = list(CaseAgreement.objects.filter(concern=case.concern).order_by("-pk")[:6])
        with contextlib.suppress(Refused, ValidationError):
            take(step, case, rows[which % len(rows)], plan, flag)
    check(case)


def check(case: CaseWorld) -> None:
    for row in CaseAgreement.objects.select_related("agreement"):
        agreement = row.agreement
        assert agreement.what == str(case.concern)
        assert agreement.responsible_id
        assert agreement.due_on
        assert bytes(row.words)
        steps = list(CaseAgreementNote.objects.filter(case_agreement=row).values_list("kind", flat=True))
        if agreement.status == AgreementStatus.OPEN:
            assert steps.count("closed") == steps.count("reopened")
            assert row in case_agreements.open_case_agreements(case.concern)
        else:
            assert steps.count("closed") == steps.count("reopened") + 1
            assert agreement.closed_by
            assert agreement.status == AgreementStatus.DONE or row.reason
            if agreement.status == AgreementStatus.CHANGED:
                assert Agreement.every.get(predecessor=agreement).case.concern_id == case.concern.pk
    assert not AgreementNote.objects.exists()
    assert not Agreement.objects.exists()
    for plan in case.concern.plans.exclude(status="open"):
        assert not plan.efforts.filter(agreement__status="open").exists()
    said = f"{list(Agreement.every.values())} {list(Event.objects.values('details', 'purpose'))}"
    assert "Sofie" not in said
