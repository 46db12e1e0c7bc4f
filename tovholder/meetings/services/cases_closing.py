"""When a meeting's minutes are approved: cases freeze, their readers' days begin, advice goes back to the concern."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern
from tovholder.concerns.services.advice import give_advice
from tovholder.concerns.standing import rules
from tovholder.meetings.models import AgendaItem, CaseItem, CaseText, ConcernItem, Disclosure, Meeting
from tovholder.meetings.services.cases_anonymous import carry_links
from tovholder.meetings.services.cases_reading import FROZEN, MINUTES, agreements_of
from tovholder.meetings.services.cases_room import still_covered
from tovholder.meetings.services.letters import send_note
from tovholder.meetings.services.links import public_url


def at_approval(*, by: User, meeting: Meeting, now: datetime) -> None:
    """Do all of it, in the transaction of the approval. Who approves need not know that there is any case."""
    for item in CaseItem.objects.select_for_update().filter(meeting=meeting).select_related("concern"):
        item.meeting = meeting
        if item.status in {CaseItem.Status.OPENED, CaseItem.Status.DONE}:
            _close(by, item, now)
    carry_links(Q(meeting=meeting))
    for link in ConcernItem.objects.filter(item__meeting=meeting).select_related("item", "concern"):
        _advise(by, link.item, link.concern)


def _close(by: User, item: CaseItem, now: datetime) -> None:
    item.status, item.done_at = CaseItem.Status.DONE, item.done_at or now
    item.save(update_fields=["status", "done_at"])
    _freeze(by, item, now)
    details = {"readers": give_days(item, now)}
    record(by=by, action="case_item.approved", obj=item, ground=item.basis, details=details)


def give_days(item: CaseItem, now: datetime) -> int:
    """Let those whom the case was told to read it for the municipality's days; return how many still may."""
    ends = now + timedelta(days=rules().after_approval_days)
    rows = Disclosure.objects.filter(case_item=item, person__isnull=False)
    covered, gone = [], []
    for row in rows.select_related("person__organisation__kind"):
        # Asked anew: who is no longer covered, as by a consent withdrawn, reads nothing from here on.
        if row.person is not None and still_covered(item, row.person):
            covered.append(row.pk)
        else:
            gone.append(row.pk)
    Disclosure.objects.filter(pk__in=covered).update(reads_until=ends)
    Disclosure.objects.filter(pk__in=gone).update(reads_until=now)
    return len(covered)


def _freeze(by: User, item: CaseItem, now: datetime) -> None:
    texts = {each.key: each for each in item.texts.all()}
    for each in texts.values():
        each.case_item = item
    safe = Safe.of([item])
    minutes = texts.get(MINUTES)
    whole: dict[str, Any] = {
        "minutes": safe.read(minutes, "text").text if minutes is not None else "",
        "child_view": safe.read(item, "child_view").text,
        "no_child_view": safe.read(item, "no_child_view").text,
        "decision": str(item.get_decision_display()) if item.decision else "",
        "agreements": [
            {
                "words": each.words.text,
                "responsible": each.responsible,
                "due_on": each.due_on.isoformat() if each.due_on else "",
            }
            for each in agreements_of(item, safe)
        ],
    }
    row = texts.get(FROZEN) or CaseText(case_item=item, key=FROZEN)
    safe.write(row, text=json.dumps(whole))
    row.version, row.saved_at, row.saved_by = 1, now, by.name
    row.save()


def _advise(by: User, item: AgendaItem, concern: Concern) -> None:
    """Let the advice become a line of the concern's course; who raised it learns that it is concluded."""
    said = [item.text, *(each.text for each in item.outcomes.all())]
    text = "\n\n".join(each.strip() for each in said if each.strip())
    if item.is_deferred or not text:
        return
    give_advice(by=by, concern=concern, text=text)
    send_note(
        to=concern.raised_by,
        subject=_("%(case)s: der er givet råd") % {"case": concern},
        text=_("Din bekymring har været drøftet på et møde, og der er givet råd. Log ind for at se status."),
        url=public_url(reverse("insights:my_day")),
        about=f"concern:{concern.pk}",
    )
