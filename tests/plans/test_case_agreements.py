"""Agreements in a case by name: sealed, logged, refused by the ordinary services, and lost to nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.plans.cases import SECRET
from tests.plans.consents import consent_to
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.citizens.models import Consent
from tovholder.meetings.services.handover import hand_over_person
from tovholder.plans import policy, queries, services
from tovholder.plans.models import Agreement, AgreementNote, AgreementStatus, CaseAgreement
from tovholder.plans.services import case_agreements

# Anna triages, Dina is on the case team; Bo is responsible (and convenes the forum), Carla helps; Erik raised it.
# Letters: r read, w write status, d decide, h hand over.
TABLE = {
    "anna": "rwdh",
    "dina": "rwdh",
    "bo": "rwdh",
    "carla": "rw",
    "erik": "",
    "frida": "",
    "grethe": "",
    "hans": "",
    "ida": "",
    "lise": "",
}


def clear_text_of(agreement: Agreement) -> str:
    row = Agreement.every.values().get(pk=agreement.pk)
    notes = list(AgreementNote.objects.filter(agreement=agreement).values())
    events = list(Event.objects.values_list("details", flat=True))
    return f"{row} {notes} {events}"


@pytest.mark.parametrize("name", TABLE)
def test_person_question(case, name):
    agreement = case.agree("bo", ["carla"]).agreement
    user = case.user(name)
    rights = {
        "r": policy.may_read(user, agreement),
        "w": policy.may_report(user, agreement),
        "d": policy.may_decide(user, agreement),
        "h": policy.may_hand_over(user, agreement),
    }
    assert "".join(letter for letter, decision in rights.items() if decision) == TABLE[name]
    seen = queries.case_agreements_visible_to(user).filter(agreement=agreement).exists()
    assert seen == ("r" in TABLE[name])
    assert not queries.visible_to(user).filter(pk=agreement.pk).exists()


def test_the_forum_s_convener_and_members_read_none_as_such(case):
    agreement = case.agree("erik").agreement
    for name in ("bo", "carla", "frida"):
        assert not policy.may_read(case.user(name), agreement)
        assert not queries.case_agreements_visible_to(case.user(name)).exists()
    assert not Agreement.objects.filter(forum=case.forum).exists()


def test_words_are_sealed_and_the_agreement_carries_the_code(case):
    made = case.agree(sign_of_progress="Hun smiler til pædagogen")
    assert made.agreement.what == str(case.concern)
    assert made.agreement.level == "named"
    case_agreements.report(by=case.user("bo"), case=made, text="Det hjælper Sofie")
    case_agreements.stop(by=case.user("bo"), case=made, reason="Sofie vil ikke mere")
    made.refresh_from_db()
    assert made.agreement.status == AgreementStatus.STOPPED
    said = clear_text_of(made.agreement)
    for secret in (SECRET, "Sofie", "smiler", "hjælper", "vil ikke"):
        assert secret not in said
    assert bytes(made.words)
    assert SECRET.encode() not in bytes(made.words)


def test_opening_shows_the_words_and_writes_one_line_for_each_concern(case, django_assert_max_num_queries):
    first, second = case.agree(), case.agree("carla", sign_of_progress="Et smil")
    case_agreements.report(by=case.user("bo"), case=first, text="Det går")
    by = case.user("dina")
    with django_assert_max_num_queries(14):
        views = case_agreements.show_case_agreements(
            by=by, cases=list(case_agreements.open_case_agreements(case.concern)), purpose="plan"
        )
    assert [str(view.words) for view in views] == [SECRET, SECRET]
    assert [str(note.text) for note in views[0].notes] == ["Det går"]
    assert str(views[1].sign_of_progress) == "Et smil"
    event = Event.objects.filter(action="case_agreement.read").get()
    assert event.details["agreements"] == [first.agreement_id, second.agreement_id]
    assert (event.ground, event.purpose) == ("case_team", "plan")


def test_who_has_one_opens_that_one_only(case):
    own, other = case.agree("bo"), case.agree("carla")
    bo = case.user("bo")
    [view] = case_agreements.show_case_agreements(by=bo, cases=[own], purpose="agreement")
    assert str(view.words) == SECRET
    assert view.ground == "responsible"
    with pytest.raises(Refused):
        case_agreements.show_case_agreements(by=bo, cases=[own, other], purpose="agreement")
    assert Event.objects.filter(action="case_agreement.read").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"words": "  "}, "words"),
        ({"due_on": None}, "due_on"),
    ],
)
def test_responsible_and_deadline_and_words_are_required(case, change, field):
    with pytest.raises(ValidationError) as fault:
        case.agree(**change)
    assert field in fault.value.message_dict
    assert not CaseAgreement.objects.exists()


def test_a_responsible_is_required(case):
    with pytest.raises(ValidationError) as fault:
        case_agreements.make_case_agreement(
            by=case.user("anna"), concern=case.concern, forum=case.forum, words="Noget", responsible=None,
            due_on=timezone.localdate(),
        )  # fmt: skip
    assert "responsible" in fault.value.message_dict


@pytest.mark.parametrize("name", ["frida", "grethe", "hans", "ida", "lise"])
def test_who_is_not_covered_or_whose_role_reads_none_gets_none(case, name):
    with pytest.raises(ValidationError) as fault:
        case.agree(name)
    assert "responsible" in fault.value.message_dict
    with pytest.raises(ValidationError) as fault:
        case.agree("bo", [name])
    assert "helpers" in fault.value.message_dict


def test_a_consent_that_names_the_association_covers(case):
    consent = consent_to(case, "frida")
    made = case.agree("frida")
    assert policy.may_read(case.user("frida"), made.agreement)
    Consent.objects.filter(pk=consent.pk).update(withdrawn=timezone.localdate())
    with pytest.raises(ValidationError):
        case.agree("frida")


def test_only_who_works_on_the_concern_agrees_in_it(case):
    for name in ("bo", "erik", "hans"):
        with pytest.raises(Refused):
            case.agree(by=case.user(name))


def test_a_forum_that_speaks_of_no_names_follows_none_up(case, network):
    with pytest.raises(Refused) as refusal:
        case.agree(forum=network)
    assert refusal.value.decision.code == "level_above_forum"


def test_the_ordinary_services_refuse_it(case):
    agreement = case.agree("bo").agreement
    bo = case.user("bo")
    steps = [
        lambda: services.mark_done(by=bo, agreement=agreement, note="Sofie"),
        lambda: services.add_status(by=bo, agreement=agreement, text="Sofie"),
        lambda: services.stop(by=bo, agreement=agreement, reason="Sofie"),
        lambda: services.continue_agreement(by=bo, agreement=agreement, note="Sofie"),
        lambda: services.edit_agreement(by=bo, agreement=agreement, what="Sofie"),
        lambda: services.change(by=bo, agreement=agreement, reason="x", what="Sofie", responsible=None, due_on=None),
        lambda: services.reopen(by=bo, agreement=agreement),
        lambda: services.move_to_forum(by=bo, agreements=[agreement], forum=case.forum),
        lambda: services.create_agreement(by=bo, forum=case.forum, what="Sofie", level="named"),
    ]  # fmt: skip
    for step in steps:
        with pytest.raises(Refused) as refusal:
            step()
        assert refusal.value.decision.code == "agreement_named"
    assert "Sofie" not in clear_text_of(agreement)


def test_a_change_closes_one_and_opens_the_next_in_the_same_case(case):
    made = case.agree("bo", ["carla"], sign_of_progress="Et smil", priority=2)
    due = timezone.localdate() + timedelta(days=30)
    new = case_agreements.change(
        by=case.user("bo"), case=made, reason="For svært", words="Hun skriver", responsible=case.user("carla").person,
        due_on=due,
    )  # fmt: skip
    made.refresh_from_db()
    assert made.agreement.status == AgreementStatus.CHANGED
    assert new.agreement.predecessor_id == made.agreement_id
    assert new.priority == 2
    assert [each.pk for each in case_agreements.open_case_agreements(case.concern)] == [new.pk]
    [view] = case_agreements.show_case_agreements(by=case.user("anna"), cases=[new], purpose="plan")
    assert (str(view.words), str(view.sign_of_progress)) == ("Hun skriver", "Et smil")


def test_two_at_once_the_second_is_told(case):
    made = case.agree()
    seen = made.agreement.moved_at
    case_agreements.continue_(by=case.user("bo"), case=made, note="Vi fortsætter", seen=seen)
    with pytest.raises(ValidationError) as fault:
        case_agreements.stop(by=case.user("dina"), case=made, reason="Stop", seen=seen)
    assert fault.value.code == "conflict"
    assert Agreement.every.get(pk=made.agreement_id).is_open


def test_done_and_opened_again(case):
    made = case.agree()
    case_agreements.done(by=case.user("bo"), case=made, note="Klaret")
    assert not case_agreements.open_case_agreements(case.concern).exists()
    case_agreements.reopen(by=case.user("bo"), case=made)
    assert case_agreements.open_case_agreements(case.concern).count() == 1


def test_counts_and_lists_of_its_holder_have_it_by_code(case, django_assert_num_queries):
    case.agree("bo", ["carla"])
    for name in ("bo", "carla"):
        page = queries.my_agreements(case.user(name))
        assert page.open_count == 1
        assert [each.what for each in page.listed] == [str(case.concern)]
        assert page.forums == []
    assert queries.my_agreements(case.user("dina")).open_count == 0
    assert not queries.board(case.user("bo"))


def test_who_leaves_passes_it_on_and_nobody_else_learns(case):
    made = case.agree("bo", ["carla"])
    hans = case.user("hans")
    things = hand_over_person(by=hans, person=case.user("bo").person, to=case.user("erik").person)
    made.agreement = Agreement.every.get(pk=made.agreement_id)
    assert made.agreement.responsible == case.people["dina"].person
    assert all(str(case.concern) not in thing.what for thing in things)
    event = Event.objects.get(action="case_agreement.passed_on")
    assert event.details["to"] == case.people["dina"].person.pk
