"""Which days suit a meeting: public holidays, school holidays, the forum's own weekday and notice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

import holidays
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.directory.models import SchoolHoliday
from tovholder.forums.models import Forum
from tovholder.meetings.models import Meeting, MeetingStatus

START_WHEN_UNKNOWN = time(13, 0)


def warnings_by_day(
    days: Iterable[date], forums: Sequence[Forum] = (), exclude: Meeting | None = None
) -> dict[date, list[str]]:
    """Return for each day what speaks against meeting on it: sentences to confirm, never refusals."""
    wanted = sorted(set(days))
    if not wanted:
        return {}
    public = holidays.country_holidays("DK", years=range(wanted[0].year, wanted[-1].year + 1), language="da")
    school = list(
        SchoolHoliday.objects.filter(
            retired_at__isnull=True, starts_on__lte=wanted[-1], ends_on__gte=wanted[0]
        ).values_list("name", "starts_on", "ends_on")
    )
    taken = _taken(wanted, forums, exclude)
    today = timezone.localdate()
    found: dict[date, list[str]] = {}
    for day in wanted:
        lines = []
        if day in public:
            lines.append(_("Dagen er en helligdag: %(name)s.") % {"name": public[day]})
        lines += [
            _("Dagen ligger i en skoleferie: %(name)s.") % {"name": name}
            for name, starts_on, ends_on in school
            if starts_on <= day <= ends_on
        ]
        if day.isoweekday() > 5:
            lines.append(_("Dagen ligger i en weekend."))
        if day < today:
            lines.append(_("Dagen er allerede gået."))
        lines += [
            _("%(forum)s har allerede et møde den dag.") % {"forum": name} for name in taken.get(day, ())
        ]
        found[day] = lines
    return found


def _taken(days: Sequence[date], forums: Sequence[Forum], exclude: Meeting | None) -> dict[date, list[str]]:
    """Which of the forums meet already on which of the days."""
    if not forums:
        return {}
    zone = timezone.get_current_timezone()
    rows = Meeting.objects.filter(
        forums__in=list(forums),
        starts_at__gte=datetime.combine(days[0], time.min, tzinfo=zone),
        starts_at__lt=datetime.combine(days[-1] + timedelta(days=1), time.min, tzinfo=zone),
    ).exclude(status=MeetingStatus.CANCELLED)
    if exclude is not None:
        rows = rows.exclude(pk=exclude.pk)
    taken: dict[date, list[str]] = {}
    for starts_at, name in rows.values_list("starts_at", "forums__name").distinct():
        taken.setdefault(timezone.localtime(starts_at).date(), []).append(name)
    return taken


def notice_date(forum: Forum, day: date) -> date:
    """Return the last day on which an invitation to a meeting on `day` keeps the forum's notice (rule 31)."""
    return day - timedelta(days=forum.notice_days)


def next_date(forum: Forum) -> date:
    """Propose the day of the forum's next meeting: its weekday, its notice and its usual interval."""
    today = timezone.localdate()
    last = forum.meetings.exclude(status=MeetingStatus.CANCELLED).aggregate(last=Max("starts_at"))["last"]
    earliest = today + timedelta(days=forum.notice_days)
    if last is not None:
        earliest = max(earliest, timezone.localtime(last).date() + timedelta(days=_least_days_between(forum)))
    candidates = [earliest + timedelta(days=step) for step in range(70)]
    fits = [day for day in candidates if day.isoweekday() in weekdays_of(forum, day)]
    against = warnings_by_day(fits)
    return next((day for day in fits if not against[day]), fits[0] if fits else earliest)


def weekdays_of(forum: Forum, day: date) -> list[int]:
    """Return the ISO weekdays on which the forum meets in that month; Monday to Friday when it has no rule."""
    by_month = forum.weekdays_by_month or {}
    found = by_month.get(str(day.month)) or forum.weekdays or [1, 2, 3, 4, 5]
    return [int(each) for each in found]


def _least_days_between(forum: Forum) -> int:
    count = forum.cadence_count or 1
    if forum.cadence == Forum.Cadence.MONTHLY:
        return 25
    if forum.cadence == Forum.Cadence.EVERY_N_WEEKS:
        return 7 * count
    if forum.cadence == Forum.Cadence.TIMES_A_YEAR:
        return max(int(365 / count * 0.7), 1)
    return 1


def at(day: date, clock: time) -> datetime:
    """Return the aware time of a clock time on a day, in the municipality's zone."""
    return datetime.combine(day, clock, tzinfo=timezone.get_current_timezone())
