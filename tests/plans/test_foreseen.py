"""Before a consent is given or withdrawn it is told who gains and who loses; what was told is what then happens."""

from __future__ import annotations

import contextlib

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import MeetingFactory, ParticipationFactory
from tests.plans.cases import CaseWorld
from tests.plans.consents import consent_to
from tests.twice import look_and_save
from tests.worlds import examples
from tovholder.access.decision import yes
from tovholder.access.levels import Level
from tovholder.audit.models import Event
from tovholder.citizens.models import Adult, Consent
from tovholder.citizens.services.children import add_adult
from tovholder.citizens.services.consents import ConsentTexts
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Category, Concern, Subject
from tovholder.concerns.queries import readers
from tovholder.concerns.services import consenting
from tovholder.concerns.services.consenting import ConsentFacts
from tovholder.concerns.services.naming import add_to_case_team, lay_child_on
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern
from tovholder.meetings.models import Disclosure
from tovholder.meetings.services.cases import Ground, open_case, plan_case, record_ground
from tovholder.plans.services import case_agreements

GROUND = Ground("consent", "wellbeing", "Aftale fritid", "Klubben kender ham")
TODAY = timezone.localdate


def rows() -> dict[str, int]:
    """How many rows each table holds: what is only foreseen leaves none."""
    return {each._meta.label: each._base_manager.count() for each in apps.get_models()}


def foresee(case: CaseWorld, consent: Consent):
    return consenting.foresee_withdrawn(
        by=case.user("anna"), concern=case.concern, consent=consent, on=TODAY()
    )


def withdraw(case: CaseWorld, consent: Consent) -> None:
    consenting.withdraw(by=case.user("anna"), concern=case.concern, consent=consent, on=TODAY())


def on_team(case: CaseWorld, name: str) -> None:
    person = case.user(name).person
    add_to_case_team(
        by=case.user("anna"), concern=case.concern, person=person, basis="consent", necessity="Kender ham"
    )


def meeting_with(case: CaseWorld, *names: str, status: str = "planned"):
    case.forum.bases = ["consent", "participation", "rpl115"]
    case.forum.save()
    started = timezone.now() if status == "running" else None
    meeting = MeetingFactory(lead_forum=case.forum, status=status, started_at=started)
    for name in names:
        ParticipationFactory(
            meeting=meeting, person=case.user(name).person, answer="yes", attended=status == "running"
        )
    item = plan_case(by=case.user("anna"), meeting=meeting, concern=case.concern)
    return record_ground(by=case.user("anna"), case_item=item, ground=GROUND)


def test_the_page_names_everybody_who_loses_and_what_closes(case, client_for):
    consent = consent_to(case, "frida")
    case.agree("frida")
    meeting_with(case, "frida")
    before = rows()
    path = f"/bekymringer/{case.concern.code}/barn/{case.child.code}/samtykke/{consent.pk}/traek/"
    client = client_for(case.user("anna"))
    first = client.get(path).content.decode()
    assert "Se, hvem der mister adgang" in first
    assert "Frida" not in first
    shown, answer = look_and_save(client, path, {"on": TODAY().isoformat()})
    told = shown.split("Mister adgang fra næste klik")[1].split("</section>")[0]
    assert "<strong>Frida</strong>, Vestby Boldklub" in told
    assert "Har en aftale i sagen" in told
    assert "Ser derefter intet." in told
    assert "Punktet på mødet i Trivselsforum Vester den" in told
    assert answer.status_code == 302
    consent.refresh_from_db()
    assert consent.withdrawn == TODAY()
    assert rows()["concerns.Entry"] == before["concerns.Entry"] + 1


def test_who_looks_leaves_a_line_of_each_concern_that_is_told_of(case, client_for):
    consent = consent_to(case, "frida")
    facts = ConcernFacts(level=Level.ANONYMOUS, subject=Subject.CHILD)
    other = raise_concern(by=case.user("erik"), facts=facts, texts=ConcernTexts(seen="Noget andet"))
    lay_child_on(by=case.user("anna"), concern=other, child=case.child)
    at = f"/bekymringer/{case.concern.code}/barn/{case.child.code}/samtykke/"
    anna = case.user("anna")

    def listed_by(act) -> set[str]:
        before = Event.objects.latest("pk").pk
        act()
        found = Event.objects.filter(pk__gt=before, action="concern.listed", actor=anna.audit_key)
        return {each.object_id for each in found}

    mine, both = {str(case.concern.pk)}, {str(case.concern.pk), str(other.pk)}
    client = client_for(anna)
    assert listed_by(lambda: client.get(f"{at}{consent.pk}/traek/")) == mine
    on = {"on": TODAY().isoformat()}
    assert listed_by(lambda: client.post(f"{at}{consent.pk}/traek/", on)) == both
    given_on = TODAY().isoformat()
    told = {
        "giver": mother_of(case).pk, "organisations": [case.user("frida").person.organisation_id],
        "kinds": "Fritid", "purpose": "Finde en klub", "form": "written", "given": given_on,
    }  # fmt: skip
    assert listed_by(lambda: client.post(at, told)) == both


def test_looking_leaves_nothing_behind(case):
    consent = consent_to(case, "frida")
    on_team(case, "frida")
    case.agree("frida")
    before = rows()
    foreseen = foresee(case, consent)
    assert [each.who.name for each in foreseen.losses] == ["Frida"]
    assert rows() == before
    consent.refresh_from_db()
    assert consent.withdrawn is None
    assert case.concern.case_team.filter(until_at=None, person=case.user("frida").person).exists()


@pytest.mark.parametrize("state", ["open", "done", "stopped"])
def test_who_had_an_agreement_is_named_whatever_became_of_it(case, state):
    consent = consent_to(case, "frida")
    made = case.agree("frida")
    if state == "done":
        case_agreements.done(by=case.user("anna"), case=made)
    elif state == "stopped":
        case_agreements.stop(by=case.user("anna"), case=made, reason="Ikke mere")
    assert [each.who.name for each in foresee(case, consent).losses] == ["Frida"]


@pytest.mark.parametrize("suspected", [False, True])
def test_what_a_withdrawal_leaves_in_the_course_leads_to_no_family_under_suspicion(case, suspected):
    consent = consent_to(case, "frida")
    facts = ConcernFacts(level=Level.ANONYMOUS, subject=Subject.CHILD)
    other = raise_concern(by=case.user("erik"), facts=facts, texts=ConcernTexts(seen="Noget andet"))
    lay_child_on(by=case.user("anna"), concern=other, child=case.child)
    if suspected:
        other.categories.add(
            Category.objects.create(key="v", name="Vold", suspicion=Category.Suspicion.BY_FAMILY)
        )
    case.agree("frida")
    withdraw(case, consent)
    for concern in (case.concern, other):
        line = concern.entries.latest("pk")
        said = Safe.of([line.concern]).read(line, "text").text
        assert said.startswith("Et samtykke er trukket tilbage.")
        assert ("Spørg ikke familien." in said) == suspected
        assert ("tal med familien igen" in said) != suspected
        assert ("er ikke længere dækket" in said) == (concern == case.concern)


def test_who_is_covered_otherwise_is_not_named(case):
    consent = consent_to(case, "bo")
    case.agree("bo")
    assert foresee(case, consent).nobody  # the school is covered by what the case stands on


def test_who_was_told_at_a_meeting_loses_by_the_withdrawal_and_gains_by_a_new_one(case):
    consent = consent_to(case, "frida")
    item = meeting_with(case, "frida", status="running")
    open_case(by=case.user("anna"), case_item=item)
    assert Disclosure.objects.filter(person=case.user("frida").person).exists()
    foreseen = foresee(case, consent)
    assert [each.who.name for each in foreseen.losses] == ["Frida"]
    assert len(foreseen.closes) == 1
    withdraw(case, consent)
    again = new_consent(case, "frida")
    assert [each.who.name for each in again.gains] == ["Frida"]
    assert len(again.opens) == 1
    assert not again.losses


def mother_of(case: CaseWorld) -> Adult:
    return Adult.objects.filter(child=case.child).first() or add_adult(
        by=case.user("anna"), decision=yes("triager"), child=case.child, standing="custody", name="Mor"
    )


def new_consent(case: CaseWorld, name: str):
    mother = mother_of(case)
    facts = ConsentFacts(mother, [case.user(name).person.organisation], "written", TODAY())
    return consenting.foresee_given(
        by=case.user("anna"), concern=case.concern, child=case.child, facts=facts,
        texts=ConsentTexts("Trivsel", "Fritid"),
    )  # fmt: skip


def test_a_new_consent_opens_a_planned_item_and_gives_nobody_access_by_itself(case):
    meeting_with(case, "frida")
    mother_of(case)
    before = rows()
    foreseen = new_consent(case, "frida")
    assert not foreseen.gains
    assert not foreseen.losses
    assert foreseen.opens[0].startswith("Punktet på mødet i Trivselsforum Vester den")
    assert rows() == before
    assert not Consent.objects.exists()


def test_nothing_is_said_of_concerns_that_the_reader_may_not_know(case, personas):
    """The child is in another concern, too, where Frida has an agreement: its people are not Dina's to know of."""
    consent = consent_to(case, "frida")
    facts = ConcernFacts(level=Level.NAMED, subject=Subject.CHILD)
    other = raise_concern(by=case.user("erik"), facts=facts, texts=ConcernTexts(seen="Noget andet"))
    lay_child_on(by=case.user("anna"), concern=other, child=case.child)
    case.agree("frida", concern=Concern.objects.get(pk=other.pk))
    told = consenting.foresee_withdrawn(
        by=case.user("dina"), concern=case.concern, consent=consent, on=TODAY()
    )
    assert told.nobody
    assert not told.several
    both = foresee(case, consent)
    assert both.several
    assert [(each.who.name, each.concern) for each in both.losses] == [("Frida", other)]


@pytest.mark.django_db(transaction=False)
@given(
    seats=st.frozensets(st.sampled_from(["frida", "bo", "carla"]), max_size=2),
    holders=st.frozensets(st.sampled_from(["frida", "bo", "carla"]), max_size=2),
    state=st.sampled_from(["open", "done"]),
    named=st.sampled_from(["frida", "bo", "carla"]),
    twice=st.booleans(),
    basis=st.sampled_from(["rpl115", "participation"]),
)
@settings(
    max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_was_told_is_what_happens(case, seats, holders, state, named, twice, basis):
    with transaction.atomic():
        case.concern.case_team.filter(basis="rpl115").update(basis=basis)
        consent = consent_to(case, named)
        if twice:
            consent_to(case, named)
        for name in seats:
            on_team(case, name)
        for name in holders:
            with contextlib.suppress(ValidationError):  # not covered by anything
                made = case.agree(name)
                if state == "done":
                    case_agreements.done(by=case.user("anna"), case=made)
        was = {(each.name, each.what) for each in readers(case.concern)}
        foreseen = foresee(case, consent)
        assert {(each.name, each.what) for each in readers(case.concern)} == was
        withdraw(case, consent)
        becomes = {(each.name, each.what) for each in readers(case.concern)}
        assert {(each.now.name, each.now.what) for each in foreseen.losses} == was - becomes
        transaction.set_rollback(True)
