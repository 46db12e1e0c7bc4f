"""A concern without a name on an agenda: in words typed for it, and taken off again when the concern gets its name."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.models import SYSTEM, Event
from tovholder.audit.services import record
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import Concern, Entry
from tovholder.concerns.services.advice import put_on_agenda
from tovholder.forums.models import ItemKind
from tovholder.meetings.models import (
    AgendaItem,
    CaseItem,
    ConcernItem,
    Meeting,
    MeetingKind,
    MeetingStatus,
    MinutesStatus,
)
from tovholder.meetings.policy import may_change_agenda
from tovholder.meetings.queries import visible_to
from tovholder.meetings.services import agenda
from tovholder.meetings.services.cases import frame_of
from tovholder.meetings.services.guarding import lock_meeting, lock_minutes
from tovholder.meetings.services.items import may_have_level, place_item
from tovholder.meetings.standing import readable_levels


def coming_meetings(user: User, *, level: str) -> list[Meeting]:
    """Return the coming meetings where the user sits that take items at the level; the soonest first."""
    rows = (
        visible_to(user)
        .filter(
            Q(status=MeetingStatus.PLANNED, ends_at__gt=timezone.now()) | Q(status=MeetingStatus.RUNNING),
            kind__in=(MeetingKind.ORDINARY, MeetingKind.JOINT),
        )
        .select_related("lead_forum")
        .prefetch_related("forums")
        .order_by("starts_at", "pk")[:60]
    )
    takes = {Level.ANONYMOUS: {"anonymous", "named"}, Level.NAMED: {"named"}}[Level(level)]
    return [
        each
        for each in rows
        if all(forum.highest_level in takes for forum in each.forums.all())
        and Level.ANONYMOUS in readable_levels(user, each)
    ]


def may_take_up(user: User, concern: Concern, meeting: Meeting) -> Decision:
    """May put the concern on this agenda without a name: who works on it and sits at the meeting."""
    decision = concerns.may_work(user, concern)
    if not decision:
        return decision
    if concern.level == Level.NAMED:
        return no("concern_named", _("Sagen har fået navn. Tag den op som sag i stedet."))
    if concern.has_ended:
        return no("concern_ended", _("Bekymringen er afsluttet. Genåbn den først."))
    if Level.ANONYMOUS not in readable_levels(user, meeting):
        return no("not_member", _("Du er ikke med i dette forum."))
    return yes("at_the_table")


@transaction.atomic
def take_up_anonymously(
    *, by: User, concern: Concern, meeting: Meeting, heading: str, question: str, minutes: int = 10
) -> AgendaItem:
    """Put the concern on the agenda in words of its own. Raises Refused, ValidationError.

    The sealed texts are not copied: what stands on the agenda was typed for those who read it.
    """
    meeting = lock_meeting(meeting)
    may_take_up(by, concern, meeting).require()
    may_change_agenda(meeting, lock_minutes(meeting)).require()
    may_have_level(meeting, Level.ANONYMOUS).require()
    if ConcernItem.objects.filter(concern=concern, item__meeting=meeting).exists():
        raise ValidationError(_("Sagen står allerede på dagsordenen."))
    item = AgendaItem(
        meeting=meeting,
        position=(meeting.items.aggregate(last=Max("position"))["last"] or 0) + 1,
        heading=heading.strip(),
        question=question.strip(),
        minutes=minutes,
        level=Level.ANONYMOUS,
        kind=ItemKind.DISCUSSION,
    )
    item.save()
    place_item(meeting, item)
    ConcernItem.objects.create(item=item, concern=concern)
    details = {"meeting": meeting.pk, "level": item.level}
    record(by=by, action="meeting.item_added", obj=item, details=details)
    put_on_agenda(by=by, concern=concern)
    return item


def follow(events: Iterable[tuple[Event, models.Model | None]]) -> None:
    """Take the anonymous wording back when a concern gets its name (`settings.AFTER_RECORD`)."""
    named = {
        obj.pk: obj
        for event, obj in events
        if event.action == "concern.child_laid_on" and isinstance(obj, Concern)
    }
    if named:
        taken_up = ConcernItem.objects.filter(concern__in=list(named)).values_list("concern", flat=True)
        for pk in sorted(set(taken_up)):
            seal_anonymous(concern=named[pk])


@transaction.atomic
def seal_anonymous(*, concern: Concern) -> int:
    """Take the concern's anonymous items off agendas without approved minutes, and seal what stood there.

    Frozen minutes keep the anonymous wording. Returns how many items were taken off.
    """
    carry_links(Q(deferred_from__concern_link__concern=concern))
    links = (
        ConcernItem.objects.filter(concern=concern)
        .exclude(item__meeting__minutes_record__status=MinutesStatus.APPROVED)
        .select_related("item__meeting__lead_forum")
    )
    found = list(links)
    for link in found:
        _seal(concern, link)
    return len(found)


def carry_links(which: Q) -> None:
    """Let items that were put off to another agenda belong to the same concern there; asked until none is left."""
    while rows := list(
        AgendaItem.objects.filter(
            which, deferred_from__concern_link__isnull=False, concern_link__isnull=True
        ).select_related("deferred_from__concern_link")
    ):
        ConcernItem.objects.bulk_create(
            ConcernItem(item=row, concern_id=row.deferred_from.concern_link.concern_id)  # type: ignore[union-attr]
            for row in rows
        )


def _keep_advice(concern: Concern, text: str) -> None:
    entry = Entry(concern=concern, kind=Entry.Kind.ADVICE, at=timezone.now(), by=SYSTEM.audit_key)
    Safe.of([entry]).write(entry, text=text)
    entry.save()


def _seal(concern: Concern, link: ConcernItem) -> None:
    item = link.item
    meeting = item.meeting
    outcomes = [each.text for each in item.outcomes.all()]
    said = [item.text, *outcomes]
    words = {"heading": item.heading, "question": item.question, "text": "\n\n".join(filter(None, said))}
    row = CaseItem.objects.filter(meeting=meeting, concern=concern).order_by("pk").last()
    if row is None:
        takes = frame_of(meeting).highest_level == Level.NAMED and meeting.status != MeetingStatus.HELD
        status = CaseItem.Status.PLANNED if takes else CaseItem.Status.WITHDRAWN
        row = CaseItem(meeting=meeting, concern=concern, minutes=item.minutes, status=status)
        row.position, row.created_by = meeting.case_items.count(), SYSTEM.audit_key
    Safe.of([row]).write(row, anonymous_wording=json.dumps(words))
    row.save()
    if words["text"]:
        _keep_advice(concern, words["text"])
    record(by=SYSTEM, action="meeting.item_sealed", obj=item, details={"meeting": meeting.pk})
    link.delete()
    if any(held.exists() for held in (item.agreement_links, item.captured_topics, item.relays, item.guests)):
        item.outcomes.all().delete()
        item.heading, item.question, item.text, item.sub_points = _("Anonymt punkt"), "", "", []
        item.save(update_fields=["heading", "question", "text", "sub_points"])
        record(by=SYSTEM, action="meeting.item_changed", obj=item, details={"fields": ["heading"]})
    else:
        item.delete()
        agenda.renumber(meeting)
