"""Names handed over at a case meeting that led to nothing are forgotten: there is no register of them."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tovholder.concerns.models import Concern, ConcernStatus
from tovholder.concerns.services.forgetting import AT_ONCE, forget
from tovholder.concerns.standing import rules
from tovholder.meetings.models import CaseItem, Disclosure


def forget_names() -> int:
    """Erase the concerns of names handed over without action, `non_case_days` after that was decided; return how many.

    A concern that any meeting took up in another way is not one of them.
    """
    before = timezone.now() - timedelta(days=rules().non_case_days)
    handed = CaseItem.objects.filter(is_handover=True).values("concern_id")
    taken_up = CaseItem.objects.filter(is_handover=False).values("concern_id")
    ended = Concern.objects.filter(
        status=ConcernStatus.NO_ACTION, ended_at__lt=before, erased_at__isnull=True, pk__in=handed
    ).exclude(pk__in=taken_up)
    forgotten = list(ended.order_by("pk")[:AT_ONCE])
    for concern in forgotten:
        with transaction.atomic():
            # To whom the name was told would itself be a register.
            Disclosure.objects.filter(case_item__concern=concern).delete()
            forget(concern)
    return len(forgotten)
