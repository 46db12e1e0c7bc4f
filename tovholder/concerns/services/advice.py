"""A meeting's way with an anonymous concern: it goes on an agenda, and the advice comes back.

Whether the person may do it is decided where the meeting is known: who approves minutes need not read the concern.
"""

from __future__ import annotations

from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.concerns.models import TRANSITIONS, Concern, ConcernStatus, Entry
from tovholder.concerns.services.course import write_entry

# What advice moves on; a network meeting or a plan is further than that.
_WAITS = frozenset(
    {ConcernStatus.NEW, ConcernStatus.REOPENED, ConcernStatus.CLARIFYING, ConcernStatus.ON_AGENDA}
)


def put_on_agenda(*, by: User, concern: Concern) -> Concern:
    """Write that the concern stands on an agenda, in the caller's transaction. The caller has asked."""
    return _move(by, concern, ConcernStatus.ON_AGENDA)


def give_advice(*, by: User, concern: Concern, text: str) -> Concern:
    """Write the advice of a meeting as a line of the course, in the caller's transaction. The caller has asked."""
    write_entry(by=by, concern=concern, kind=Entry.Kind.ADVICE, text=text)
    record(by=by, action="concern.advised", obj=concern)
    return _move(by, concern, ConcernStatus.ADVISED) if concern.status in _WAITS else concern


def _move(by: User, concern: Concern, status: str) -> Concern:
    """Set the status where the course allows it; one that has ended or is further on stays as it is."""
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    if status not in TRANSITIONS[concern.status]:
        return concern
    concern.status, concern.status_at = ConcernStatus(status), timezone.now()
    concern.version += 1
    concern.save(update_fields=["status", "status_at", "version"])
    write_entry(by=by, concern=concern, kind=Entry.Kind.STATUS, status=status)
    record(by=by, action="concern.status_set", obj=concern, details={"status": status})
    return concern
