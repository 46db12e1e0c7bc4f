"""What a person changes on an agenda: add, edit, move, take off, put back, postpone."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.concerns.models import Concern
from tovholder.directory.models import Person
from tovholder.forums.models import ItemKind
from tovholder.meetings.models import (
    AgendaItem,
    ConcernItem,
    Meeting,
    MeetingKind,
    Minutes,
    Participation,
    Topic,
    TopicStatus,
)
from tovholder.meetings.policy import may_change_agenda, may_convene, may_use_level, may_write_minutes
from tovholder.meetings.services import agenda

Source = AgendaItem.Source
EDITABLE = (
    "heading",
    "kind",
    "level",
    "minutes",
    "presenter",
    "question",
    "single_case_reason",
    "sub_points",
)
KEPT = (*EDITABLE, "source", "position", "topic", "relay", "deferred_from")


def may_edit_items(user: User, meeting: Meeting) -> Decision:
    """May add to, change and order the agenda now: its conveners, until the minutes are approved."""
    decision = may_convene(user, meeting)
    return decision and may_change_agenda(meeting, Minutes.objects.filter(meeting=meeting).first())


def may_have_level(meeting: Meeting, level: str) -> Decision:
    """Every forum at the table must be one that takes items at the level; an event is open to all."""
    if meeting.kind == MeetingKind.EVENT and level != Level.GENERAL:
        return no("event_general_only", _("Et arrangement er åbent, så det kan kun have generelle punkter."))
    for forum in meeting.forums.all():
        decision = may_use_level(forum, level)
        if not decision:
            return decision
    return yes("level")


def may_change_level(item: AgendaItem) -> Decision:
    """What was taken up from a concern stays anonymous: a general item is searched in, and read by who comes from outside."""
    origin: AgendaItem | None = item
    while origin is not None and not ConcernItem.objects.filter(item=origin).exists():
        if origin.topic is not None and not (stays := may_change_topic_level(origin.topic)):
            return stays
        origin = origin.deferred_from
    if origin is not None:
        return no("level_stays", _("Punktet handler om en bekymring, så det bliver ved med at være anonymt."))
    return yes("free")


def may_change_topic_level(topic: Topic) -> Decision:
    """A topic that came up under an anonymous item stays anonymous, whatever has become of the item since."""
    if (
        topic.level != Level.GENERAL
        and topic.from_item is not None
        and topic.from_item.level != Level.GENERAL
    ):
        return no(
            "level_stays",
            _("Emnet kom op under et anonymt punkt, så det er anonymt. Skriv et nyt emne med generelle ord."),
        )
    return yes("free")


def may_remove(item: AgendaItem) -> Decision:
    """What must not be lost cannot be taken off: it is postponed instead."""
    if item.source == Source.OPEN_AGREEMENTS:
        return no("agreements_first", _("Åbne aftaler er altid på dagsordenen."))
    if item.source in {Source.RELAY, Source.ANSWER}:
        return no(
            "relay_stays",
            _("Punktet er sendt fra et andet sted og må ikke gå tabt. Udskyd det til næste møde i stedet."),
        )
    if item.text or item.outcomes.exists() or item.agreement_links.exists():
        return no("item_has_minutes", _("Der er skrevet referat til punktet, så det kan ikke fjernes."))
    if item.guests.filter(removed_at__isnull=True).exists():
        return no("item_has_guests", _("Der er inviteret en gæst til punktet. Fjern gæsten først."))
    return yes("free")


def _locked(meeting_id: int, by: User) -> Meeting:
    """The meeting, locked, for a person who may change its agenda."""
    meeting = Meeting.every.select_for_update().get(pk=meeting_id)
    may_edit_items(by, meeting).require()
    return meeting


@transaction.atomic
def add_item(
    *,
    by: User,
    meeting: Meeting,
    heading: str,
    kind: str = ItemKind.DISCUSSION,
    level: str = Level.GENERAL,
    minutes: int = 10,
    presenter: Person | None = None,
    question: str = "",
    single_case_reason: str = "",
    sub_points: list[str] | None = None,
) -> AgendaItem:
    """Add an item before any other business. Raises Refused for a level that the meeting cannot take."""
    meeting = _locked(meeting.pk, by)
    may_have_level(meeting, level).require()
    item = AgendaItem(
        meeting=meeting,
        position=(meeting.items.aggregate(last=Max("position"))["last"] or 0) + 1,
        heading=heading,
        kind=kind,
        level=level,
        minutes=minutes,
        presenter=presenter,
        question=question,
        single_case_reason=single_case_reason if kind == ItemKind.SINGLE_CASE else "",
        sub_points=sub_points or [],
        source=Source.MANUAL,
    )
    item.save()
    place_item(meeting, item)
    record(by=by, action="meeting.item_added", obj=item, details={"meeting": meeting.pk, "level": level})
    return item


def place_item(meeting: Meeting, item: AgendaItem) -> None:
    """Move a new item before any other business."""
    items = [each for each in meeting.items.order_by("position", "pk") if each.pk != item.pk]
    tail = len(items)
    while tail and items[tail - 1].kind == ItemKind.OTHER and item.kind != ItemKind.OTHER:
        tail -= 1
    items.insert(tail, item)
    _write_order(items)


def _write_order(items: list[AgendaItem]) -> None:
    for position, each in enumerate(items, start=1):
        each.position = position
    AgendaItem.objects.bulk_update(items, ["position"])


@transaction.atomic
def edit_item(*, by: User, item: AgendaItem, **changes: Any) -> AgendaItem:
    """Change what a person may change (EDITABLE). Raises TypeError for anything else, Refused for a level."""
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    meeting = _locked(item.meeting_id, by)
    item = meeting.items.select_for_update().get(pk=item.pk)
    changed = [name for name, value in changes.items() if getattr(item, name) != value]
    if "level" in changed:
        may_have_level(meeting, changes["level"]).require()
        may_change_level(item).require()
    if item.source == Source.OPEN_AGREEMENTS:
        changed = [name for name in changed if name not in {"kind", "level"}]
    for name in changed:
        setattr(item, name, changes[name])
    if item.kind != ItemKind.SINGLE_CASE:
        item.single_case_reason = ""
    item.save(update_fields=[*changed, "single_case_reason"])
    if changed:
        record(by=by, action="meeting.item_changed", obj=item, details={"fields": sorted(changed)})
    return item


@transaction.atomic
def move_item(*, by: User, item: AgendaItem, step: int) -> bool:
    """Move an item one place up (-1) or down (1); open agreements stay first. Return whether it moved."""
    meeting = _locked(item.meeting_id, by)
    items = list(meeting.items.order_by("position", "pk"))
    here = next((index for index, each in enumerate(items) if each.pk == item.pk), None)
    if here is None or items[here].source == Source.OPEN_AGREEMENTS:
        return False
    there = here + step
    if not 0 <= there < len(items) or items[there].source == Source.OPEN_AGREEMENTS:
        return False
    items[here], items[there] = items[there], items[here]
    _write_order(items)
    record(by=by, action="meeting.item_moved", obj=item, details={"meeting": meeting.pk, "to": there + 1})
    return True


@transaction.atomic
def remove_item(*, by: User, item: AgendaItem) -> dict[str, Any]:
    """Take an item off; return what `put_back` needs. Its topic goes back to the bank."""
    meeting = _locked(item.meeting_id, by)
    item = meeting.items.get(pk=item.pk)
    may_remove(item).require()
    link = ConcernItem.objects.filter(item=item).first()
    kept: dict[str, Any] = {"meeting": meeting.pk, "concern": link.concern_id if link is not None else None}
    for name in KEPT:
        value = getattr(item, f"{name}_id", None) if name in _LINKS else getattr(item, name)
        kept[name] = value
    if item.topic is not None and item.source in {Source.TOPIC, Source.PROPOSAL}:
        _return_topic(item.topic)
    if item.deferred_from is not None:
        item.deferred_from.is_deferred = False
        item.deferred_from.save(update_fields=["is_deferred"])
    record(by=by, action="meeting.item_removed", obj=item, details={"meeting": meeting.pk})
    agenda.drop(item, by=by)
    return kept


_LINKS = frozenset({"presenter", "topic", "relay", "deferred_from"})


def _return_topic(topic: Topic) -> None:
    topic.status = TopicStatus.BANKED
    topic.times_used = max(topic.times_used - 1, 0)
    # Wanted from a day on brought it here; taken off by a person, it waits for a person.
    topic.wanted_on = None
    topic.save(update_fields=["status", "times_used", "wanted_on"])


@transaction.atomic
def put_back(*, by: User, meeting: Meeting, kept: dict[str, Any]) -> AgendaItem:
    """Undo `remove_item` with what it returned. Raises Refused for what was of a concern that has a name by now, or is gone."""
    meeting = _locked(meeting.pk, by)
    concern = _concern_of(kept)
    values = {name: kept[name] for name in KEPT if name not in _LINKS}
    may_have_level(meeting, values["level"]).require()
    item = AgendaItem(meeting=meeting, **values)
    item.presenter = Person.objects.filter(pk=kept["presenter"]).first()
    item.topic = Topic.objects.filter(pk=kept["topic"]).first()
    origin = AgendaItem.objects.filter(pk=kept["deferred_from"], deferred_to__isnull=True).first()
    item.deferred_from = origin
    meeting_items = list(meeting.items.order_by("position", "pk"))
    item.save()
    if concern is not None:
        ConcernItem.objects.create(item=item, concern=concern)
    meeting_items.insert(max(item.position - 1, 0), item)
    _write_order(meeting_items)
    if origin is not None:
        origin.is_deferred = True
        origin.save(update_fields=["is_deferred"])
    if item.topic is not None and item.source in {Source.TOPIC, Source.PROPOSAL}:
        item.topic.status = TopicStatus.SCHEDULED
        item.topic.times_used += 1
        item.topic.save(update_fields=["status", "times_used"])
    record(by=by, action="meeting.item_put_back", obj=item, details={"meeting": meeting.pk})
    return item


def _concern_of(kept: dict[str, Any]) -> Concern | None:
    if not (pk := kept.get("concern")):
        return None
    still = Concern.objects.filter(pk=pk, level=Level.ANONYMOUS, erased_at__isnull=True).first()
    if still is None:
        no("item_gone", _("Punktet kan ikke sættes på igen.")).require()
    return still


@transaction.atomic
def defer_item(*, by: User, item: AgendaItem) -> Meeting | None:
    """Postpone an item to the forum's next meeting; return that meeting when it is planned already.

    Before a meeting the convener may, during it whoever writes the minutes.
    """
    meeting = Meeting.every.select_for_update().get(pk=item.meeting_id)
    may_write_minutes(by, meeting).require()
    may_change_agenda(meeting, Minutes.objects.filter(meeting=meeting).first()).require()
    if item.source == Source.OPEN_AGREEMENTS:
        no("agreements_first", _("Åbne aftaler følger selv med til næste møde.")).require()
    AgendaItem.objects.filter(pk=item.pk).update(is_deferred=True)
    record(by=by, action="meeting.item_deferred", obj=item, details={"meeting": meeting.pk})
    later = later_meeting(meeting)
    if later is not None:
        agenda.refresh(by=by, meeting=later)
    return later


@transaction.atomic
def undo_defer(*, by: User, item: AgendaItem) -> None:
    """Take a postponed item back, and off the next agenda again unless somebody has written there."""
    meeting = Meeting.every.select_for_update().get(pk=item.meeting_id)
    may_write_minutes(by, meeting).require()
    may_change_agenda(meeting, Minutes.objects.filter(meeting=meeting).first()).require()
    copy = AgendaItem.objects.filter(deferred_from=item).select_related("meeting").first()
    if copy is not None:
        if copy.meeting.status != "planned" or copy.text or copy.outcomes.exists():
            no("deferred_taken_up", _("Punktet er allerede taget op på det næste møde.")).require()
        agenda.let_go(copy, by=by)
    AgendaItem.objects.filter(pk=item.pk).update(is_deferred=False)
    record(by=by, action="meeting.item_defer_undone", obj=item, details={"meeting": meeting.pk})


def later_meeting(meeting: Meeting) -> Meeting | None:
    """Return the leading forum's first planned meeting after this one."""
    return (
        Meeting.objects.filter(
            forums=meeting.lead_forum_id, status="planned", starts_at__gt=meeting.starts_at
        )
        .exclude(kind=MeetingKind.EVENT)
        .exclude(pk=meeting.pk)
        .order_by("starts_at", "pk")
        .first()
    )


def possible_presenters(meeting: Meeting) -> list[Person]:
    """Return the persons who can present: those who take part."""
    return [
        each.person
        for each in Participation.objects.filter(meeting=meeting, removed_at__isnull=True)
        .select_related("person")
        .order_by("person__name")
    ]
