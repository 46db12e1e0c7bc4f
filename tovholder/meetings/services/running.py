"""A meeting under way: begin, take one item at a time, put items off, end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.forums.models import ItemKind
from tovholder.forums.standing import current_memberships
from tovholder.meetings import policy
from tovholder.meetings.models import (
    AgendaItem,
    AgreementOrigin,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Minutes,
    MinutesStatus,
    Outcome,
    Participation,
)
from tovholder.meetings.services import agenda, carrying
from tovholder.meetings.services.carrying_cases import carry_cases
from tovholder.meetings.services.guarding import lock_meeting, lock_minutes, open_for_writing

DEFER, DONE = "defer", "done"
EARLY = timedelta(days=1)


@transaction.atomic
def start(*, by: User, meeting: Meeting) -> Meeting:
    """Begin the meeting, or take it up again after it was ended too early.

    Writes down the open agreements of its forums and makes room in the attendance list for every member.
    """
    fresh = lock_meeting(meeting)
    policy.may_write_minutes(by, fresh).require()
    if fresh.status == MeetingStatus.RUNNING:
        return fresh
    minutes = lock_minutes(fresh)
    _refuse_approved(minutes)
    policy.may_become(fresh, MeetingStatus.RUNNING).require()
    agenda.refresh(by=by, meeting=fresh)
    fresh.status = MeetingStatus.RUNNING
    fresh.started_at = fresh.started_at or timezone.now()
    fresh.held_at = None
    fresh.save(update_fields=["status", "started_at", "held_at"])
    carrying.snapshot(by=by, meeting=fresh)
    carry_cases(by=by, meeting=fresh)
    _make_room_for_agreements(fresh)
    _make_room_for_members(fresh)
    record(by=by, action="meeting.started", obj=fresh)
    _open_item(fresh, _first_to_take(fresh), timezone.now())
    return fresh


def is_early(meeting: Meeting) -> bool:
    """Tell whether the meeting is planned and more than a day away: beginning it now is most often a slip."""
    return meeting.status == MeetingStatus.PLANNED and meeting.starts_at - timezone.now() > EARLY


@transaction.atomic
def back_to_planned(*, by: User, meeting: Meeting) -> Meeting:
    """Undo a start by mistake. Refused once anything is written."""
    fresh, _minutes = open_for_writing(by=by, meeting=meeting)
    policy.may_become(fresh, MeetingStatus.PLANNED).require()
    if is_written(fresh):
        no(
            "meeting_written",
            _("Der er allerede skrevet noget på mødet, så det kan ikke sættes tilbage. Afslut det i stedet."),
        ).require()
    carrying.forget_snapshot(by=by, meeting=fresh)
    fresh.items.update(opened_at=None, seconds_used=0, done_at=None)
    fresh.participations.update(attended=None)
    fresh.status, fresh.started_at, fresh.current_item = MeetingStatus.PLANNED, None, None
    fresh.save(update_fields=["status", "started_at", "current_item"])
    record(by=by, action="meeting.start_undone", obj=fresh)
    return fresh


def is_written(meeting: Meeting) -> bool:
    """Tell whether the meeting holds text, outcomes, agreements or choices, or a name was opened at it."""
    items = meeting.items.all()
    return (
        items.exclude(text="").exists()
        or items.filter(is_deferred=True).exists()
        or Outcome.objects.filter(item__in=items).exists()
        or AgreementOrigin.objects.filter(item__in=items).exists()
        or items.filter(captured_topics__isnull=False).exists()
        or meeting.carried.exclude(choice="").exists()
        or meeting.case_items.filter(opened_at__isnull=False).exists()
    )


@transaction.atomic
def go_to_item(*, by: User, meeting: Meeting, item: AgendaItem, finish_current: bool = False) -> AgendaItem:
    """Make `item` the one the meeting is at; the time of the one it leaves is added up."""
    fresh, _minutes = open_for_writing(by=by, meeting=meeting)
    if fresh.status != MeetingStatus.RUNNING:
        no("meeting_not_running", _("Mødet er ikke i gang.")).require()
    target = fresh.items.get(pk=item.pk)
    left = fresh.current_item
    now = timezone.now()
    if finish_current and left is not None and left.pk != target.pk and left.done_at is None:
        left.done_at = now
        left.save(update_fields=["done_at"])
    _open_item(fresh, target, now)
    record(by=by, action="meeting.item_opened", obj=fresh, details={"item": target.pk})
    return target


@transaction.atomic
def set_done(*, by: User, item: AgendaItem, done: bool) -> None:
    """Tick an item off, or take the tick away again."""
    meeting, _minutes = open_for_writing(by=by, meeting=item.meeting)
    fresh = meeting.items.get(pk=item.pk)
    fresh.done_at = (fresh.done_at or timezone.now()) if done else None
    fresh.save(update_fields=["done_at"])
    record(
        by=by,
        action="meeting.item_done" if done else "meeting.item_reopened",
        obj=meeting,
        details={"item": fresh.pk},
    )


@transaction.atomic
def defer(*, by: User, item: AgendaItem) -> None:
    """Put an item off to the forum's next meeting, where the agenda takes it up by itself."""
    meeting, _minutes = open_for_writing(by=by, meeting=item.meeting)
    _defer(meeting.items.get(pk=item.pk))
    record(by=by, action="meeting.item_deferred", obj=meeting, details={"item": item.pk})


@transaction.atomic
def undo_defer(*, by: User, item: AgendaItem) -> None:
    """Take an item back that was put off. Refused once the next agenda has taken it up."""
    meeting, _minutes = open_for_writing(by=by, meeting=item.meeting)
    fresh = meeting.items.get(pk=item.pk)
    if AgendaItem.objects.filter(deferred_from=fresh).exists():
        no(
            "item_taken_up", _("Punktet står allerede på den næste dagsorden. Slet det dér i stedet.")
        ).require()
    fresh.is_deferred = False
    fresh.save(update_fields=["is_deferred"])
    record(by=by, action="meeting.item_defer_undone", obj=meeting, details={"item": fresh.pk})


def unfinished(meeting: Meeting) -> QuerySet[AgendaItem]:
    """Return the items that are neither ticked off nor put off; the one being taken counts as finished at the end."""
    return meeting.items.filter(done_at__isnull=True, is_deferred=False).exclude(
        pk=meeting.current_item_id or 0
    )


@transaction.atomic
def finish(*, by: User, meeting: Meeting, unfinished_items: Mapping[int, str] | None = None) -> Meeting:
    """End the meeting. Each unfinished item is put off (`"defer"`) or ticked off (`"done"`), as chosen by its id.

    Raises ValidationError naming the items that nobody has chosen for.
    """
    fresh, _minutes = open_for_writing(by=by, meeting=meeting)
    policy.may_become(fresh, MeetingStatus.HELD).require()
    now = timezone.now()
    chosen = unfinished_items or {}
    left = list(unfinished(fresh))
    missing = [item for item in left if chosen.get(item.pk) not in {DEFER, DONE}]
    if missing:
        words = _("Vælg, hvad der skal ske med punktet »%(heading)s«.")
        raise ValidationError(
            [ValidationError(words, params={"heading": each.heading, "item": each.pk}) for each in missing]
        )
    for item in left:
        if chosen[item.pk] == DEFER:
            _defer(item)
        else:
            item.done_at = now
            item.save(update_fields=["done_at"])
    _close_current(fresh, now, done=True)
    fresh.status, fresh.held_at, fresh.current_item = MeetingStatus.HELD, now, None
    fresh.save(update_fields=["status", "held_at", "current_item"])
    deferred = list(fresh.items.filter(is_deferred=True).values_list("pk", flat=True))
    record(by=by, action="meeting.held", obj=fresh, details={"deferred": deferred})
    if deferred:
        agenda.refresh_next(by=by, forum=fresh.lead_forum)
    return fresh


def seconds_spent(item: AgendaItem, now: datetime) -> int:
    """Return how long the item has been on the table, the running stretch included."""
    running = (now - item.opened_at).total_seconds() if item.opened_at else 0
    return item.seconds_used + max(0, int(running))


def _first_to_take(meeting: Meeting) -> AgendaItem | None:
    waiting = meeting.items.filter(done_at__isnull=True, is_deferred=False)
    return waiting.first() or meeting.items.first()


def _open_item(meeting: Meeting, item: AgendaItem | None, now: datetime) -> None:
    if item is not None and meeting.current_item_id == item.pk and item.opened_at is not None:
        return
    _close_current(meeting, now)
    if item is not None:
        AgendaItem.objects.filter(pk=item.pk).update(opened_at=now)
    meeting.current_item = item
    meeting.save(update_fields=["current_item"])


def _close_current(meeting: Meeting, now: datetime, *, done: bool = False) -> None:
    if meeting.current_item_id is None:
        return
    current = AgendaItem.objects.get(pk=meeting.current_item_id)
    current.seconds_used = seconds_spent(current, now)
    current.opened_at = None
    if done and not current.is_deferred:
        current.done_at = current.done_at or now
    current.save(update_fields=["seconds_used", "opened_at", "done_at"])


def _defer(item: AgendaItem) -> None:
    if item.source == AgendaItem.Source.OPEN_AGREEMENTS:
        no(
            "agreements_not_deferred", _("Åbne aftaler følger selv med til næste møde og skal ikke udskydes.")
        ).require()
    item.is_deferred = True
    item.save(update_fields=["is_deferred"])


def _make_room_for_agreements(meeting: Meeting) -> None:
    """Agreements written down at the start need an item to be talked about under."""
    if (
        meeting.kind == MeetingKind.EVENT
        or meeting.items.filter(source=AgendaItem.Source.OPEN_AGREEMENTS).exists()
    ):
        return
    if not meeting.carried.exclude(agreement__level=Level.NAMED).exists():
        return
    meeting.items.update(position=F("position") + 1)
    AgendaItem.objects.create(
        meeting=meeting,
        position=1,
        heading=_("Åbne aftaler fra sidst"),
        kind=ItemKind.AGREEMENTS,
        source=AgendaItem.Source.OPEN_AGREEMENTS,
    )


def _make_room_for_members(meeting: Meeting) -> None:
    """Members who joined after the invitation went out can be ticked off too."""
    if meeting.kind == MeetingKind.EVENT:
        return
    known = set(meeting.participations.values_list("person_id", flat=True))
    members = current_memberships().filter(forum__in=meeting.forums.all())
    missing = dict.fromkeys(pk for pk in members.values_list("person_id", flat=True) if pk not in known)
    Participation.objects.bulk_create(Participation(meeting=meeting, person_id=pk) for pk in missing)


def _refuse_approved(minutes: Minutes) -> None:
    if minutes.status == MinutesStatus.APPROVED:
        no(
            "minutes_approved", _("Referatet er godkendt og kan ikke ændres. Skriv en tilføjelse i stedet.")
        ).require()
