"""What a concern reminds of now. Birth dates are opened to be compared, never to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import AbsenceReading, Concern, ConcernRules, ConcernStatus
from tovholder.concerns.prompts import Facts, Prompt, prompts_for
from tovholder.concerns.services.absences import newest_absences
from tovholder.concerns.suspicion import is_by_family


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
    found = prompts_for(facts)
    return [_without_family(each) for each in found] if is_by_family(concern) else found


def _without_family(prompt: Prompt) -> Prompt:
    """Where somebody in the family is suspected, no letter goes home before the authority says so (rule 22)."""
    if prompt.code != "absence_warn":
        return prompt
    return replace(
        prompt,
        says=_("Det ulovlige fravær er så højt, at skolen ellers skulle skrive hjem om det."),
        do=_("Der er mistanke om vold i familien: spørg først myndigheden, om skolen må skrive."),
    )


def absences_of(child: Any) -> list[tuple[date, int | None]]:
    """Return each quarter with the percent that was written, the newest first; None where it cannot be read."""
    rows = list(AbsenceReading.objects.filter(child=child).select_related("child"))
    safe = Safe.of(rows[:1])
    texts = [(each.quarter, safe.read(each, "percent").text) for each in rows]
    return [(quarter, int(text) if text.isdigit() else None) for quarter, text in texts]
