"""A consent that was wrongly written is corrected: looked at before, closed at once where it opens less, and what stood is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.plans.cases import SECRET, CaseWorld
from tests.plans.consents import consent_to
from tests.twice import MARK, look_and_save
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.citizens.models import Consent
from tovholder.citizens.services import consents as records
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Entry
from tovholder.concerns.services import consenting
from tovholder.concerns.services.naming import add_to_case_team
from tovholder.plans.models import Agreement
from tovholder.plans.services import case_agreements
from tovholder.plans.services.case_passing import pass_on_ended, pass_on_expired

TODAY = timezone.localdate


def address(case: CaseWorld, consent: Consent) -> str:
    return f"/bekymringer/{case.concern.code}/barn/{case.child.code}/samtykke/{consent.pk}/ret/"


def typed(consent: Consent, **other: Any) -> dict[str, Any]:
    """The form as it is sent where nothing but `other` is corrected."""
    return {
        "giver": consent.giver_id or "young_person",
        "form": consent.form,
        "given": consent.given.isoformat(),
        "organisations": [each.pk for each in consent.organisations.all()],
        "kinds": "Trivsel",
        "purpose": "Fritid",
        "expires": "",
        "note": "",
    } | other


def place_of(case: CaseWorld, name: str) -> int:
    return case.user(name).person.organisation_id


def last_entry(case: CaseWorld) -> str:
    entry = Entry.objects.filter(concern=case.concern).latest("pk")
    entry.concern = case.concern
    return Safe.of([case.concern]).read(entry, "text").text


def test_every_part_of_it_is_corrected_and_what_stood_is_kept(case, client_for):
    consent = consent_to(case, "frida")
    client = client_for(case.user("anna"))
    page = client.get(address(case, consent)).content.decode()
    assert "Trivsel</textarea>" in page
    given, expires = TODAY() - timedelta(days=40), TODAY() + timedelta(days=90)
    told = typed(
        consent, organisations=[place_of(case, "carla")], kinds="Fravær", purpose="Finde en klub",
        given=given.isoformat(), expires=expires.isoformat(), form="oral", note="I telefonen",
    )  # fmt: skip
    shown, answer = look_and_save(client, address(case, consent), told)
    assert "Det bliver rettet" in shown
    assert "Før: Fritid" in shown
    assert answer.status_code == 302
    consent = Consent.objects.get(pk=consent.pk)
    view = records.in_clear(case.child)[0]
    assert (str(view.kinds), str(view.purpose), str(view.note)) == ("Fravær", "Finde en klub", "I telefonen")
    assert (consent.given, consent.expires, consent.form) == (given, expires, "oral")
    assert [each.pk for each in consent.organisations.all()] == [place_of(case, "carla")]
    kept = last_entry(case)
    assert "Et samtykke er rettet." in kept
    assert "Til hvad: Finde en klub (før: Fritid)" in kept
    assert "Udløber:" in kept
    event = Event.objects.get(action="consent.corrected")
    assert event.details == {
        "consent": consent.pk,
        "changed": ["expires", "form", "given", "kinds", "note", "organisations", "purpose"],
    }
    page = client.get(f"/bekymringer/{case.concern.code}/forloeb/").content.decode()
    assert "Til hvad: Finde en klub (før: Fritid)" in page


def test_who_is_no_longer_named_loses_it_at_once_and_the_look_says_so(case, client_for):
    consent = consent_to(case, "frida")
    frida = case.user("frida")
    add_to_case_team(
        by=case.user("anna"), concern=case.concern, person=frida.person, basis="consent", necessity="Ven"
    )
    made = case.agree("frida")
    case_agreements.done(by=case.user("anna"), case=made)
    case.agree("frida")
    client = client_for(case.user("anna"))
    shown, _answer = look_and_save(
        client, address(case, consent), typed(consent, organisations=[place_of(case, "carla")])
    )
    losses = shown.split("Mister adgang fra næste klik")[1].split("</section>")[0]
    assert "<strong>Frida</strong>, Vestby Boldklub" in losses
    assert "Ser derefter intet." in losses
    for each in Agreement.every.all():
        assert client_for(frida).get(f"/aftaler/{each.pk}/").status_code == 404
    assert not case.concern.case_team.filter(until_at=None, person=frida.person).exists()
    kept = last_entry(case)
    assert "Aftalen er flyttet til Dina." in kept
    assert "Én aftale er lukket for den, der har haft den" in kept
    assert Event.objects.get(action="concern.consent_closed").details["agreements"] == 2


def test_what_is_looked_at_is_kept_nowhere(case, client_for):
    consent = consent_to(case, "frida")
    client_for(case.user("anna")).post(address(case, consent), typed(consent, purpose="Skole"))
    assert str(records.in_clear(case.child)[0].purpose) == "Fritid"
    assert not Event.objects.filter(action="consent.corrected").exists()


def test_what_was_changed_meanwhile_is_looked_at_again(case, client_for):
    consent = consent_to(case, "frida")
    client = client_for(case.user("anna"))
    told = typed(consent, purpose="Skole")
    mark = MARK.search(client.post(address(case, consent), told).content.decode())[1]
    other = typed(consent, kinds="Fravær")
    look_and_save(client_for(case.user("dina")), address(case, consent), other)
    again = client.post(address(case, consent), told | {"vist": mark}).content.decode()
    assert "Noget er ændret" in again
    assert "Før: Fravær" in again
    view = records.in_clear(case.child)[0]
    assert (str(view.kinds), str(view.purpose)) == ("Fravær", "Fritid")


def test_the_service_takes_no_correction_of_what_was_not_seen(case):
    consent = consent_to(case, "frida")
    facts = consenting.ConsentFacts(
        consent.giver, consent.organisations.all(), consent.form, consent.given, consent.expires
    )
    with pytest.raises(ValidationError, match="En anden har rettet samtykket imens"):
        consenting.correct(
            by=case.user("anna"), concern=case.concern, consent=consent, facts=facts,
            texts=consenting.ConsentTexts("Fravær", "Fritid"), seen="noget andet",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"organisations": []}, "organisations", "Vælg mindst én"),
        ({"purpose": " "}, "purpose", "Skriv, hvad"),
        ({"given": "2099-01-01"}, "given", "Datoen ligger i fremtiden."),
        ({"expires": "2001-01-01"}, "expires", "Samtykket kan ikke udløbe, før det er givet."),
        ({"form": "oral"}, "note", "Skriv, hvornår og hvordan"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(case, client_for, wrong, field, said):
    consent = consent_to(case, "frida")
    told = typed(consent, kinds="Fravær i maj", **wrong)
    answer = client_for(case.user("anna")).post(address(case, consent), told)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "Fravær i maj" in answer.content.decode()


def test_nothing_corrected_is_said(case, client_for):
    consent = consent_to(case, "frida")
    answer = client_for(case.user("anna")).post(address(case, consent), typed(consent))
    assert "Der er ikke rettet noget." in answer.content.decode()


def test_a_withdrawn_one_stands_as_it_was(case, client_for):
    consent = consent_to(case, "frida")
    seen = records.state_of(consent)
    consenting.withdraw(by=case.user("anna"), concern=case.concern, consent=consent, on=TODAY())
    client = client_for(case.user("anna"))
    assert client.get(address(case, consent)).status_code == 403
    assert client.post(address(case, consent), typed(consent, purpose="Skole")).status_code == 403
    assert (
        "/ret/"
        not in client.get(address(case, consent).split("samtykke/")[0]).content.decode().split("samtykker")[1]
    )
    facts = consenting.ConsentFacts(consent.giver, consent.organisations.all(), "written", consent.given)
    with pytest.raises(Refused):
        consenting.correct(
            by=case.user("anna"), concern=case.concern, consent=consent, facts=facts,
            texts=consenting.ConsentTexts("Fravær", "Fritid"), seen=seen,
        )  # fmt: skip


@pytest.mark.parametrize("name", ["bo", "carla", "erik", "frida", "grethe", "hans", "ida"])
def test_to_others_it_does_not_exist(case, client_for, name):
    consent = consent_to(case, "frida")
    client = client_for(case.user(name))
    assert client.get(address(case, consent)).status_code == 404
    assert client.post(address(case, consent), typed(consent, purpose="Skole")).status_code == 404
    assert str(records.in_clear(case.child)[0].purpose) == "Fritid"


def test_a_giver_who_has_lost_custody_since_does_not_stand_in_the_way(case, client_for):
    consent = consent_to(case, "frida")
    type(consent.giver).objects.filter(pk=consent.giver_id).update(standing="no_custody")
    _shown, answer = look_and_save(
        client_for(case.user("anna")), address(case, consent), typed(consent, purpose="Skole")
    )
    assert answer.status_code == 302


def test_only_what_happened_is_said_of_agreements(case):
    consent = consent_to(case, "frida")
    made = case.agree("frida")
    case_agreements.done(by=case.user("anna"), case=made)
    consenting.withdraw(by=case.user("anna"), concern=case.concern, consent=consent, on=TODAY())
    kept = last_entry(case)
    assert "Én aftale er lukket" in kept
    assert "flyttet" not in kept


def test_an_ended_one_is_swept_when_the_other_ground_ends_long_after_the_withdrawal(case, client_for):
    """Covered by the case team's basis when the consent was withdrawn; that basis ended later."""
    consent = consent_to(case, "carla")
    made = case.agree("carla")
    case_agreements.done(by=case.user("anna"), case=made)
    consenting.withdraw(by=case.user("anna"), concern=case.concern, consent=consent, on=TODAY())
    assert SECRET in client_for(case.user("carla")).get(f"/aftaler/{made.agreement_id}/").content.decode()
    case.concern.case_team.update(basis="consent")
    assert pass_on_expired() == 0
    assert pass_on_ended() == 1
    assert client_for(case.user("carla")).get(f"/aftaler/{made.agreement_id}/").status_code == 404
    assert pass_on_ended() == 0
