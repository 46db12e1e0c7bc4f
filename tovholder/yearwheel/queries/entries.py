"""What stands on the wheel for a user: the meetings one may know of, and for who plans what is not published yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import (
    DateField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Prefetch,
    Value,
    prefetch_related_objects,
)
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.directory.models import Municipality
from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.forums.standing import current_memberships, own_forum_ids
from tovholder.meetings.models import Meeting, MeetingKind, MeetingStatus, Participation
from tovholder.meetings.standing import SEES_ALL_MEETINGS, at_the_table, open_events
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import MeetingState, MonthTheme, PlannedMeeting, YearPlan


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
    meetings = _meetings(user, plan, person)
    rows = _rows(plan, person) if policy.may_see_plan(user) else []
    lists = _ForumLists(meetings, rows)
    found = {each.pk: _of_meeting(each, lists.of_meeting(each)) for each in meetings}
    drafts = _laid_over(found, rows, lists, person)
    themes = themes_of(plan)
    return sorted(
        (
            _themed(each, themes)
            for each in [*found.values(), *drafts]
            if wanted is None or wanted & {forum.pk for forum in each.forums}
        ),
        key=lambda each: (each.date, each.start, each.title),
    )


def themes_of(plan: YearPlan) -> list[MonthTheme]:
    """Return the themes of the year's months; one read for a page, however often it is asked."""
    rows = MonthTheme.objects.select_related("theme", "topic", "layer")
    prefetch_related_objects([plan], Prefetch("themes", rows))
    return list(plan.themes.all())


class _ForumLists:
    """Which forums meet at what, with their districts: all of them in three reads, however many meetings there are."""

    def __init__(self, meetings: Iterable[Meeting], rows: Iterable[PlannedMeeting] = ()) -> None:
        forums = Forum.objects.select_related("forum_type").prefetch_related("districts")
        self.forums = {forum.pk: forum for forum in forums}
        together = [each.pk for each in meetings if each.kind != MeetingKind.ORDINARY]
        joints = {row.joint_id for row in rows if row.joint_id}
        of_meetings = Meeting.forums.through.objects.filter(meeting__in=together)
        of_joints = JointMeetingRule.forums.through.objects.filter(jointmeetingrule__in=joints)
        pairs = of_meetings.values_list(Value("m"), "meeting_id", "forum_id").union(
            of_joints.values_list(Value("j"), "jointmeetingrule_id", "forum_id"), all=True
        )
        self.lists: dict[tuple[str, int], list[Forum]] = {}
        for sort, pk, forum in pairs if together or joints else ():
            self.lists.setdefault((sort, pk), []).append(self.forums[forum])

    def of_meeting(self, meeting: Meeting) -> tuple[Forum, ...]:
        if meeting.kind == MeetingKind.ORDINARY:
            return (self.forums[meeting.lead_forum_id],)
        return self._sorted("m", meeting.pk)

    def of_row(self, row: PlannedMeeting) -> tuple[Forum, ...]:
        if row.forum_id is not None:
            return (self.forums[row.forum_id],)
        return self._sorted("j", row.joint_id or 0)

    def _sorted(self, sort: str, pk: int) -> tuple[Forum, ...]:
        return tuple(sorted(self.lists.get((sort, pk), []), key=lambda forum: (forum.position, forum.pk)))


def _meetings(user: User, plan: YearPlan, person: int | None) -> list[Meeting]:
    begins, ends = period_of(plan)
    # `objects` knows no network meeting, so that nothing needs to be asked of the concerns they are about.
    rows = Meeting.objects.filter(starts_at__gte=begins, starts_at__lt=ends)
    rows = rows.exclude(status=MeetingStatus.CANCELLED).select_related("lead_forum")
    if not user.has_role(*SEES_ALL_MEETINGS):
        rows = rows.filter(at_the_table(user) | open_events(user))
    if person is not None:
        there = Participation.objects.filter(meeting=OuterRef("pk"), person=person, removed_at__isnull=True)
        rows = rows.filter(Exists(there))
    return list(rows)


def _rows(plan: YearPlan, person: int | None) -> list[PlannedMeeting]:
    rows = plan.planned.select_related("joint", "meeting", "forum")
    if person is not None:
        on_the_day = ExpressionWrapper(OuterRef("date"), DateField())
        seats = current_memberships(on_the_day).filter(person=person)
        own = Exists(seats.filter(forum=OuterRef("forum")))
        rows = rows.filter(own | Exists(seats.filter(forum__joint_rules=OuterRef("joint"))))
    return list(rows)


def _of_meeting(meeting: Meeting, forums: tuple[Forum, ...]) -> Entry:
    """A meeting of the calendar as the wheel shows it."""
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    kind = {MeetingKind.JOINT: "joint", MeetingKind.EVENT: "event"}.get(MeetingKind(meeting.kind), "forum")
    held = meeting.status in (MeetingStatus.HELD, MeetingStatus.RUNNING)
    return Entry(
        date=starts.date(),
        start=starts.time(),
        end=ends.time(),
        title=str(meeting),
        kind=kind,
        forums=forums,
        state="held" if held else "planned",
        pk=meeting.pk,
    )


def _laid_over(
    found: dict[int, Entry], rows: list[PlannedMeeting], lists: _ForumLists, person: int | None
) -> list[Entry]:
    """Lay the plan over the calendar: say what may be changed, and return what is new, will move or goes."""
    drafts = []
    for row in rows:
        known = found.get(row.meeting_id) if row.meeting_id else None
        if row.state == MeetingState.PUBLISHED or (person is not None and person in row.absent):
            if row.meeting_id is not None and known is not None and known.state == "planned":
                found[row.meeting_id] = replace(known, planned=row.pk, locked=row.locked)
            continue
        if row.meeting_id is not None:
            found.pop(row.meeting_id, None)
        if row.meeting is None or row.meeting.status != MeetingStatus.CANCELLED:
            drafts.append(_of_row(row, lists.of_row(row)))
    return drafts


def _of_row(row: PlannedMeeting, forums: tuple[Forum, ...]) -> Entry:
    """A row of the plan as the wheel shows it."""
    joint = row.joint
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
    )


def _themed(entry: Entry, themes: list[MonthTheme]) -> Entry:
    if not themes or entry.kind == "event":
        return entry
    layers = {forum.forum_type_id for forum in entry.forums}
    here = [row for row in themes if row.month == entry.date.replace(day=1)]
    own = next((row for row in here if row.layer_id in layers), None)
    found = own or next((row for row in here if row.layer_id is None), None)
    return entry if found is None else replace(entry, theme=str(found))


def public_entries(plan: YearPlan) -> list[Entry]:
    """Return what everybody may see: published meetings of the plan, by forum. No title somebody typed, no person."""
    begins, ends = period_of(plan)
    rows = Meeting.objects.filter(starts_at__gte=begins, starts_at__lt=ends, planned__plan=plan)
    rows = rows.exclude(status=MeetingStatus.CANCELLED).select_related("lead_forum", "planned__joint")
    meetings = list(rows.order_by("starts_at", "pk"))
    lists = _ForumLists(meetings)
    found = []
    for meeting in meetings:
        joint = meeting.planned.joint
        title = joint.name if joint is not None else meeting.lead_forum.name
        found.append(replace(_of_meeting(meeting, lists.of_meeting(meeting)), title=title, pk=None))
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
