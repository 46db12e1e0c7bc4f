"""Who sees what of a case, at every step and at every request."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from tests.factories import MeetingFactory, ParticipationFactory
from tests.meetings.cases.conftest import NAME, come, guest
from tovholder.access.decision import Refused, yes
from tovholder.access.sharing.sentences import REFUSALS
from tovholder.audit.models import Event
from tovholder.citizens.services.children import add_adult
from tovholder.citizens.services.consents import ConsentTexts, give_consent, withdraw_consent
from tovholder.concerns.models import Category
from tovholder.concerns.queries import readers
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern
from tovholder.meetings.models import CaseItem, Disclosure, Meeting
from tovholder.meetings.services import attendance, cases_room, cases_writing, minutes, running
from tovholder.meetings.services.cases import Ground, assess_room, open_case, plan_case, recorded_ground
from tovholder.meetings.services.cases_known import known_of
from tovholder.meetings.services.cases_room import shown_cases, warnings_for, weigh

STEPS = ("planned", "running", "opened", "shut", "gone", "held", "approved", "over")
# Who gets what from the case's page at each step: "name", "code" (known, closed), "none" (404).
TABLE = {
    #          planned  running  opened  shut    gone    held    approved over
    "anna": ("code", "code", "name", "code", "name", "name", "name", "name"),
    "bo": ("none", "none", "none", "none", "none", "none", "none", "none"),
    "carla": ("none", "none", "name", "code", "name", "name", "name", "none"),
    "dina": ("none", "none", "name", "code", "name", "name", "name", "none"),
    "erik": ("none",) * 8,
    "frida": ("none",) * 8,
    "grethe": ("none",) * 8,
    "hans": ("none",) * 8,
    "ida": ("none",) * 8,
    "lise": ("none",) * 8,
}


def take(step: str, planned, item, people) -> None:
    """Bring the world to the step."""
    anna = people["anna"]
    at = STEPS.index(step)
    if at >= STEPS.index("running"):
        running.start(by=anna, meeting=planned)
        planned.refresh_from_db()
        for name in ("anna", "carla", "dina"):
            come(anna, planned, people[name])
    if at >= STEPS.index("opened"):
        open_case(by=anna, case_item=item)
        cases_writing.save_case_text(by=anna, case_item=item, text="Vi ringer hjem", base_version=0)
    if at >= STEPS.index("shut"):
        row = guest(anna, planned, people["frida"])
    if at >= STEPS.index("gone"):
        attendance.set_out(by=anna, participation=row, out=True)
    if at >= STEPS.index("held"):
        running.finish(by=anna, meeting=planned, unfinished_items={i.pk: "done" for i in planned.items.all()})
    if at >= STEPS.index("approved"):
        minutes.approve(by=people["bo"], meeting=planned)
    if step == "over":
        Disclosure.objects.update(reads_until=timezone.now())


@pytest.mark.parametrize("step", STEPS)
def test_each_persona_sees_what_is_theirs_at_every_step(step, planned, item, people, client_for):
    take(step, planned, item, people)
    got = {}
    for name in TABLE:
        client = client_for(people[name])
        answer = client.get(reverse("meetings:case", args=[planned.pk, item.pk]))
        body = answer.content.decode()
        got[name] = "none" if answer.status_code == 404 else "name" if NAME in body else "code"
        faces = ["meetings:before"] if step == "planned" else ["meetings:before", "meetings:after"]
        for url in (reverse(each, args=[planned.pk]) for each in faces):
            page = client.get(url)
            if page.status_code == 200:
                knows = got[name] != "none"
                assert (str(item.concern) in page.content.decode()) == knows, (name, url)
                assert NAME not in page.content.decode()
        assert client.get(reverse("meetings:case_list", args=[planned.pk])).status_code == (
            404 if got[name] == "none" else 200
        )
        paper = client.get(reverse("meetings:case_word", args=[planned.pk, item.pk]))
        assert (paper.status_code == 200) == (got[name] == "name")
    assert got == {name: row[STEPS.index(step)] for name, row in TABLE.items()}


def test_a_stranger_to_the_case_gets_the_same_page_as_for_one_that_is_not_there(opened, people, client_for):
    client = client_for(people["bo"])
    there = client.get(reverse("meetings:case", args=[opened.meeting_id, opened.pk]))
    nowhere = client.get(reverse("meetings:case", args=[opened.meeting_id, 999999]))
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content


def test_opening_is_written_by_child_and_recipient(opened, people):
    told = Disclosure.objects.filter(case_item=opened)
    assert {row.person for row in told} == {people[name].person for name in ("anna", "carla", "dina")}
    assert {row.ground for row in told} == {"rpl115"}
    assert Event.objects.filter(action="case_item.opened", object_id=str(opened.pk)).count() == 1


def test_who_comes_while_it_is_open_is_told_and_reads_it(opened, meeting, people, client_for):
    url = reverse("meetings:case", args=[meeting.pk, opened.pk])
    assert client_for(people["bo"]).get(url).status_code == 404
    come(people["anna"], meeting, people["bo"])
    assert Disclosure.objects.filter(case_item=opened, person=people["bo"].person).exists()
    assert NAME in client_for(people["bo"]).get(url).content.decode()


def test_nobody_is_told_while_a_volunteer_is_there(opened, meeting, people, client_for):
    row = guest(people["anna"], meeting, people["frida"])
    come(people["anna"], meeting, people["bo"])
    assert not Disclosure.objects.filter(case_item=opened, person=people["bo"].person).exists()
    attendance.set_out(by=people["anna"], participation=row, out=True)
    assert Disclosure.objects.filter(case_item=opened, person=people["bo"].person).exists()


def test_a_guest_checked_in_twice_closes_it_once_and_leaves_once(opened, meeting, people, client_for):
    first = guest(people["anna"], meeting, people["frida"])
    again = guest(people["anna"], meeting, people["frida"])
    assert first.pk == again.pk
    url = reverse("meetings:case", args=[meeting.pk, opened.pk])
    assert NAME not in client_for(people["anna"]).get(url).content.decode()
    attendance.set_out(by=people["anna"], participation=again, out=True)
    assert NAME in client_for(people["anna"]).get(url).content.decode()
    assert not Disclosure.objects.filter(person=people["frida"].person).exists()


def test_what_would_mend_it_is_told_to_the_covered_only(opened, meeting, people, client_for):
    guest(people["anna"], meeting, people["frida"])
    page = client_for(people["carla"]).get(reverse("meetings:case", args=[meeting.pk, opened.pk]))
    assert "Lad Frida gå ud" in page.content.decode()
    assert "Vestby Boldklub" in page.content.decode()
    assert warnings_for(people["anna"], meeting, people["frida"].person)
    assert not warnings_for(people["bo"], meeting, people["frida"].person)


def test_the_convener_who_checks_the_volunteer_in_is_told_nothing_of_cases(
    opened, meeting, people, client_for
):
    client = client_for(people["bo"])
    answer = client.post(
        reverse("meetings:guest", args=[meeting.pk]), {"person": people["frida"].person.pk}, follow=True
    )
    assert str(opened.concern) not in answer.content.decode()
    assert "lukket" not in answer.content.decode()


def consent_to(people, named, user):
    child = named.children.get()
    return give_consent(
        by=people["anna"],
        decision=yes("triager"),
        child=child,
        giver=_parent(people, child),
        organisations=[user.person.organisation],
        texts=ConsentTexts(kinds="Trivsel", purpose="Støtte"),
        form="written",
        given=date(2026, 1, 1),
    )


def _parent(people, child):
    return add_adult(
        by=people["anna"], decision=yes("triager"), child=child, standing="custody", name="Mor Prøve"
    )


def test_a_consent_lets_the_club_stay_and_its_withdrawal_closes_at_the_next_request(
    opened, named, meeting, people, client_for
):
    url = reverse("meetings:case", args=[meeting.pk, opened.pk])
    given = consent_to(people, named, people["frida"])
    guest(people["anna"], meeting, people["frida"])
    assert NAME in client_for(people["frida"]).get(url).content.decode()
    withdraw_consent(by=people["anna"], decision=yes("triager"), consent=given, on=timezone.localdate())
    assert client_for(people["frida"]).get(url).status_code == 404
    assert NAME not in client_for(people["carla"]).get(url).content.decode()
    answer = client_for(people["anna"]).post(
        reverse("meetings:case_text", args=[meeting.pk, opened.pk]),
        {"text": "Skrevet for sent", "version": "0"},
        HTTP_ACCEPT="application/json",
    )
    assert answer.status_code == 403
    assert all(each.name != "Frida" for each in readers(named))


def test_it_is_not_opened_before_the_meeting_runs_nor_by_who_does_not_work_on_it(item, meeting, people):
    with pytest.raises(Refused):
        open_case(by=people["carla"], case_item=item)
    guest(people["anna"], meeting, people["frida"])
    with pytest.raises(Refused) as refused:
        open_case(by=people["anna"], case_item=item)
    assert refused.value.decision.code == "party_outside_rpl115"
    assert not Disclosure.objects.exists()


def test_before_the_meeting_nobody_can_open_it(item, people):
    with pytest.raises(Refused) as refused:
        open_case(by=people["anna"], case_item=item)
    assert refused.value.decision.code == "meeting_not_running"


def test_readers_tell_who_was_told_and_why(opened, named, people):
    found = {each.name: each.why for each in readers(named)}
    assert found["Carla"] == "Part i det kriminalitetsforebyggende samarbejde"
    assert "Bo" not in found
    assert found["Anna"] == "SSP-teamet i distriktet"


def test_before_saving_it_says_who_gains_and_who_loses(item, planned, people):
    ParticipationFactory(meeting=planned, person=people["frida"].person, part="guest", answer="yes")
    ground = recorded_ground(item)
    change = weigh(item, ground)
    assert not change.gain
    assert not change.lose
    assert [each.person.name for each in change.outside] == ["Frida"]
    lost = weigh(item, replace(ground, basis="consent"))
    assert {each.person.name for each in lost.lose} == {"Bo", "Carla", "Dina"}


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_tell_each_person_once(opened, meeting, people):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite takes one writer at a time")
    CaseItem.objects.filter(pk=opened.pk).update(status="planned", opened_at=None)
    Disclosure.objects.all().delete()
    faults = []

    def run():
        try:
            open_case(by=people["anna"], case_item=CaseItem.objects.get(pk=opened.pk))
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _n in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not faults
    assert Disclosure.objects.filter(case_item=opened).count() == 3


def test_opened_twice_is_opened_once(opened, people):
    at = opened.opened_at
    open_case(by=people["anna"], case_item=opened)
    opened.refresh_from_db()
    assert opened.opened_at == at
    assert Disclosure.objects.filter(case_item=opened).count() == 3


def test_the_list_holds_codes_and_never_names(opened, planned, named, people, client_for):
    page = client_for(people["carla"]).get(reverse("meetings:case_list", args=[planned.pk])).content.decode()
    assert str(named) in page
    assert NAME not in page
    event = Event.objects.get(action="case_item.listed", actor=people["carla"].audit_key)
    assert (event.object_type, event.object_id) == ("concerns.concern", str(named.pk))


def test_who_does_not_work_on_it_cannot_plan_it(forum, people):
    meeting = MeetingFactory(lead_forum=forum)
    assert shown_cases(people["bo"], meeting) == []
    with pytest.raises(Refused):
        plan_case(by=people["bo"], meeting=meeting, concern=_other(people))


def _other(people):
    facts = ConcernFacts(level="anonymous", subject="child")
    return raise_concern(by=people["erik"], facts=facts, texts=ConcernTexts(seen="Noget andet"))


def test_every_no_of_the_sharing_rules_has_what_would_mend_it():
    assert set(cases_room.MENDED_BY) == set(REFUSALS)


def test_nor_does_why_it_is_closed(item, named, people):
    item.meeting.lead_forum.bases = ["participation"]
    takes_part = Ground("participation", "wellbeing", "Trivsel", "Flere parter kender ham")
    assert assess_room(item, ground=takes_part).answer.code == "family_not_told"
    named.categories.add(
        Category.objects.create(key="vold", name="Vold", suspicion="suspected_violence_by_family")
    )
    assert assess_room(item, ground=takes_part).answer.code == "family_under_suspicion"


@pytest.mark.parametrize("code", REFUSALS)
def test_what_would_mend_it_leads_nobody_to_a_family_under_suspicion(code, item, named, people):
    category = Category.objects.create(key="vold", name="Vold", suspicion="suspected_violence_by_family")
    club = people["frida"].person
    room = SimpleNamespace(allowed=False, uncovered=[club], answer=SimpleNamespace(code=code))
    asks = f"Få et samtykke, der nævner {club.organisation.name}."
    assert asks in cases_room.mends(item, room)
    named.categories.add(category)
    for kept in (False, True):
        case = CaseItem.objects.get(pk=item.pk)
        if kept:
            known_of([case])
        lines = cases_room.mends(case, room)
        assert f"Lad {club.name} gå ud, mens punktet tages." in lines
        for line in lines:
            assert not re.search("samtykke|familien igen|Giv familien|forælder", line), line


@pytest.mark.parametrize("code", REFUSALS)
def test_what_would_mend_it_sends_nobody_elsewhere_with_what_must_be_notified(code):
    room = SimpleNamespace(allowed=False, uncovered=[], answer=SimpleNamespace(code=code))
    lines = cases_room.mends(CaseItem(meeting=Meeting(kind="ordinary")), room)
    assert lines[0] == str(cases_room.MENDED_BY[code])
    elsewhere = {"Tag punktet anonymt.", "Tag det i et andet forum eller på et andet grundlag."}
    stays = code in {"notify_at_once", "family_under_suspicion", "purpose_investigation"}
    assert (elsewhere & set(lines) == set()) is stays
