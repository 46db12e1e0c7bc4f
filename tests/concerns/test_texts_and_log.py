"""What is written in a concern is looked through, what is listed is logged, what is due is reminded of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.concerns.models import Concern, Team
from tovholder.concerns.services import asking, notifying
from tovholder.insights.presenters import sentence
from tovholder.oversight.queries import readings


@pytest.fixture
def concern(erik: User, ssp: Team, raise_one: Any, municipality: Any) -> Concern:
    return raise_one(erik, seen="Hemmeligheden")


def test_each_concern_on_a_list_has_its_line_and_the_list_counts_as_one_reading(
    anna: User, erik: User, concern: Concern, raise_one: Any, client_for: Callable[[User], Client]
) -> None:
    other = raise_one(erik)
    client_for(anna).get("/bekymringer/")
    listed = Event.objects.filter(action="concern.listed", actor=anna.audit_key)
    assert {each.object_id for each in listed} == {str(concern.pk), str(other.pk)}
    counted = readings(timezone.localdate()).filter(action="concern.listed", actor=anna.audit_key)
    assert counted.count() == 1
    assert "2 sager" in sentence(counted.get())


def test_who_asks_who_can_see_a_concern_is_in_the_log(
    anna: User, concern: Concern, client_for: Callable[[User], Client]
) -> None:
    client_for(anna).get(f"/bekymringer/{concern.code}/hvem/")
    event = Event.objects.get(purpose="readers")
    assert (event.object_type, event.object_id) == ("concerns.concern", str(concern.pk))


@pytest.mark.parametrize(("percent", "said"), [(9, ""), (10, "hjemmet"), (15, "underrette")])
def test_the_case_reminds_of_the_newest_absence_until_somebody_has_notified(
    anna: User, erik: User, raise_one: Any, ssp: Team, municipality: Any, client_for: Callable[[User], Client],
    django_assert_max_num_queries: Any, percent: int, said: str,
) -> None:  # fmt: skip
    named = raise_one(erik, children=2)
    for child, each in zip(named.children.all(), (percent, 2), strict=True):
        notifying.note_absence(by=anna, concern=named, child=child, day=timezone.localdate(), percent=each)
    client, url = client_for(anna), f"/bekymringer/{named.code}/"
    with django_assert_max_num_queries(12):
        page = client.get(url)
    text = page.content.decode()
    assert [each.code for each in page.context["prompts"] if each.rule == 23] == {
        9: [], 10: ["absence_warn"], 15: ["absence_notify"],
    }[percent]  # fmt: skip
    assert said in text
    assert ("Sådan underretter man" in text) is (percent == 15)
    notifying.note_notification(by=anna, concern=named, sent_on=timezone.localdate())
    page = client.get(url)
    assert not [each for each in page.context["prompts"] if each.rule == 23]


POINTS = "Ring til Sofie Marie Jensen, Nørregade 14, tlf. 20 30 40 50."


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("notat/", {"kind": "note", "text": POINTS}),
        ("raad/", {"text": POINTS}),
        ("spoerg/", {"text": POINTS}),
        ("status/", {"reason": POINTS}),
        ("underret/", {"sent_on": "2026-01-05", "note": POINTS}),
    ],
)
@pytest.mark.parametrize("level", ["anonymous", "named"])
def test_what_is_written_in_a_concern_without_a_name_is_looked_through(
    anna: User, erik: User, concern: Concern, client_for: Callable[[User], Client], path: str, typed: Any,
    level: str,
) -> None:  # fmt: skip
    named_at, school = timezone.now() if level == "named" else None, erik.person.organisation
    Concern.objects.filter(pk=concern.pk).update(level=level, named_at=named_at, organisation=school)
    page = client_for(anna).post(f"/bekymringer/{concern.code}/{path}", typed)
    held = "kan pege på en person" in page.content.decode()
    assert held is (level == "anonymous")
    assert b"Se teksten efter for navne" not in page.content or held


@pytest.mark.parametrize("level", ["anonymous", "named"])
def test_an_answer_is_looked_through_while_the_concern_has_no_name(
    anna: User, erik: User, concern: Concern, client_for: Callable[[User], Client], level: str
) -> None:
    asked = asking.ask(by=anna, concern=concern, to_person=erik.person, text="Hvad så du?")
    named_at = timezone.now() if level == "named" else None
    Concern.objects.filter(pk=concern.pk).update(level=level, named_at=named_at)
    client_for(erik).post(f"/bekymringer/spoergsmaal/{asked.pk}/", {"text": POINTS})
    asked.refresh_from_db()
    assert (asked.answered_at is None) is (level == "anonymous")


@pytest.mark.django_db
def test_each_step_of_a_concern_leaves_a_line_that_it_was_seen(anna, erik, ssp, raise_one, client_for):
    concern = raise_one(erik)
    client = client_for(anna)
    for number, step in enumerate(("status", "notat", "raad", "lister"), start=1):
        assert client.get(f"/bekymringer/{concern.code}/{step}/").status_code == 200
        assert Event.objects.filter(action="concern.listed", purpose="step").count() == number
