"""The rules that a year was planned by. What is changed for the next year says nothing about this one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tovholder.forums.models import JointMeetingRule
from tovholder.yearwheel.models import PlanRun, Rhythm, YearPlan
from tovholder.yearwheel.queries.document import Thing, event_rows, forum_row, joint_row, things

Json = dict[str, Any]


def _data(plan: YearPlan) -> dict[str, Json]:
    """Return what the last run that was taken into use was told of each thing, by id."""
    run = PlanRun.objects.filter(plan=plan, used_at__isnull=False).only("data").order_by("-used_at").first()
    return _by_id(run) if run else {}


def _by_id(run: PlanRun) -> dict[str, Json]:
    return {each["id"]: each for part in ("forums", "joint", "events") for each in run.data.get(part, [])}


def as_planned(plan: YearPlan) -> dict[str, Thing]:
    """Return all that is planned, as often as it was when the plan of the year was taken into use.

    What has come since, and a year that was never planned, follow the rules of today.
    """
    told = _data(plan)
    planned = {of for of, each in told.items() if each.get("rule") != {"months": []}}
    wanted = {
        of: thing
        for of, thing in things(idle=True).items()
        if of in planned or thing.wanted.rhythm != Rhythm.NONE
    }
    return {of: _as_told(thing, told.get(of)) for of, thing in wanted.items()}


def _as_told(thing: Thing, told: Json | None) -> Thing:
    if told is None or thing.is_event:
        return thing
    thing = replace(thing, wanted=replace(thing.wanted, replaces=told.get("replaces", thing.wanted.replaces)))
    rule = told.get("rule") or {"count": told.get("count", thing.wanted.count)}
    if "months" in rule:
        return replace(thing, wanted=replace(thing.wanted, rhythm=Rhythm.MONTHS, months=rule["months"]))
    rhythm = Rhythm.EVERY_WEEKS if "every_weeks" in rule else Rhythm.COUNT
    return replace(thing, wanted=replace(thing.wanted, rhythm=rhythm, count=next(iter(rule.values()))))


def changed_since(run: PlanRun, now: dict[str, Thing]) -> list[str]:
    """Return the names of those whose rules are others `now` than what a run was told."""
    told, plan = _by_id(run), run.plan
    found = []
    for of, thing in now.items():
        before, today = told.get(of), _row(plan, thing)
        # What is empty counts as left out: the file of a run from before has not every key of today.
        if before is not None and any(
            (before.get(name) or 0) != (value or 0) for name, value in today.items()
        ):
            found.append(str(thing.row))
    return found


def without_days(plan: YearPlan, known: dict[str, Thing]) -> list[str]:
    """Return the names of the events that have no day in the year, so that none is planned."""
    return [str(thing.row) for thing in known.values() if thing.is_event and not event_rows(plan, thing)]


def _row(plan: YearPlan, thing: Thing) -> Json:
    """Return what the planner's file says of a thing's own rule, without who is in it."""
    if thing.is_event:
        return next(iter(event_rows(plan, thing)), {})
    if isinstance(thing.row, JointMeetingRule):
        row = joint_row(thing)
    else:
        row = forum_row(thing.row, None if thing.wanted.rhythm == Rhythm.NONE else thing, [])
    return {name: value for name, value in row.items() if name not in ("members", "forums")}
