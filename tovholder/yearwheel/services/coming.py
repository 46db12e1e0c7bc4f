"""Which members who should be there, and need not, cannot come when the plan is changed by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.module_loading import import_string

from tovholder.yearwheel.models import PlannedMeeting, YearPlan
from tovholder.yearwheel.queries import document

Json = dict[str, Any]
ABSENCES = "tovholder.yearwheel.planning.absences"


@dataclass(frozen=True)
class Missing:
    """Members (ids of persons) who cannot come to a meeting, and could before when it is not the one that moves."""

    row: PlannedMeeting
    persons: tuple[int, ...]


def missing(
    plan: YearPlan, there: PlannedMeeting, data: Json, others: Iterable[PlannedMeeting]
) -> list[Missing]:
    """Return who cannot come to a meeting where it would stand, then who can come to one of the others no more."""
    found = []
    near = [each for each in others if each.date == there.date]
    for row, absent in _lists(data, near, there):
        new = absent if row is there else [pk for pk in absent if pk not in row.absent]
        if new:
            found.append(Missing(row, tuple(new)))
    return found


def note(plan: YearPlan, days: Iterable[date], moved: PlannedMeeting | None = None) -> None:
    """Write down who cannot come on some days, of the meetings that are still to come.

    `moved` stands where it is to be and gives way to the others: who goes to another at the time is absent from it.
    """
    standing = plan.planned.filter(date__in=set(days), dropped=False)
    standing = standing.select_related("joint", "forum", "meeting")
    changed = []
    # What a forum without a rhythm still has in the plan takes its people's time too.
    for row, absent in _lists(document.build(plan, known=document.things(idle=True)), standing, moved):
        if row.pk is not None and sorted(row.absent) != absent and not document.stands_fast(row):
            row.absent = absent
            changed.append(row)
    PlannedMeeting.objects.bulk_update(changed, ["absent"])


def _lists(
    data: Json, standing: Iterable[PlannedMeeting], moved: PlannedMeeting | None
) -> list[tuple[PlannedMeeting, list[int]]]:
    """Return the moved meeting, then the others, each with those who cannot come."""
    known = {each["id"] for part in ("forums", "joint", "events") for each in data[part]}
    rows = [row for row in standing if row.of in known and (moved is None or row.pk != moved.pk)]
    told = document.as_meetings(rows)
    if moved is not None and moved.of in known:
        rows = [moved, *rows]
        everybody = [each["id"] for each in data["persons"]]
        told = [{**document.as_meetings([moved])[0], "absent": everybody}, *told]
    found = import_string(ABSENCES)({**data, "fixed": []}, told)
    return [(row, sorted(int(who[1:]) for who in absent)) for row, absent in zip(rows, found, strict=True)]
