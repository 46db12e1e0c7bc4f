"""After a consent is withdrawn nobody reads what was agreed whom only it covered, whatever became of the agreement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.plans.cases import SECRET, CaseWorld
from tests.plans.consents import consent_to
from tests.worlds import examples
from tovholder.audit.models import Event
from tovholder.concerns import policy as concerns
from tovholder.concerns.queries import readers
from tovholder.concerns.services import consenting
from tovholder.outbox.models import OutgoingMail
from tovholder.plans import links, policy, queries
from tovholder.plans.models import Agreement, CaseAgreement
from tovholder.plans.services import case_agreements
from tovholder.plans.services.case_coverage import uncovered_holders
from tovholder.plans.services.case_passing import pass_on_expired

STATES = ("open", "done", "stopped", "changed", "reopened")


def bring(case: CaseWorld, made: CaseAgreement, state: str) -> None:
    by = case.user("anna")
    match state:
        case "done" | "reopened":
            case_agreements.done(by=by, case=made)
        case "stopped":
            case_agreements.stop(by=by, case=made, reason="Ikke mere")
        case "changed":
            case_agreements.change(
                by=by, case=made, reason="Ny", words="Ny", responsible=case.user("dina").person,
                due_on=timezone.localdate(), helpers=[],
            )  # fmt: skip
    if state == "reopened":
        case_agreements.reopen(by=by, case=made)


def agreed(case: CaseWorld, name: str, part: str, state: str) -> Agreement:
    made = case.agree(name) if part == "responsible" else case.agree("dina", helpers=[name])
    bring(case, made, state)
    return Agreement.every.get(pk=made.agreement_id)


def reads(case: CaseWorld, name: str, agreement: Agreement) -> set[bool]:
    """The answer of the rule, and of its list: one, if they agree."""
    user, fresh = case.user(name), Agreement.every.get(pk=agreement.pk)
    listed = queries.case_agreements_visible_to(user).filter(agreement=fresh).exists()
    own = queries.mine(user).filter(pk=fresh.pk).exists()
    told = any(each.name == user.person.name for each in readers(case.concern))
    assert listed or not own
    assert told or not listed
    return {bool(policy.may_read(user, fresh)), listed}


def withdraw(case: CaseWorld, consent) -> None:
    consenting.withdraw(by=case.user("anna"), concern=case.concern, consent=consent, on=timezone.localdate())


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("part", ["responsible", "helper"])
def test_whom_only_the_consent_covered_reads_it_no_more(case, client_for, part, state):
    consent = consent_to(case, "frida")
    agreement = agreed(case, "frida", part, state)
    assert reads(case, "frida", agreement) == {True}
    page = client_for(case.user("frida")).get(f"/aftaler/{agreement.pk}/")
    assert SECRET in page.content.decode()
    withdraw(case, consent)
    assert reads(case, "frida", agreement) == {False}
    assert client_for(case.user("frida")).get(f"/aftaler/{agreement.pk}/").status_code == 404
    assert SECRET in client_for(case.user("anna")).get(f"/aftaler/{agreement.pk}/").content.decode()


@pytest.mark.django_db(transaction=False)
@given(
    state=st.sampled_from(STATES),
    part=st.sampled_from(["responsible", "helper"]),
    who=st.sampled_from(["frida", "bo", "carla", "dina"]),
    basis=st.sampled_from(["rpl115", "participation", "early_cooperation"]),
    named_again=st.booleans(),
)
@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_who_reads_on_is_whom_something_still_covers(case, state, part, who, basis, named_again):
    with transaction.atomic():
        case.concern.case_team.update(basis=basis)
        consent = consent_to(case, who)
        if named_again:
            consent_to(case, who)
        agreement = agreed(case, who, part, state)
        assert reads(case, who, agreement) == {True}
        withdraw(case, consent)
        works = bool(concerns.may_work(case.user(who), case.concern))
        covered = works or not uncovered_holders(case.concern, [case.user(who).person])
        assert reads(case, who, agreement) == {covered}
        transaction.set_rollback(True)


def test_who_works_on_the_case_still_sees_who_had_it(case, client_for):
    consent = consent_to(case, "frida")
    agreement = agreed(case, "frida", "responsible", "done")
    mails = OutgoingMail.objects.count()
    withdraw(case, consent)
    page = client_for(case.user("anna")).get(f"/aftaler/{agreement.pk}/").content.decode()
    assert "Frida" in page
    assert "Læser den ikke længere" in page
    event = Event.objects.get(action="case_agreement.shut")
    assert event.details == {"agreement": agreement.pk, "from": case.user("frida").person.pk}
    assert OutgoingMail.objects.count() == mails  # nobody has got anything to do


@pytest.mark.parametrize("part", ["responsible", "helper"])
def test_who_had_it_on_another_ground_keeps_what_they_had(case, part):
    """Carla was on the case team when she got it; somebody else's consent is nothing to her, though her seat has ended."""
    consent = consent_to(case, "frida")
    agreement = agreed(case, "carla", part, "done")
    case.concern.case_team.filter(person=case.user("carla").person).update(until_at=timezone.now())
    case.concern.case_team.update(basis="consent")
    assert uncovered_holders(case.concern, [case.user("carla").person])
    withdraw(case, consent)
    assert reads(case, "carla", agreement) == {True}


def test_opened_again_while_it_is_being_closed_it_keeps_its_responsible(case):
    agreed(case, "dina", "responsible", "open")
    [made] = CaseAgreement.objects.all()
    with transaction.atomic():
        assert not case_agreements.shut(case.user("anna"), made)
    assert Agreement.every.get().responsible == case.user("dina").person


def test_opened_again_it_lacks_somebody(case, client_for):
    consent = consent_to(case, "frida")
    agreement = agreed(case, "frida", "responsible", "done")
    withdraw(case, consent)
    made = CaseAgreement.objects.get(agreement=agreement)
    case_agreements.reopen(by=case.user("anna"), case=made)
    assert reads(case, "frida", agreement) == {False}
    page = client_for(case.user("anna")).get(f"/aftaler/{agreement.pk}/").content.decode()
    assert "Frida" not in page
    assert "Ikke valgt" in page


def test_a_link_in_an_old_mail_leads_nowhere(case, client):
    consent = consent_to(case, "frida")
    agreement = agreed(case, "frida", "responsible", "done")
    url = links.answer_url(agreement, case.user("frida").person)
    path = "/" + url.split("/", 3)[3]
    assert client.get(path).status_code == 200
    withdraw(case, consent)
    assert client.get(path).status_code == 410


def test_a_consent_that_runs_out_closes_an_ended_one_too(case):
    consent = consent_to(case, "frida")
    agreement = agreed(case, "frida", "responsible", "stopped")
    assert pass_on_expired() == 0
    consent.expires = timezone.localdate() - timedelta(days=1)
    consent.save()
    assert pass_on_expired() == 1
    assert reads(case, "frida", agreement) == {False}
    assert pass_on_expired() == 0
