"""Take an answer of the planner into use, and tell beforehand what it moves and whom that touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import PlannedMeeting, PlanRun, RunStatus, YearPlan
from tovholder.yearwheel.services import years

Json = dict[str, Any]
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True)
class Difference:
    """One meeting that the answer puts elsewhere, adds or leaves out. `old` and `new` are None where there is none."""

    of: str
    which: int
    old: tuple[date, time] | None
    new: tuple[date, time] | None
    persons: tuple[int, ...] = ()


def matched(
    rows: Iterable[PlannedMeeting], meetings: list[Json]
) -> tuple[list[tuple[PlannedMeeting, Json]], list[Json], list[PlannedMeeting]]:
    """Return which row each meeting of the answer is, the meetings that are new, and the rows that are left over.

    First those that stand where they stood, since their number may be another now; then by number; then the rest in
    order of time, so that a published meeting is rather moved than called off.
    """
    left = [row for row in rows if not row.dropped]
    pairs: list[tuple[PlannedMeeting, Json]] = []
    waiting = list(meetings)
    for of_row, of_meeting in _KEYS:
        by_key: dict[Any, list[PlannedMeeting]] = {}
        for row in left:
            # What stands fast is matched where it stands, and never moved.
            if not row.locked or of_row is _place_of_row:
                by_key.setdefault(of_row(row), []).append(row)
        still = []
        for each in waiting:
            found = by_key.get(of_meeting(each))
            if found:
                row = found.pop(0)
                pairs.append((row, each))
                left.remove(row)
            else:
                still.append(each)
        waiting = still
    return pairs, waiting, left


def _asked_about(run: PlanRun) -> list[PlannedMeeting]:
    """Return the rows of the plan that an answer can say something about.

    What is in the calendar, and is no part of what the planner was told of, stays: its people were only busy.
    """
    told = {each["id"] for part in ("forums", "joint", "events") for each in run.data.get(part, [])}
    return [row for row in run.plan.planned.all() if row.meeting_id is None or row.of in told]


def _place_of_row(row: PlannedMeeting) -> tuple[Any, ...]:
    return row.of, row.date.isoformat(), f"{row.start:%H:%M}"


_Key = tuple[Callable[[PlannedMeeting], tuple[Any, ...]], Callable[[Json], tuple[Any, ...]]]
_KEYS: tuple[_Key, ...] = (
    (_place_of_row, lambda each: (each["of"], each["date"], each["start"])),
    (lambda row: (row.of, row.which), lambda each: (each["of"], each["which"])),
    (lambda row: (row.of,), lambda each: (each["of"],)),
)


def differences(run: PlanRun) -> list[Difference]:
    """Return what the answer of a run changes in the plan as it stands now, by date."""
    if not run.best:
        return []
    members = {each["id"]: each["members"] for each in run.data.get("forums", [])}
    forums = {each["id"]: each["forums"] for each in [*run.data["joint"], *run.data["events"]]}

    def touched(of: str) -> tuple[int, ...]:
        groups = forums.get(of, [of])
        return tuple(sorted({int(m["person"][1:]) for group in groups for m in members.get(group, [])}))

    pairs, new, gone = matched(_asked_about(run), run.best["meetings"])
    found = []
    for row, each in pairs:
        to = (date.fromisoformat(each["date"]), time.fromisoformat(each["start"]))
        if to != (row.date, row.start):
            found.append(Difference(row.of, each["which"], (row.date, row.start), to, touched(row.of)))
    for each in new:
        to = (date.fromisoformat(each["date"]), time.fromisoformat(each["start"]))
        found.append(Difference(each["of"], each["which"], None, to, touched(each["of"])))
    found += [
        Difference(row.of, row.which, (row.date, row.start), None, touched(row.of))
        for row in gone
        if not row.locked
    ]
    return sorted(found, key=lambda each: (each.old or each.new or (date.max, time.max), each.of))


@transaction.atomic
def use(*, by: User, run: PlanRun) -> YearPlan:
    """Make the answer of a run the plan. Raises Refused when the plan was changed since the run began."""
    policy.may_plan(by).require()
    plan = years.locked(run.plan)
    fresh = PlanRun.objects.select_for_update().get(pk=run.pk)
    best: Json = fresh.best or {}
    if fresh.status != RunStatus.DONE or not best:
        no("run_not_done", _("Der er ikke regnet færdig endnu.")).require()
    if fresh.used_at is not None:
        no("run_used", _("Planen er allerede taget i brug.")).require()
    if fresh.from_version != plan.version:
        no(
            "plan_changed", _("Planen er ændret, siden der blev regnet. Regn igen, så intet går tabt.")
        ).require()
    pairs, new, gone = matched(_asked_about(fresh), best["meetings"])
    moved = _write(plan, pairs, new)
    for row in gone:
        _let_go(row)
    plan.unplaced = _without_place(best["unplaced"], gone)
    plan.cost, plan.bound = fresh.cost, fresh.bound
    plan.save(update_fields=["unplaced", "cost", "bound"])
    years.touched(plan)
    fresh.used_at = timezone.now()
    fresh.save(update_fields=["used_at"])
    record(
        by=by,
        action="year_plan.used",
        obj=plan,
        details={"run": fresh.pk, "moved": moved, "new": len(new), "gone": len(gone)},
    )
    return plan


def _without_place(unplaced: list[Json], gone: list[PlannedMeeting]) -> list[Json]:
    """Leave out what is missing to the planner only: a meeting that stands fast and could not be told of."""
    there = Counter(row.of for row in gone if row.locked)
    found = []
    for each in unplaced:
        if there[each["of"]] > 0:
            there[each["of"]] -= 1
        else:
            found.append(each)
    return found


def _write(plan: YearPlan, pairs: list[tuple[PlannedMeeting, Json]], new: list[Json]) -> int:
    moved, changed = 0, []
    for row, each in pairs:
        to = (date.fromisoformat(each["date"]), time.fromisoformat(each["start"]))
        moved += to != (row.date, row.start)
        if to != (row.date, row.start):
            row.date, row.start, row.end = *to, clock(each["end"])
        row.which, row.absent = each["which"], [int(who[1:]) for who in each["absent"]]
        changed.append(row)
    PlannedMeeting.objects.bulk_update(changed, ["date", "start", "end", "which", "absent"], batch_size=200)
    PlannedMeeting.objects.bulk_create(
        PlannedMeeting(
            plan=plan,
            forum_id=int(each["of"][1:]) if each["of"][0] == "f" else None,
            joint_id=int(each["of"][1:]) if each["of"][0] == "j" else None,
            which=each["which"],
            date=date.fromisoformat(each["date"]),
            start=time.fromisoformat(each["start"]),
            end=clock(each["end"]),
            absent=[int(who[1:]) for who in each["absent"]],
        )
        for each in new
    )
    return moved


def _let_go(row: PlannedMeeting) -> None:
    """A meeting that the answer has no place for: out of the plan, or called off when the plan is published."""
    if row.locked:
        return  # held, or of something that is planned no more: it stays as it is
    if row.meeting_id is None:
        row.delete()
    else:
        row.dropped = True
        row.save(update_fields=["dropped"])


def clock(text: str) -> time:
    """Return a clock time of the planner's file; "24:00" is kept as the last minute of the day."""
    return LAST_MINUTE if text == "24:00" else time.fromisoformat(text)
