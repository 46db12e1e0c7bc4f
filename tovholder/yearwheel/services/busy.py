"""When people are busy: written by hand, by a weekly pattern, from a calendar file or from their own calendar."""

from __future__ import annotations

from datetime import date, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.accounts.models import User
from tovholder.audit.models import SYSTEM, Actor
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.yearwheel import policy
from tovholder.yearwheel.calendar_file import Busy, UnreadableCalendarError, busy_times
from tovholder.yearwheel.fetching import UnreachableError, fetch
from tovholder.yearwheel.models import BusyFeed, BusyTime, DayLimit

Source = BusyTime.Source
# A calendar is read from yesterday and so far ahead: this school year and the next.
AHEAD = timedelta(days=730)
READ_AGAIN = timedelta(hours=20)
AT_A_TIME = 20
WHY = {
    "too_large": gettext_lazy("Kalenderen fylder mere end 5 MB. Hent en kortere periode ud, og prøv igen."),
    "too_many": gettext_lazy(
        "Der er for mange aftaler i kalenderen. Hent en kortere periode ud, og prøv igen."
    ),
    "not_a_calendar": gettext_lazy(
        "Filen er ikke en kalender. Hent den ud som iCalendar (.ics), og prøv igen."
    ),
    "address": gettext_lazy("Adressen skal begynde med https:// eller webcal://."),
    "private": gettext_lazy(
        "Adressen fører ikke ud på internettet. Brug den adresse, kalenderen kan deles på."
    ),
    "unknown_host": gettext_lazy("Der er ingen på den adresse. Se efter, om den er skrevet rigtigt."),
    "refused": gettext_lazy(
        "Kalenderen ville ikke svare. Se efter, om den er delt, og om adressen er rigtig."
    ),
    "slow": gettext_lazy("Kalenderen svarede ikke inden for 12 sekunder. Prøv igen senere."),
    "redirects": gettext_lazy("Adressen sender videre for mange gange. Brug den adresse, den ender på."),
}


class CalendarFault(Exception):
    """A calendar could not be read; its text is a sentence for the field."""


@transaction.atomic
def add(
    *, by: User, person: Person, starts: time, ends: time, day: date | None = None, weekday: int | None = None
) -> BusyTime:
    """Note that a person is busy once, or every week on a weekday (1-7)."""
    policy.may_change_busy(by, person).require()
    row = BusyTime.objects.create(person=person, date=day, weekday=weekday, starts=starts, ends=ends)
    record(by=by, action="busy.added", obj=person)
    return row


@transaction.atomic
def remove(*, by: User, row: BusyTime) -> None:
    """Take a busy time away again."""
    policy.may_change_busy(by, row.person).require()
    record(by=by, action="busy.removed", obj=row.person)
    row.delete()


@transaction.atomic
def limit(*, by: User, person: Person, meetings: int | None) -> None:
    """Note how many meetings a day a person can have at most; None lets the number for all hold again."""
    policy.may_change_busy(by, person).require()
    if meetings is None:
        DayLimit.objects.filter(person=person).delete()
    else:
        DayLimit.objects.update_or_create(person=person, defaults={"meetings": meetings})
    record(by=by, action="busy.limited", obj=person, details={"own": meetings is not None})


def read_file(*, by: User, person: Person, content: bytes, today: date | None = None) -> int:
    """Let a calendar file take the place of the last one; returns how many times are busy. Raises CalendarFault."""
    policy.may_change_busy(by, person).require()
    return _replace(by, person, Source.FILE, _read(content, today))


def clear(*, by: User, person: Person, source: str) -> None:
    """Forget what came from a file or a calendar, and the address it came from."""
    (policy.may_read_feed if source == Source.FEED else policy.may_change_busy)(by, person).require()
    with transaction.atomic():
        BusyTime.objects.filter(person=person, source=source).delete()
        if source == Source.FEED:
            BusyFeed.objects.filter(person=person).delete()
        record(by=by, action="busy.cleared", obj=person, details={"source": source})


def follow(*, by: User, person: Person, url: str, today: date | None = None) -> int:
    """Read a person's own calendar from now on; returns how many times are busy. Raises CalendarFault, and then nothing changed."""
    policy.may_read_feed(by, person).require()
    found = _fetched(url, today)
    now = timezone.now()
    with transaction.atomic():
        BusyFeed.objects.update_or_create(
            person=person, defaults={"url": url, "fetched_at": now, "tried_at": now, "told": ""}
        )
        return _replace(by, person, Source.FEED, found)


def read_due() -> int:
    """Read the calendars that were not read for most of a day, a few at a time. The worker does it each minute."""
    now = timezone.now()
    due = BusyFeed.objects.filter(tried_at__lt=now - READ_AGAIN, person__left_on__isnull=True)
    for feed in due.select_related("person").order_by("tried_at")[:AT_A_TIME]:
        # Marked first: a calendar that kills the worker must not do so every minute.
        if not BusyFeed.objects.filter(pk=feed.pk, tried_at=feed.tried_at).update(tried_at=now):
            continue
        try:
            found = _fetched(feed.url, None)
        except CalendarFault as fault:
            BusyFeed.objects.filter(pk=feed.pk).update(told=str(fault))
            continue
        _replace(SYSTEM, feed.person, Source.FEED, found)
        BusyFeed.objects.filter(pk=feed.pk).update(told="", fetched_at=timezone.now())
        return 1  # one a minute: the worker has mail to send
    return 0


def _fetched(url: str, today: date | None) -> list[Busy]:
    try:
        content = fetch(url)
    except UnreachableError as error:
        raise CalendarFault(str(WHY[error.code])) from None
    return _read(content, today)


def _read(content: bytes, today: date | None) -> list[Busy]:
    today = today or timezone.localdate()
    try:
        return busy_times(content, today - timedelta(days=1), today + AHEAD)
    except UnreadableCalendarError as error:
        raise CalendarFault(str(WHY[error.code])) from None


@transaction.atomic
def _replace(by: Actor, person: Person, source: str, found: list[Busy]) -> int:
    BusyTime.objects.filter(person=person, source=source).delete()
    BusyTime.objects.bulk_create(
        [
            BusyTime(person=person, date=day, starts=starts, ends=ends, source=source)
            for day, starts, ends in found
        ],
        batch_size=500,
    )
    record(by=by, action="busy.read", obj=person, details={"source": source, "times": len(found)})
    return len(found)


def told(count: int) -> str:
    """Say how much was read."""
    return _("Kalenderen er læst: %(n)s tidspunkter er optaget. Hvad de handler om, er ikke gemt.") % {
        "n": count
    }
