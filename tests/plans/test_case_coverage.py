"""Who can have an agreement in a case by name, and who no longer can when a consent ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.plans.cases import SECRET
from tests.plans.consents import consent_to
from tovholder.audit.models import Event
from tovholder.concerns.models import Concern
from tovholder.concerns.services import consenting
from tovholder.outbox.models import OutgoingMail
from tovholder.plans.models import Agreement
from tovholder.plans.services.case_coverage import uncovered_holders
from tovholder.plans.services.case_passing import pass_on_expired


def withdraw(case, consent):
    today = timezone.localdate()
    consenting.withdraw(by=case.user("anna"), concern=case.concern, consent=consent, on=today)


def status_of(client_for, case, name, made):
    return client_for(case.user(name)).get(f"/aftaler/{made.agreement_id}/").status_code


def test_a_consent_withdrawn_takes_the_agreement_from_whom_only_it_covered(case, client_for):
    consent = consent_to(case, "frida")
    made = case.agree("frida")
    page = client_for(case.user("frida")).get(f"/aftaler/{made.agreement_id}/")
    assert SECRET in page.content.decode()
    withdraw(case, consent)
    assert status_of(client_for, case, "frida", made) == 404
    agreement = Agreement.every.get()
    assert agreement.responsible == case.user("dina").person  # on the case team, and nobody is in charge
    assert agreement.is_open
    details = Event.objects.get(action="case_agreement.passed_on").details
    assert details["from"] == case.user("frida").person.pk
    mail = OutgoingMail.objects.get(subject="Aftaler i en sag er flyttet til dig")
    assert mail.to == case.user("dina").person.email
    assert not any(word in mail.body for word in ("Sofie", "Frida", str(case.concern.code)))


def test_a_helper_is_taken_off_and_who_is_covered_otherwise_keeps_theirs(case, client_for):
    consent = consent_to(case, "frida")
    made = case.agree("bo", helpers=["frida", "erik"])
    withdraw(case, consent)
    assert status_of(client_for, case, "frida", made) == 404
    assert status_of(client_for, case, "bo", made) == 200
    assert [each.name for each in Agreement.every.get().helpers.all()] == ["Erik"]
    assert Event.objects.filter(action="case_agreement.helper_uncovered").count() == 1
    assert not OutgoingMail.objects.filter(subject__contains="flyttet").exists()


def test_a_consent_that_runs_out_does_the_same(case, client_for):
    consent = consent_to(case, "frida")
    made = case.agree("frida")
    assert pass_on_expired() == 0
    consent.expires = timezone.localdate() - timedelta(days=1)
    consent.save()
    assert pass_on_expired() == 1
    assert status_of(client_for, case, "frida", made) == 404
    assert pass_on_expired() == 0


def test_with_nobody_on_the_team_who_triages_takes_it(case):
    consent = consent_to(case, "frida")
    case.agree("frida")
    case.concern.case_team.all().delete()
    withdraw(case, consent)
    assert Agreement.every.get().responsible == case.user("anna").person


def test_who_was_in_charge_once_and_works_on_it_no_more_does_not_get_it(case, client_for):
    consent = consent_to(case, "frida")
    made = case.agree("frida")
    case.concern.case_team.all().delete()
    Concern.objects.filter(pk=case.concern.pk).update(handler=case.user("carla").person)
    withdraw(case, consent)
    assert Agreement.every.get().responsible == case.user("anna").person
    assert status_of(client_for, case, "carla", made) == 404


@pytest.mark.parametrize(
    ("basis", "allowed"), [("rpl115", True), ("participation", False), ("consent", False)]
)
def test_only_a_basis_that_the_case_stands_on_covers_the_police(case, basis, allowed):
    case.concern.case_team.update(basis=basis)
    if allowed:
        assert case.agree("carla").agreement.responsible == case.user("carla").person
        return
    with pytest.raises(ValidationError) as fault:
        case.agree("carla")
    assert "responsible" in fault.value.message_dict


def test_without_any_basis_only_those_who_work_on_the_case_can_have_one(case):
    case.concern.case_team.update(until_at=timezone.now())
    assert case.agree("anna").agreement.responsible == case.user("anna").person
    with pytest.raises(ValidationError):
        case.agree("bo")


@pytest.mark.parametrize(("name", "told"), [("anna", True), ("dina", True), ("bo", False), ("frida", False)])
def test_what_a_consent_names_is_told_to_who_reads_the_consents_only(case, name, told):
    [said] = uncovered_holders(case.concern, [case.user("frida").person], by=case.user(name))
    assert ("samtykke" in said) == told
    [said] = uncovered_holders(case.concern, [case.user("frida").person], by=case.user(name).person)
    assert "samtykke" not in said  # who answers by a link is not logged in
