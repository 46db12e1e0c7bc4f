"""The digest: when it comes, what it says, and that it comes once."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from tests.factories import AgreementFactory, PersonFactory, local
from tovholder.audit.models import Event
from tovholder.outbox.models import OutgoingMail
from tovholder.plans import reminders
from tovholder.plans.models import Agreement, ReminderSent

DUE = date(2026, 3, 20)
MADE = local(2026, 2, 1)


def at(day: date, hour: int = 8):
    return local(day.year, day.month, day.day, hour)


@pytest.fixture
def agreement(network, bo) -> Agreement:
    return AgreementFactory(
        forum=network,
        what="Ring til klubben",
        responsible=bo.person,
        due_on=DUE,
        created_at=MADE,
        moved_at=MADE,
    )


def test_before_after_and_then_weekly(agreement):
    sent = [day for day in (DUE + timedelta(days=n) for n in range(-10, 20)) if reminders.send_due(at(day))]
    assert sent == [DUE + timedelta(days=n) for n in (-3, 1, 8, 15)]


def test_not_before_seven_and_once_a_day(agreement):
    day = DUE - timedelta(days=3)
    assert reminders.send_due(at(day, 6)) == 0
    assert [reminders.send_due(at(day, hour)) for hour in (7, 7, 8, 23)] == [1, 0, 0, 0]
    assert OutgoingMail.objects.count() == 1
    assert ReminderSent.objects.get().on == day
    assert Event.objects.get(action="reminders.sent").actor == "system"


def test_one_mail_for_all_with_counts_and_nothing_else(agreement, network, bo):
    AgreementFactory(forum=network, responsible=bo.person, due_on=DUE + timedelta(days=1), created_at=MADE)
    AgreementFactory(forum=network, responsible=bo.person, due_on=DUE - timedelta(days=9), created_at=MADE)
    reminders.send_due(at(DUE - timedelta(days=2)))
    mail = OutgoingMail.objects.get()
    assert mail.to == bo.person.email
    assert "Du har 2 aftaler med frist snart og 1 over fristen." in mail.body
    assert "/aftaler/" in mail.body
    words = re.sub(r"\S+://\S+", "", mail.body)  # a link's random letters may spell anything
    for content in ("Ring", "Bo", "Netværk", "Vester"):
        assert content not in words
        assert content not in mail.subject


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(-3, "Du har 1 aftale med frist snart."), (1, "Du har 1 aftale over fristen.")],
)
def test_counts_of_one(agreement, days, sentence):
    reminders.send_due(at(DUE + timedelta(days=days)))
    assert sentence in OutgoingMail.objects.get().body


def test_without_login_each_agreement_has_its_link(network):
    person = PersonFactory(name="Jens Vikar")
    for _each in range(2):
        AgreementFactory(forum=network, responsible=person, due_on=DUE, created_at=MADE)
    reminders.send_due(at(DUE - timedelta(days=3)))
    body = OutgoingMail.objects.get().body
    assert "Aftale 1:" in body
    assert "Aftale 2:" in body
    assert body.count("/aftaler/svar/") == 2
    assert "Jens" not in body


@pytest.mark.parametrize("why", ["off", "left", "no mail", "closed", "no date"])
def test_nobody_is_troubled_without_cause(agreement, bo, why):
    if why == "off":
        bo.person.wants_reminders = False
    elif why == "left":
        bo.person.left_on = date(2026, 3, 1)
    elif why == "no mail":
        bo.person.email = ""
    elif why == "closed":
        agreement.status, agreement.closed_at = "done", MADE
    else:
        agreement.due_on = None
    bo.person.save()
    agreement.save()
    assert reminders.send_due(at(DUE - timedelta(days=3))) == 0
    assert not OutgoingMail.objects.exists()


def test_a_worker_that_was_down_makes_up_for_it_within_a_week(agreement):
    assert reminders.send_due(at(DUE - timedelta(days=1))) == 1
    assert reminders.send_due(at(DUE)) == 0


def test_no_reminder_on_the_day_it_was_made(network, bo):
    AgreementFactory(
        forum=network, responsible=bo.person, due_on=DUE, created_at=at(DUE - timedelta(days=3), 9)
    )
    assert reminders.send_due(at(DUE - timedelta(days=3), 10)) == 0
    assert reminders.send_due(at(DUE - timedelta(days=1))) == 0
    assert reminders.send_due(at(DUE + timedelta(days=1))) == 1


def test_mail_and_mark_stand_or_fall_together(agreement, monkeypatch):
    def broken(**kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(reminders, "queue_mail", broken)
    with pytest.raises(RuntimeError):
        reminders.send_due(at(DUE - timedelta(days=3)))
    assert not ReminderSent.objects.exists()


def test_two_workers_send_one(agreement, bo, monkeypatch):
    """The other worker writes its mark after this one has looked."""
    found = reminders._due_by_person

    def too_late(today, rule):
        result = found(today, rule)
        ReminderSent.objects.create(person=bo.person, on=today)
        return result

    monkeypatch.setattr(reminders, "_due_by_person", too_late)
    assert reminders.send_due(at(DUE - timedelta(days=3))) == 0
    assert not OutgoingMail.objects.exists()
