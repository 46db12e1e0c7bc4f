"""The rules that a year was planned by. What is changed for the next year says nothing about this one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tovholder.yearwheel.models import PlanRun, Rhythm, YearPlan
from tovholder.yearwheel.queries.document import Thing, as_row, things

Json = dict[str, Any]


def _data(plan: YearPlan) -> dict[str, Json]:
    """Return what the last run that was taken into use was told of each thing, by id."""
    run = PlanRun.objects.filter(plan=plan, used_at__isnull=False).only("data").order_by("-used_at").first()
    parts = ("forums", "joint", "events")
    return {each["id"]: each for part in parts for each in run.data.get(part, [])} if run else {}


def as_planned(plan: YearPlan) -> dict[str, Thing]:
    """Return all that is planned, how often as it was when the plan of the year was taken into use.

    What has come since, and a year that was never planned, follow the rules of today.
    """
    told = _data(plan)
    planned = {of for of, each in told.items() if each.get("rule") != {"months": []}}
    return {of: _as_told(thing, told.get(of)) for of, thing in things(also=planned).items()}


def _as_told(thing: Thing, told: Json | None) -> Thing:
    if told is None or thing.is_event:
        return thing
    rule = told.get("rule") or {"count": told.get("count", thing.wanted.count)}
    if "months" in rule:
        return replace(thing, wanted=replace(thing.wanted, rhythm=Rhythm.MONTHS, months=rule["months"]))
    rhythm = Rhythm.EVERY_WEEKS if "every_weeks" in rule else Rhythm.COUNT
    return replace(thing, wanted=replace(thing.wanted, rhythm=rhythm, count=next(iter(rule.values()))))


def changed_since(plan: YearPlan) -> list[str]:
    """Return the names of those whose rules are others than when the plan of the year was taken into use."""
    told = _data(plan)
    now = things(also=told)
    found = []
    for of, thing in now.items():
        before, today = told.get(of), as_row(plan, thing)
        if before is not None and any(before.get(name) != value for name, value in today.items()):
            found.append(str(thing.row))
    return found
