"""Plan a meeting, a series, a joint meeting or an event; edit, move, cancel it and take that back.

Everybody who was invited is told once of each change that concerns them, with the calendar's SEQUENCE one higher.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.forums.policy import may_convene as may_convene_forum
from tovholder.forums.policy import may_meet_with
from tovholder.forums.standing import current_memberships
from tovholder.meetings.models import (
    AgendaItem,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Participation,
    Series,
)
from tovholder.meetings.policy import may_become, may_convene
from tovholder.meetings.services import agenda, invitations
from tovholder.meetings.services.cases_moved import follow_to_next
from tovholder.meetings.services.days import at
from tovholder.meetings.services.series import SeriesRule, dates

# Changes of these are told to everybody who was invited; other changes are seen on the page.
TOLD = frozenset({"starts_at", "ends_at", "place", "online_url", "title"})
EDITABLE = frozenset(
    "title starts_at ends_at place online_url note chair minute_taker programme capacity signup_until".split()
)


@transaction.atomic
def create_meeting(
    *,
    by: User,
    forums: Sequence[Forum],
    starts_at: datetime,
    ends_at: datetime,
    kind: str = "",
    series: Series | None = None,
    decision: Decision | None = None,
    **details: Any,
) -> Meeting:
    """Plan a meeting of the first forum, jointly with the others, with its participants and agenda.

    `decision` is the answer of another policy that gives the right (who plans the year of all forums). `details`: title, place, online_url, note, chair, minute_taker, programme, capacity, signup_until.
    Raises Refused when `by` does not convene the first forum, may not meet with another, or one of them is closed; TypeError for other details.
    """
    unknown = set(details) - EDITABLE
    if unknown:
        raise TypeError(f"no such details of a meeting: {sorted(unknown)}")
    lead = forums[0]
    (decision or may_convene_forum(by, lead)).require()
    if any(not forum.is_open for forum in forums):
        no("forum_closed", _("Et af foraene er lukket. Vælg det forum, der har afløst det.")).require()
    for other in forums[1:] if decision is None else ():
        may_meet_with(by, lead, other).require()
    chair, minute_taker = usual_roles(lead)
    details.setdefault("chair", chair)
    details.setdefault("minute_taker", minute_taker)
    meeting = Meeting.objects.create(
        kind=kind or (MeetingKind.JOINT if len(forums) > 1 else MeetingKind.ORDINARY),
        lead_forum=lead,
        starts_at=starts_at,
        ends_at=ends_at,
        series=series,
        **details,
    )
    meeting.forums.set(forums)
    invitations.sync_members(by=by, meeting=meeting)
    agenda.build(by=by, meeting=meeting)
    record(
        by=by,
        action="meeting.created",
        obj=meeting,
        details={"kind": meeting.kind, "forums": [f.pk for f in forums]},
    )
    return meeting


def usual_roles(forum: Forum) -> tuple[Person | None, Person | None]:
    """Return who usually chairs and who takes minutes: by the roles of the memberships, else the convener."""
    rows = list(current_memberships().filter(forum=forum).select_related("person", "role").order_by("pk"))
    convener = next((row.person for row in rows if row.role.convenes), None)
    chair = next((row.person for row in rows if row.role.chairs), convener)
    taker = next((row.person for row in rows if row.role.takes_minutes), convener)
    return chair, taker


@transaction.atomic
def create_series(
    *,
    by: User,
    forum: Forum,
    rule: SeriesRule,
    days: Sequence[date],
    start: time,
    minutes: int,
    **details: Any,
) -> list[Meeting]:
    """Plan a meeting on each of `days`, which must be days of the rule; the others become its exceptions."""
    may_convene_forum(by, forum).require()
    possible = dates(rule)
    chosen = [day for day in possible if day in set(days)]
    if not chosen or len(chosen) != len(set(days)):
        no("series_days", _("Datoerne passer ikke til reglen. Se dem igennem igen.")).require()
    skipped = tuple(day for day in possible if day not in chosen)
    series = Series.objects.create(forum=forum, rule=replace(rule, skip=(*rule.skip, *skipped)).as_json())
    meetings = []
    for day in chosen:
        starts_at = at(day, start)
        ends_at = starts_at + timedelta(minutes=minutes)
        meetings.append(
            create_meeting(
                by=by, forums=[forum], starts_at=starts_at, ends_at=ends_at, series=series, **details
            )
        )
    record(by=by, action="meeting.series_created", obj=series, details={"meetings": len(meetings)})
    return meetings


def locked(meeting: Meeting) -> Meeting:
    """Return the meeting as it stands now, locked until the transaction ends."""
    return Meeting.every.select_for_update().get(pk=meeting.pk)


@transaction.atomic
def edit_meeting(*, by: User, meeting: Meeting, decision: Decision | None = None, **changes: Any) -> Meeting:
    """Change a planned meeting. What the invited must know (TOLD) is told to each of them once.

    `decision`: as in `create_meeting`.
    """
    unknown = set(changes) - EDITABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    meeting = locked(meeting)
    (decision or may_convene(by, meeting)).require()
    if meeting.status != MeetingStatus.PLANNED:
        no("meeting_not_planned", _("Mødet kan kun ændres, mens det er planlagt.")).require()
    changed = sorted(name for name, value in changes.items() if getattr(meeting, name) != value)
    if not changed:
        return meeting
    for name in changed:
        setattr(meeting, name, changes[name])
    moved = bool({"starts_at", "ends_at"} & set(changed))
    if TOLD & set(changed):
        meeting.raise_sequence()
    if moved:
        meeting.reminded_at = None
    meeting.save()
    if moved:
        # An answer to the old time says nothing about the new one.
        asked = meeting.participations.filter(removed_at__isnull=True)
        asked = asked.exclude(part=Participation.Part.SIGNED_UP)
        if meeting.kind == MeetingKind.NETWORK:
            asked = asked.exclude(person=meeting.network.initiator_id)
        asked.update(answer="none", answered_at=None)
    record(
        by=by,
        action="meeting.moved" if moved else "meeting.changed",
        obj=meeting,
        details={"fields": changed, "sequence": meeting.sequence},
    )
    if TOLD & set(changed):
        invitations.tell_changed(by=by, meeting=meeting, moved=moved)
    return meeting


def move(
    *,
    by: User,
    meeting: Meeting,
    starts_at: datetime,
    ends_at: datetime,
    decision: Decision | None = None,
) -> Meeting:
    """Move a planned meeting to another time."""
    return edit_meeting(by=by, meeting=meeting, decision=decision, starts_at=starts_at, ends_at=ends_at)


@transaction.atomic
def cancel(*, by: User, meeting: Meeting, reason: str, decision: Decision | None = None) -> Meeting:
    """Call a meeting off. The invited are told once; what only stood on its agenda, cases by name too, goes to the next."""
    meeting = locked(meeting)
    (decision or may_convene(by, meeting)).require()
    may_become(meeting, MeetingStatus.CANCELLED).require()
    meeting.status = MeetingStatus.CANCELLED
    meeting.cancelled_reason = reason
    meeting.raise_sequence()
    meeting.save(update_fields=["status", "cancelled_reason", "sequence", "sequence_at"])
    invitations.tell_cancelled(by=by, meeting=meeting)
    waiting = meeting.items.exclude(source__in=_STAYS)
    waiting.update(is_deferred=True)
    if meeting.kind != MeetingKind.NETWORK:
        follow_to_next(by=by, meeting=meeting)
    record(by=by, action="meeting.cancelled", obj=meeting, details={"sequence": meeting.sequence})
    _refresh_next(by, meeting)
    return meeting


_STAYS = (AgendaItem.Source.OPEN_AGREEMENTS, AgendaItem.Source.TEMPLATE)


def _refresh_next(by: User, meeting: Meeting) -> None:
    following = agenda.next_planned([meeting.lead_forum_id])
    if following is not None:
        agenda.refresh(by=by, meeting=following)


@transaction.atomic
def undo_cancel(*, by: User, meeting: Meeting) -> Meeting:
    """Take a cancellation back. The items come back too, unless the next meeting has taken them up.

    Cases by name stay with the next one: the convener is not to learn that there are any.
    """
    meeting = locked(meeting)
    may_convene(by, meeting).require()
    may_become(meeting, MeetingStatus.PLANNED).require()
    if meeting.status != MeetingStatus.CANCELLED:
        no("meeting_not_cancelled", _("Mødet er ikke aflyst.")).require()
    meeting.status = MeetingStatus.PLANNED
    meeting.cancelled_reason = ""
    meeting.raise_sequence()
    meeting.save(update_fields=["status", "cancelled_reason", "sequence", "sequence_at"])
    _take_items_back(by, meeting)
    record(by=by, action="meeting.cancel_undone", obj=meeting, details={"sequence": meeting.sequence})
    invitations.tell_back_on(by=by, meeting=meeting)
    return meeting


def _take_items_back(by: User, meeting: Meeting) -> None:
    for item in meeting.items.filter(is_deferred=True).exclude(source__in=_STAYS):
        copy = AgendaItem.objects.filter(deferred_from=item).select_related("meeting").first()
        if copy is not None:
            if copy.meeting.status != MeetingStatus.PLANNED or copy.text or copy.outcomes.exists():
                continue
            agenda.let_go(copy, by=by)
        item.is_deferred = False
        item.save(update_fields=["is_deferred"])


@transaction.atomic
def discard(*, by: User, meeting: Meeting, decision: Decision | None = None) -> None:
    """Delete a planned meeting that nobody has been told of (a wrong date in a series, say).

    Cases by name that stand on it go to the forum's next meeting; where there is none, it is refused.
    """
    meeting = locked(meeting)
    (decision or may_convene(by, meeting)).require()
    if meeting.status != MeetingStatus.PLANNED or meeting.invited_at is not None:
        no("meeting_known", _("Der er sendt indkaldelse. Aflys mødet, så alle får besked.")).require()
    kept = meeting.items.exclude(source__in=_STAYS).exists() or meeting.attachments.exists()
    # A network meeting is its case's own: it goes with it.
    if kept or (meeting.kind != MeetingKind.NETWORK and not follow_to_next(by=by, meeting=meeting)):
        no(
            "meeting_has_items",
            _("Der hører noget til mødet, som ville gå tabt. Aflys det i stedet."),
        ).require()
    record(by=by, action="meeting.discarded", obj=meeting, details={"forum": meeting.lead_forum_id})
    meeting.delete()
