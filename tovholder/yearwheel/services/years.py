"""School years: make one, change what it is planned by, make the next from it, and take in what stands already."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.accounts.models import User
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.forums.models import JointMeetingRule
from tovholder.meetings.models import Meeting, MeetingKind, MeetingStatus, TopicStatus
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import MeetingState, MonthTheme, PlannedMeeting, YearPlan
from tovholder.yearwheel.queries.document import Thing, local_place, things

FIRST_MONTH = 8  # the school year: 1 August to 31 July
LONGEST = timedelta(days=366 * 2)
SETTINGS = ("travel_minutes", "max_parallel", "max_per_day", "seconds", "is_public")


def school_year(day: date) -> tuple[date, date]:
    """Return the first and the last day of the school year that a day lies in."""
    first = day.year if day.month >= FIRST_MONTH else day.year - 1
    return date(first, FIRST_MONTH, 1), date(first + 1, FIRST_MONTH, 1) - timedelta(days=1)


@transaction.atomic
def make(*, by: User, starts_on: date, ends_on: date, like: YearPlan | None = None) -> YearPlan:
    """Make the plan of a year, empty but for the meetings that stand in the calendar already.

    `like` is the year before: its settings and the themes of its months come along. Raises Refused.
    """
    policy.may_plan(by).require()
    if not starts_on < ends_on or ends_on - starts_on > LONGEST:
        no("year_length", _("Et skoleår er højst to år langt og slutter, efter at det er begyndt.")).require()
    if YearPlan.objects.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        no("year_there", _("Der er allerede en plan for de dage.")).require()
    settings = {name: getattr(like, name) for name in SETTINGS if name != "is_public"} if like else {}
    try:
        with transaction.atomic():
            plan = YearPlan.objects.create(starts_on=starts_on, ends_on=ends_on, made_by=by, **settings)
    except IntegrityError:
        no("year_there", _("Der er allerede en plan for de dage.")).require()
        raise
    if like is not None:
        _copy_themes(like, plan)
    record(by=by, action="year_plan.made", obj=plan, details={"like": like.pk if like else None})
    take_in(by=by, plan=plan)
    return plan


def _copy_themes(like: YearPlan, plan: YearPlan) -> None:
    months = (plan.starts_on.year - like.starts_on.year) * 12 + plan.starts_on.month - like.starts_on.month
    chosen = Q(theme__isnull=False, theme__retired_at__isnull=True) | (
        Q(topic__isnull=False) & ~Q(topic__status__in=(TopicStatus.DECLINED, TopicStatus.ARCHIVED))
    )
    for theme in like.themes.filter(chosen):
        number = theme.month.year * 12 + theme.month.month - 1 + months
        month = date(number // 12, number % 12 + 1, 1)
        if plan.starts_on <= month <= plan.ends_on:
            MonthTheme.objects.get_or_create(
                plan=plan,
                month=month,
                layer=theme.layer,
                defaults={"theme": theme.theme, "topic": theme.topic},
            )


@transaction.atomic
def change(*, by: User, plan: YearPlan, **settings: Any) -> None:
    """Change what the year is planned by, or whether everybody may see it without names."""
    policy.may_plan(by).require()
    unknown = set(settings) - set(SETTINGS)
    if unknown:
        raise TypeError(f"no such settings of a year: {sorted(unknown)}")
    changed = sorted(name for name, value in settings.items() if getattr(plan, name) != value)
    for name in changed:
        setattr(plan, name, settings[name])
    if changed:
        plan.save(update_fields=changed)
        record(by=by, action="year_plan.changed", obj=plan, details={"fields": changed})


def locked(plan: YearPlan) -> YearPlan:
    """Return the plan as it stands now, locked until the transaction ends."""
    return YearPlan.objects.select_for_update().get(pk=plan.pk)


def touched(plan: YearPlan) -> None:
    """Note that the plan is another than before. Call it with the plan locked."""
    plan.version += 1
    plan.save(update_fields=["version"])


@transaction.atomic
def take_in(*, by: Actor, plan: YearPlan) -> int:
    """Let the plan know what stands in the calendar: meetings made elsewhere, and where published ones were moved to.

    Both stand fast in the plan from then on. Returns how many rows were made or changed.
    """
    plan = locked(plan)
    known = things()
    changed = _followed(plan)
    made = [_row(plan, of, meeting) for meeting in _strangers(plan) if (of := _thing_of(meeting, known))]
    PlannedMeeting.objects.bulk_create(made)
    if made or changed:
        touched(plan)
        record(by=by, action="year_plan.taken_in", obj=plan, details={"made": len(made), "changed": changed})
    return len(made) + changed


def _followed(plan: YearPlan) -> int:
    """Move the rows whose meeting was moved, or made longer or shorter, on its own page."""
    changed = 0
    for row in plan.planned.filter(meeting__isnull=False).select_related("meeting"):
        if row.meeting is None:
            continue
        day, start, end = local_place(row.meeting)
        elsewhere = (day, start) != (row.published_date, row.published_start)
        # Of one that the plan is about to move the end is that of the new place.
        if elsewhere or (row.state == MeetingState.PUBLISHED and end != row.end):
            row.date, row.start, row.end = day, start, end
            row.published_date, row.published_start, row.locked = day, start, True
            row.save()
            changed += 1
    return changed


def _strangers(plan: YearPlan) -> list[Meeting]:
    zone = timezone.get_current_timezone()
    begins = datetime.combine(plan.starts_on, time.min, tzinfo=zone)
    ends = datetime.combine(plan.ends_on + timedelta(days=1), time.min, tzinfo=zone)
    rows = Meeting.objects.filter(starts_at__gte=begins, starts_at__lt=ends, planned=None)
    return list(rows.exclude(status=MeetingStatus.CANCELLED).prefetch_related("forums").order_by("starts_at"))


def _thing_of(meeting: Meeting, known: dict[str, Thing]) -> str:
    """Return the id of what a meeting is one of, or nothing for one that no rule asks for."""
    if meeting.kind == MeetingKind.ORDINARY:
        of = f"f{meeting.lead_forum_id}"
        return of if of in known else ""
    forums = {forum.pk for forum in meeting.forums.all()}
    is_event = meeting.kind == MeetingKind.EVENT
    for of, thing in known.items():
        fits = isinstance(thing.row, JointMeetingRule) and thing.is_event == is_event
        if fits and forums == {forum.pk for forum in thing.forums}:
            return of
    return ""


def _row(plan: YearPlan, of: str, meeting: Meeting) -> PlannedMeeting:
    day, start, end = local_place(meeting)
    return PlannedMeeting(
        plan=plan,
        forum_id=int(of[1:]) if of[0] == "f" else None,
        joint_id=int(of[1:]) if of[0] == "j" else None,
        which=0,
        date=day,
        start=start,
        end=end,
        locked=True,
        was_there=True,
        meeting=meeting,
        published_date=day,
        published_start=start,
    )
