"""Answers to an invitation, and substitutes. Whoever answers may be logged in or have come by a signed link."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.forums.standing import person_of
from tovholder.meetings.models import Answer, Meeting, MeetingKind, MeetingStatus, Participation
from tovholder.meetings.policy import may_convene
from tovholder.meetings.services import events, invitations, letters
from tovholder.meetings.services.links import public_url

Part = Participation.Part


def may_answer(by: User | Person, participation: Participation) -> Decision:
    """May answer: the invited person; and the convener, for one who has answered in another way."""
    meeting = participation.meeting
    if participation.removed_at is not None:
        return no("not_invited", _("Du er ikke længere inviteret til mødet."))
    if meeting.status == MeetingStatus.CANCELLED:
        return no("meeting_cancelled", _("Mødet er aflyst."))
    if meeting.status != MeetingStatus.PLANNED or meeting.ends_at < timezone.now():
        return no("meeting_over", _("Mødet er begyndt eller slut, så der kan ikke svares længere."))
    person = by if isinstance(by, Person) else person_of(by)
    if person is not None and person.pk == participation.person_id:
        return yes("invited")
    if isinstance(by, User):
        return may_convene(by, meeting)
    return no("not_invited", _("Du er ikke inviteret til mødet."))


@transaction.atomic
def answer(
    *,
    by: User | Person,
    participation: Participation,
    answer: str,
    note: str = "",
    at: datetime | None = None,
    way: str = "",
) -> Participation:
    """Set yes, no or maybe, given `at` (now when left out). At an event a no gives the place to the next in line.

    `way` is written in the log when the answer did not come by a page. Raises Refused.
    """
    meeting = Meeting.every.select_for_update().get(pk=participation.meeting_id)
    row = Participation.objects.select_for_update().get(pk=participation.pk)
    row.meeting = meeting
    may_answer(by, row).require()
    value = Answer(answer)
    if value == Answer.NONE:
        raise ValueError(answer)
    row.answer, row.answer_note, row.answered_at = value, note, at or timezone.now()
    if meeting.kind == MeetingKind.EVENT:
        row.waiting_list = value == Answer.YES and events.is_full(meeting, besides=row)
    row.save(update_fields=["answer", "answer_note", "answered_at", "waiting_list"])
    details = {"person": row.person_id, "answer": str(value)} | ({"way": way} if way else {})
    record(by=by, action="meeting.answered", obj=meeting, details=details)
    if meeting.kind == MeetingKind.EVENT and value != Answer.YES:
        events.fill_places(meeting)
    return row


@transaction.atomic
def name_substitute(
    *,
    by: User | Person,
    participation: Participation,
    person: Person | None = None,
    name: str = "",
    email: str = "",
) -> Participation:
    """Name one who comes instead; the convener confirms before the substitute is invited."""
    meeting = Meeting.every.select_for_update().select_related("lead_forum").get(pk=participation.meeting_id)
    row = Participation.objects.get(pk=participation.pk)
    row.meeting = meeting
    may_answer(by, row).require()
    if meeting.kind == MeetingKind.NETWORK:
        # The family is told beforehand of everybody who comes.
        no("no_substitutes", _("Tal med den, der har indkaldt, om hvem der kommer i stedet.")).require()
    substitute = person or invitations.new_person(by=by, name=name, email=email)
    taken = meeting.participations.filter(person=substitute, removed_at__isnull=True).first()
    if taken is not None:
        no("already_there", _("Stedfortræderen er allerede med til mødet.")).require()
    for earlier in meeting.participations.filter(substitute_for=row):
        _let_go(earlier)
    instead = meeting.participations.filter(person=substitute).first() or Participation(
        meeting=meeting, person=substitute
    )
    instead.part, instead.substitute_for, instead.substitute_confirmed = Part.SUBSTITUTE, row, None
    instead.removed_at, instead.answer, instead.answered_at = None, Answer.NONE, None
    instead.only_item = row.only_item
    instead.save()
    if row.answer != Answer.NO:
        row.answer, row.answered_at = Answer.NO, timezone.now()
        row.save(update_fields=["answer", "answered_at"])
    record(
        by=by,
        action="meeting.substitute_named",
        obj=meeting,
        details={"for": row.person_id, "person": substitute.pk},
    )
    return instead


def _let_go(row: Participation) -> None:
    """A substitute who is not to come: taken off, and told when already invited."""
    if row.removed_at is None:
        invitations.take_off(row)
    Participation.objects.filter(pk=row.pk).update(substitute_for=None, substitute_confirmed=False)


@transaction.atomic
def confirm_substitute(*, by: User, participation: Participation) -> Participation:
    """Say yes to a substitute, who is then invited."""
    meeting, row = _waiting_substitute(by, participation)
    invitations.require_still_ahead(meeting)
    row.substitute_confirmed = True
    row.save(update_fields=["substitute_confirmed"])
    record(by=by, action="meeting.substitute_confirmed", obj=meeting, details={"person": row.person_id})
    invitations.invite_one(meeting=meeting, participation=row, by=by)
    return row


@transaction.atomic
def decline_substitute(*, by: User, participation: Participation) -> None:
    """Say no to a substitute; the one who asked gets a mail with a link and no content."""
    meeting, row = _waiting_substitute(by, participation)
    asked = row.substitute_for
    _let_go(row)
    record(by=by, action="meeting.substitute_declined", obj=meeting, details={"person": row.person_id})
    if asked is not None:
        letters.send_note(
            to=asked.person,
            subject=letters.subject_line(meeting, _("Svar om stedfortræder")),
            text=_("Tovholderen har svaret på din stedfortræder. Se mødet her:"),
            url=public_url(reverse("meetings:before", args=[meeting.pk])),
            about=letters.about(meeting),
        )


def _waiting_substitute(by: User, participation: Participation) -> tuple[Meeting, Participation]:
    meeting = Meeting.every.select_for_update().select_related("lead_forum").get(pk=participation.meeting_id)
    may_convene(by, meeting).require()
    row = Participation.objects.select_related("person").get(pk=participation.pk)
    row.meeting = meeting
    if row.part != Part.SUBSTITUTE or row.substitute_confirmed is not None or row.removed_at is not None:
        no("substitute_answered", _("Der er allerede svaret på stedfortræderen.")).require()
    return meeting, row
