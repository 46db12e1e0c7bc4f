"""Absence that asks for something stands on *Min dag* for whom it concerns, by the case code alone (rule 23)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.concerns.child_world import SOFIE, CaseWorld, make_case, make_triager
from tests.worlds import examples
from tovholder.access.decision import Refused
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.identity import Identity
from tovholder.concerns.models import AbsenceReading, AbsenceReminder, Concern, ConcernRules
from tovholder.concerns.quarters import last_quarters
from tovholder.concerns.services import absences, course, erasing, naming, notifying
from tovholder.concerns.waiting import waiting_for
from tovholder.directory.models import Person
from tovholder.insights.queries.concern_lines import awaiting

TODAY = timezone.localdate


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def told(user: User) -> list[tuple[str, str]]:
    return [(each.title, each.forum) for each in awaiting(again(user))]


def kinds(user: User) -> list[str]:
    return [each.kind for each in waiting_for(again(user)) if each.kind.startswith("absence")]


def note(case: CaseWorld, percent: int, *, number: int = 0, quarters_ago: int = 0) -> None:
    notifying.note_absence(
        by=case.anna, concern=case.concern, child=case.links[number].child,
        day=last_quarters(TODAY())[quarters_ago], percent=percent,
    )  # fmt: skip


@pytest.fixture
def case(anna: User, erik: User, municipality: Any) -> CaseWorld:
    return make_case(anna, erik, SOFIE, Identity("Ib Anden", SOFIE.birth_date))


@pytest.fixture
def taken(case: CaseWorld, dina: User) -> CaseWorld:
    naming.add_to_case_team(
        by=case.anna, concern=case.concern, person=dina.person, basis="rpl115", necessity="Kender ham"
    )
    return case


@pytest.mark.parametrize(
    ("percent", "reminded"), [(0, False), (9, False), (10, True), (14, True), (15, True)]
)
def test_who_works_on_the_case_is_told_by_its_code_and_nobody_else(
    taken: CaseWorld, dina: User, bo: User, erik: User, grethe: User, percent: int, reminded: bool
) -> None:
    note(taken, percent)
    said = (f"Se på fraværet i Sag {taken.concern.code}", "Fraværet er så højt, at skolen skal gøre noget")
    assert told(dina) == ([said] if reminded else [])
    for other in (erik, bo, grethe):
        assert told(other) == []
    assert kinds(taken.anna) == []  # somebody is on it


def test_triagers_are_told_of_what_nobody_works_on(case: CaseWorld, anna: User) -> None:
    note(case, 20)
    line = next(each for each in waiting_for(again(anna)) if each.kind == "absences")
    assert (line.code, line.count) == (case.concern.code, 1)
    assert any("er fraværet så højt" in more for _title, more in told(anna))
    course.take_on(by=anna, concern=case.concern)
    assert kinds(anna) == ["absence"]


@pytest.mark.parametrize("leaving", ["anna", "dina"])
def test_triagers_are_told_again_when_who_worked_on_it_has_left(
    case: CaseWorld, anna: User, dina: User, leaving: str
) -> None:
    """Whoever was in charge, or sat on its team, sees to it no more; their name and seat stand."""
    make_triager(case.erik)
    if leaving == "anna":
        course.take_on(by=anna, concern=case.concern)
    else:
        naming.add_to_case_team(
            by=anna, concern=case.concern, person=dina.person, basis="rpl115", necessity="Kender ham"
        )
    note(case, 20)
    assert kinds(case.erik) == []
    left = anna if leaving == "anna" else dina
    Person.objects.filter(pk=left.person.pk).update(left_on=TODAY())
    assert kinds(case.erik) == ["absences"]


def test_what_stands_in_clear_says_neither_who_nor_how_much(case: CaseWorld) -> None:
    note(case, 12)
    low = AbsenceReminder.objects.values().get()
    note(case, 99)
    high = AbsenceReminder.objects.values().get()
    assert set(low) == {"id", "concern_id", "noted_at", "answered_at", "answered_by"}
    assert low == high  # of the two limits, and of which child, there is no trace
    note(case, 0)
    note(case, 12, number=1)
    assert set(AbsenceReminder.objects.values().get()) == set(low)
    marked = Event.objects.filter(action="concern.absence_marked")
    assert {tuple(each.details) for each in marked} == {()}


def test_it_goes_when_somebody_notifies_or_it_falls_or_the_case_ends(taken: CaseWorld, dina: User) -> None:
    note(taken, 16)
    assert kinds(dina) == ["absence"]
    note(taken, 4)
    assert not AbsenceReminder.objects.exists()
    note(taken, 16)
    notifying.note_notification(by=again(dina), concern=taken.concern, sent_on=TODAY())
    assert not AbsenceReminder.objects.exists()
    taken.concern.notifications.all().delete()
    note(taken, 17)
    Concern.objects.filter(pk=taken.concern.pk).update(status="closed", ended_at=timezone.now())
    assert kinds(dina) == []
    absences.note_absences()
    assert not AbsenceReminder.objects.exists()


def test_an_answer_holds_until_something_new_is_written(
    taken: CaseWorld, dina: User, erik: User, client_for: Callable[[User], Client]
) -> None:
    note(taken, 12)
    client, path = client_for(dina), f"/bekymringer/{taken.concern.code}/"
    assert "Vi har taget stilling" in client.get(path).content.decode()
    assert client_for(erik).post(f"{path}husk/absence_warn/").status_code == 404
    assert client.post(f"{path}husk/absence_warn/")["Location"] == path
    assert kinds(dina) == []
    page = client.get(path).content.decode()
    assert "skolen skal skrive til hjemmet" in page  # the case itself still says so
    assert "Vi har taget stilling" not in page
    event = Event.objects.get(action="concern.absence_answered")
    assert (event.details, event.actor) == ({}, dina.audit_key)
    absences.note_absences()
    assert kinds(dina) == []
    note(taken, 16)
    assert kinds(dina) == ["absence"]
    with pytest.raises(Refused):
        absences.answer_absence(by=again(erik), concern=taken.concern)


def test_the_worker_finds_what_has_changed_meanwhile(
    taken: CaseWorld, dina: User, django_assert_num_queries: Any
) -> None:
    note(taken, 12)
    ConcernRules.objects.create(key="standard", absence_warn_percent=13)
    assert absences.note_absences() == 0
    assert kinds(dina) == []
    ConcernRules.objects.update(absence_warn_percent=10)
    assert absences.note_absences() == 1
    assert kinds(dina) == ["absence"]
    long_ago = last_quarters(TODAY())[3]
    AbsenceReading.objects.update(quarter=long_ago)
    assert absences.note_absences() == 0
    assert not AbsenceReminder.objects.exists()
    with django_assert_num_queries(2):
        absences.note_absences()


def test_an_erased_child_leaves_no_mark(case: CaseWorld, anna: User) -> None:
    note(case, 40)
    link = case.link
    link.rewritten_at = timezone.now()
    link.save()
    erasing.erase_child(by=anna, child=case.child)
    assert not AbsenceReminder.objects.exists()


def test_it_costs_the_front_page_no_read_of_its_own(
    taken: CaseWorld, dina: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(dina)
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as before:
        client.get("/")
    note(taken, 40)
    with CaptureQueriesContext(connection) as after:
        page = client.get("/").content.decode()
    assert "Se på fraværet i Sag" in page
    assert "Sofie" not in page
    assert len(after) == len(before) <= 12


@pytest.mark.django_db(transaction=False)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("note"), st.sampled_from([0, 9, 10, 14, 15, 60]), st.integers(0, 1)),
            st.tuples(st.just("before"), st.sampled_from([0, 9, 10, 15]), st.integers(0, 1)),
            st.tuples(st.just("notify"), st.integers(0, 3), st.just(0)),
            st.tuples(st.just("worker"), st.just(0), st.just(0)),
        ),
        max_size=6,
    )
)
@settings(
    max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_min_dag_says_what_the_case_says(
    taken: CaseWorld, dina: User, client_for: Callable[[User], Client], steps: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        for step, amount, number in steps:
            match step:
                case "note":
                    note(taken, amount, number=number)
                case "before":
                    note(taken, amount, number=number, quarters_ago=1)
                case "notify":
                    on = TODAY() - timedelta(days=amount)
                    notifying.note_notification(by=again(dina), concern=taken.concern, sent_on=on)
                case "worker":
                    absences.note_absences()
        page = client_for(dina).get(f"/bekymringer/{taken.concern.code}/")
        says = any(each.code in absences.CODES for each in page.context["prompts"])
        assert kinds(dina) == (["absence"] if says else [])
        transaction.set_rollback(True)
