"""The year wheel of the demo: this school year as it stands, the next one planned, and when people are busy."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.directory.models import Person, Theme
from tovholder.yearwheel.models import BusyTime, MonthTheme, PlanRun, RunStatus, YearPlan
from tovholder.yearwheel.planning import plan_year
from tovholder.yearwheel.queries import document
from tovholder.yearwheel.services import applying, watching, years

LAST_MINUTE = time(23, 59)
# Who is busy on which weekday, from when to when.
WEEKLY = (
    ("Carla", 5, time(0), LAST_MINUTE),  # night duty
    ("Carla", 1, time(7), time(12)),
    ("Dina", 1, time(8), time(11)),
    ("Dina", 3, time(12), time(16)),
    ("Bo", 3, time(8), time(12)),
    ("Anna", 5, time(12), time(16)),
)
# Days away after the next school year begins: person, days from its first day, how many.
AWAY = (("Anna", 60, 5), ("Carla", 95, 12), ("Bo", 200, 3), ("Grethe", 120, 5))


def make_wheel(people: dict[str, Person], now: datetime) -> int:
    """Make both years; returns how many meetings the next one has been given a place."""
    anna = people["Anna"]
    if anna.user_id is None:
        return 0
    by = User.objects.get(pk=anna.user_id)
    starts_on, ends_on = years.school_year(timezone.localdate(now))
    this = years.make(by=by, starts_on=starts_on, ends_on=ends_on)
    _themes(this)
    watching.look(this)
    following = years.school_year(ends_on + timedelta(days=1))
    _busy(people, following[0])
    coming = years.make(by=by, starts_on=following[0], ends_on=following[1], like=this)
    return _planned(by, coming)


def _busy(people: dict[str, Person], first: date) -> None:
    rows = [
        BusyTime(person=people[name], weekday=weekday, starts=starts, ends=ends)
        for name, weekday, starts, ends in WEEKLY
        if name in people
    ]
    for name, after, days in AWAY:
        rows += [
            BusyTime(
                person=people[name],
                date=first + timedelta(days=after + number),
                starts=time(0),
                ends=LAST_MINUTE,
            )
            for number in range(days)
        ]
    BusyTime.objects.bulk_create(rows)


def _themes(plan: YearPlan) -> None:
    """Every other month has a theme."""
    themes = list(Theme.objects.filter(retired_at__isnull=True)[:5])
    month = plan.starts_on
    for number, theme in enumerate(themes):
        MonthTheme.objects.create(plan=plan, month=month, theme=theme)
        month = (month + timedelta(days=63)).replace(day=1)
        if month > plan.ends_on or number > 4:
            break


def _planned(by: User, plan: YearPlan) -> int:
    """Take the planner's quick first plan, without looking for a better one."""
    data = document.build(plan)
    best = plan_year({**data, "seconds": 0.01}, on_progress=lambda _progress: False)
    run = PlanRun.objects.create(
        plan=plan,
        status=RunStatus.DONE,
        best=best,
        data=data,
        cost=best["cost"],
        bound=best["bound"],
        seconds=best["seconds"],
        asked_by=by,
        from_version=YearPlan.objects.get(pk=plan.pk).version,
        finished_at=timezone.now(),
    )
    if best["status"] == "infeasible_input":
        run.delete()
        return 0
    applying.use(by=by, run=run)
    return plan.planned.count()
