"""What is done in an unusual order at a network meeting opens nothing, and the family is told of whoever comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tests.network.conftest import CHILD, fresh
from tovholder.access.decision import yes
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.identity import Identity
from tovholder.citizens.services.children import create_child
from tovholder.concerns.services.naming import lay_child_on
from tovholder.meetings.models import NetworkMeeting, Participation
from tovholder.meetings.services import network as calling
from tovholder.meetings.services import network_meeting as running
from tovholder.meetings.services import network_people as people
from tovholder.meetings.services.links import answer_token

For = Callable[[User], Client]
LATER = "Vilma Espelund"


def test_a_child_laid_on_after_the_meeting_is_not_told_to_those_who_were_there(
    begun: NetworkMeeting, anna: User, erik: User, dina: User, client_for: For
) -> None:
    born = timezone.localdate() - timedelta(days=365 * 9)
    child = create_child(by=anna, decision=yes("triager"), identity=Identity(LATER, born))
    lay_child_on(by=anna, concern=begun.concern, child=child)
    running.finish(by=erik, network=fresh(begun))
    body = client_for(dina).get(f"/netvaerksmoeder/{begun.meeting_id}/efter/").content.decode()
    assert CHILD in body
    assert LATER not in body
    assert LATER in client_for(erik).get(f"/netvaerksmoeder/{begun.meeting_id}/efter/").content.decode()


def test_who_takes_the_calling_over_is_told_to_the_family(
    ready: NetworkMeeting, anna: User, erik: User
) -> None:
    assert not people.lacks(ready)
    calling.hand_over_calling(by=erik, network=ready, to=anna.person)
    lacks = [each.step for each in people.lacks(fresh(ready))]
    assert lacks == ["familien"]


def test_who_takes_the_calling_over_and_was_taken_off_comes_again(
    ready: NetworkMeeting, anna: User, erik: User
) -> None:
    row = people.add_professional(by=erik, network=ready, person=anna.person)
    people.take_professional_off(by=erik, network=ready, participation=row)
    calling.hand_over_calling(by=erik, network=ready, to=anna.person)
    assert ready.meeting.participations.get(person=anna.person).removed_at is None


def test_nobody_brings_a_substitute_whom_the_family_does_not_know_of(
    called: NetworkMeeting, bo: User, dina: User, client: Client
) -> None:
    token = answer_token(called.meeting.participations.select_related("person").get(person=dina.person))
    client.post(f"/moeder/svar/{token}/stedfortraeder/", {"person": bo.person.pk, "name": "", "email": ""})
    client.post(f"/moeder/svar/{token}/stedfortraeder/", {"name": "Hr. Ny", "email": "ny@example.dk"})
    assert not called.meeting.participations.filter(part=Participation.Part.SUBSTITUTE).exists()


def test_a_button_pressed_twice_begins_one_meeting(
    draft: NetworkMeeting, erik: User, client_for: For
) -> None:
    answer = client_for(erik).post(f"/netvaerksmoeder/nyt/{draft.concern.code}/")
    assert answer["Location"] == f"/netvaerksmoeder/{draft.meeting_id}/trin/sagen/"
    assert NetworkMeeting.objects.filter(concern=draft.concern).count() == 1


def test_the_page_that_begins_a_meeting_is_in_the_log(
    draft: NetworkMeeting, erik: User, client_for: For
) -> None:
    answer = client_for(erik).get(f"/netvaerksmoeder/nyt/{draft.concern.code}/")
    assert draft.concern.code in answer.content.decode()
    line = Event.objects.get(kind=Event.Kind.READ, object_type="concerns.concern", purpose="step")
    assert line.object_id == str(draft.concern_id)
