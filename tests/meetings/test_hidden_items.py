"""Who writes or convenes, and comes from outside the cooperation, reads no anonymous item on the way; who reads one is in the log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import join
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.meetings.models import AgendaItem, Meeting
from tovholder.meetings.services import running

For = Callable[[User], Client]
SECRET = "Eleven i 6. klasse"


@pytest.fixture
def secret(planned: Meeting) -> AgendaItem:
    planned.items.filter(position=2).update(heading=SECRET, text="Kasper Madsen er set ved stationen")
    return planned.items.get(position=2)


@pytest.fixture
def outside(planned: Meeting, secret: AgendaItem, network, frida: User, client_for: For) -> Client:
    """Frida comes from a club, and takes the minutes and convenes."""
    join(frida, network, convenes=True)
    Meeting.objects.filter(pk=planned.pk).update(minute_taker=frida.person, chair=frida.person)
    return client_for(frida)


def end(meeting: Meeting, anna: User) -> Meeting:
    left = {each.pk: running.DONE for each in running.unfinished(meeting)}
    return running.finish(by=anna, meeting=meeting, unfinished_items=left)


def test_what_nobody_chose_for_is_not_named_at_the_end(meeting, outside):
    answer = outside.post(f"/moeder/{meeting.pk}/under/slut/", {})
    assert answer.status_code == 422
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("what", ["approve", "send_for_comments"])
def test_names_in_an_anonymous_text_are_not_shown_before_it_goes_out(meeting, outside, anna, what):
    end(meeting, anna)
    answer = outside.post(reverse(f"meetings:{what}", args=[meeting.pk]))
    body = answer.content.decode()
    assert SECRET not in body
    assert "Kasper" not in body


def test_who_is_asked_about_the_names_and_reads_them_is_in_the_log(meeting, outside, anna, client_for):
    end(meeting, anna)
    answer = client_for(anna).post(reverse("meetings:send_for_comments", args=[meeting.pk]))
    assert "Kasper" in answer.content.decode()
    lines = Event.objects.filter(action="meeting.anonymous_read", actor=anna.audit_key)
    assert [each.details["items"] for each in lines] == [[meeting.items.get(position=2).pk]]


@pytest.mark.parametrize("where", ["bilag/nyt/", "deltagere/gaest/"])
def test_a_list_of_items_to_choose_from_holds_what_one_may_read(
    planned, secret, outside, anna, client_for, where
):
    assert SECRET not in outside.get(f"/moeder/{planned.pk}/{where}").content.decode()
    assert SECRET in client_for(anna).get(f"/moeder/{planned.pk}/{where}").content.decode()
    assert Event.objects.filter(action="meeting.anonymous_read", actor=anna.audit_key).count() == 1
