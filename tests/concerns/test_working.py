"""The triage list and what is done with a concern."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from tests.concerns.conftest import seat
from tests.factories import DistrictFactory, PostFactory, SchoolFactory
from tovholder.access.decision import Refused
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import (
    TRANSITIONS,
    AbsenceReading,
    Concern,
    ConcernStatus,
    Entry,
    Notification,
    Question,
    Team,
)
from tovholder.concerns.prompts import PROMPTS, Facts, prompts_for
from tovholder.concerns.services import asking, course, naming, notifying, teams
from tovholder.concerns.workdays import after_working_days, before_working_days
from tovholder.insights.queries.concern_lines import awaiting
from tovholder.outbox.models import OutgoingMail


def again(user: User) -> User:
    """As in the next request."""
    return User.objects.get(pk=user.pk)


@pytest.fixture
def concern(erik: User, ssp: Team, raise_one: Any, municipality: Any) -> Concern:
    return raise_one(erik, seen="Hemmeligheden")


@pytest.mark.parametrize(
    "path", ["", "forloeb/", "hvem/", "status/", "notat/", "raad/", "spoerg/", "lister/", "ret/", "underret/"]
)
def test_who_may_not_know_gets_the_page_of_what_does_not_exist(
    personas: dict[str, User], concern: Concern, client_for: Callable[[User], Client], path: str
) -> None:
    own = {"", "underret/"}
    for name, user in personas.items():
        client = client_for(user)
        there, nowhere = (client.get(f"/bekymringer/{code}/{path}") for code in (concern.code, "26-999"))
        allowed = {"anna", "erik"} if path in own else {"anna"}
        assert there.status_code == (200 if name in allowed else 404), name
        assert nowhere.status_code == 404
        if name not in allowed:
            assert there.content == nowhere.content.replace(b"26-999", concern.code.encode())


def test_the_list_is_of_the_triagers_and_others_see_what_they_raised(
    anna: User, bo: User, erik: User, concern: Concern, client_for: Callable[[User], Client]
) -> None:
    shown = {user.name: client_for(user).get("/bekymringer/").content.decode() for user in (anna, bo, erik)}
    assert f"Sag {concern.code}" in shown["Anna"]
    assert "Hemmeligheden" not in shown["Anna"]
    assert "Du har ikke rejst nogen" in shown["Bo"]
    assert "Modtaget" in shown["Erik"]
    assert "Bekymret" not in shown["Erik"]  # how far and how urgent is the triagers' business
    listed = Event.objects.filter(action="concern.listed", actor=anna.audit_key).latest("pk")
    assert listed.details == {"concerns": [concern.pk]}


def test_filters_count_and_export(
    anna: User, erik: User, concern: Concern, raise_one: Any, scale: Any, client_for: Callable[[User], Client]
) -> None:
    other = raise_one(
        erik, level="general", subject="place", district=DistrictFactory(), scale_level=scale["roed"]
    )
    client = client_for(anna)

    def codes(query: str) -> set[str]:
        return {each.code for each in client.get(f"/bekymringer/?{query}").context["page_obj"]}

    assert codes("") == {concern.code, other.code}
    assert codes("niveau=general") == {other.code}
    assert codes(f"distrikt={concern.district_id}") == {concern.code}
    assert codes("mine=1") == set()
    assert codes("vis=lukket") == set()
    assert codes("vis=x&orden=x&niveau=x&distrikt=x&side=99") == {concern.code, other.code}
    assert [each.code for each in client.get("/bekymringer/?orden=grad").context["page_obj"]] == [
        other.code,
        concern.code,
    ]
    file = b"".join(client.get("/bekymringer/?hent=csv").streaming_content).decode("utf-8-sig")
    assert concern.code in file
    assert "Hemmeligheden" not in file
    assert Event.objects.filter(action="concern.listed", purpose="list file").count() == 2


def test_list_and_page_cost_the_same_however_many(
    anna: User, erik: User, concern: Concern, raise_one: Any, client_for: Callable[[User], Client],
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    client = client_for(anna)
    for _more in range(3):
        with django_assert_max_num_queries(12):
            assert client.get("/bekymringer/").status_code == 200
        named = raise_one(erik, children=2)
        for path in ("", "forloeb/", "hvem/", "underret/"):
            with django_assert_max_num_queries(12):
                assert client.get(f"/bekymringer/{named.code}/{path}").status_code == 200


def test_status_moves_by_the_table_and_two_at_once_lose_nothing(
    anna: User, concern: Concern, client_for: Callable[[User], Client]
) -> None:
    client, path = client_for(anna), f"/bekymringer/{concern.code}/status/"
    client.post(path, {"status": "clarifying", "reason": "", "version": "1"})
    text = client.post(path, {"status": "closed", "reason": "Der er ro", "version": "1"}).content.decode()
    assert "En anden har ændret sagen imens" in text
    assert "Der er ro" in text
    assert 'name="version" value="2"' in text
    assert Concern.objects.get().status == "clarifying"
    client.post(path, {"status": "closed", "reason": "Der er ro", "version": "2"})
    found = Concern.objects.get()
    assert (found.status, found.ended_at is not None) == ("closed", True)
    mail = OutgoingMail.objects.get()
    assert concern.code in mail.subject
    assert "Der er ro" not in mail.body


@pytest.mark.parametrize(
    ("start", "then"),
    [("new", "clarifying"), ("reopened", "clarifying"), ("advised", "advised"), ("plan", "plan")],
)
def test_who_takes_a_concern_on_begins_to_clarify_it(
    anna: User, concern: Concern, client_for: Callable[[User], Client], start: str, then: str
) -> None:
    Concern.objects.filter(pk=concern.pk).update(status=start)
    client_for(anna).post(f"/bekymringer/{concern.code}/tag/")
    found = Concern.objects.get()
    assert (found.handler, found.status) == (anna.person, then)
    moved = start != then
    assert found.version == concern.version + moved
    assert found.entries.filter(kind=Entry.Kind.STATUS, status=then).count() == moved
    event = Event.objects.exclude(kind="read").get(action__in=["concern.taken_on", "concern.status_set"])
    assert event.details == ({"status": then} if moved else {})


def test_nobody_takes_an_ended_concern_on_by_a_form_from_before(
    anna: User, concern: Concern, client_for: Callable[[User], Client]
) -> None:
    Concern.objects.filter(pk=concern.pk).update(status="closed", ended_at=timezone.now())
    client_for(anna).post(f"/bekymringer/{concern.code}/tag/")
    concern.refresh_from_db()
    assert concern.handler is None
    assert not Event.objects.filter(action="concern.taken_on").exists()


@pytest.mark.parametrize("start", ConcernStatus.values)
def test_every_status_leads_somewhere_and_ends_need_a_reason(
    anna: User, concern: Concern, start: str
) -> None:
    ended = start in ("handed_over", "no_action", "closed")
    Concern.objects.filter(pk=concern.pk).update(status=start, ended_at=timezone.now() if ended else None)
    found = Concern.objects.get()
    for status in set(ConcernStatus.values) - TRANSITIONS[start]:
        with pytest.raises(Refused):
            course.set_status(by=anna, concern=found, status=status, reason="x")
    assert TRANSITIONS[start]
    needing = {"handed_over", "no_action", "closed", "reopened"} & TRANSITIONS[start]
    for status in needing:
        with pytest.raises(ValidationError):
            course.set_status(by=anna, concern=found, status=status, reason=" ")


def test_advice_reaches_who_raised_it_as_long_as_nobody_is_named(
    anna: User, erik: User, concern: Concern, raise_one: Any, client_for: Callable[[User], Client]
) -> None:
    named = raise_one(erik, children=1)
    for each, shown in ((concern, True), (named, False)):
        course.give_advice(by=anna, concern=each, text="Tal med klassen")
        assert Concern.objects.get(pk=each.pk).status == "advised"
        assert (
            "Tal med klassen" in client_for(erik).get(f"/bekymringer/{each.code}/").content.decode()
        ) is shown
    text = client_for(anna).get(f"/bekymringer/{named.code}/forloeb/").content.decode()
    assert "Tal med klassen" in text


def test_notes_belong_to_those_who_work_on_it(anna: User, erik: User, concern: Concern) -> None:
    course.write_note(by=anna, concern=concern, text="Ringede hjem", kind="contact")
    entry = concern.entries.get(kind="contact")
    assert Safe.of([concern]).read(entry, "text").text == "Ringede hjem"
    with pytest.raises(Refused):
        course.write_note(by=erik, concern=concern, text="Også mig")


def test_a_question_goes_to_the_contact_person_who_sees_nothing_else(
    anna: User,
    bo: User,
    dina: User,
    frida: User,
    erik: User,
    concern: Concern,
    client_for: Callable[[User], Client],
) -> None:
    school = SchoolFactory(organisation=erik.person.organisation)
    PostFactory(school=school, person=bo.person)
    PostFactory(school=school, person=frida.person)
    Concern.objects.filter(pk=concern.pk).update(organisation=school.organisation)
    form = client_for(anna).get(f"/bekymringer/{concern.code}/spoerg/").context["form"]
    assert set(form.fields["to_person"].queryset) == {bo.person, erik.person}
    client_for(anna).post(
        f"/bekymringer/{concern.code}/spoerg/", {"to_person": bo.person.pk, "text": "Kender du rådgiveren?"}
    )
    question = Question.objects.get()
    assert b"Kender" not in bytes(question.question)
    assert "Kender" not in OutgoingMail.objects.get().body
    assert [each.title for each in awaiting(again(bo))] == ["Svar på et spørgsmål"]
    page = client_for(bo).get(f"/bekymringer/spoergsmaal/{question.pk}/").content.decode()
    assert "Kender du rådgiveren?" in page
    assert concern.code not in page
    assert client_for(bo).get(f"/bekymringer/{concern.code}/").status_code == 404
    for stranger in (dina, erik, anna):
        assert client_for(stranger).get(f"/bekymringer/spoergsmaal/{question.pk}/").status_code == 404
    client_for(bo).post(f"/bekymringer/spoergsmaal/{question.pk}/", {"text": "Ja, hun kommer mandag"})
    assert (
        "Ja, hun kommer mandag"
        in client_for(anna).get(f"/bekymringer/{concern.code}/forloeb/").content.decode()
    )
    assert awaiting(again(bo)) == []
    client_for(anna).post(f"/bekymringer/spoergsmaal/{question.pk}/traek/")
    assert client_for(bo).get(f"/bekymringer/spoergsmaal/{question.pk}/").status_code == 404
    with pytest.raises(ValidationError):
        asking.ask(by=anna, concern=concern, to_person=frida.person, text="Kender du ham?")


def test_a_notification_is_written_down_and_its_receipt_is_asked_for(
    anna: User, erik: User, concern: Concern, client_for: Callable[[User], Client]
) -> None:
    path = f"/bekymringer/{concern.code}/underret/"
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "ligger i fremtiden" in client_for(erik).post(path, {"sent_on": tomorrow}).content.decode()
    client_for(erik).post(path, {"sent_on": timezone.localdate() - timedelta(days=20), "note": "Ringede"})
    notification = Notification.objects.get()
    assert notification.sent_by == erik.person
    assert [each.title for each in awaiting(again(erik))] == ["Spørg til din underretning"]
    receipt = f"/bekymringer/underretning/{notification.pk}/kvittering/"
    assert client_for(anna).post(receipt, {"receipt_on": timezone.localdate()}).status_code == 404
    client_for(erik).post(receipt, {"receipt_on": notification.sent_on - timedelta(days=1)})
    assert Notification.objects.get().receipt_on is None
    client_for(erik).post(receipt, {"receipt_on": timezone.localdate()})
    assert Notification.objects.get().receipt_on == timezone.localdate()
    assert awaiting(again(erik)) == []
    # Nothing that was written makes the concern end, or says that the duty is done.
    assert Concern.objects.get().status == "new"


def test_working_days_pass_over_weekends_and_holidays() -> None:
    assert after_working_days(date(2026, 11, 27), 6) == date(2026, 12, 7)
    assert after_working_days(date(2026, 4, 1), 1) == date(2026, 4, 7)  # over Easter
    for day in (date(2026, 12, 1), date(2026, 4, 8), date(2026, 6, 7)):
        last = before_working_days(day, 6)
        assert after_working_days(last, 6) < day <= after_working_days(last + timedelta(days=1), 6)


@pytest.mark.parametrize(
    ("percent", "said"),
    [(9, ""), (10, "skrive til hjemmet"), (14, "skrive til hjemmet"), (15, "leder skal underrette")],
)
def test_absence_says_what_to_do(
    anna: User, erik: User, raise_one: Any, ssp: Team, municipality: Any, client_for: Callable[[User], Client],
    percent: int, said: str,
) -> None:  # fmt: skip
    named = raise_one(erik, children=1)
    child = named.children.get()
    path = f"/bekymringer/{named.code}/fravaer/{child.code}/"
    quarter = notifying.quarter_of(timezone.localdate())
    client_for(anna).post(path, {"quarter": quarter, "percent": percent})
    text = client_for(anna).get(path).content.decode()
    assert f"{percent} %" in text
    assert ("skrive til hjemmet" in text, "leder skal underrette" in text) == (
        "hjemmet" in said,
        "leder" in said,
    )
    assert str(percent).encode() != bytes(AbsenceReading.objects.get().percent)
    client_for(anna).post(path, {"quarter": quarter, "percent": 3})
    assert AbsenceReading.objects.count() == 1
    assert client_for(erik).get(path).status_code == 404


def test_a_team_is_seated_by_an_administrator_and_the_reviewers_are_told(
    hans: User, bo: User, lise: User, ssp: Team, concern: Concern, client_for: Callable[[User], Client]
) -> None:
    assert client_for(bo).get("/bekymringer/teams/").status_code == 404
    client_for(hans).post(f"/bekymringer/teams/{ssp.key}/saet-ind/", {"person": bo.person.pk})
    assert OutgoingMail.objects.get(to=lise.email).subject == "Nye rettigheder i Tovholder"
    assert "satte personen ind i et team" in client_for(lise).get("/").content.decode()
    assert client_for(bo).get(f"/bekymringer/{concern.code}/").status_code == 200
    assert client_for(hans).get(f"/bekymringer/{concern.code}/").status_code == 404
    member = ssp.seats.get(person=bo.person)
    assert client_for(bo).post(f"/bekymringer/teams/medlem/{member.pk}/ud/").status_code == 403
    client_for(hans).post(f"/bekymringer/teams/medlem/{member.pk}/ud/")
    assert client_for(bo).get(f"/bekymringer/{concern.code}/").status_code == 404
    with pytest.raises(ValidationError):
        teams.seat(by=hans, team=ssp, person=hans.person)


def test_to_stand_on_a_list_opens_nothing(
    anna: User, dina: User, concern: Concern, client_for: Callable[[User], Client]
) -> None:
    special = Team.objects.create(key="fravaer", name="Fraværsteamet")
    seat(special, dina)
    client_for(anna).post(f"/bekymringer/{concern.code}/lister/", {"teams": [special.pk]})
    assert concern.teams.get() == special
    assert f"Sag {concern.code}" in client_for(anna).get("/bekymringer/teams/fravaer/").content.decode()
    page = client_for(dina).get("/bekymringer/teams/fravaer/").content.decode()
    assert concern.code not in page
    client_for(anna).post(f"/bekymringer/{concern.code}/lister/", {})
    assert not concern.teams.exists()


def test_chronology_holds_what_the_reader_may_read_of_all_concerns_of_the_child(
    anna: User,
    erik: User,
    raise_one: Any,
    ssp: Team,
    district: Any,
    municipality: Any,
    client_for: Callable[[User], Client],
) -> None:
    elsewhere = DistrictFactory()
    ssp.districts.add(district)
    first, second, hidden = (
        raise_one(erik, children=1),
        raise_one(erik),
        raise_one(erik, district=elsewhere),
    )
    child = first.children.get()
    for each in (second, hidden):
        naming.lay_child_on(
            by=anna, concern=each, child=child
        ) if each is second else each.concern_children.create(child=child)
    text = client_for(anna).get(f"/bekymringer/{first.code}/forloeb/{child.code}/").content.decode()
    assert f"Sag {first.code}" in text
    assert f"Sag {second.code}" in text
    assert hidden.code not in text
    read = Event.objects.filter(action="concern.read", purpose="chronology")
    assert {int(each.object_id) for each in read} == {first.pk, second.pk}
    assert {each.ground for each in read} == {"triager"}
    assert client_for(erik).get(f"/bekymringer/{first.code}/forloeb/{child.code}/").status_code == 404


def test_prompts_hold_when_their_facts_do() -> None:
    today = date(2026, 11, 27)

    def codes(**facts: Any) -> list[str]:
        return [each.code for each in prompts_for(Facts(today=today, **facts))]

    assert codes() == []
    assert codes(other_parties=3) == ["many_concerns"]
    assert codes(other_parties=2) == []
    assert codes(undecided_days=14) == ["undecided_handover"]
    assert codes(undecided_days=13) == []
    assert codes(birth_dates=(date(2009, 5, 27),)) == ["turns_adult"]
    assert codes(birth_dates=(date(2009, 5, 28),)) == []
    assert codes(birth_dates=(date(2008, 11, 27),)) == []
    assert codes(absences=(3, 9)) == []
    assert codes(absences=(3, 10)) == ["absence_warn"]
    assert codes(absences=(10, 15)) == ["absence_notify"]
    assert {each.rule for each in PROMPTS} == {23, 26, 37, 42}


def test_many_parties_about_one_child_are_told_of_until_something_is_decided(
    anna: User, bo: User, erik: User, carla: User, raise_one: Any, ssp: Team, municipality: Any,
    client_for: Callable[[User], Client],
) -> None:  # fmt: skip
    first = raise_one(erik, children=1)
    for user in (bo, carla):
        naming.lay_child_on(by=anna, concern=raise_one(user), child=first.children.get())
    text = client_for(anna).get(f"/bekymringer/{first.code}/").content.decode()
    assert "Flere forskellige har været bekymret for det samme barn" in text
    assert any("samlet" in each.title for each in awaiting(again(anna)))
    assert not any("samlet" in each.title for each in awaiting(again(erik)))
    notifying.note_notification(by=erik, concern=first, sent_on=timezone.localdate())
    text = client_for(anna).get(f"/bekymringer/{first.code}/").content.decode()
    assert "Flere forskellige" not in text
    assert not any("samlet" in each.title for each in awaiting(again(anna)))
