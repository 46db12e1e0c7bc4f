"""That absence asks for something (rule 23) is marked for *Min dag*: no number, no child, no quarter in clear.

The numbers are opened to be compared with the municipality's limits, never to be shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.audit.models import SYSTEM, Actor
from tovholder.audit.services import record
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy
from tovholder.concerns.models import ENDED, AbsenceReading, AbsenceReminder, Concern
from tovholder.concerns.prompts import Facts, prompts_for
from tovholder.concerns.quarters import last_quarters
from tovholder.concerns.queries import living_children
from tovholder.concerns.standing import rules

CODES = ("absence_warn", "absence_notify")


def newest_absences(children: Iterable[Child], safe: Safe, notified_on: date | None) -> tuple[int, ...]:
    """Return the newest percent of each child of the last two quarters, unless somebody has notified since."""
    by_pk = {each.pk: each for each in children}
    newest: dict[int, AbsenceReading] = {}
    for row in AbsenceReading.objects.filter(child__in=list(by_pk), quarter__gte=_since()).order_by(
        "quarter"
    ):
        row.child = by_pk[row.child_id]
        newest[row.child_id] = row
    texts = (
        safe.read(row, "percent").text
        for row in newest.values()
        if notified_on is None or notified_on < timezone.localdate(row.at)
    )
    return tuple(int(text) for text in texts if text.isdigit())


def _since() -> date:
    return last_quarters(timezone.localdate(), count=2)[-1]


def look_again(*, by: Actor, concern: Concern, anew: bool = False) -> bool:
    """Mark the concern where its page reminds of absence, and take the mark off where it does not; return whether it does.

    In the caller's transaction, which has asked. `anew`: something new was written, so that an answer to what stood before
    is none to this.
    """
    row = AbsenceReminder.objects.filter(concern=concern).first()
    if not _asks(concern):
        if row is not None:
            row.delete()
        return False
    if row is None or (anew and row.answered_at is not None):
        fresh = {"noted_at": timezone.now(), "answered_at": None, "answered_by": ""}
        AbsenceReminder.objects.update_or_create(concern=concern, defaults=fresh)
        record(by=by, action="concern.absence_marked", obj=concern)
    return True


def _asks(concern: Concern) -> bool:
    """Whether the page of the concern says one of the two reminders now."""
    children = [each.child for each in living_children(concern)]
    if not children or concern.has_ended:
        return False
    notified_on = concern.notifications.order_by("-sent_on", "-pk").values_list("sent_on", flat=True).first()
    own = rules()
    facts = Facts(
        today=timezone.localdate(),
        absences=newest_absences(children, Safe.of(children), notified_on),
        absence_warn_percent=own.absence_warn_percent,
        absence_notify_percent=own.absence_notify_percent,
    )
    return any(each.code in CODES for each in prompts_for(facts))


def note_absences() -> int:
    """Look again at every open concern whose children have absence of late, and return how many are marked.

    Run each day by the worker: quarters pass, children are laid on other cases, limits are set anew.
    """
    read = AbsenceReading.objects.filter(quarter__gte=_since()).values("child")
    found = Concern.objects.filter(concern_children__child__in=read, erased_at__isnull=True)
    ids = list(found.exclude(status__in=ENDED).order_by("pk").values_list("pk", flat=True).distinct())
    AbsenceReminder.objects.exclude(concern__in=ids).delete()
    return sum(_look(pk) for pk in ids)


@transaction.atomic
def _look(pk: int) -> bool:
    return look_again(by=SYSTEM, concern=Concern.objects.select_for_update().get(pk=pk))


@transaction.atomic
def answer_absence(*, by: User, concern: Concern) -> None:
    """Write that the case team has seen to it: *Min dag* stops telling of it until something new is written. Raises Refused."""
    policy.may_work(by, concern).require()
    open_now = AbsenceReminder.objects.filter(concern=concern, answered_at__isnull=True)
    if open_now.update(answered_at=timezone.now(), answered_by=by.audit_key):
        record(by=by, action="concern.absence_answered", obj=concern)
