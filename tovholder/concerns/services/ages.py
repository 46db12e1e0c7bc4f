"""The ages that ask for something (rules 20 and 42) are noted for the lists, and answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.audit.models import SYSTEM
from tovholder.audit.services import record, record_many
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy
from tovholder.concerns.models import ENDED, AgeReminder, Concern, ConcernChild
from tovholder.concerns.prompts import gets_party_rights, turns_adult

Code = AgeReminder.Code
_HOLDS: dict[str, Callable[[date, date], bool]] = {
    Code.PARTY_RIGHTS: gets_party_rights,
    Code.TURNS_ADULT: turns_adult,
}
_CHUNK = 500  # keys fetched together


def note_ages() -> int:
    """Open the birth date of every child of an open concern, note the ages that are close, and return how many are new.

    Run each day by the worker; nobody is shown a birth date. What holds no longer is forgotten.
    """
    today, new = timezone.localdate(), 0
    links = ConcernChild.objects.filter(
        concern__erased_at__isnull=True, child__erased_at__isnull=True, child__birth_date__isnull=False
    ).exclude(concern__status__in=ENDED)
    ids = list(links.order_by("pk").values_list("pk", flat=True))
    AgeReminder.objects.exclude(concern_child__in=links).delete()
    for start in range(0, len(ids), _CHUNK):
        new += _note(ids[start : start + _CHUNK], today)
    return new


@transaction.atomic
def _note(ids: Sequence[int], today: date) -> int:
    links = list(ConcernChild.objects.filter(pk__in=ids).select_related("child", "concern"))
    close = set(_close(links, today))
    known = {
        (each.concern_child_id, each.code): each for each in AgeReminder.objects.filter(concern_child__in=ids)
    }
    passed = [each.pk for pair, each in known.items() if pair not in close]
    AgeReminder.objects.filter(pk__in=passed).delete()
    by_id = {each.pk: each for each in links}
    fresh = sorted(close - known.keys())
    AgeReminder.objects.bulk_create(
        AgeReminder(concern_child_id=pk, code=code, noted_at=timezone.now()) for pk, code in fresh
    )
    lines = [
        ("concern.age_noted", by_id[pk].concern, {"child": by_id[pk].child_id, "code": code})
        for pk, code in fresh
    ]
    return record_many(by=SYSTEM, lines=lines)


def _close(links: Sequence[ConcernChild], today: date) -> Iterator[tuple[int, str]]:
    safe = Safe.of([each.child for each in links])
    for link in links:
        text = safe.read(link.child, "birth_date").text
        for code, holds in _HOLDS.items():
            if text and holds(date.fromisoformat(text), today):
                yield link.pk, str(code)


@transaction.atomic
def answer_age(*, by: User, concern: Concern, code: str) -> int:
    """Write that the case team has seen to it: the lists stop telling of it. Returns how many children. Raises Refused."""
    policy.may_work(by, concern).require()
    open_now = AgeReminder.objects.filter(concern_child__concern=concern, code=code, answered_at__isnull=True)
    count = open_now.update(answered_at=timezone.now(), answered_by=by.audit_key)
    if count:
        record(by=by, action="concern.age_answered", obj=concern, details={"code": code})
    return count
