"""Change the plan by hand: move a meeting, place one, take one out, let the planner have it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import PlannedMeeting, YearPlan
from tovholder.yearwheel.planning.problem import DAY_MINUTES
from tovholder.yearwheel.queries import document
from tovholder.yearwheel.services import coming, years
from tovholder.yearwheel.services.applying import LAST_MINUTE

Json = dict[str, Any]
CLASHES = "tovholder.yearwheel.planning.clashes"
FREES = "tovholder.yearwheel.planning.what_would_free"
SUGGESTED, LOOKED_AT = 3, 40


@dataclass(frozen=True)
class Stood:
    """Where a meeting stood before it was moved, and whether it was to stay there; `version` is the plan's after the move."""

    day: date
    start: time
    locked: bool
    version: int


@dataclass(frozen=True)
class Broken:
    """One hard rule that a place breaks: its code, the must members it is about (ids), and the other meetings."""

    code: str
    persons: tuple[int, ...]
    others: tuple[PlannedMeeting, ...]
    # Whether it is the moved meeting that breaks it, or something else that no longer fits.
    own: bool


@dataclass(frozen=True)
class Ground:
    """What is read once to try a meeting of a plan at other places.

    Forums without a rhythm are in it too: what they still have in the plan takes the time of its people.
    """

    plan: YearPlan
    row: PlannedMeeting
    known: dict[str, document.Thing]
    rows: list[PlannedMeeting]
    data: Json
    names: dict[int, str]

    @classmethod
    def of(
        cls, plan: YearPlan, row: PlannedMeeting, known: dict[str, document.Thing] | None = None
    ) -> Ground:
        """`known` are all things, idle ones too, where a page has read them."""
        known = document.things(idle=True) if known is None else known
        rows, names = document.rows_of(plan), dict[int, str]()
        data = document.build(plan, known=known, moving=row, rows=rows, names=names)
        return cls(plan, row, known, rows, data, names)

    @cached_property
    def trial(self) -> Trial:
        return Trial(self)


class Trial:
    """One meeting tried at place after place; what the others break anyhow is asked once."""

    def __init__(self, ground: Ground) -> None:
        self.row, self.data = ground.row, ground.data
        known = {each["id"] for part in ("forums", "joint", "events") for each in self.data[part]}
        self.is_planned = self.row.of in known
        rows = [each for each in ground.rows if each.of in known and not each.dropped]
        self.others = [each for each in rows if each.pk != self.row.pk]
        self.before = {(each.code, each.persons, _keys(each)) for each in _asked(self.data, rows, None)}

    def clashes(self, day: date, start: time) -> list[Broken]:
        """Return the hard rules that it breaks there, and those that others break only because of it."""
        if not self.is_planned:
            return []
        found = _asked(self.data, [*self.others, placed(self.row, day, start)], len(self.others))
        return [
            each for each in found if each.own or (each.code, each.persons, _keys(each)) not in self.before
        ]


def _keys(broken: Broken) -> tuple[int | None, ...]:
    return tuple(row.pk for row in broken.others)


def _asked(data: Json, rows: Sequence[PlannedMeeting], moved: int | None) -> list[Broken]:
    """Ask the planner what is broken; `moved` is the place of the moved meeting in the list."""
    # What stands fast is exempt from the rules; here every meeting is looked at.
    told = import_string(CLASHES)({**data, "fixed": []}, document.as_meetings(rows))
    return [
        Broken(
            code=each.code,
            persons=tuple(int(who[1:]) for who in each.persons),
            others=tuple(rows[i] for i in each.meetings if i != moved),
            own=moved in each.meetings,
        )
        for each in told
    ]


def placed(row: PlannedMeeting, day: date, start: time) -> PlannedMeeting:
    """Return the row as it would stand at another place, not saved."""
    end = datetime.combine(day, start) + timedelta(minutes=row.minutes)
    return PlannedMeeting(
        pk=row.pk,
        plan_id=row.plan_id,
        forum=row.forum,
        joint=row.joint,
        which=row.which,
        date=day,
        start=start,
        end=end.time() if end.date() == day else LAST_MINUTE,
        absent=row.absent,
        locked=True,
        meeting_id=row.meeting_id,
        published_date=row.published_date,
        published_start=row.published_start,
    )


def blank(plan: YearPlan, thing: document.Thing, which: int, near: date) -> PlannedMeeting:
    """Return a meeting of a thing that has no place yet, not saved; it begins as meetings near that day may."""
    starts = [time.fromisoformat(each) for each in thing.wanted.starts_on(near)]
    start = next((each for each in starts if ends_in_time(each, thing.wanted.minutes)), time(9))
    end = datetime.combine(plan.starts_on, start) + timedelta(minutes=thing.wanted.minutes)
    return PlannedMeeting(
        plan=plan,
        forum=thing.row if isinstance(thing.row, Forum) else None,
        joint=thing.row if isinstance(thing.row, JointMeetingRule) else None,
        which=which,
        date=plan.starts_on,
        start=start,
        end=end.time() if end.date() == plan.starts_on else LAST_MINUTE,
    )


def ends_in_time(start: time, minutes: int) -> bool:
    """Tell whether a meeting of that length ends by 24:00 (rule 4)."""
    return start.hour * 60 + start.minute + minutes <= DAY_MINUTES


def what_helps(ground: Ground) -> list[Json] | None:
    """Return the changes that would each give a meeting without a place one, beside the plan as it stands now.

    None where there is nothing to propose: it has room already, or is in no file.
    """
    row = ground.row
    if not ground.trial.is_planned:
        return None
    told = {
        "meetings": document.as_meetings(ground.trial.others),
        "unplaced": [{"of": row.of, "which": row.which}],
    }
    found = [asdict(each) for each in next(iter(import_string(FREES)(ground.data, told)))]
    return None if any(each["code"] == "solve_again" for each in found) else found


def suggestions(ground: Ground, near: date) -> list[tuple[date, time]]:
    """Return up to three places near a day where the meeting breaks no rule, the nearest first."""
    plan, row, thing = ground.plan, ground.row, ground.known.get(ground.row.of)
    if thing is None:
        return []
    trial = ground.trial
    closed = {
        date.fromisoformat(each["start"]) + timedelta(days=n)
        for each in trial.data["closed"]
        for n in range((date.fromisoformat(each["end"]) - date.fromisoformat(each["start"])).days + 1)
    }
    steps = sorted(range(-31, 32), key=lambda n: (abs(n), n))
    days = [near + timedelta(days=n) for n in steps]
    found: list[tuple[date, time]] = []
    looked = 0
    for day in days:
        allowed = day not in closed and day.isoweekday() in thing.wanted.weekdays_on(day)
        if not plan.starts_on <= day <= plan.ends_on or not allowed:
            continue
        for text in thing.wanted.starts_on(day):
            start = time.fromisoformat(text)
            if (day, start) == (row.date, row.start) and row.pk:
                continue
            looked += 1
            if not trial.clashes(day, start):
                found.append((day, start))
                break
        if len(found) == SUGGESTED or looked >= LOOKED_AT:
            break
    return found


@transaction.atomic
def move(*, by: User, row: PlannedMeeting, day: date, start: time) -> Stood:
    """Move a meeting of the plan; it stays there when the plan is made again. What is published moves when that is done anew.

    Whether it breaks a rule is asked beforehand (`Trial`), and for who moves it to say yes to. Returns what
    `move_back` needs.
    """
    policy.may_plan(by).require()
    plan = years.locked(row.plan)
    fresh = _movable(row)
    if not plan.starts_on <= day <= plan.ends_on:
        no("outside_year", _("Datoen ligger uden for skoleåret.")).require()
    _require_end(fresh, start)
    before, locked = (fresh.date, fresh.start), fresh.locked
    _set_down(plan, fresh, day, start, locked=True)
    record(by=by, action="year_plan.meeting_moved", obj=plan, details={"of": fresh.of, "which": fresh.which})
    return Stood(*before, locked, plan.version)


@transaction.atomic
def move_back(*, by: User, row: PlannedMeeting, stood: Stood) -> None:
    """Undo a move. Raises Refused when the plan was changed since, since it may not fit there any more."""
    policy.may_plan(by).require()
    plan = years.locked(row.plan)
    fresh = _movable(row)
    if plan.version != stood.version:
        no("plan_changed", _("Planen er ændret siden. Flyt mødet selv tilbage.")).require()
    _set_down(plan, fresh, stood.day, stood.start, locked=stood.locked)
    record(
        by=by, action="year_plan.meeting_moved_back", obj=plan, details={"of": fresh.of, "which": fresh.which}
    )


def _require_end(row: PlannedMeeting, start: time) -> None:
    if not ends_in_time(start, row.minutes):
        no("past_midnight", _("Mødet ville slutte efter midnat.")).require()


def _movable(row: PlannedMeeting) -> PlannedMeeting:
    fresh = PlannedMeeting.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=row.pk)
    policy.may_change_meeting(fresh.meeting).require()
    if fresh.dropped:
        no("dropped", _("Mødet er taget ud af planen.")).require()
    return fresh


def _set_down(plan: YearPlan, row: PlannedMeeting, day: date, start: time, *, locked: bool) -> None:
    there, left = placed(row, day, start), row.date
    row.date, row.start, row.end, row.locked = there.date, there.start, there.end, locked
    row.save(update_fields=["date", "start", "end", "locked"])
    coming.note(plan, [left, day], row)
    years.touched(plan)


@transaction.atomic
def place(
    *, by: User, plan: YearPlan, thing: document.Thing, which: int, day: date, start: time
) -> PlannedMeeting:
    """Give a meeting that the planner could not place a place by hand."""
    policy.may_plan(by).require()
    plan = years.locked(plan)
    if not plan.starts_on <= day <= plan.ends_on:
        no("outside_year", _("Datoen ligger uden for skoleåret.")).require()
    row = blank(plan, thing, which, day)
    _require_end(row, start)
    row = placed(row, day, start)
    row.pk, row.plan = None, plan
    row.save()
    coming.note(plan, [day], row)
    plan.unplaced = [each for each in plan.unplaced if (each["of"], each["which"]) != (thing.of, which)]
    plan.save(update_fields=["unplaced"])
    years.touched(plan)
    record(by=by, action="year_plan.meeting_placed", obj=plan, details={"of": row.of, "which": which})
    return row


@transaction.atomic
def let_loose(*, by: User, row: PlannedMeeting) -> None:
    """Let the planner move the meeting again when the plan is made anew."""
    policy.may_plan(by).require()
    plan = years.locked(row.plan)
    fresh = PlannedMeeting.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=row.pk)
    policy.may_change_meeting(fresh.meeting).require()
    fresh.locked = False
    fresh.save(update_fields=["locked"])
    years.touched(plan)
    record(by=by, action="year_plan.meeting_loosened", obj=plan, details={"of": fresh.of})


@transaction.atomic
def take_out(*, by: User, row: PlannedMeeting) -> None:
    """Take a meeting out of the plan. One in the calendar is called off when the plan is published."""
    policy.may_plan(by).require()
    plan = years.locked(row.plan)
    fresh = PlannedMeeting.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=row.pk)
    policy.may_change_meeting(fresh.meeting).require()
    details = {"of": fresh.of, "which": fresh.which}
    if fresh.meeting is None:
        fresh.delete()
    else:
        fresh.dropped = True
        fresh.save(update_fields=["dropped"])
    coming.note(plan, [fresh.date])
    years.touched(plan)
    record(by=by, action="year_plan.meeting_taken_out", obj=plan, details=details)


@transaction.atomic
def put_back(*, by: User, row: PlannedMeeting) -> None:
    """Let a meeting that was to be called off stay after all."""
    policy.may_plan(by).require()
    plan = years.locked(row.plan)
    if PlannedMeeting.objects.filter(pk=row.pk, dropped=True).update(dropped=False):
        coming.note(plan, [row.date])
        years.touched(plan)
        record(by=by, action="year_plan.meeting_put_back", obj=plan, details={"of": row.of})
