"""The plan as the planner's file: rules, persons, busy times, what stands fast and what stood before. Ids, never names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast
from django.utils import timezone

from tovholder.accounts.queries import Joined
from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.forums.standing import current_memberships
from tovholder.meetings.models import Meeting, MeetingStatus
from tovholder.yearwheel.models import (
    AttendanceChoice,
    PlannedMeeting,
    PlanningRule,
    Rhythm,
    YearPlan,
)
from tovholder.yearwheel.planning.problem import minutes_of
from tovholder.yearwheel.queries import defaults
from tovholder.yearwheel.queries.busy_people import LAST_MINUTE, clock, other_meetings, persons_of
from tovholder.yearwheel.queries.closed import closed_days
from tovholder.yearwheel.queries.defaults import Wanted
from tovholder.yearwheel.queries.standing_fast import possible

Json = dict[str, Any]


@dataclass(frozen=True)
class Thing:
    """A forum, a joint meeting or an event that is planned: what it wants, and which forums meet."""

    row: Forum | JointMeetingRule
    wanted: Wanted
    forums: tuple[Forum, ...]

    @property
    def of(self) -> str:
        return f"{'f' if isinstance(self.row, Forum) else 'j'}{self.row.pk}"

    @property
    def is_event(self) -> bool:
        return isinstance(self.row, JointMeetingRule) and self.row.is_event

    @property
    def notice_days(self) -> int:
        return max((forum.notice_days for forum in self.forums), default=0)


def things(*, idle: bool = False) -> dict[str, Thing]:
    """Return all that is planned, by its id in the file: open forums with a rhythm (or `idle`), joint meetings, events."""
    rules = list(PlanningRule.objects.filter(retired_at__isnull=True))
    of_forum = {each.forum_id: each for each in rules if each.forum_id}
    of_joint = {each.joint_id: each for each in rules if each.joint_id}
    found: dict[str, Thing] = {}
    forums = list(
        Forum.objects.filter(closed_on__isnull=True, retired_at__isnull=True).order_by("position", "pk")
    )
    for forum in forums:
        wanted = defaults.of_forum(forum, of_forum.get(forum.pk))
        thing = Thing(forum, wanted, (forum,))
        if wanted.rhythm != Rhythm.NONE or idle:
            found[thing.of] = thing
    meets: Any = JointMeetingRule.forums.through.objects.filter(jointmeetingrule=OuterRef("pk")).order_by()
    meets = meets.values("jointmeetingrule").annotate(ids=Joined(Cast("forum_id", CharField())))
    joints: Any = JointMeetingRule.objects.filter(retired_at__isnull=True).annotate(
        meets=Subquery(meets.values("ids"))
    )
    for joint in joints.order_by("position", "pk"):
        wanted = defaults.of_joint(joint, of_joint.get(joint.pk))
        chosen = set((joint.meets or "").split(","))
        open_forums = tuple(each for each in forums if str(each.pk) in chosen)
        if wanted.rhythm != Rhythm.NONE and open_forums:
            thing = Thing(joint, wanted, open_forums)
            found[thing.of] = thing
    return found


def build(
    plan: YearPlan,
    *,
    today: date | None = None,
    known: dict[str, Thing] | None = None,
    moving: PlannedMeeting | None = None,
    rows: list[PlannedMeeting] | None = None,
    names: dict[int, str] | None = None,
) -> Json:
    """Return the input of the planner for a plan as it stands, with what is held or moved by hand standing fast.

    `moving` is a meeting that is tried at other places: it stands in nobody's way. `rows` are `rows_of`, where a page has
    read them; `names` is filled with the members' names, for who says in words what the file has by id.
    """
    today = today or timezone.localdate()
    known = things() if known is None else known
    forums = {forum.pk: forum for thing in known.values() for forum in thing.forums}
    members = members_of(forums.values(), max(today, plan.starts_on), names)
    data: Json = {
        "period": {"start": plan.starts_on.isoformat(), "end": plan.ends_on.isoformat()},
        "today": today.isoformat(),
        "closed": closed_days(plan.starts_on, plan.ends_on),
        "persons": [],
        "forums": [forum_row(forum, known.get(f"f{pk}"), members[pk]) for pk, forum in forums.items()],
        "joint": [],
        "events": [],
        "fixed": [],
        "previous": [],
        "travel_minutes": plan.travel_minutes,
        "max_parallel": plan.max_parallel,
        "seconds": plan.seconds,
    }
    for thing in known.values():
        if isinstance(thing.row, JointMeetingRule):
            if thing.is_event:
                data["events"] += event_rows(plan, thing)
            else:
                data["joint"].append(joint_row(thing))
    written = {each["id"] for part in ("forums", "joint", "events") for each in data[part]}
    told = _told(known, written)
    rows = rows_of(plan) if rows is None else rows
    fixed, data["previous"] = _standing(rows, told, known, today)
    data["fixed"] = possible(data, fixed, today)
    people = sorted({person for here in members.values() for person, _must in here})
    busy = other_meetings(plan, people, {row.meeting_id for row in rows if row.dropped or row.of in told})
    rest = _rest(plan, [row for row in rows if row != moving], data["fixed"], told, members)
    data["persons"] = persons_of(plan, people, [*busy, *rest, *_left_by_hand(rows, told, people, today)])
    return data


def rows_of(plan: YearPlan) -> list[PlannedMeeting]:
    """Return the meetings of the plan in order, with what a page says of them."""
    return list(plan.planned.select_related("meeting", "joint", "forum").order_by("date", "start", "pk"))


def _told(known: dict[str, Thing], written: set[str]) -> dict[str, Thing]:
    """Return what the file tells of, with forums that have no rhythm and are in it for those they meet with.

    An event without a day in the year is in no file.
    """
    idle = {
        f"f{forum.pk}": Thing(forum, defaults.of_forum(forum, None), (forum,))
        for thing in known.values()
        for forum in thing.forums
    }
    return {of: thing for of, thing in {**idle, **known}.items() if of in written}


def members_of(
    forums: Iterable[Forum], day: date, names: dict[int, str] | None = None
) -> dict[int, list[tuple[int, bool]]]:
    """Return, by forum, its members on a day and whether each must be there.

    Must: whose role convenes or chairs, whose role the forum's rule names, and who was chosen one by one. `names` is
    filled with what they are called.
    """
    found: dict[int, list[tuple[int, bool]]] = {}
    for row in _members(list(forums), day, found):
        must = row.usual if row.chosen is None else row.chosen
        found[row.forum_id].append((row.person_id, must))
        if names is not None:
            names[row.person_id] = row.person.name
    return found


def usual_musts(forum: Forum, day: date) -> dict[int, bool]:
    """Return, by member, whether the roles say that they must be there."""
    return {row.person_id: row.usual for row in _members([forum], day, {})}


def _members(forums: list[Forum], day: date, found: dict[int, list[tuple[int, bool]]]) -> Iterator[Any]:
    """Yield the seats: `usual` is what the roles say, `chosen` what was chosen for the one person, if anything."""
    found.update({forum.pk: [] for forum in forums})
    named = PlanningRule.must_roles.through.objects.filter(
        planningrule__forum=OuterRef("forum"), role=OuterRef("role")
    )
    chosen = AttendanceChoice.objects.filter(forum=OuterRef("forum"), person=OuterRef("person"))
    rows: Any = current_memberships(day).filter(forum__in=forums, is_guest=False)
    rows = rows.annotate(
        usual=Case(
            When(Q(role__convenes=True) | Q(role__chairs=True) | Exists(named), then=True), default=False
        ),
        chosen=Subquery(chosen.values("must")[:1]),
    )
    yield from rows.select_related("person").order_by("forum_id", "person_id")


def forum_row(forum: Forum, thing: Thing | None, members: list[tuple[int, bool]]) -> Json:
    wanted = thing.wanted if thing else defaults.of_forum(forum, None)
    return {
        "id": f"f{forum.pk}",
        "minutes": wanted.minutes,
        "members": [{"person": f"p{person}", "must": must} for person, must in members],
        # One that meets only with others is there for its members, and asks for nothing of its own.
        "rule": wanted.rule() if thing else {"months": []},
        "weekdays": wanted.weekdays,
        "weekdays_by_month": wanted.weekdays_by_month,
        "preferred_weekdays": wanted.preferred_weekdays,
        "starts": wanted.starts,
        "starts_by_month": wanted.starts_by_month,
        "preferred_starts": wanted.preferred_starts,
        "min_gap_days": wanted.min_gap_days,
        "notice_days": forum.notice_days,
    }


def joint_row(thing: Thing) -> Json:
    wanted = thing.wanted
    return {
        "id": thing.of,
        "forums": [f"f{forum.pk}" for forum in thing.forums],
        "count": wanted.count,
        "minutes": wanted.minutes,
        "weekdays": wanted.weekdays,
        "starts": wanted.starts,
        "preferred_weekdays": wanted.preferred_weekdays,
        "preferred_starts": wanted.preferred_starts,
        "replaces": wanted.replaces,
        "min_gap_days": wanted.min_gap_days,
    }


def event_rows(plan: YearPlan, thing: Thing) -> list[Json]:
    first = defaults.day_in(plan.starts_on, plan.ends_on, thing.wanted.window[0])
    last = defaults.day_in(plan.starts_on, plan.ends_on, thing.wanted.window[1])
    if first is None or last is None or last < first:
        return []
    return [
        {
            "id": thing.of,
            "forums": [f"f{forum.pk}" for forum in thing.forums],
            "window": {"start": first.isoformat(), "end": last.isoformat()},
            "minutes": thing.wanted.minutes,
            "weekdays": thing.wanted.weekdays,
            "starts": thing.wanted.starts,
        }
    ]


def _standing(
    rows: list[PlannedMeeting], told: dict[str, Thing], known: dict[str, Thing], today: date
) -> tuple[list[Json], list[Json]]:
    """Return what the planner must leave, and what it may move at a cost.

    Left: what is moved by hand, held, under way, or nearer than the notice, so that nobody is called anew too late;
    and what is in the calendar of a forum that is planned no more.
    """
    fixed, previous = [], []
    for row in rows:
        thing = told.get(row.of)
        if thing is None or row.dropped:
            continue
        if row.meeting is not None and row.meeting.status == MeetingStatus.CANCELLED:
            continue
        place: Json = {"of": row.of, "date": row.date.isoformat(), "start": row.start.strftime("%H:%M")}
        if row.of not in known:
            fixed += [place] if row.meeting is not None else []
        elif row.locked or stands_fast(row) or row.date < today + timedelta(days=thing.notice_days):
            fixed.append(place)
        elif row.which:
            previous.append({**place, "which": row.which})
    seen: set[tuple[str, int]] = set()
    once = []
    for each in previous:
        if (each["of"], each["which"]) not in seen:
            seen.add((each["of"], each["which"]))
            once.append(each)
    return fixed, once


def stands_fast(row: PlannedMeeting) -> bool:
    """Tell whether the meeting is under way or over, so that nobody can move it."""
    return row.meeting is not None and row.meeting.status in (MeetingStatus.RUNNING, MeetingStatus.HELD)


def _rest(
    plan: YearPlan,
    rows: list[PlannedMeeting],
    fixed: list[Json],
    told: dict[str, Thing],
    members: dict[int, list[tuple[int, bool]]],
) -> Iterable[tuple[int, Json]]:
    """Yield when members still sit in a fixed meeting that is longer than its rule: the file has the rule's length only."""
    there = {(each["of"], each["date"], each["start"]) for each in fixed}
    for row in rows:
        start, day = row.start.strftime("%H:%M"), row.date.isoformat()
        if row.dropped or (row.of, day, start) not in there:
            continue
        thing = told[row.of]
        known_until, until = minutes_of(start) + thing.wanted.minutes, minutes_of(row.end.strftime("%H:%M"))
        if until > known_until:
            # As after any meeting there is a way to the next one.
            free = min(until + plan.travel_minutes, 24 * 60)
            busy = {"date": day, "start": clock(known_until), "end": clock(free)}
            people = {person for forum in thing.forums for person, _must in members[forum.pk]}
            yield from ((person, busy) for person in sorted(people))


def _left_by_hand(
    rows: list[PlannedMeeting], told: dict[str, Thing], people: list[int], today: date
) -> Iterable[tuple[int, Json]]:
    """Yield when members sit in a meeting that was moved by hand, and whose forum has no rhythm any more: it stays."""
    left = [row for row in rows if row.locked and not row.dropped and row.meeting_id is None]
    left = [row for row in left if row.of not in told and row.forum and row.forum.closed_on is None]
    if not left:
        return
    members = members_of({row.forum.pk: row.forum for row in left if row.forum}.values(), today)
    for row in left:
        busy = {"date": row.date.isoformat(), "start": row.start.strftime("%H:%M")}
        busy["end"] = clock(minutes_of(busy["start"]) + row.minutes)
        for person, _must in members[row.forum_id or 0]:
            if person in people:
                yield person, busy


def as_meetings(rows: Iterable[PlannedMeeting]) -> list[Json]:
    """Return rows of the plan as the planner's answer has its meetings."""
    return [
        {
            "of": row.of,
            "which": row.which,
            "kind": _kind(row),
            "date": row.date.isoformat(),
            "start": row.start.strftime("%H:%M"),
            "end": row.end.strftime("%H:%M"),
            "absent": [f"p{pk}" for pk in row.absent],
        }
        for row in rows
        if not row.dropped
    ]


def _kind(row: PlannedMeeting) -> str:
    if row.joint is None:
        return "forum"
    return "event" if row.joint.is_event else "joint"


def local_place(meeting: Meeting) -> tuple[date, time, time]:
    """Return the day and the clock times of a meeting, where the municipality lives."""
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    end = ends.time() if ends.date() == starts.date() and ends.time() > starts.time() else LAST_MINUTE
    return starts.date(), starts.time().replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
