"""When somebody leaves, their network meetings go to others who work on the case; when a forum closes, they follow it.

Whoever lets a person leave or closes a forum learns nothing of it: such a meeting is not theirs to know of.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tovholder.access.levels import Level
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.meetings.models import (
    CaseItem,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Minutes,
    MinutesStatus,
    NetworkMeeting,
)
from tovholder.meetings.services.invitations import invite_one
from tovholder.meetings.services.network import possible_initiators, seat_initiator

ROLES = ("chair", "minute_taker")


@transaction.atomic
def pass_on(*, by: Actor, person: Person) -> int:
    """Let no unfinished network meeting hang on a person who leaves; return how many changed hands.

    Each goes to who is in charge of the case, else to somebody on its team, else to a triager. Where nobody is left, it
    stays as it is until a triager takes it over. Chairing and writing go to the initiator.
    """
    held = Q(network__initiator=person) | Q(chair=person) | Q(minute_taker=person)
    rows = _unfinished().filter(held).select_related("network__concern", "network__initiator")
    return sum(_pass_on(by, each, person) for each in rows.order_by("pk").distinct())


def _unfinished() -> QuerySet[Meeting]:
    """Network meetings that still need somebody: until their minutes are approved, or while they can be put on again."""
    approved = Minutes.objects.filter(status=MinutesStatus.APPROVED).values("meeting_id")
    alive = ~Q(status=MeetingStatus.CANCELLED) | Q(ends_at__gte=timezone.now())
    return Meeting.every.filter(alive, kind=MeetingKind.NETWORK).exclude(pk__in=approved)


def _pass_on(by: Actor, meeting: Meeting, leaving: Person) -> bool:
    network: NetworkMeeting = meeting.network
    heir = network.initiator
    if heir.pk == leaving.pk:
        found = _heir(network, leaving)
        if found is None:
            return False
        heir = found
        NetworkMeeting.objects.filter(pk=network.pk).update(initiator=heir, initiator_leads=False)
    given = {field: heir for field in ROLES if getattr(meeting, f"{field}_id") == leaving.pk}
    if given:
        Meeting.every.filter(pk=meeting.pk).update(**given)
    _seat(meeting, heir)
    record(by=by, action="network.handed_over", obj=meeting, details={"from": leaving.pk, "to": heir.pk})
    return True


def _heir(network: NetworkMeeting, leaving: Person) -> Person | None:
    """Who takes the calling over: in charge of the case, already called to the meeting, or else on the case."""
    able = [each for each in possible_initiators(network.concern) if each.pk != leaving.pk]
    there = set(
        network.meeting.participations.filter(removed_at__isnull=True).values_list("person_id", flat=True)
    )
    team = set(network.concern.case_team.filter(until_at__isnull=True).values_list("person_id", flat=True))
    able.sort(
        key=lambda each: (each.pk != network.concern.handler_id, each.pk not in there, each.pk not in team)
    )
    return able[0] if able else None


def _seat(meeting: Meeting, heir: Person) -> None:
    """Let the heir be one of those who come; the family is to be told of who was not among them (rule 13)."""
    if meeting.status != MeetingStatus.PLANNED:
        return
    was_there = meeting.participations.filter(person=heir, removed_at=None).exists()
    row = seat_initiator(meeting, heir)
    if was_there:
        return
    CaseItem.objects.filter(meeting=meeting, concern=meeting.network.concern_id).update(family_told_on=None)
    invite_one(meeting=meeting, participation=row)


def follow_forum(*, by: Actor, forum: Forum, successor: Forum) -> None:
    """Let coming network meetings of a forum that closes be held under its successor, where that one takes names."""
    if successor.highest_level != Level.NAMED:
        return
    ahead = Q(status=MeetingStatus.PLANNED) | Q(status=MeetingStatus.CANCELLED, ends_at__gte=timezone.now())
    for meeting in Meeting.every.filter(ahead, kind=MeetingKind.NETWORK, lead_forum=forum):
        meeting.lead_forum = successor
        meeting.save(update_fields=["lead_forum"])
        meeting.forums.set([successor])
        details = {"from": forum.pk, "to": successor.pk}
        record(by=by, action="meeting.followed_forum", obj=meeting, details=details)
