"""The steps of an agreement against the database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories import AgreementFactory, ForumFactory, PersonFactory, join
from tovholder.access.decision import Refused, yes
from tovholder.audit.models import Event
from tovholder.plans import services
from tovholder.plans.models import TRANSITIONS, Agreement, AgreementNote, AgreementStatus

BEFORE = timezone.now() - timedelta(days=30)


@pytest.fixture
def agreement(network, bo):
    made = AgreementFactory(forum=network, responsible=bo.person, created_at=BEFORE, moved_at=BEFORE)
    return made


def code(refusal) -> str:
    return refusal.value.decision.code


def test_create_leaves_an_open_agreement_and_a_log_line(network, bo, carla):
    made = services.create_agreement(
        by=bo, forum=network, what="  Ring   til klubben ", responsible=carla.person,
        helpers=[bo.person, carla.person], due_on=date(2030, 1, 1), level="anonymous",
    )  # fmt: skip
    made.refresh_from_db()
    assert (made.what, made.status, made.level, made.created_by) == (
        "Ring til klubben",
        "open",
        "anonymous",
        bo.audit_key,
    )
    assert list(made.helpers.all()) == [bo.person]
    event = Event.objects.get(action="agreement.created")
    assert (event.actor, event.object_id, event.details) == (
        bo.audit_key,
        str(made.pk),
        {"forum": network.pk, "level": "anonymous"},
    )


def test_create_may_lack_person_and_date_until_the_minutes_are_approved(network, bo):
    made = services.create_agreement(by=bo, forum=network, what="Noget")
    assert made.responsible is None
    assert made.due_on is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"what": " "}, "what_missing"),
        ({"what": "x" * 301}, "what_too_long"),
        ({"level": "named"}, "agreement_named"),
        ({"level": "anonymous"}, "level_above_forum"),
    ],
)
def test_create_refuses(network, bo, change, expected):
    network.highest_level = "general"
    network.save()
    with pytest.raises(Refused) as refusal:
        services.create_agreement(by=bo, forum=network, **{"what": "Noget", **change})
    assert code(refusal) == expected
    assert not Agreement.objects.exists()


def test_create_refuses_strangers_closed_forums_and_people_who_have_left(network, bo, dina):
    with pytest.raises(Refused) as refusal:
        services.create_agreement(by=dina, forum=network, what="Noget")
    assert code(refusal) == "not_member"
    with pytest.raises(Refused) as refusal:
        services.create_agreement(
            by=bo, forum=network, what="Noget", responsible=PersonFactory(left_on=date(2026, 1, 1))
        )
    assert code(refusal) == "person_left"
    network.closed_on, network.successor = date(2026, 1, 1), ForumFactory()
    network.save()
    with pytest.raises(Refused) as refusal:
        services.create_agreement(by=bo, forum=network, what="Noget")
    assert code(refusal) == "forum_closed"


def test_the_layer_above_may_have_decided_who_acts(network, dina):
    made = services.create_agreement(by=dina, forum=network, what="Noget", allowed=yes("minute_taker"))
    services.mark_done(by=dina, agreement=made, allowed=yes("minute_taker"))
    assert made.status == "done"


def test_cpr_is_refused_before_anything_is_stored(network, agreement, bo):
    with pytest.raises(ValidationError):
        services.create_agreement(by=bo, forum=network, what="Ring til 010203-1234")
    with pytest.raises(ValidationError):
        services.stop(by=bo, agreement=agreement, reason="Det er 010203-1234")
    agreement.refresh_from_db()
    assert agreement.is_open
    assert Agreement.objects.count() == 1
    assert not Event.objects.exists()


def test_done_is_noted(agreement, bo):
    services.mark_done(by=bo, agreement=agreement, note="Det gik fint")
    agreement.refresh_from_db()
    assert (agreement.status, agreement.closed_by) == ("done", bo.audit_key)
    assert agreement.moved_at > BEFORE
    note = AgreementNote.objects.get()
    assert (note.kind, note.text, note.by_name) == ("closed", "Det gik fint", "Bo")
    assert Event.objects.get().action == "agreement.done"


def test_a_person_without_login_may_say_done(network):
    person = PersonFactory()
    agreement = AgreementFactory(forum=network, responsible=person)
    services.mark_done(by=person, agreement=agreement)
    assert Event.objects.get().actor == f"person:{person.pk}"


def test_second_closing_is_refused_calmly_on_the_fresh_state(agreement, bo, anna):
    stale = Agreement.objects.get(pk=agreement.pk)
    services.mark_done(by=bo, agreement=agreement)
    with pytest.raises(Refused) as refusal:
        services.stop(by=anna, agreement=stale, reason="For sent")
    assert code(refusal) == "agreement_closed"
    agreement.refresh_from_db()
    assert agreement.status == "done"
    assert AgreementNote.objects.count() == 1


def test_stop_needs_a_reason(agreement, bo):
    with pytest.raises(Refused) as refusal:
        services.stop(by=bo, agreement=agreement, reason="  ")
    assert code(refusal) == "reason_missing"
    agreement.refresh_from_db()
    assert agreement.is_open


def test_change_opens_a_successor_and_keeps_the_helpers(agreement, bo, anna, carla):
    agreement.helpers.set([carla.person, PersonFactory(left_on=date(2026, 1, 1))])
    successor = services.change(
        by=anna, agreement=agreement, reason="Ny plan", what="Skriv", responsible=bo.person, due_on=None
    )
    agreement.refresh_from_db()
    assert (agreement.status, agreement.reason) == ("changed", "Ny plan")
    assert (successor.predecessor, successor.forum, successor.level, successor.is_open) == (
        agreement, agreement.forum, agreement.level, True,
    )  # fmt: skip
    assert list(successor.helpers.all()) == [carla.person]
    with pytest.raises(Refused) as refusal:
        services.reopen(by=anna, agreement=agreement)
    assert code(refusal) == "agreement_changed"


def test_change_that_fails_leaves_the_old_one_open(agreement, bo):
    with pytest.raises(Refused):
        services.change(by=bo, agreement=agreement, reason="Ny", what="", responsible=bo.person, due_on=None)
    agreement.refresh_from_db()
    assert agreement.is_open
    assert not AgreementNote.objects.exists()


def test_continue_moves_it_and_may_give_a_new_date(agreement, bo):
    services.continue_agreement(by=bo, agreement=agreement, note="Vi venter på svar", due_on=date(2031, 1, 1))
    agreement.refresh_from_db()
    assert agreement.due_on == date(2031, 1, 1)
    assert agreement.moved_at > BEFORE
    assert AgreementNote.objects.get().kind == "continued"


def test_status_moves_it(agreement, bo):
    services.add_status(by=bo, agreement=agreement, text="Har ringet to gange")
    agreement.refresh_from_db()
    assert agreement.moved_at > BEFORE
    assert AgreementNote.objects.get().text == "Har ringet to gange"


def test_nothing_happens_to_a_closed_one_but_reopening(agreement, bo):
    services.mark_done(by=bo, agreement=agreement)
    for step in (
        lambda: services.add_status(by=bo, agreement=agreement, text="Hej"),
        lambda: services.continue_agreement(by=bo, agreement=agreement),
        lambda: services.edit_agreement(by=bo, agreement=agreement, what="Andet"),
        lambda: services.mark_done(by=bo, agreement=agreement),
    ):
        with pytest.raises(Refused) as refusal:
            step()
        assert code(refusal) == "agreement_closed"


def test_edit_of_words_does_not_move_it_but_a_new_person_or_date_does(agreement, bo, carla, anna):
    agreement.helpers.set([carla.person])
    services.edit_agreement(by=anna, agreement=agreement, what="Rettet")
    agreement.refresh_from_db()
    assert (agreement.what, agreement.moved_at) == ("Rettet", BEFORE)
    assert not AgreementNote.objects.exists()
    services.edit_agreement(
        by=anna, agreement=agreement, what="Igen", responsible=carla.person, due_on=date(2030, 1, 1)
    )
    agreement.refresh_from_db()
    assert (agreement.what, agreement.responsible, agreement.due_on) == (
        "Igen",
        carla.person,
        date(2030, 1, 1),
    )
    assert agreement.moved_at > BEFORE
    assert not agreement.helpers.exists()
    assert AgreementNote.objects.get().kind == "rescheduled"
    assert Event.objects.first().details["fields"] == ["responsible", "due_on", "what", "helpers"]


def test_edit_without_change_leaves_no_trace(agreement, bo):
    services.edit_agreement(by=bo, agreement=agreement, what=agreement.what, due_on=agreement.due_on)
    assert not Event.objects.exists()


def test_reopen_undoes_done_and_stopped(agreement, bo):
    services.mark_done(by=bo, agreement=agreement)
    services.reopen(by=bo, agreement=agreement)
    services.stop(by=bo, agreement=agreement, reason="Nej")
    services.reopen(by=bo, agreement=agreement)
    agreement.refresh_from_db()
    assert (agreement.status, agreement.reason, agreement.closed_at, agreement.closed_by) == (
        "open",
        "",
        None,
        "",
    )
    with pytest.raises(Refused) as refusal:
        services.reopen(by=bo, agreement=agreement)
    assert code(refusal) == "agreement_open"


def test_reopened_after_the_forum_closed_it_lives_where_the_forum_went(agreement, network, bo):
    services.mark_done(by=bo, agreement=agreement)
    last = ForumFactory()
    middle = ForumFactory(closed_on=date(2026, 1, 1), successor=last)
    network.closed_on, network.successor = date(2026, 1, 1), middle
    network.save()
    agreement.refresh_from_db()
    services.reopen(by=bo, agreement=agreement)
    agreement.refresh_from_db()
    assert agreement.forum == last


def test_hand_over_gives_open_ones_and_replaces_the_helper(network, hans, bo, carla, dina):
    owned = AgreementFactory(forum=network, responsible=bo.person)
    owned.helpers.set([carla.person, dina.person])
    helped = AgreementFactory(forum=network, responsible=dina.person)
    helped.helpers.set([bo.person])
    closed = AgreementFactory(
        forum=network, responsible=bo.person, status="done", closed_at=timezone.now(), closed_by="system"
    )
    assert services.hand_over(by=hans, person=bo.person, to=carla.person) == 2
    owned.refresh_from_db()
    closed.refresh_from_db()
    assert owned.responsible == carla.person
    assert list(owned.helpers.all()) == [dina.person]
    assert list(helped.helpers.all()) == [carla.person]
    assert closed.responsible == bo.person
    assert owned.notes.get().kind == "rescheduled"


def test_hand_over_of_some(network, anna, bo, carla):
    first, second = AgreementFactory.create_batch(2, forum=network, responsible=bo.person)
    services.hand_over(by=anna, person=bo.person, to=carla.person, agreements=[first])
    second.refresh_from_db()
    assert second.responsible == bo.person


def test_hand_over_refuses_who_has_left_and_who_may_not(network, anna, bo, carla, dina):
    AgreementFactory(forum=network, responsible=bo.person)
    with pytest.raises(Refused) as refusal:
        services.hand_over(by=anna, person=bo.person, to=PersonFactory(left_on=date(2026, 1, 1)))
    assert code(refusal) == "person_left"
    with pytest.raises(Refused) as refusal:
        services.hand_over(by=dina, person=bo.person, to=carla.person)
    assert code(refusal) == "not_decider"


def test_agreements_follow_into_the_forum_that_takes_over(agreement, anna, hans, bo):
    into = ForumFactory(highest_level="anonymous")
    services.move_to_forum(by=anna, agreements=[agreement], forum=into)
    agreement.refresh_from_db()
    assert (agreement.forum, agreement.moved_at) == (into, BEFORE)
    with pytest.raises(Refused) as refusal:
        services.move_to_forum(by=bo, agreements=[agreement], forum=ForumFactory())
    assert code(refusal) == "not_convener"
    agreement.level = "anonymous"
    agreement.save()
    with pytest.raises(Refused) as refusal:
        services.move_to_forum(by=hans, agreements=[agreement], forum=ForumFactory(highest_level="general"))
    assert code(refusal) == "level_above_forum"


def _into(status: str, agreement: Agreement, bo) -> None:
    match status:
        case AgreementStatus.DONE:
            services.mark_done(by=bo, agreement=agreement)
        case AgreementStatus.STOPPED:
            services.stop(by=bo, agreement=agreement, reason="Fordi")
        case AgreementStatus.CHANGED:
            services.change(
                by=bo, agreement=agreement, reason="Fordi", what="Nyt", responsible=bo.person, due_on=None
            )
        case AgreementStatus.OPEN:
            services.reopen(by=bo, agreement=agreement)


@pytest.mark.parametrize("before", AgreementStatus.values)
@pytest.mark.parametrize("after", AgreementStatus.values)
def test_only_the_transitions_of_the_table_happen(agreement, bo, before, after):
    if before != AgreementStatus.OPEN:
        _into(before, agreement, bo)
    if after in TRANSITIONS[before]:
        _into(after, agreement, bo)
        expected = after
    else:
        with pytest.raises(Refused):
            _into(after, agreement, bo)
        expected = before
    agreement.refresh_from_db()
    assert agreement.status == expected


def test_every_state_is_in_the_table_and_can_be_reached():
    assert set(TRANSITIONS) == set(AgreementStatus.values)
    assert {"open"}.union(*TRANSITIONS.values()) == set(AgreementStatus.values)


def test_members_of_more_forums_convene_only_their_own(network, agreement, anna, dina):
    other = ForumFactory()
    join(dina, other, convenes=True)
    with pytest.raises(Refused):
        services.stop(by=dina, agreement=agreement, reason="Nej")
