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
from tovholder.concerns.services.notifying import last_quarters
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
    absences = _newest_absences(concern, children, safe) if safe is not None and not concern.has_ended else ()
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
        prompt, do=_("Der er mistanke om vold i familien: spørg først myndigheden, om skolen må skrive.")
    )


def _newest_absences(concern: Concern, children: Sequence[Any], safe: Safe) -> tuple[int, ...]:
    """Return the newest percent of each child of the last two quarters, unless somebody has notified since."""
    by_pk = {each.child.pk: each.child for each in children}
    known = last_quarters(timezone.localdate(), count=2)[-1]
    newest: dict[int, AbsenceReading] = {}
    for row in AbsenceReading.objects.filter(child__in=list(by_pk), quarter__gte=known).order_by("quarter"):
        row.child = by_pk[row.child_id]
        newest[row.child_id] = row
    notified = getattr(concern, "notified_on", None)
    texts = (
        safe.read(row, "percent").text
        for row in newest.values()
        if notified is None or notified < timezone.localdate(row.at)
    )
    return tuple(int(text) for text in texts if text.isdigit())


def absences_of(child: Any) -> list[tuple[date, int | None]]:
    """Return each quarter with the percent that was written, the newest first; None where it cannot be read."""
    rows = list(AbsenceReading.objects.filter(child=child).select_related("child"))
    safe = Safe.of(rows[:1])
    texts = [(each.quarter, safe.read(each, "percent").text) for each in rows]
    return [(quarter, int(text) if text.isdigit() else None) for quarter, text in texts]
