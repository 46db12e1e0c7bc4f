"""Events (a prevention day): sign-up, places, waiting list, and conclusions that become themes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.forums.models import ItemKind
from tovholder.forums.standing import person_of
from tovholder.meetings.models import (
    Answer,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Participation,
    Topic,
    TopicStatus,
)
from tovholder.meetings.policy import may_convene
from tovholder.meetings.services import invitations, letters
from tovholder.meetings.services.links import meeting_url

Part = Participation.Part


def is_full(meeting: Meeting, besides: Participation | None = None) -> bool:
    """Tell whether every place is taken, not counting the one of `besides`."""
    if meeting.capacity is None:
        return False
    rows = meeting.participations.filter(answer=Answer.YES, removed_at__isnull=True, waiting_list=False)
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    return rows.count() >= meeting.capacity


def may_sign_up(meeting: Meeting) -> Decision:
    """The state question; who may see an event may sign up for it."""
    if meeting.kind != MeetingKind.EVENT:
        return no("not_event", _("Man kan kun tilmelde sig arrangementer."))
    if meeting.status == MeetingStatus.CANCELLED:
        return no("meeting_cancelled", _("Arrangementet er aflyst."))
    if meeting.status != MeetingStatus.PLANNED or meeting.starts_at < timezone.now():
        return no("meeting_over", _("Arrangementet er begyndt eller slut."))
    if meeting.signup_until is not None and timezone.localdate() > meeting.signup_until:
        return no("signup_over", _("Fristen for tilmelding er gået."))
    return yes("open")


@transaction.atomic
def sign_up(*, by: User, meeting: Meeting) -> Participation:
    """Sign the user's person up, on the waiting list when every place is taken."""
    meeting = Meeting.every.select_for_update().select_related("lead_forum").get(pk=meeting.pk)
    may_sign_up(meeting).require()
    person = person_of(by)
    if person is None:
        no("no_person", _("Dit login er ikke knyttet til en person, så du kan ikke tilmelde dig.")).require()
        raise AssertionError
    row = meeting.participations.filter(person=person).first()
    if row is None or row.removed_at is not None:
        row = row or Participation(meeting=meeting, person=person, part=Part.SIGNED_UP)
        row.removed_at = None
    row.waiting_list = is_full(meeting, besides=row if row.pk else None)
    row.answer, row.answered_at = Answer.YES, timezone.now()
    row.save()
    record(
        by=by,
        action="meeting.signed_up",
        obj=meeting,
        details={"person": person.pk, "waiting": row.waiting_list},
    )
    if not row.waiting_list:
        invitations.invite_one(meeting=meeting, participation=row)
    return row


@transaction.atomic
def cancel_sign_up(*, by: User | Person, participation: Participation) -> None:
    """Take a sign-up back; the first on the waiting list gets the place. Can be undone by signing up again."""
    meeting = Meeting.every.select_for_update().select_related("lead_forum").get(pk=participation.meeting_id)
    row = Participation.objects.select_related("person", "meeting__lead_forum").get(pk=participation.pk)
    person = by if isinstance(by, Person) else person_of(by)
    if person is None or person.pk != row.person_id:
        no("not_signed_up", _("Du kan kun melde dig selv fra.")).require()
    if meeting.status != MeetingStatus.PLANNED:
        no("meeting_over", _("Arrangementet er begyndt, slut eller aflyst.")).require()
    row.answer, row.answered_at, row.waiting_list = Answer.NO, timezone.now(), False
    row.save(update_fields=["answer", "answered_at", "waiting_list"])
    if row.part == Part.SIGNED_UP:
        invitations.take_off(row)
    record(by=by, action="meeting.sign_up_cancelled", obj=meeting, details={"person": row.person_id})
    fill_places(meeting)


def fill_places(meeting: Meeting) -> int:
    """Give free places to the waiting list, first come first served; each is told. Return how many."""
    waiting = list(
        meeting.participations.filter(waiting_list=True, removed_at__isnull=True)
        .select_related("person", "meeting__lead_forum")
        .order_by("answered_at", "pk")
    )
    given = 0
    for row in waiting:
        if is_full(meeting):
            break
        row.waiting_list = False
        row.save(update_fields=["waiting_list"])
        invitations.invite_one(meeting=meeting, participation=row)
        letters.send_note(
            to=row.person,
            subject=letters.subject_line(meeting, _("Du har fået plads")),
            text=_("Du stod på venteliste og har fået en plads. Se arrangementet her:"),
            url=meeting_url(meeting),
            about=letters.about(meeting),
        )
        given += 1
    return given


def _close(by: User, meeting: Meeting) -> None:
    """An event is over when its conclusions are written: it needs no minutes."""
    if meeting.status != MeetingStatus.PLANNED:
        return
    meeting.started_at, meeting.held_at = meeting.starts_at, timezone.now()
    meeting.status = MeetingStatus.HELD
    meeting.save(update_fields=["started_at", "held_at", "status"])
    record(by=by, action="meeting.event_closed", obj=meeting)


@transaction.atomic
def conclusions_to_topics(
    *, by: User, meeting: Meeting, conclusions: Sequence[str], wanted_on: date | None = None
) -> list[Topic]:
    """Close an event, and put its conclusions in the topic bank as themes: the same sentence there once."""
    meeting = Meeting.every.select_for_update().select_related("lead_forum").get(pk=meeting.pk)
    may_convene(by, meeting).require()
    if meeting.kind != MeetingKind.EVENT:
        no("not_event", _("Konklusioner skrives til arrangementer.")).require()
    if meeting.status == MeetingStatus.CANCELLED or meeting.starts_at > timezone.now():
        no("event_not_held", _("Arrangementet er ikke holdt endnu.")).require()
    _close(by, meeting)
    why = _("Konklusion fra %(event)s, %(when)s") % {"event": str(meeting), "when": letters.when(meeting)}
    known = set(Topic.objects.filter(forum=meeting.lead_forum, why=why).values_list("heading", flat=True))
    topics = []
    for text in dict.fromkeys(each.strip() for each in conclusions):
        if text and text not in known:
            topics.append(
                Topic.objects.create(
                    forum=meeting.lead_forum,
                    heading=text,
                    why=why,
                    kind=ItemKind.THEME,
                    status=TopicStatus.BANKED,
                    wanted_on=wanted_on,
                    proposed_by=person_of(by),
                )
            )
    record(
        by=by,
        action="meeting.conclusions_banked",
        obj=meeting,
        details={"topics": [topic.pk for topic in topics]},
    )
    return topics
