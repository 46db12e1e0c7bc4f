"""What stands on the wheel for a user: the meetings one may know of, and for who plans what is not published yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.directory.models import Municipality
from tovholder.forums.models import Forum
from tovholder.forums.standing import own_forum_ids
from tovholder.meetings.models import Meeting, MeetingKind, MeetingStatus, Participation
from tovholder.meetings.queries import visible_to
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import MeetingState, MonthTheme, PlannedMeeting, YearPlan

FORUM_FACTS = Prefetch("forums", Forum.objects.select_related("forum_type").prefetch_related("districts"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One meeting on the wheel. `pk` is the meeting's, `planned` the plan's row where the user may change it."""

    date: date
    start: time
    end: time
    title: str
    kind: str  # forum, joint, event
    forums: tuple[Forum, ...]
    state: str  # draft, moved, dropped, planned, held, cancelled
    pk: int | None = None
    planned: int | None = None
    locked: bool = False
    theme: str = ""
    lead: int = field(default=0)

    @property
    def is_done(self) -> bool:
        return self.state == "held"


def period_of(plan: YearPlan) -> tuple[datetime, datetime]:
    """Return the first moment of the year and the first after it."""
    zone = timezone.get_current_timezone()
    return (
        datetime.combine(plan.starts_on, time.min, tzinfo=zone),
        datetime.combine(plan.ends_on + timedelta(days=1), time.min, tzinfo=zone),
    )


def entries(
    user: User, plan: YearPlan, *, forums: Iterable[int] | None = None, person: int | None = None
) -> list[Entry]:
    """Return what the user may see of the year in order of time; of some forums, or of one person, when given.

    A child's network meeting never stands on the wheel, not even for who takes part in it.
    """
    wanted = set(forums) if forums is not None else None
    themes = list(plan.themes.select_related("theme", "topic"))
    found = _in_calendar(user, plan, wanted, person)
    if policy.may_see_plan(user):
        found = _with_plan(plan, found, wanted, person)
    return sorted(
        (_themed(each, themes) for each in found), key=lambda each: (each.date, each.start, each.title)
    )


def _in_calendar(user: User, plan: YearPlan, wanted: set[int] | None, person: int | None) -> list[Entry]:
    begins, ends = period_of(plan)
    rows = (
        visible_to(user)
        .filter(starts_at__gte=begins, starts_at__lt=ends)
        .exclude(kind=MeetingKind.NETWORK)
        .exclude(status=MeetingStatus.CANCELLED)
        .select_related("lead_forum")
        .prefetch_related(FORUM_FACTS)
    )
    if person is not None:
        rows = rows.filter(
            Exists(
                Participation.objects.filter(meeting=OuterRef("pk"), person=person, removed_at__isnull=True)
            )
        )
    return [each for each in map(of_meeting, rows) if wanted is None or wanted & {f.pk for f in each.forums}]


def of_meeting(meeting: Meeting) -> Entry:
    """Return a meeting of the calendar as the wheel shows it."""
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    kind = {MeetingKind.JOINT: "joint", MeetingKind.EVENT: "event"}.get(MeetingKind(meeting.kind), "forum")
    held = meeting.status in (MeetingStatus.HELD, MeetingStatus.RUNNING)
    return Entry(
        date=starts.date(),
        start=starts.time(),
        end=ends.time(),
        title=str(meeting),
        kind=kind,
        forums=tuple(meeting.forums.all()),
        state="held" if held else "planned",
        pk=meeting.pk,
        lead=meeting.lead_forum_id,
    )


def _with_plan(
    plan: YearPlan, found: list[Entry], wanted: set[int] | None, person: int | None
) -> list[Entry]:
    """Lay the plan over the calendar: what is new, what will move and what goes."""
    by_meeting = {each.pk: each for each in found}
    rows = plan.planned.select_related("forum__forum_type", "joint", "meeting").prefetch_related(
        "forum__districts", "joint__forums__forum_type", "joint__forums__districts"
    )
    if person is not None:
        seats = Q(forum__memberships__person=person) | Q(joint__forums__memberships__person=person)
        rows = rows.filter(seats).distinct()
    drafts = []
    for row in rows:
        state = row.state
        if state == MeetingState.PUBLISHED or (person is not None and person in row.absent):
            known = by_meeting.get(row.meeting_id)
            if known is not None and known.state == "planned":
                by_meeting[row.meeting_id] = _replaced(known, row)
            continue
        by_meeting.pop(row.meeting_id, None)
        if row.meeting is not None and row.meeting.status == MeetingStatus.CANCELLED:
            continue
        entry = of_row(row)
        if wanted is None or wanted & {forum.pk for forum in entry.forums}:
            drafts.append(entry)
    return [*by_meeting.values(), *drafts]


def _replaced(known: Entry, row: PlannedMeeting) -> Entry:
    return Entry(
        known.date, known.start, known.end, known.title, known.kind, known.forums, known.state,
        pk=known.pk, planned=row.pk, locked=row.locked, lead=known.lead,
    )  # fmt: skip


def of_row(row: PlannedMeeting) -> Entry:
    """Return a row of the plan as the wheel shows it."""
    joint = row.joint
    forums = tuple(joint.forums.all()) if joint is not None else tuple(filter(None, [row.forum]))
    kind = ("event" if joint.is_event else "joint") if joint is not None else "forum"
    return Entry(
        date=row.date,
        start=row.start,
        end=row.end,
        title=row.title,
        kind=kind,
        forums=forums,
        state=str(row.state.value),
        pk=row.meeting_id,
        planned=row.pk,
        locked=row.locked,
        lead=forums[0].pk if forums else 0,
    )


def _themed(entry: Entry, themes: list[MonthTheme]) -> Entry:
    if not themes or entry.kind == "event":
        return entry
    layers = {forum.forum_type_id for forum in entry.forums}
    here = [row for row in themes if row.month == entry.date.replace(day=1)]
    own = next((row for row in here if row.layer_id in layers), None)
    found = own or next((row for row in here if row.layer_id is None), None)
    if found is None:
        return entry
    return Entry(
        entry.date, entry.start, entry.end, entry.title, entry.kind, entry.forums, entry.state,
        pk=entry.pk, planned=entry.planned, locked=entry.locked, theme=str(found), lead=entry.lead,
    )  # fmt: skip


def public_entries(plan: YearPlan) -> list[Entry]:
    """Return what everybody may see: published meetings of the plan, by forum. No title somebody typed, no person."""
    begins, ends = period_of(plan)
    rows = (
        Meeting.objects.filter(starts_at__gte=begins, starts_at__lt=ends, planned__plan=plan)
        .exclude(status=MeetingStatus.CANCELLED)
        .select_related("lead_forum", "planned__joint")
        .prefetch_related(FORUM_FACTS)
        .order_by("starts_at", "pk")
    )
    found = []
    for meeting in rows:
        entry = of_meeting(meeting)
        joint = meeting.planned.joint
        title = joint.name if joint is not None else meeting.lead_forum.name
        found.append(
            Entry(
                entry.date, entry.start, entry.end, title, entry.kind, entry.forums, entry.state, lead=entry.lead
            )
        )  # fmt: skip
    return found


def years_of(user: User) -> list[YearPlan]:
    """Return the years that have a plan, the newest first; whoever may look at the wheel may look at each."""
    return list(YearPlan.objects.all()) if policy.may_look(user) else []


def current_year(plans: list[YearPlan], day: date) -> YearPlan | None:
    """Return the year that a day lies in, else the next one, else the last one."""
    here = next((each for each in plans if each.starts_on <= day <= each.ends_on), None)
    coming = next((each for each in reversed(plans) if each.starts_on > day), None)
    return here or coming or (plans[0] if plans else None)


def my_forums(user: User) -> frozenset[int]:
    """Return the user's own forums, for the filter of the wheel."""
    return frozenset(own_forum_ids(user))


def public_year(day: date) -> YearPlan | None:
    """Return the year that is shown to everybody, if the municipality shows one."""
    plans = list(YearPlan.objects.filter(is_public=True))
    return current_year(plans, day) if Municipality.objects.exists() else None
