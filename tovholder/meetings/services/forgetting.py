"""Names handed over at a case meeting that led to nothing are forgotten: there is no register of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from tovholder.concerns.lists import undecided_name
from tovholder.concerns.models import CaseTeamMember, Concern, ConcernStatus, Entry
from tovholder.concerns.services.forgetting import AT_ONCE, forget
from tovholder.concerns.standing import rules
from tovholder.meetings.models import CaseItem, Disclosure
from tovholder.plans.models import CaseAgreement


def forget_names() -> int:
    """Erase names handed over that led to nothing, and return how many.

    That is `non_case_days` after it was decided to do nothing, and as long after the meeting where nobody has decided or
    done anything. A concern that any meeting took up in another way is not one of them.
    """
    own, now = rules(), timezone.now()
    before = now - timedelta(days=own.non_case_days)
    # Not before a triager has been reminded to decide.
    unanswered = now - timedelta(days=max(own.non_case_days, own.decision_days))
    handed = CaseItem.objects.filter(is_handover=True).values("concern_id")
    taken_up = CaseItem.objects.filter(is_handover=False).values("concern_id")
    still = Concern.objects.filter(erased_at__isnull=True, pk__in=handed).exclude(pk__in=taken_up)
    ended = still.filter(
        Q(status=ConcernStatus.NO_ACTION, ended_at__lt=before) | Q(pk__in=_untouched(unanswered).values("pk"))
    )
    forgotten = list(ended.order_by("pk")[:AT_ONCE])
    for concern in forgotten:
        with transaction.atomic():
            # To whom the name was told would itself be a register.
            Disclosure.objects.filter(case_item__concern=concern).delete()
            forget(concern)
    return len(forgotten)


def _untouched(before: datetime) -> QuerySet[Concern]:
    """New concerns whose names nobody has decided on, worked on or written about, all their meetings over by then."""
    coming = CaseItem.objects.filter(is_handover=True, concern=OuterRef("pk")).annotate(
        over=Coalesce("meeting__held_at", "meeting__ends_at")
    )
    return Concern.objects.filter(
        ~Exists(coming.filter(over__gte=before)),
        ~Exists(Entry.objects.filter(concern=OuterRef("pk")).exclude(kind=Entry.Kind.RAISED)),
        ~Exists(CaseTeamMember.objects.filter(concern=OuterRef("pk"))),
        ~Exists(CaseAgreement.objects.filter(concern=OuterRef("pk"))),
        undecided_name(),
        status=ConcernStatus.NEW,
        handler__isnull=True,
    )
