"""A suspicion in another open case of the child keeps the family away from this one too (rule 22)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.network.conftest import everybody, fresh
from tovholder.access.decision import Refused
from tovholder.accounts.models import User
from tovholder.citizens.models import Child
from tovholder.concerns.lists import page_of
from tovholder.concerns.models import Category, Concern
from tovholder.concerns.rules_facts import with_family_and_consents
from tovholder.concerns.services.family_texts import may_reach_family
from tovholder.concerns.services.naming import lay_child_on
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern
from tovholder.concerns.suspicion import is_by_family
from tovholder.forums.models import ChecklistItem
from tovholder.meetings import policy
from tovholder.meetings.models import CaseItem, FamilyMember, NetworkMeeting
from tovholder.meetings.services import family
from tovholder.meetings.services import network as calling
from tovholder.meetings.services import network_meeting as running
from tovholder.meetings.services import network_people as people
from tovholder.meetings.services.cases_known import known_of

For = Callable[[User], Client]


@pytest.fixture
def other(concern: Concern, child: Child, suspicion: Category, anna: User, erik: User) -> Concern:
    """Another concern of the same child, where somebody in the family is suspected."""
    facts = ConcernFacts("anonymous", "child", categories=[suspicion])
    made = raise_concern(by=erik, facts=facts, texts=ConcernTexts(seen="Noget andet"))
    lay_child_on(by=anna, concern=made, child=child)
    return made


def test_the_family_is_neither_reached_nor_met(
    called: NetworkMeeting, member: FamilyMember, other: Concern, erik: User, client: Client, client_for: Any
) -> None:
    assert client.get(f"/familie/{family.token_of(member)}/").status_code == 410
    network = NetworkMeeting.objects.get(pk=called.pk)
    with pytest.raises(Refused):
        running.start(by=erik, network=network, **everybody(network))
    assert not policy.may_meet_family(network.concern)
    assert not may_reach_family(network.concern)
    text = client_for(erik).get(f"/netvaerksmoeder/{called.meeting_id}/familien/").content.decode()
    assert "Vis links" not in text


def test_every_question_of_it_answers_alike(concern: Concern, other: Concern, anna: User) -> None:
    page = page_of(anna, concern.code)
    assert page is not None
    assert is_by_family(page)
    assert is_by_family(Concern.objects.get(pk=concern.pk))
    (link,) = with_family_and_consents([concern.pk])
    assert link.marks == {"suspected_violence_by_family"}  # type: ignore[attr-defined]


def test_one_that_has_ended_or_is_erased_keeps_nobody_away(concern: Concern, other: Concern) -> None:
    now = timezone.now() - timedelta(days=1)
    Concern.objects.filter(pk=other.pk).update(status="closed", ended_at=now)
    assert not is_by_family(Concern.objects.get(pk=concern.pk))
    assert is_by_family(Concern.objects.get(pk=other.pk))
    Concern.objects.filter(pk=other.pk).update(status="new", ended_at=None, erased_at=now)
    assert not is_by_family(Concern.objects.get(pk=concern.pk))


# The chair is an ordinary participant here: the name is not opened, and the other case is nothing to them.
def test_a_chair_who_does_not_read_the_case_is_told_nothing_of_the_suspicion(
    ready: NetworkMeeting,
    suspicion: Category,
    child: Child,
    anna: User,
    erik: User,
    dina: User,
    client_for: For,
) -> None:
    calling.write_duties(
        by=erik, network=ready, initiator_leads=False, leader_talked_on=timezone.localdate(), chair=dina.person,
        minute_taker=dina.person,
    )  # fmt: skip
    calling.call(by=erik, network=fresh(ready), lacks=people.lacks(fresh(ready)))
    page = f"/netvaerksmoeder/{ready.meeting_id}/"
    ChecklistItem.objects.create(
        checklist=ready.meeting.lead_forum.forum_type.checklist,
        phase="before",
        position=9,
        text="Ring til mor.",
    )
    assert "Ring til mor." in client_for(dina).get(page).content.decode()
    facts = ConcernFacts("anonymous", "child", categories=[suspicion])
    made = raise_concern(by=erik, facts=facts, texts=ConcernTexts(seen="Blå mærker."))
    lay_child_on(by=anna, concern=made, child=child)

    for path in (page, f"{page}begynd/"):
        mine, theirs = (client_for(each).get(path).content.decode() for each in (dina, erik))
        assert "istank" not in mine, path
        assert "Familien får intet" not in mine, path
        assert "Ring til mor." not in mine + theirs
    ticked = {"p": list(ready.meeting.participations.values_list("pk", flat=True))}
    refused = client_for(dina).post(f"{page}begynd/", ticked).content.decode()
    assert "istank" not in refused
    assert "Mødet kan ikke holdes lige nu. Spørg Erik" in refused
    assert "Familien får intet" in client_for(erik).get(page).content.decode()


@pytest.mark.parametrize("ended", [False, True])
def test_a_case_at_a_meeting_is_asked_by_the_same_rule(
    draft: NetworkMeeting, concern: Concern, other: Concern, ended: bool
) -> None:
    """What a page has read with the case answers as the rule does, and asks no more."""
    if ended:
        Concern.objects.filter(pk=other.pk).update(status="closed", ended_at=timezone.now())
    item = CaseItem.objects.select_related("concern").get(meeting=draft.meeting_id)
    known_of([item])
    with CaptureQueriesContext(connection) as caught:
        answer = is_by_family(item.concern)
    assert not caught
    assert answer is is_by_family(Concern.objects.get(pk=concern.pk)) is not ended
