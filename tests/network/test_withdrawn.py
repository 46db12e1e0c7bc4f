"""A consent that is withdrawn during a network meeting, or after it, closes the case to whom only it covered."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tests.network.conftest import CHILD, everybody, fresh, kind_of
from tests.network.test_meeting import effort, fill
from tovholder.access.decision import Refused, yes
from tovholder.accounts.models import User
from tovholder.citizens.models import Adult, Child, Consent
from tovholder.citizens.services.consents import ConsentTexts, give_consent, withdraw_consent
from tovholder.meetings.models import Disclosure, NetworkMeeting
from tovholder.meetings.services import network as calling
from tovholder.meetings.services import network_efforts as efforts
from tovholder.meetings.services import network_meeting as running
from tovholder.meetings.services import network_minutes as minutes
from tovholder.meetings.services import network_people as people

TODAY, SAID = timezone.localdate, "Tekst om baggrund"


@pytest.fixture
def consent(child: Child, mother: Adult, anna: User, frida: User) -> Consent:
    """The mother lets the club know; Frida leads it, and nothing else covers her."""
    kind_of(frida, "association")
    return give_consent(
        by=anna, decision=yes("triager"), child=child, giver=mother,
        organisations=[frida.person.organisation], texts=ConsentTexts("Trivsel", "Fritid"), form="written",
        given=TODAY(),
    )  # fmt: skip


@pytest.fixture
def spoken(ready: NetworkMeeting, consent: Consent, erik: User, frida: User) -> NetworkMeeting:
    """The meeting runs with Frida at the table, and the form is filled in."""
    people.add_professional(by=erik, network=ready, person=frida.person)
    people.tell_family(by=erik, network=ready, on=TODAY())
    calling.call(by=erik, network=ready, lacks=people.lacks(fresh(ready)))
    running.start(by=erik, network=fresh(ready), **everybody(ready))
    fill(fresh(ready), erik)
    return fresh(ready)


def withdraw(consent: Consent, anna: User) -> None:
    withdraw_consent(by=anna, decision=yes("triager"), consent=consent, on=TODAY())


def at(network: NetworkMeeting, page: str) -> str:
    return f"/netvaerksmoeder/{network.meeting_id}/{page}"


@pytest.mark.parametrize("page", ["efter/", "skema.pdf", "skema.docx"])
def test_while_it_runs_the_withdrawal_closes_it_to_all(
    spoken: NetworkMeeting, consent: Consent, anna: User, dina: User, frida: User, client_for: Any, page: str
) -> None:
    assert client_for(frida).get(at(spoken, page)).status_code == 200
    withdraw(consent, anna)
    assert client_for(frida).get(at(spoken, page)).status_code == 404
    assert client_for(dina).get(at(spoken, page)).status_code in {302, 403}


def test_while_it_is_closed_the_covered_are_told_what_opens_it(
    spoken: NetworkMeeting, consent: Consent, anna: User, dina: User, frida: User, client_for: Any
) -> None:
    withdraw(consent, anna)
    page = client_for(dina).get(at(spoken, "efter/"), follow=True)
    assert "Det kan åbne navnet" in page.content.decode()
    assert "Frida" in page.content.decode()
    assert "Få et samtykke" not in client_for(frida).get(at(spoken, "")).content.decode()


def test_while_it_is_closed_nothing_is_written(
    spoken: NetworkMeeting, consent: Consent, anna: User, erik: User
) -> None:
    withdraw(consent, anna)
    with pytest.raises(Refused) as refused:
        running.save_field(by=erik, network=spoken, key="baggrund", text="Mere.", base_version=1)
    assert refused.value.decision.code == "case_closed"
    with pytest.raises(Refused):
        efforts.add_effort(by=erik, network=spoken, effort=effort("Aftale", erik))


def test_who_keeps_it_closed_goes_out_and_what_was_typed_is_saved(
    spoken: NetworkMeeting, consent: Consent, anna: User, erik: User, frida: User, client_for: Any
) -> None:
    withdraw(consent, anna)
    there = spoken.meeting.participations.exclude(person=frida.person).values_list("pk", flat=True)
    sent = {
        "t-baggrund": "Skrevet, da hun var gået.",
        "v-baggrund": "1",
        "do": "tilstede",
        "p": list(there),
        "f": everybody(spoken)["family"],
    }
    assert client_for(erik).post(at(spoken, "under/skema/"), sent).status_code == 302
    page = client_for(erik).get(at(spoken, "under/")).content.decode()
    assert "Skrevet, da hun var gået." in page
    assert "Sagen er lukket lige nu" not in page


def test_the_approval_asks_anew_who_may_read_on(
    spoken: NetworkMeeting, consent: Consent, anna: User, dina: User, erik: User, frida: User, client_for: Any
) -> None:
    withdraw(consent, anna)
    running.finish(by=erik, network=spoken)
    minutes.approve(by=erik, network=fresh(spoken))
    assert client_for(frida).get(at(spoken, "efter/")).status_code == 404
    assert SAID in client_for(dina).get(at(spoken, "efter/")).content.decode()
    assert Disclosure.objects.get(person=frida.person).reads_until <= timezone.now()


def test_after_the_approval_the_withdrawal_closes_it_at_the_next_request(
    spoken: NetworkMeeting, consent: Consent, anna: User, dina: User, erik: User, frida: User, client_for: Any
) -> None:
    running.finish(by=erik, network=spoken)
    minutes.approve(by=erik, network=fresh(spoken))
    page = client_for(frida).get(at(spoken, "efter/")).content.decode()
    assert CHILD in page
    assert SAID in page
    withdraw(consent, anna)
    assert client_for(frida).get(at(spoken, "efter/")).status_code == 404
    assert client_for(frida).get(at(spoken, "skema.pdf")).status_code == 404
    assert SAID in client_for(dina).get(at(spoken, "efter/")).content.decode()


def test_what_cannot_begin_says_who_is_not_covered_and_what_would_mend_it(
    called: NetworkMeeting, erik: User, carla: User, client_for: Any
) -> None:
    called.meeting.participations.create(person=carla.person, part="guest")
    here = everybody(called)
    answer = client_for(erik).post(at(called, "begynd/"), {"p": here["people"], "f": here["family"]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ikke dækket: Carla." in page
    assert "Hold mødet uden Carla." in page
    assert f"Få et samtykke, der nævner {carla.person.organisation}." in page
    assert "anonymt" not in page


def test_who_comes_late_and_is_not_covered_is_named_with_what_would_mend_it(
    begun: NetworkMeeting, erik: User, carla: User, client_for: Any
) -> None:
    begun.meeting.participations.create(person=carla.person, part="guest")
    here = everybody(begun)
    sent = {"do": "tilstede", "p": here["people"], "f": here["family"]}
    page = client_for(erik).post(at(begun, "under/skema/"), sent, follow=True).content.decode()
    assert "Ikke dækket: Carla." in page
    assert "Hold mødet uden Carla." in page


@pytest.mark.parametrize("page", ["under/", "efter/"])
def test_the_pages_name_everybody_who_can_see_the_case(
    begun: NetworkMeeting, erik: User, client_for: Any, page: str
) -> None:
    said = client_for(erik).get(at(begun, page)).content.decode()
    assert "Hvem kan se dette, og hvorfor?" in said
    for name in ("Anna", "Erik", "Dina"):
        assert f'<span class="th-grow">{name}' in said
