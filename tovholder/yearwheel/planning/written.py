"""A plan as OUT (docs/reference/plan_year_out.schema.json), and an OUT-like plan read back as a start."""

from __future__ import annotations

from typing import Any

from tovholder.yearwheel.planning.diary import Diary
from tovholder.yearwheel.planning.numbering import Plan
from tovholder.yearwheel.planning.problem import clock, iso, minutes_of, ordinal_of
from tovholder.yearwheel.planning.reasons import Reason, why_unplaced, window_of
from tovholder.yearwheel.planning.year import Year


def as_out(year: Year, plan: Plan, *, status: str, bound: int, seconds: float) -> dict[str, Any]:
    """Return OUT; `because` is worked out for this plan."""
    return {
        "status": status,
        "cost": plan.cost,
        "bound": bound,
        "seconds": round(seconds, 3),
        "meetings": _meetings(year, plan),
        "unplaced": _unplaced(year, plan, status == "optimal"),
    }


def as_infeasible(seconds: float) -> dict[str, Any]:
    return {
        "status": "infeasible_input",
        "cost": None,
        "bound": None,
        "seconds": round(seconds, 3),
        "meetings": [],
        "unplaced": [],
    }


def _meetings(year: Year, plan: Plan) -> list[dict[str, Any]]:
    problem = year.problem
    found = []
    for each, absent in zip(plan.meetings, plan.absent, strict=True):
        thing = problem.things[each.thing]
        found.append(
            {
                "of": thing.id,
                "which": each.which,
                "kind": thing.kind,
                "date": iso(each.day),
                "start": clock(each.start),
                "end": clock(each.start + thing.minutes),
                "absent": [problem.persons[person].id for person in absent],
            }
        )
    return found


def _unplaced(year: Year, plan: Plan, proven: bool) -> list[dict[str, Any]]:
    known: dict[tuple[int, int], list[dict[str, Any]]] = {}
    diary = Diary(year.problem, plan.meetings)
    found = []
    for index, which in plan.unplaced:
        thing = year.problem.things[index]
        window = window_of(year, thing, which)
        key = index, window.number if window else 0  # for what is counted the same for every number
        if key not in known:
            reasons = why_unplaced(year, diary, thing, window, proven)
            known[key] = [_reason(year, each) for each in reasons]
        found.append({"of": thing.id, "which": which, "because": known[key]})
    return found


def _reason(year: Year, reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "persons": sorted(year.problem.persons[each].id for each in reason.persons),
        "dates": [iso(day) for day in sorted(reason.days)],
    }


def times_in(year: Year, plan: dict[str, Any]) -> dict[int, list[tuple[int, int, int]]]:
    """The (which, day, start) of each thing's meetings in an OUT-like plan; what is no longer known is left out."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for each in plan.get("meetings") or []:
        thing = year.problem.by_id.get(each["of"])
        if thing is not None:
            time = each["which"], ordinal_of(each["date"]), minutes_of(each["start"])
            found.setdefault(thing, []).append(time)
    return {thing: sorted(times) for thing, times in found.items()}


def times_before(year: Year) -> dict[int, list[tuple[int, int, int]]]:
    """The same of the plan before."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for (thing, which), (day, start) in sorted(year.problem.previous.items()):
        found.setdefault(thing, []).append((which, day, start))
    return found
