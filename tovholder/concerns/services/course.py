"""The course of a concern: its lines, and its status."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy
from tovholder.concerns.models import ENDED, Concern, ConcernStatus, Entry
from tovholder.forums.standing import person_of

# Ending says why; the reason is what the next one who raises a worry about the child needs to know.
_NEEDS_REASON = ENDED | {ConcernStatus.REOPENED}


def write_entry(
    *, by: User, concern: Concern, kind: str, text: str = "", child: Child | None = None, status: str = ""
) -> Entry:
    """Write a line in the course of the concern, in the caller's transaction. The caller has asked and logs."""
    person = person_of(by)
    entry = Entry(concern=concern, kind=kind, child=child, status=status, at=timezone.now(), by=by.audit_key)
    entry.by_name = person.name if person is not None else str(by)
    if text.strip():
        Safe.of([entry]).write(entry, text=text.strip())
    entry.save()
    return entry


@transaction.atomic
def set_status(
    *, by: User, concern: Concern, status: str, reason: str = "", version: int | None = None
) -> Concern:
    """Move a concern to another status. Raises Refused, ValidationError by field.

    `version` is what the reader saw: where somebody else has moved it since, nothing is written.
    """
    decision = policy.may_triage(by, concern) if status in _NEEDS_REASON else policy.may_work(by, concern)
    decision.require()
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    if version is not None and concern.version != version:
        raise ValidationError(
            _("En anden har ændret sagen imens. Se den nye status, og vælg igen."), code="conflict"
        )
    policy.may_become(concern, status).require()
    if status in _NEEDS_REASON and not reason.strip():
        raise ValidationError({"reason": [_("Skriv hvorfor.")]})
    now = timezone.now()
    concern.status, concern.status_at = status, now
    concern.ended_at = now if status in ENDED else None
    concern.version += 1
    fields = ["status", "status_at", "ended_at", "version"]
    if status in ENDED:
        fields += Safe.of([concern]).write(concern, outcome=reason.strip())
    concern.save(update_fields=fields)
    write_entry(by=by, concern=concern, kind=Entry.Kind.STATUS, status=status, text=reason)
    record(by=by, action="concern.status_set", obj=concern, details={"status": status})
    return concern
