"""Change what comes back each year on the same days: national points, and days without meetings. The set-up file owns the same rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import PlannedMeeting, YearMark
from tovholder.yearwheel.queries.closed import occurrences


@dataclass(frozen=True)
class Stand:
    """How a mark stands: its days "MM-DD", both included, and whether it is on the wheel at all."""

    name: str
    from_day: str
    until_day: str
    closed: bool
    there: bool = True

    @classmethod
    def of(cls, mark: YearMark) -> Stand:
        return cls(mark.name, mark.from_day, mark.until_day, mark.closed, mark.retired_at is None)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@transaction.atomic
def make(*, by: User, **values: Any) -> YearMark:
    """Put a new mark on every year's wheel."""
    policy.may_plan(by).require()
    last = YearMark.objects.aggregate(last=Max("position"))["last"] or 0
    mark = YearMark.objects.create(key=_free_key(values["name"]), position=last + 1, **values)
    record(by=by, action="year_mark.made", obj=mark)
    return mark


@transaction.atomic
def change(*, by: User, mark: YearMark, **values: Any) -> Stand:
    """Change a mark; returns how it stood before."""
    policy.may_plan(by).require()
    mark = YearMark.objects.select_for_update().get(pk=mark.pk)
    before = Stand.of(mark)
    _write(mark, Stand(**values, there=before.there))
    changed = sorted(name for name, value in values.items() if getattr(before, name) != value)
    record(by=by, action="year_mark.changed", obj=mark, details={"fields": changed})
    return before


@transaction.atomic
def take_off(*, by: User, mark: YearMark) -> Stand:
    """Take a mark off the wheel; returns how it stood before."""
    policy.may_plan(by).require()
    mark = YearMark.objects.select_for_update().get(pk=mark.pk)
    before = Stand.of(mark)
    _write(mark, Stand(**{**before.as_dict(), "there": False}))
    record(by=by, action="year_mark.taken_off", obj=mark)
    return before


@transaction.atomic
def undo(*, by: User, mark: YearMark, before: Stand, after: Stand) -> None:
    """Let a mark stand as before a change. Raises Refused when somebody has changed it since."""
    policy.may_plan(by).require()
    mark = YearMark.objects.select_for_update().get(pk=mark.pk)
    if Stand.of(mark) != after:
        no("mark_changed", _("Punktet er ændret siden. Ret det selv tilbage.")).require()
    _write(mark, before)
    record(by=by, action="year_mark.undone", obj=mark)


def _write(mark: YearMark, stand: Stand) -> None:
    mark.name, mark.closed = stand.name, stand.closed
    mark.from_day, mark.until_day = stand.from_day, stand.until_day
    mark.retired_at = None if stand.there else (mark.retired_at or timezone.now())
    mark.save()


def _free_key(name: str) -> str:
    plain = name.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    base = slugify(plain)[:70] or "punkt"
    taken = set(YearMark.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(key for n in range(len(taken) + 1) if (key := f"{base}-{n + 1}" if n else base) not in taken)


def in_the_way(mark: YearMark) -> int:
    """Return how many meetings still to come lie on days that a mark closes."""
    if not mark.closed or mark.retired_at is not None:
        return 0
    today = timezone.localdate()
    rows = PlannedMeeting.objects.filter(date__gte=today, dropped=False).values_list("date", flat=True)
    days = list(rows)
    if not days:
        return 0
    closed = occurrences(mark, min(days), max(days))
    return sum(any(first <= day <= last for first, last in closed) for day in days)
