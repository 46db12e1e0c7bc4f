"""The chairing guide of the forum's type, ticked off before, during and after the meeting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.forums.models import ChecklistItem
from tovholder.meetings import policy
from tovholder.meetings.models import ChecklistTick, Meeting
from tovholder.statements import Given, Statement


@dataclass(frozen=True, slots=True)
class Line:
    item: ChecklistItem
    ticked: bool


@dataclass(frozen=True, slots=True)
class Guide:
    """One phase of the guide; empty when the forum's type has none."""

    phase: str
    lines: list[Line]
    is_proposal: bool = False

    @property
    def done(self) -> int:
        return sum(line.ticked for line in self.lines)


def for_meeting(meeting: Meeting, phase: str) -> Guide:
    """Return the lines of one phase ("before", "during", "after") with their ticks."""
    checklist_id = meeting.lead_forum.forum_type.checklist_id
    if checklist_id is None:
        return Guide(phase, [])
    items = _ITEMS(meeting=meeting.pk, checklist=checklist_id, phase=phase)
    lines = [Line(item, item.is_ticked) for item in items]
    return Guide(phase, lines, is_proposal=bool(lines) and lines[0].item.checklist.proposal)


def _items() -> QuerySet[Any, Any]:
    ticks = ChecklistTick.objects.filter(
        meeting=Given("meeting", BigIntegerField()), checklist_item=OuterRef("pk")
    )
    phase = Given("phase", ChecklistItem._meta.get_field("phase"))
    return (
        ChecklistItem.objects.filter(checklist=Given("checklist", BigIntegerField()), phase=phase)
        .select_related("checklist")
        .annotate(is_ticked=Exists(ticks))
    )


_ITEMS = Statement(_items)


@transaction.atomic
def set_tick(*, by: User, meeting: Meeting, item: ChecklistItem, ticked: bool) -> None:
    """Tick a line of the guide, or take the tick away. Raises Refused for who does not run the meeting."""
    policy.may_write_minutes(by, meeting).require()
    if ticked:
        ChecklistTick.objects.get_or_create(
            meeting=meeting, checklist_item=item, defaults={"by": by.audit_key, "at": timezone.now()}
        )
    else:
        ChecklistTick.objects.filter(meeting=meeting, checklist_item=item).delete()
    record(by=by, action="meeting.checklist", obj=meeting, details={"item": item.pk, "ticked": ticked})
