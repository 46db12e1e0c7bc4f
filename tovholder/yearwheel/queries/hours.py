"""Hours spent in meetings, by forum and by person, one year beside the year before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from tovholder.accounts.models import User
from tovholder.forums.models import Forum
from tovholder.meetings.models import Answer, Meeting, MeetingKind, MeetingStatus, Participation
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import YearPlan
from tovholder.yearwheel.queries.entries import period_of


@dataclass(frozen=True, slots=True)
class Line:
    """Minutes and meetings of one forum or person, this year and last year."""

    name: str
    minutes: int
    meetings: int
    minutes_before: int
    meetings_before: int

    @property
    def hours(self) -> str:
        return _hours(self.minutes)

    @property
    def hours_before(self) -> str:
        return _hours(self.minutes_before)

    @property
    def difference(self) -> str:
        minutes = self.minutes - self.minutes_before
        return f"{'+' if minutes > 0 else '−' if minutes < 0 else ''}{_hours(abs(minutes))}"


def _hours(minutes: int) -> str:
    """Half hours, as Danes write them."""
    whole = round(minutes / 30) / 2
    return f"{whole:.1f}".replace(".", ",").removesuffix(",0")


def _year_before(plan: YearPlan) -> YearPlan:
    """The same days a year earlier, whether or not there was a plan for them."""
    ends = plan.starts_on - timedelta(days=1)
    starts = date(plan.starts_on.year - 1, plan.starts_on.month, min(plan.starts_on.day, 28))
    return YearPlan(starts_on=starts, ends_on=ends)


def by_forum(user: User, plan: YearPlan) -> list[Line]:
    """Return the length of each forum's meetings, planned and held; a joint meeting counts in each of its forums."""
    policy.may_see_hours(user).require()
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for number, year in enumerate((plan, _year_before(plan))):
        for forum, meeting in _of_forums(year):
            found[forum][2 * number] += meeting.minutes_planned
            found[forum][2 * number + 1] += 1
    names = dict(Forum.objects.filter(pk__in=found).values_list("pk", "name"))
    lines = [Line(names[pk], *numbers) for pk, numbers in found.items()]
    return sorted(lines, key=lambda line: (-line.minutes, line.name))


def _of_forums(year: YearPlan) -> list[tuple[int, Meeting]]:
    begins, ends = period_of(year)
    rows = Meeting.objects.filter(starts_at__gte=begins, starts_at__lt=ends)
    rows = rows.exclude(status=MeetingStatus.CANCELLED).only("starts_at", "ends_at", "lead_forum", "kind")
    meetings = {meeting.pk: meeting for meeting in rows}
    pairs = Meeting.forums.through.objects.filter(
        meeting__starts_at__gte=begins, meeting__starts_at__lt=ends
    ).values_list("forum_id", "meeting_id")
    return [(forum, meetings[pk]) for forum, pk in pairs if pk in meetings]


def by_person(user: User, plan: YearPlan) -> list[Line]:
    """Return how long each person sits in meetings: attended where that was noted, else invited and not said no.

    A child's network meeting counts for nobody here: that somebody was at one is not for all who see the hours.
    """
    policy.may_see_hours(user).require()
    found: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for number, year in enumerate((plan, _year_before(plan))):
        begins, ends = period_of(year)
        rows = (
            Participation.objects.filter(
                Q(attended=True) | Q(attended__isnull=True),
                removed_at__isnull=True,
                waiting_list=False,
                meeting__starts_at__gte=begins,
                meeting__starts_at__lt=ends,
            )
            .exclude(meeting__status=MeetingStatus.CANCELLED)
            .exclude(meeting__kind=MeetingKind.NETWORK)
            .exclude(answer=Answer.NO, attended__isnull=True)
            .values_list("person_id", "person__name", "meeting__starts_at", "meeting__ends_at")
        )
        for person, name, starts, ends_at in rows:
            numbers = found[person, name]
            numbers[2 * number] += int((ends_at - starts).total_seconds() // 60)
            numbers[2 * number + 1] += 1
    lines = [Line(name, *numbers) for (_pk, name), numbers in found.items()]
    return sorted(lines, key=lambda line: (-line.minutes, line.name))
