"""The agenda builds itself, and nothing is placed twice or lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    AgendaItemFactory,
    AgendaTemplateFactory,
    AgreementFactory,
    ForumFactory,
    TopicFactory,
    join,
)
from tovholder.access.decision import Refused
from tovholder.audit.models import SYSTEM, Event
from tovholder.meetings.models import AgendaItem, Meeting, Relay
from tovholder.meetings.services import agenda, items, planning, relays, topics
from tovholder.meetings.services.overview import agenda_for

Source = AgendaItem.Source


def soon(days: int = 30):
    return timezone.now().replace(microsecond=0) + timedelta(days=days)


def plan(by, forum, days: int = 30, **more) -> Meeting:
    starts = soon(days)
    return planning.create_meeting(
        by=by,
        forums=[forum, *more.pop("others", [])],
        starts_at=starts,
        ends_at=starts + timedelta(minutes=90),
        **more,
    )


def headings(meeting: Meeting) -> list[str]:
    return list(meeting.items.order_by("position").values_list("heading", flat=True))


@pytest.fixture
def forum(network):
    network.agenda_template = AgendaTemplateFactory()
    network.save()
    return network


def test_a_new_meeting_follows_the_template_with_open_agreements_first(anna, forum):
    meeting = plan(anna, forum)
    assert headings(meeting) == ["Åbne aftaler fra sidst", "Kortlægning", "Aktuelt emne", "Eventuelt"]
    assert meeting.items.first().source == Source.OPEN_AGREEMENTS
    assert list(meeting.items.values_list("position", flat=True)) == [1, 2, 3, 4]
    assert Event.objects.filter(action="meeting.agenda_built").exists()


def test_order_answers_relays_deferred_then_template_with_topics_at_the_theme(anna, forum):
    other = ForumFactory(name="Styregruppen")
    join(anna, other, convenes=True)
    first = plan(anna, forum, days=10)
    held = AgendaItemFactory(meeting=first, heading="Fra sidst", position=9)
    Meeting.objects.filter(pk=first.pk).update(
        status="held", held_at=timezone.now(), starts_at=soon(-20), ends_at=soon(-19)
    )
    items_deferred = AgendaItem.objects.filter(pk=held.pk).update(is_deferred=True)
    assert items_deferred == 1
    Relay.objects.create(
        from_forum=forum,
        to_forum=other,
        heading="Spurgt",
        text="?",
        status="answered",
        answer="Ja",
        created_by="x",
    )
    Relay.objects.create(from_forum=other, to_forum=forum, heading="Modtaget", text="?", created_by="x")
    TopicFactory(forum=forum, heading="Snus", status="banked", wanted_on=timezone.localdate())
    meeting = plan(anna, forum)
    assert headings(meeting) == [
        "Åbne aftaler fra sidst", "Spurgt", "Modtaget", "Fra sidst", "Kortlægning", "Aktuelt emne", "Snus", "Eventuelt",
    ]  # fmt: skip
    assert meeting.items.get(heading="Spurgt").question == "Ja"
    assert agenda.refresh(by=SYSTEM, meeting=meeting) == 0
    later = plan(anna, forum, days=60)
    assert headings(later) == ["Åbne aftaler fra sidst", "Kortlægning", "Aktuelt emne", "Eventuelt"]


def test_a_relay_comes_on_the_next_agenda_and_its_answer_returns_once(anna, bo, forum):
    other = ForumFactory(name="Styregruppen")
    join(bo, other, convenes=True)
    theirs, ours = plan(bo, other), plan(anna, forum)
    relay = relays.send(
        by=anna, from_forum=forum, heading="Flere lygter", text="Ved stationen", to_forum=other
    )
    assert "Flere lygter" in headings(theirs)
    assert "Flere lygter" not in headings(ours)
    relays.answer(by=bo, relay=relay, text="Det gør vi")
    with pytest.raises(Refused):
        relays.answer(by=bo, relay=relay, text="En gang til")
    agenda.refresh(by=SYSTEM, meeting=ours)
    assert headings(ours).count("Flere lygter") == 1
    plan(anna, forum, days=60)
    assert AgendaItem.objects.filter(relay=relay, source=Source.ANSWER).count() == 1


def test_withdrawing_a_relay_takes_it_off_the_receivers_agenda(anna, bo, forum):
    other = ForumFactory()
    join(bo, other, convenes=True)
    theirs = plan(bo, other)
    relay = relays.send(by=anna, from_forum=forum, heading="Lygter", text="x", to_forum=other)
    relays.withdraw(by=anna, relay=relay)
    assert "Lygter" not in headings(theirs)


def test_defer_before_the_meeting_places_it_on_the_following_once_and_can_be_undone(anna, forum):
    meeting, later = plan(anna, forum), plan(anna, forum, days=60)
    item = items.add_item(by=anna, meeting=meeting, heading="Fritidspas")
    assert headings(meeting)[-2:] == ["Fritidspas", "Eventuelt"]
    assert items.defer_item(by=anna, item=item) == later
    agenda.refresh(by=SYSTEM, meeting=later)
    assert headings(later).count("Fritidspas") == 1
    items.undo_defer(by=anna, item=item)
    assert "Fritidspas" not in headings(later)


def test_an_item_deferred_without_a_next_meeting_waits_for_it(anna, forum):
    meeting = plan(anna, forum)
    item = items.add_item(by=anna, meeting=meeting, heading="Fritidspas")
    assert items.defer_item(by=anna, item=item) is None
    later = plan(anna, forum, days=60)
    assert later.items.get(heading="Fritidspas").deferred_from == item


def test_cancelling_moves_own_items_to_the_next_and_undo_brings_them_back(anna, forum):
    meeting, later = plan(anna, forum), plan(anna, forum, days=60)
    items.add_item(by=anna, meeting=meeting, heading="Fritidspas")
    planning.cancel(by=anna, meeting=meeting, reason="Sygdom")
    assert "Fritidspas" in headings(later)
    planning.undo_cancel(by=anna, meeting=meeting)
    assert "Fritidspas" not in headings(later)
    assert not meeting.items.filter(is_deferred=True).exists()


def test_remove_and_put_back_restores_everything(anna, forum):
    meeting = plan(anna, forum)
    topic = TopicFactory(forum=forum, heading="Snus", status="banked", proposed_by=anna.person)
    item = topics.put_on_agenda(by=anna, topic=topic, meeting=meeting)
    before = headings(meeting)
    kept = items.remove_item(by=anna, item=item)
    topic.refresh_from_db()
    assert (topic.status, topic.times_used) == ("banked", 0)
    items.put_back(by=anna, meeting=meeting, kept=kept)
    topic.refresh_from_db()
    assert headings(meeting) == before
    assert (topic.status, topic.times_used) == ("scheduled", 1)


def test_open_agreements_cannot_be_removed_or_moved(anna, forum):
    meeting = plan(anna, forum)
    first = meeting.items.get(source=Source.OPEN_AGREEMENTS)
    with pytest.raises(Refused):
        items.remove_item(by=anna, item=first)
    assert items.move_item(by=anna, item=first, step=1) is False
    second = meeting.items.get(position=2)
    assert items.move_item(by=anna, item=second, step=-1) is False
    assert items.move_item(by=anna, item=second, step=1) is True
    assert headings(meeting)[1:3] == ["Aktuelt emne", "Kortlægning"]


@pytest.mark.parametrize(("highest", "level", "allowed"), [
    ("general", "general", True), ("general", "anonymous", False),
    ("anonymous", "anonymous", True), ("named", "named", False), ("anonymous", "named", False),
])  # fmt: skip
def test_levels_are_held(anna, forum, highest, level, allowed):
    forum.highest_level = highest
    forum.save()
    meeting = plan(anna, forum)
    assert bool(items.may_have_level(meeting, level)) is allowed


def test_a_joint_meeting_takes_the_lowest_of_the_highest_levels(anna, forum):
    open_forum = ForumFactory(name="Åbent netværk", highest_level="general")
    meeting = plan(anna, forum, others=[open_forum])
    assert meeting.kind == "joint"
    with pytest.raises(Refused, match="Åbent netværk"):
        items.add_item(by=anna, meeting=meeting, heading="x", level="anonymous")


def test_an_anonymous_deferred_item_waits_for_a_meeting_that_may_take_it(anna, forum):
    meeting = plan(anna, forum)
    item = items.add_item(by=anna, meeting=meeting, heading="Elev", level="anonymous")
    joint = plan(anna, forum, days=40, others=[ForumFactory(highest_level="general")])
    items.defer_item(by=anna, item=item)
    assert "Elev" not in headings(joint)
    own = plan(anna, forum, days=60)
    agenda.refresh(by=SYSTEM, meeting=own)
    assert "Elev" not in headings(joint)
    assert headings(own).count("Elev") == 1


def test_events_have_a_programme_and_no_agenda(anna, forum):
    AgreementFactory(forum=forum)
    meeting = plan(anna, forum, kind="event", programme="Oplæg og workshops")
    assert not meeting.items.exists()
    assert not items.may_have_level(meeting, "anonymous")


def test_the_reader_from_outside_sees_neither_anonymous_items_nor_the_gap(anna, frida, forum):
    join(frida, forum)
    meeting = plan(anna, forum)
    items.add_item(by=anna, meeting=meeting, heading="Elev på mellemtrinnet", level="anonymous")
    seen = agenda_for(frida, meeting)
    assert "Elev på mellemtrinnet" not in [line.item.heading for line in seen.lines]
    assert [line.number for line in seen.lines] == [1, 2, 3, 4]
    assert all(line.starts is None for line in seen.lines)
    assert len(agenda_for(anna, meeting).lines) == 5


def test_agreements_not_due_on_the_day_are_folded(anna, forum):
    meeting = plan(anna, forum)
    day = timezone.localtime(meeting.starts_at).date()
    AgreementFactory(forum=forum, what="Nu", due_on=day)
    AgreementFactory(forum=forum, what="Senere", due_on=day + timedelta(days=3))
    AgreementFactory(forum=forum, what="Ingen frist", due_on=None)
    first = agenda_for(anna, meeting).lines[0]
    assert {line.agreement.what for line in first.due} == {"Nu", "Ingen frist"}
    assert [line.agreement.what for line in first.later] == ["Senere"]


def test_only_the_convener_changes_the_agenda(anna, bo, forum):
    meeting = plan(anna, forum)
    item = meeting.items.get(position=2)
    for attempt in (
        lambda: items.add_item(by=bo, meeting=meeting, heading="x"),
        lambda: items.edit_item(by=bo, item=item, heading="x"),
        lambda: items.remove_item(by=bo, item=item),
        lambda: items.move_item(by=bo, item=item, step=1),
        lambda: items.defer_item(by=bo, item=item),
    ):
        with pytest.raises(Refused):
            attempt()
