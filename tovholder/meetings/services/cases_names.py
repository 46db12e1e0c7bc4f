"""The names of a case meeting in one list: read together, logged one by one, opened and closed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import User
from tovholder.audit.services import Reading, record_many, record_page
from tovholder.citizens.services.children import in_clear
from tovholder.citizens.services.safe import Opened
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import ConcernChild
from tovholder.concerns.standing import rules
from tovholder.meetings import policy
from tovholder.meetings.models import CaseItem, Meeting, MeetingStatus
from tovholder.meetings.services.carrying_cases import carry_cases
from tovholder.meetings.services.cases import Room, assess_room, tell_all
from tovholder.meetings.services.cases_known import Known, known_of, read_cases, room_family, room_people
from tovholder.meetings.services.cases_reading import ShownChild, links_shown, may_see_offence
from tovholder.meetings.services.cases_room import is_closed, mends


@dataclass(frozen=True, slots=True)
class NameRow:
    """One name: its code, and the child where it is open."""

    item: CaseItem
    closed: bool
    child: ShownChild | None = None
    offence: Opened | None = None


@dataclass(frozen=True, slots=True)
class NamesPage:
    rows: list[NameRow]
    room: Room | None = None
    mends: list[str] = field(default_factory=list)

    @property
    def shut(self) -> bool:
        """Somebody in the room is not covered, so names that were open are closed."""
        return any(row.closed and row.item.status != CaseItem.Status.PLANNED for row in self.rows)


@transaction.atomic(savepoint=False)
def show_names(*, by: User, meeting: Meeting, items: Sequence[CaseItem]) -> NamesPage:
    """Open the names for a reader who may know of all these cases. Each reading is a line in the log."""
    known = known_of(items)
    rooms = _rooms(meeting, items, known)
    shut = next((item for item in items if _shuts(item, rooms[item.pk], known)), None)
    shown = [item for item in items if not _is_shut(item, rooms[item.pk], known)]
    running = meeting.status == MeetingStatus.RUNNING
    told = [(item, rooms[item.pk]) for item in shown if running and item.status == CaseItem.Status.OPENED]
    if told:
        tell_all(told)
    opened = _read(by, shown, known)
    rows = [opened.get(item.pk) or NameRow(item, closed=True) for item in items]
    if shut is None:
        return NamesPage(rows)
    return NamesPage(rows, rooms[shut.pk], mends(shut, rooms[shut.pk]))


def _rooms(meeting: Meeting, items: Sequence[CaseItem], known: Known) -> dict[int, Room]:
    people = room_people(meeting)
    comes = any(getattr(each, "family_comes", True) for each in items)
    family = room_family(meeting) if comes else []
    return {each.pk: assess_room(each, people=people, family=family, known=known) for each in items}


def _is_shut(item: CaseItem, room: Room, known: Known) -> bool:
    return is_closed(item, room) or not known.links[item.concern_id]


def _shuts(item: CaseItem, room: Room, known: Known) -> bool:
    """It stays closed because the room does not allow it, so that there is something to mend."""
    return _is_shut(item, room, known) and not room.allowed


def _read(by: User, items: Sequence[CaseItem], known: Known) -> dict[int, NameRow]:
    """Open the first child of each case that the reader was told of, and log it."""
    children = links_shown(by, items, known.links)
    items = [each for each in items if children[each.pk]]
    links = [children[each.pk][0] for each in items]
    grounds = [policy.may_read_case(by, each).require() for each in items]
    views = in_clear([link.child for link in links], known.keys)
    lines: list[Reading] = []
    found: dict[int, NameRow] = {}
    for item, link, decision, view in zip(items, links, grounds, views, strict=True):
        told = {"concern": item.concern_id, "shown": "open"}
        lines.append(Reading("case_item.read", item, "meeting", decision.basis, told))
        lines.append(Reading("child.read", link.child, "meeting", decision.basis))
        offence = None
        if item.concern.offence is not None and item.basis == LegalBasis.RPL115:
            sees = may_see_offence(by, item, decision, known.rules)
            offence = known.keys.read(item.concern, "offence") if sees else None
        child = ShownChild(view, str(ConcernChild.Part(link.part).label))
        found[item.pk] = NameRow(item, False, child, offence)
    if lines:
        record_page(by=by, readings=lines)
    return found


@transaction.atomic
def open_names(*, by: User, meeting: Meeting, items: Sequence[CaseItem]) -> Decision:
    """Open these planned names to the room, as `cases.open_case` does one; returns the first "no" of the sharing rules.

    What comes before that "no" is opened. Raises Refused for who does not work on them.
    """
    meeting = Meeting.every.select_related("lead_forum").get(pk=meeting.pk)
    if meeting.status != MeetingStatus.RUNNING:
        return no("meeting_not_running", _("Mødet er ikke i gang."))
    locked = (
        CaseItem.objects.select_for_update().select_related("concern").prefetch_related("concern__case_team")
    )
    planned = list(
        locked.filter(pk__in=[each.pk for each in items], meeting=meeting, status=CaseItem.Status.PLANNED)
    )
    for item in planned:
        item.meeting = meeting
        concerns.may_work(by, item.concern).require()
    rooms = _rooms(meeting, planned, read_cases(planned))
    refused = next((n for n, each in enumerate(planned) if not rooms[each.pk].allowed), len(planned))
    _open(by, meeting, [(each, rooms[each.pk]) for each in planned[:refused]])
    if refused == len(planned):
        return yes("opened")
    return rooms[planned[refused].pk].answer.decision


def _open(by: User, meeting: Meeting, opened: list[tuple[CaseItem, Room]]) -> None:
    if not opened:
        return
    now, due = timezone.now(), timezone.localdate() + timedelta(days=rules().information_days)
    rows = CaseItem.objects.filter(pk__in=[item.pk for item, _room in opened])
    rows.filter(opened_at=None).update(opened_at=now, opened_by=by.audit_key, information_due_on=due)
    rows.update(status=CaseItem.Status.OPENED)
    tell_all(opened)
    carry_cases(by=by, meeting=meeting, items=[item for item, _room in opened])
    for basis in sorted({item.basis for item, _room in opened}):
        told = [(item, {"people": len(room.people)}) for item, room in opened if item.basis == basis]
        record_many(by=by, lines=[("case_item.opened", *each) for each in told], ground=basis)
