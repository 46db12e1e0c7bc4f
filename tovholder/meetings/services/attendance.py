"""Who is in the room: a tap for each, and those who just came."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Organisation, Person
from tovholder.meetings.models import Answer, Meeting, Participation
from tovholder.meetings.services.cases_room import room_changed
from tovholder.meetings.services.guarding import open_for_writing


def at_meeting(meeting: Meeting) -> QuerySet[Participation]:
    """Return who can be ticked off. Who is taken off a forum during the meeting stays, once ticked (document 002)."""
    return (
        meeting.participations.filter(Q(removed_at__isnull=True) | Q(attended=True))
        .exclude(Q(waiting_list=True) & ~Q(attended=True))
        .exclude(Q(substitute_confirmed=False) & ~Q(attended=True))
        .select_related("person", "person__organisation", "person__organisation__kind")
        .order_by("person__name", "pk")
    )


@transaction.atomic
def set_attended(*, by: User, participation: Participation, attended: bool) -> None:
    """Tick a participant as present, or not."""
    meeting, _minutes = open_for_writing(by=by, meeting=participation.meeting)
    fresh = meeting.participations.get(pk=participation.pk)
    fresh.attended, fresh.left_at = attended, None
    fresh.save(update_fields=["attended", "left_at"])
    record(
        by=by,
        action="meeting.attendance_taken",
        obj=meeting,
        details={"participation": fresh.pk, "attended": attended},
    )
    room_changed(meeting)


@transaction.atomic
def set_out(*, by: User, participation: Participation, out: bool) -> None:
    """Write that somebody who came has left the room, for an item or for good, or is back."""
    meeting, _minutes = open_for_writing(by=by, meeting=participation.meeting)
    fresh = meeting.participations.get(pk=participation.pk, attended=True)
    fresh.left_at = timezone.now() if out else None
    fresh.save(update_fields=["left_at"])
    details = {"participation": fresh.pk, "out": out}
    record(by=by, action="meeting.left_the_room", obj=meeting, details=details)
    room_changed(meeting)


@transaction.atomic
def all_expected_are_here(*, by: User, meeting: Meeting) -> int:
    """Tick everybody who answered yes and is not ticked yet; return how many."""
    fresh, _minutes = open_for_writing(by=by, meeting=meeting)
    expected = fresh.participations.filter(
        answer=Answer.YES, attended__isnull=True, removed_at__isnull=True, waiting_list=False
    ).exclude(substitute_confirmed=False)
    count = expected.update(attended=True, left_at=None)
    record(by=by, action="meeting.expected_attended", obj=fresh, details={"count": count})
    room_changed(fresh)
    return count


@transaction.atomic
def add_guest(
    *,
    by: User,
    meeting: Meeting,
    person: Person | None = None,
    name: str = "",
    organisation: Organisation | None = None,
) -> Participation:
    """Write down somebody who just came: a known person, or a new one with name and organisation.

    Raises ValidationError when neither a person nor a name is given, or the person has left.
    """
    fresh, _minutes = open_for_writing(by=by, meeting=meeting)
    if person is None:
        if not name.strip():
            raise ValidationError(_("Vælg en person, eller skriv et navn."))
        person = Person.objects.create(name=" ".join(name.split()), organisation=organisation)
        record(by=by, action="person.created", obj=person, details={"fields": ["name", "organisation"]})
    elif person.left_on is not None:
        raise ValidationError(_("Personen er fratrådt."))
    participation, made = Participation.objects.get_or_create(
        meeting=fresh, person=person, defaults={"part": Participation.Part.GUEST, "attended": True}
    )
    if not made:
        participation.attended, participation.left_at = True, None
        participation.waiting_list = False
        if participation.removed_at is not None:
            participation.removed_at = None
            participation.part = Participation.Part.GUEST
        participation.save(update_fields=["attended", "left_at", "removed_at", "part", "waiting_list"])
    record(by=by, action="meeting.guest_came", obj=fresh, details={"participation": participation.pk})
    room_changed(fresh)
    return participation
