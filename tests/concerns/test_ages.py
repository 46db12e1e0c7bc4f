"""The ages that ask for something stand on *Min dag* for whom they concern, by the case code alone (rules 20 and 42)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.concerns.child_world import CaseWorld, make_case, make_triager
from tovholder.access.decision import Refused
from tovholder.access.sharing.case import age_on
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.identity import Identity
from tovholder.concerns.models import AgeReminder, Concern
from tovholder.concerns.prompts import birthday, gets_party_rights, turns_adult
from tovholder.concerns.services import ages, children, course, erasing, naming
from tovholder.concerns.waiting import waiting_for
from tovholder.insights.queries.concern_lines import awaiting


def born(years: int, days: int) -> date:
    """Somebody who turns so many years in so many days."""
    day = timezone.localdate() + timedelta(days=days)
    return birthday(day, -years)


TEN, EIGHTEEN = Identity("Sofie Ti", born(10, 12)), Identity("Aksel Atten", born(18, 100))


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def told(user: User) -> list[tuple[str, str]]:
    return [(each.title, each.forum) for each in awaiting(again(user))]


@pytest.fixture
def case(anna: User, erik: User, municipality: Any) -> CaseWorld:
    return make_case(anna, erik, TEN, EIGHTEEN)


def test_whom_it_concerns_is_told_by_the_case_code_and_nobody_else(
    case: CaseWorld, anna: User, erik: User, bo: User, dina: User, grethe: User
) -> None:
    code = case.concern.code
    naming.add_to_case_team(
        by=anna, concern=case.concern, person=dina.person, basis="rpl115", necessity="Kender ham"
    )
    assert ages.note_ages() == 2
    assert ages.note_ages() == 0
    assert told(dina) == [
        (f"Tal med rådgiveren i Sag {code}", "Et barn fylder 10 år eller har lige gjort det"),
        (f"Aftal, hvem der tager over i Sag {code}", "En ung fylder 18 inden for et halvt år"),
    ]
    assert {each.kind for each in waiting_for(again(anna))} == {"new"}  # somebody is on it
    course.take_on(by=anna, concern=case.concern)
    assert len(told(anna)) == 2
    for other in (erik, bo, grethe):
        assert told(other) == []


def test_triagers_are_told_of_what_nobody_works_on(case: CaseWorld, anna: User, dina: User) -> None:
    make_triager(dina)
    other = make_case(anna, case.erik, EIGHTEEN)
    ages.note_ages()
    line = next(each for each in waiting_for(again(dina)) if each.kind == "ages")
    assert (line.code, line.count) == (case.concern.code, 2)
    assert ("I 2 sager, som ingen har taget, fylder et barn 10 eller 18") in dict(told(dina)).values()
    course.take_on(by=anna, concern=other.concern)
    line = next(each for each in waiting_for(again(dina)) if each.kind == "ages")
    assert line.count == 1


def test_what_is_answered_stands_there_no_more(
    case: CaseWorld, anna: User, erik: User, client_for: Callable[[User], Client]
) -> None:
    course.take_on(by=anna, concern=case.concern)
    client, path = client_for(anna), f"/bekymringer/{case.concern.code}/"
    page = client.get(path).content.decode()
    assert "Den unge fylder 18" in page
    assert "Vi har taget stilling" not in page  # nothing on Min dag yet
    ages.note_ages()
    assert client.get(path).content.decode().count("Vi har taget stilling") == 2
    assert client.post(f"{path}husk/party_rights/")["Location"] == path
    assert [each.kind for each in waiting_for(again(anna))] == ["turns_adult"]
    assert client.get(path).content.decode().count("Vi har taget stilling") == 1
    event = Event.objects.get(action="concern.age_answered")
    assert (event.details, event.actor) == ({"code": "party_rights"}, anna.audit_key)
    assert client.post(f"{path}husk/andet/").status_code == 404
    assert client_for(erik).post(f"{path}husk/turns_adult/").status_code == 404
    with pytest.raises(Refused):
        ages.answer_age(by=erik, concern=case.concern, code="turns_adult")
    assert ages.note_ages() == 0  # the answer stands


def test_it_goes_when_the_time_has_passed_or_the_case_has_ended(case: CaseWorld, anna: User) -> None:
    ages.note_ages()
    wrong = Identity("Sofie Ti", born(10, 200))
    children.change_child_of(by=anna, concern=case.concern, child=case.child, identity=wrong)
    ages.note_ages()
    assert [each.code for each in AgeReminder.objects.all()] == ["turns_adult"]
    Concern.objects.filter(pk=case.concern.pk).update(status="closed", ended_at=timezone.now())
    assert "turns_adult" not in {each.kind for each in waiting_for(again(anna))}
    ages.note_ages()
    assert not AgeReminder.objects.exists()
    Concern.objects.filter(pk=case.concern.pk).update(status="plan", ended_at=None)
    ages.note_ages()
    grown = case.links[1].child
    link = case.links[1]
    link.rewritten_at = timezone.now()
    link.save()
    erasing.erase_child(by=anna, child=grown)
    assert not AgeReminder.objects.filter(concern_child=link).exists()


def test_many_who_turn_18_are_folded_and_cost_one_read(
    case: CaseWorld, anna: User, client_for: Callable[[User], Client]
) -> None:
    def reads() -> int:
        user = again(anna)
        with CaptureQueriesContext(connection) as queries:
            awaiting(user)
        return len(queries)

    before = reads()
    concerns = [case.concern, *(make_case(anna, case.erik, EIGHTEEN).concern for _n in range(4))]
    for each in concerns:
        course.take_on(by=anna, concern=each)
    ages.note_ages()
    assert reads() == before
    lines = [each for each in told(anna) if each[1] == "En ung fylder 18 inden for et halvt år"]
    assert [title for title, _more in lines] == [
        *(f"Aftal, hvem der tager over i Sag {each.code}" for each in concerns[:3]),
        "Og i 2 sager mere",
    ]
    page = client_for(anna).get("/").content.decode()
    assert concerns[0].code in page
    assert "Aksel" not in page
    assert "Sofie" not in page


@settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # the first draw waits for a loaded machine
@given(st.dates(date(1990, 1, 1), date(2030, 12, 31)), st.dates(date(2026, 1, 1), date(2040, 12, 31)))
def test_a_young_person_turns_18_once_and_until_the_day(born: date, today: date) -> None:
    day = birthday(born, 18)
    if turns_adult(born, today):
        assert age_on(born, today) < 18
        assert 0 < (day - today).days <= 184
    if 0 < (day - today).days <= 181:
        assert turns_adult(born, today)
    assert gets_party_rights(born, today) == (abs((birthday(born, 10) - today).days) <= 30)
