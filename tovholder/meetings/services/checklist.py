"""The chairing guide of the forum's type, ticked off before, during and after the meeting."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.forums.models import AgendaTemplateItem, ChecklistItem
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


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the agenda that a network meeting follows."""

    heading: str
    sub_points: list[str]


def points_and_guide(meeting: Meeting, phase: str) -> tuple[list[Point], Guide]:
    """Return the points of the agenda and the lines of one phase of the guide, in one read."""
    forum = meeting.lead_forum
    rows = _BOTH(
        meeting=meeting.pk,
        template=forum.agenda_template_id or 0,
        checklist=forum.forum_type.checklist_id or 0,
        phase=phase,
    )
    points = [
        Point(text, json.loads(below)) for of, _pk, _at, text, below, _done, _ours in rows if of == _POINT
    ]
    lines = [row for row in rows if row[0] != _POINT]
    shown = [
        Line(ChecklistItem(pk=pk, text=text), bool(done)) for _of, pk, _at, text, _below, done, _ours in lines
    ]
    return points, Guide(phase, shown, is_proposal=any(ours for *_rest, ours in lines))


_POINT = "point"
_COLUMNS = ("of", "pk", "at", "said", "below", "done", "ours")


def _both() -> QuerySet[Any, Any]:
    points = AgendaTemplateItem.objects.filter(template=Given("template", BigIntegerField()))
    below = Cast("sub_points", TextField())
    own = _items().select_related(None)
    return (
        points.order_by()
        .annotate(
            of=Value(_POINT), at=F("position"), said=F("heading"), below=below, done=Value(False), ours=Value(False)
        )
        .values_list(*_COLUMNS)
        .union(
            own.order_by()
            .annotate(
                of=Value("guide"), at=F("position"), said=F("text"), below=Value("[]", TextField()),
                done=F("is_ticked"), ours=F("checklist__proposal"),
            )
            .values_list(*_COLUMNS),
            all=True,
        )
        .order_by("at", "pk")
    )  # fmt: skip


_BOTH = Statement(_both)


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
