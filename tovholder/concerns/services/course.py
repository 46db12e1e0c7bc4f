"""The course of a concern: its lines, and its status."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy
from tovholder.concerns.models import ENDED, Concern, ConcernStatus, Entry
from tovholder.forums.standing import person_of
from tovholder.outbox.services import queue_mail

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
    if status in ENDED:
        _tell_who_raised_it(by, concern)
    return concern


def _tell_who_raised_it(by: User, concern: Concern) -> None:
    """Mail who raised it that it is concluded: the code and a link, nothing of what it is about."""
    person = concern.raised_by
    if not person.email or person.left_on is not None or person.user_id == by.pk:
        return
    link = f"{settings.PUBLIC_URL}{reverse('concerns:concern', args=[concern.code])}"
    queue_mail(
        to=person.email,
        subject=_("%(case)s er afsluttet") % {"case": concern},
        body=_(
            "Hej\n\nEn bekymring, du har rejst i Tovholder, er nu afsluttet. Tak, fordi du sagde det.\n\n%(link)s"
        )
        % {"link": link},
        about=f"concern-{concern.pk}",
    )


@transaction.atomic
def write_note(*, by: User, concern: Concern, text: str, kind: str = Entry.Kind.NOTE) -> Entry:
    """Write a note, or that somebody was talked with. Raises Refused, ValidationError by field."""
    policy.may_work(by, concern).require()
    if kind not in {Entry.Kind.NOTE, Entry.Kind.CONTACT}:
        raise ValidationError({"kind": [_("Vælg, om det er et notat eller en samtale.")]})
    if not text.strip():
        raise ValidationError({"text": [_("Skriv noget.")]})
    entry = write_entry(by=by, concern=concern, kind=kind, text=text)
    record(by=by, action="concern.note_written", obj=concern, details={"kind": kind})
    return entry


@transaction.atomic
def give_advice(*, by: User, concern: Concern, text: str) -> Concern:
    """Give advice on the concern, which becomes *advised* where it may. Raises Refused, ValidationError by field."""
    policy.may_work(by, concern).require()
    if not text.strip():
        raise ValidationError({"text": [_("Skriv rådet.")]})
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    if concern.has_ended:
        policy.may_become(concern, ConcernStatus.ADVISED).require()
    write_entry(by=by, concern=concern, kind=Entry.Kind.ADVICE, text=text)
    if policy.may_become(concern, ConcernStatus.ADVISED):
        concern.status, concern.status_at = ConcernStatus.ADVISED, timezone.now()
        concern.version += 1
        concern.save(update_fields=["status", "status_at", "version"])
    record(by=by, action="concern.advice_given", obj=concern)
    return concern


@transaction.atomic
def take_on(*, by: User, concern: Concern) -> Concern:
    """Become the one who sees to the concern, which is then clarified if nobody had begun. Raises Refused."""
    policy.may_work(by, concern).require()
    person = person_of(by)
    assert person is not None  # noqa: S101 - who works on it is a person
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    if concern.has_ended:
        policy.may_become(concern, ConcernStatus.CLARIFYING).require()
    concern.handler, fields = person, ["handler"]
    details: dict[str, str] = {}
    if concern.status in {ConcernStatus.NEW, ConcernStatus.REOPENED}:
        concern.status, concern.status_at = ConcernStatus.CLARIFYING, timezone.now()
        concern.version += 1
        fields += ["status", "status_at", "version"]
        details["status"] = str(concern.status)
        write_entry(by=by, concern=concern, kind=Entry.Kind.STATUS, status=concern.status)
    concern.save(update_fields=fields)
    record(by=by, action="concern.taken_on", obj=concern, details=details)
    return concern
