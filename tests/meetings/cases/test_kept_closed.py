"""What belongs to a concern stays closed: taken off and put back, by another's hand, and never read unseen."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import AgendaItemFactory
from tests.meetings.cases.conftest import GROUND, give_name
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.meetings.models import AgendaItem, ConcernItem
from tovholder.meetings.services import items


def test_taken_off_and_put_back_it_still_belongs_to_the_concern(taken_up, concern, planned, people):
    """Else its clear words would stay on the agenda when the concern gets a name, and its advice would never come home."""
    bo = people["bo"]
    kept = items.remove_item(by=bo, item=taken_up)
    assert not ConcernItem.objects.exists()
    back = items.put_back(by=bo, meeting=planned, kept=kept)
    assert ConcernItem.objects.get().item == back
    assert ConcernItem.objects.get().concern == concern
    give_name(concern, people)
    assert not AgendaItem.objects.filter(heading="En elev, der er alene").exists()


def test_what_was_taken_off_does_not_come_back_once_the_concern_has_a_name(
    taken_up, concern, planned, people
):
    kept = items.remove_item(by=people["bo"], item=taken_up)
    give_name(concern, people)
    with pytest.raises(Refused) as refused:
        items.put_back(by=people["bo"], meeting=planned, kept=kept)
    assert refused.value.decision.code == "item_gone"
    assert not AgendaItem.objects.filter(heading="En elev, der er alene").exists()


def test_who_convenes_does_not_make_somebodys_anonymous_concern_general(
    taken_up, planned, people, client_for
):
    """General items are searched in, shown on the big screen and read by who comes from outside."""
    with pytest.raises(Refused) as refused:
        items.edit_item(by=people["bo"], item=taken_up, level="general")
    assert refused.value.decision.code == "level_stays"
    later = AgendaItemFactory(meeting=taken_up.meeting, level="anonymous", deferred_from=taken_up)
    assert not items.may_change_level(later)
    page = client_for(people["bo"]).get(reverse("meetings:item_edit", args=[planned.pk, taken_up.pk]))
    assert 'name="level"' not in page.content.decode()
    items.edit_item(by=people["bo"], item=taken_up, minutes=20)
    taken_up.refresh_from_db()
    assert (taken_up.level, taken_up.minutes) == ("anonymous", 20)


def test_the_ground_of_a_case_is_not_read_unseen(item, planned, people, client_for):
    """Purpose and necessity are sealed texts of a case by name: each page that opens them leaves its line."""
    url, client = reverse("meetings:case_ground", args=[planned.pk, item.pk]), client_for(people["anna"])
    assert GROUND.purpose in client.get(url).content.decode()
    read = Event.objects.get(action="case_item.read")
    assert (read.details["shown"], read.actor) == ("ground", people["anna"].audit_key)


def test_what_another_wrote_meanwhile_is_not_read_unseen(opened, meeting, people, client_for):
    url, client = reverse("meetings:case_text", args=[meeting.pk, opened.pk]), client_for(people["anna"])
    first = {"text": "Taler med mor", "version": "0"}
    assert client.post(url, first, headers={"accept": "application/json"}).status_code == 200
    before = Event.objects.filter(action="case_item.read").count()
    later = client.post(url, first | {"text": "x"}, headers={"accept": "application/json"})
    assert later.status_code == 409
    assert later.json()["text"] == "Taler med mor"
    assert Event.objects.filter(action="case_item.read").count() == before + 1
