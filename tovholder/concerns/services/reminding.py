"""What a concern reminds of now. Birth dates are opened to be compared, never to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import AbsenceReading, Concern, ConcernRules, ConcernStatus
from tovholder.concerns.prompts import Facts, Prompt, prompts_for
from tovholder.concerns.services.absences import newest_absences


def prompts_of(concern: Concern, children: Sequence[Any], rules: ConcernRules) -> list[Prompt]:
    """Return the prompts of a concern of `lists.page_of`; `children` come from `lists.children_of`."""
    safe = Safe.of([each.child for each in children]) if children else None
    born = [safe.read(each.child, "birth_date").text for each in children] if safe is not None else []
    today = timezone.localdate()
    waits = getattr(concern, "is_undecided_name", False) and concern.status in {
        ConcernStatus.NEW,
        ConcernStatus.CLARIFYING,
    }
    absences: tuple[int, ...] = ()
    if safe is not None and not concern.has_ended:
        notified_on = getattr(concern, "notified_on", None)
        absences = newest_absences([each.child for each in children], safe, notified_on)
    facts = Facts(
        today=today,
        birth_dates=tuple(date.fromisoformat(each) for each in born if each) if not concern.has_ended else (),
        other_parties=max((each.parties for each in children if not each.settled), default=0),
        many=rules.many_concerns,
        undecided_days=(today - timezone.localdate(concern.raised_at)).days if waits else None,
        decision_days=rules.decision_days,
        absences=absences,
        absence_warn_percent=rules.absence_warn_percent,
        absence_notify_percent=rules.absence_notify_percent,
    )
    return prompts_for(facts)


def absences_of(child: Any) -> list[tuple[date, int | None]]:
    """Return each quarter with the percent that was written, the newest first; None where it cannot be read."""
    rows = list(AbsenceReading.objects.filter(child=child).select_related("child"))
    safe = Safe.of(rows[:1])
    texts = [(each.quarter, safe.read(each, "percent").text) for each in rows]
    return [(quarter, int(text) if text.isdigit() else None) for quarter, text in texts]
