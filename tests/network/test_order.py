"""What is done in an unusual order at a network meeting opens nothing, and the family is told of whoever comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tests.network.conftest import CHILD, fresh
from tovholder.access.decision import yes
from tovholder.accounts.models import User
from tovholder.citizens.identity import Identity
from tovholder.citizens.services.children import create_child
from tovholder.concerns.services.naming import lay_child_on
from tovholder.meetings.models import NetworkMeeting
from tovholder.meetings.services import network_meeting as running

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
