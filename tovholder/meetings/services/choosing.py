"""What the meeting chooses for each agreement it carries: done, continue, change, stop (rule 30)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from tovholder.access.decision import Decision, yes
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.meetings.models import AgendaItem, AgreementOrigin, CarriedAgreement, Meeting
from tovholder.meetings.services.carrying import record_choice
from tovholder.meetings.services.guarding import open_for_writing
from tovholder.plans import services as plans
from tovholder.plans.models import Agreement, AgreementStatus

Choice = CarriedAgreement.Choice
DECIDED_HERE: Decision = yes("decided_at_the_meeting")


@transaction.atomic
def choose_done(*, by: User, meeting: Meeting, agreement: Agreement) -> None:
    """The agreement is done."""
    fresh = _carried_by(by, meeting, agreement)
    plans.mark_done(by=by, agreement=agreement, allowed=DECIDED_HERE)
    record_choice(by=by, meeting=fresh, agreement=agreement, choice=Choice.DONE)


@transaction.atomic
def choose_continue(
    *, by: User, meeting: Meeting, agreement: Agreement, due_on: date | None = None, note: str = ""
) -> None:
    """The agreement goes on, perhaps until a new day."""
    fresh = _carried_by(by, meeting, agreement)
    plans.continue_agreement(by=by, agreement=agreement, due_on=due_on, note=note, allowed=DECIDED_HERE)
    record_choice(by=by, meeting=fresh, agreement=agreement, choice=Choice.CONTINUE)


@transaction.atomic
def choose_change(
    *,
    by: User,
    meeting: Meeting,
    agreement: Agreement,
    reason: str,
    what: str,
    responsible: Person | None,
    due_on: date | None,
) -> Agreement:
    """Another agreement takes its place; it belongs to this meeting's item of open agreements."""
    fresh = _carried_by(by, meeting, agreement)
    successor = plans.change(
        by=by,
        agreement=agreement,
        reason=reason,
        what=what,
        responsible=responsible,
        due_on=due_on,
        allowed=DECIDED_HERE,
    )
    record_choice(by=by, meeting=fresh, agreement=agreement, choice=Choice.CHANGE)
    AgreementOrigin.objects.create(
        agreement=successor, item=fresh.items.get(source=AgendaItem.Source.OPEN_AGREEMENTS)
    )
    return successor


@transaction.atomic
def choose_stop(*, by: User, meeting: Meeting, agreement: Agreement, reason: str) -> None:
    """The agreement is stopped, with the reason."""
    fresh = _carried_by(by, meeting, agreement)
    plans.stop(by=by, agreement=agreement, reason=reason, allowed=DECIDED_HERE)
    record_choice(by=by, meeting=fresh, agreement=agreement, choice=Choice.STOP)


@transaction.atomic
def undo_choice(*, by: User, meeting: Meeting, agreement: Agreement) -> None:
    """Take back "done" or "stopped"; a changed agreement is corrected through the one that took its place."""
    fresh = _carried_by(by, meeting, agreement)
    row = fresh.carried.get(agreement=agreement)
    if row.choice in {Choice.NONE, Choice.CHANGE}:
        return
    agreement.refresh_from_db()
    if row.choice != Choice.CONTINUE and agreement.status in {AgreementStatus.DONE, AgreementStatus.STOPPED}:
        plans.reopen(by=by, agreement=agreement, allowed=DECIDED_HERE)
    row.choice = Choice.NONE
    row.save(update_fields=["choice"])
    record(by=by, action="meeting.choice_undone", obj=fresh, details={"agreement": agreement.pk})


def _carried_by(by: User, meeting: Meeting, agreement: Agreement) -> Meeting:
    """Lock the meeting. Raises CarriedAgreement.DoesNotExist when the agreement was not on its agenda."""
    fresh, _minutes = open_for_writing(by=by, meeting=meeting)
    fresh.carried.get(agreement=agreement)
    return fresh
