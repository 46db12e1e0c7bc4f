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


def missing(plan: YearPlan, there: PlannedMeeting, data: Json | None = None) -> list[Missing]:
    """Return who cannot come to a meeting where it would stand, then who can come to another no more. Nothing is written."""
    found = []
    for row, absent in _lists(plan, [there.date], there, data):
        new = absent if row is there else [pk for pk in absent if pk not in row.absent]
        if new:
            found.append(Missing(row, tuple(new)))
    return found


def note(plan: YearPlan, days: Iterable[date], moved: PlannedMeeting | None = None) -> None:
    """Write down who cannot come on some days, of the meetings that are still to come.

    `moved` stands where it is to be and gives way to the others: who goes to another at the time is absent from it.
    """
    changed = []
    for row, absent in _lists(plan, days, moved, None):
        if row.pk is not None and sorted(row.absent) != absent and not document.stands_fast(row):
            row.absent = absent
            changed.append(row)
    PlannedMeeting.objects.bulk_update(changed, ["absent"])


def _lists(
    plan: YearPlan, days: Iterable[date], moved: PlannedMeeting | None, data: Json | None
) -> list[tuple[PlannedMeeting, list[int]]]:
    """Return the meetings of some days, the moved one first, each with those who cannot come."""
    data = data or document.build(plan)
    known = {each["id"] for part in ("forums", "joint", "events") for each in data[part]}
    standing = plan.planned.filter(date__in=set(days), dropped=False).select_related(
        "joint", "forum", "meeting"
    )
    rows = [row for row in standing if row.of in known and (moved is None or row.pk != moved.pk)]
    told = document.as_meetings(rows)
    if moved is not None and moved.of in known:
        rows = [moved, *rows]
        everybody = [each["id"] for each in data["persons"]]
        told = [{**document.as_meetings([moved])[0], "absent": everybody}, *told]
    found = import_string(ABSENCES)({**data, "fixed": []}, told)
    return [(row, sorted(int(who[1:]) for who in absent)) for row, absent in zip(rows, found, strict=True)]
