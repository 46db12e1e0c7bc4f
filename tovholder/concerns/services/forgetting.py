"""What the worker forgets by itself: concerns whose time is up. Names that led to nothing: `meetings` knows them."""

from __future__ import annotations

from django.utils import timezone

from tovholder.access.decision import yes
from tovholder.access.levels import Level
from tovholder.access.sharing.consents import months_before
from tovholder.audit.models import SYSTEM
from tovholder.citizens.models import Child
from tovholder.citizens.services import children as records
from tovholder.concerns.models import Concern, ConcernChild
from tovholder.concerns.services.erasing import erase_concern
from tovholder.concerns.standing import rules

AT_ONCE = 200  # a day's worth, so that the worker's turn stays short; the rest goes tomorrow


def forget_old() -> int:
    """Erase anonymous concerns whose months are up, and return how many."""
    return sum(forget(concern) for concern in old_anonymous())


def old_anonymous() -> list[Concern]:
    """Anonymous concerns in which nothing has happened for `anonymous_months`."""
    day = months_before(timezone.localdate(), rules().anonymous_months)
    still = Concern.objects.filter(level=Level.ANONYMOUS, erased_at__isnull=True)
    old = still.filter(raised_at__date__lt=day, status_at__date__lt=day)
    return list(old.order_by("pk")[:AT_ONCE])


def forget(concern: Concern) -> int:
    """Erase the concern, and its children where no other concern is about them: no register of what led to nothing."""
    decision = yes("retention")
    children = list(Child.objects.filter(concern_links__concern=concern, erased_at__isnull=True))
    ConcernChild.objects.filter(concern=concern).delete()
    erase_concern(by=SYSTEM, concern=concern, decision=decision)
    for child in children:
        if not child.concerns.filter(erased_at__isnull=True).exists():
            records.erase_child(by=SYSTEM, decision=decision, child=child)
    return 1
