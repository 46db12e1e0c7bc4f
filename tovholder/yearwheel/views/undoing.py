"""The last move of a user, kept with the login so that it can be undone from whatever page it was made on."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.http import HttpRequest

from tovholder.yearwheel.models import PlannedMeeting, YearPlan
from tovholder.yearwheel.services.moving import Stood

MOVED = "yearwheel_moved"


def keep(request: HttpRequest, row: PlannedMeeting, stood: Stood) -> None:
    """Remember a move; it takes the place of the one before."""
    request.session[MOVED] = {
        "row": row.pk,
        "plan": row.plan_id,
        "title": row.title,
        "day": stood.day.isoformat(),
        "start": f"{stood.start:%H:%M}",
        "locked": stood.locked,
        "version": stood.version,
    }


def offered(request: HttpRequest, plan: YearPlan | None) -> dict[str, Any] | None:
    """Return the move that can still be undone: the last one, while nothing else in the plan has changed."""
    kept: dict[str, Any] | None = request.session.get(MOVED)
    if kept is None or plan is None or (kept["plan"], kept["version"]) != (plan.pk, plan.version):
        return None
    return kept


def taken(request: HttpRequest, row: PlannedMeeting) -> Stood | None:
    """Return where a meeting stood before the last move, and forget it; None when it was another that moved."""
    kept = request.session.get(MOVED)
    if kept is None or kept["row"] != row.pk:
        return None
    del request.session[MOVED]
    return Stood(
        day=date.fromisoformat(kept["day"]),
        start=time.fromisoformat(kept["start"]),
        locked=kept["locked"],
        version=kept["version"],
    )
