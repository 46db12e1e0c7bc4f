"""That somebody has notified the authority is written down. Tovholder sends nothing, and never says the duty is done."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy
from tovholder.concerns.models import ENDED, AbsenceReading, Concern, Notification
from tovholder.concerns.quarters import quarter_of
from tovholder.concerns.services.absences import look_again
from tovholder.forums.standing import person_of


@transaction.atomic
def note_notification(*, by: User, concern: Concern, sent_on: date, note: str = "") -> Notification:
    """Write that the user has notified the authority. Raises Refused, ValidationError by field."""
    policy.may_note_notification(by, concern).require()
    if sent_on > timezone.localdate():
        raise ValidationError({"sent_on": [_("Datoen ligger i fremtiden.")]})
    person = person_of(by)
    assert person is not None  # noqa: S101 - who knows of a concern is a person
    notification = Notification(concern=concern, sent_by=person, sent_on=sent_on)
    Safe.of([concern]).write(notification, note=note.strip())
    notification.save()
    record(by=by, action="concern.notified", obj=concern, details={"notification": notification.pk})
    look_again(by=by, concern=concern)
    return notification


@transaction.atomic
def note_receipt(*, by: User, notification: Notification, receipt_on: date) -> Notification:
    """Write when the authority's receipt came. Raises Refused, ValidationError by field."""
    policy.may_note_receipt(by, notification).require()
    if receipt_on > timezone.localdate():
        raise ValidationError({"receipt_on": [_("Datoen ligger i fremtiden.")]})
    if receipt_on < notification.sent_on:
        raise ValidationError({"receipt_on": [_("Kvitteringen kan ikke komme før underretningen.")]})
    notification.receipt_on = receipt_on
    notification.save(update_fields=["receipt_on"])
    record(
        by=by,
        action="concern.receipt_noted",
        obj=notification.concern,
        details={"notification": notification.pk},
    )
    return notification


@transaction.atomic
def note_absence(*, by: User, concern: Concern, child: Child, day: date, percent: int) -> AbsenceReading:
    """Write a child's unlawful absence in the quarter of the day; once more corrects it (rule 23).

    Who works on the child's open cases is reminded on *Min dag* where it asks for something. Raises Refused, ValidationError by field.
    """
    policy.may_work(by, concern).require()
    faults: dict[str, str] = {}
    if not 0 <= percent <= 100:
        faults["percent"] = _("Skriv et tal mellem 0 og 100.")
    if day > timezone.localdate():
        faults["quarter"] = _("Kvartalet er ikke begyndt endnu.")
    if not concern.concern_children.filter(child=child).exists():
        faults["percent"] = _("Barnet hører ikke til sagen.")
    if faults:
        raise ValidationError({field: [text] for field, text in faults.items()})
    quarter = quarter_of(day)
    reading = AbsenceReading.objects.filter(child=child, quarter=quarter).first() or AbsenceReading(
        child=child, quarter=quarter
    )
    Safe.of([child]).write(reading, percent=str(percent))
    reading.by, reading.at = by.audit_key, timezone.now()
    reading.save()
    record(by=by, action="concern.absence_noted", obj=concern, details={"child": child.pk})
    about = Concern.objects.filter(concern_children__child=child, erased_at__isnull=True)
    for each in about.exclude(status__in=ENDED).order_by("pk"):
        look_again(by=by, concern=each, anew=True)
    return reading
