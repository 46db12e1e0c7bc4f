"""When persons cannot come, as the planner's file has it: what they have written, and meetings it does not tell of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from tovholder.directory.models import Person
from tovholder.meetings.models import MeetingStatus, Participation
from tovholder.yearwheel.models import YearPlan

Json = dict[str, Any]
LAST_MINUTE = time(23, 59)


def persons_of(plan: YearPlan, people: list[int], in_meetings: Iterable[tuple[int, Json]]) -> list[Json]:
    """Return the persons with their busy times, and with those `in_meetings` has of them."""
    once: dict[int, list[Json]] = defaultdict(list)
    weekly: dict[int, list[Json]] = defaultdict(list)
    own: dict[int, int | None] = {}
    # Both at once, since a place that is tried by hand has many reads already.
    rows = Person.objects.filter(pk__in=people).order_by(
        "busy_times__weekday", "busy_times__date", "busy_times__starts", "busy_times__pk"
    )
    for person, limit, weekday, day, starts, ends in rows.values_list(
        "pk",
        "day_limit__meetings",
        *(f"busy_times__{name}" for name in ("weekday", "date", "starts", "ends")),
    ):
        own[person] = limit
        if starts is None:
            continue
        times = {"start": starts.strftime("%H:%M"), "end": _end(ends)}
        if weekday is not None:
            weekly[person].append({"weekday": weekday, **times})
        elif plan.starts_on <= day <= plan.ends_on:
            once[person].append({"date": day.isoformat(), **times})
    for person, busy in in_meetings:
        once[person].append(busy)
    return [
        {
            "id": f"p{pk}",
            "busy": once[pk],
            "busy_weekly": weekly[pk],
            "max_per_day": plan.max_per_day if own.get(pk) is None else own[pk],
        }
        for pk in people
    ]


def other_meetings(plan: YearPlan, people: list[int], told: set[int | None]) -> Iterable[tuple[int, Json]]:
    """Yield when persons sit in meetings that the file does not tell of. That they are busy, never with what."""
    zone = timezone.get_current_timezone()
    rows = (
        Participation.objects.filter(
            person__in=people,
            removed_at__isnull=True,
            meeting__starts_at__gte=datetime.combine(plan.starts_on, time.min, tzinfo=zone),
            meeting__starts_at__lt=datetime.combine(plan.ends_on + timedelta(days=1), time.min, tzinfo=zone),
        )
        .exclude(meeting__status=MeetingStatus.CANCELLED)
        .order_by("person_id", "meeting__starts_at", "pk")
        .values_list("person_id", "meeting_id", "meeting__starts_at", "meeting__ends_at")
    )
    for person, meeting, starts_at, ends_at in rows:
        if meeting in told:
            continue
        starts, ends = timezone.localtime(starts_at), timezone.localtime(ends_at)
        end = "24:00" if ends.date() > starts.date() else ends.strftime("%H:%M")
        yield person, {"date": starts.date().isoformat(), "start": starts.strftime("%H:%M"), "end": end}


def _end(clock: time) -> str:
    return "24:00" if clock >= LAST_MINUTE else clock.strftime("%H:%M")


def clock(minutes: int) -> str:
    """Return minutes after midnight as the file has them."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
