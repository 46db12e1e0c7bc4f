"""The names of a case meeting in one list: read together, logged one by one, closed together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.db import transaction

from tovholder.access.bases import LegalBasis
from tovholder.accounts.models import User
from tovholder.audit.services import record_reading
from tovholder.citizens.services.children import show_children
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns.models import ConcernChild
from tovholder.meetings import policy
from tovholder.meetings.models import CaseItem, Meeting, MeetingStatus
from tovholder.meetings.services.cases import Room, assess_room, read_cases, room_family, room_people, tell
from tovholder.meetings.services.cases_reading import ShownChild, may_see_offence
from tovholder.meetings.services.cases_room import is_closed, mends


@dataclass(frozen=True, slots=True)
class NameRow:
    """One name: its code, and the child where it is open."""

    item: CaseItem
    closed: bool
    child: ShownChild | None = None
    offence: Opened | None = None
    following: int = 0  # where one goes when this name is decided


@dataclass(frozen=True, slots=True)
class NamesPage:
    rows: list[NameRow]
    room: Room | None = None
    mends: list[str] = field(default_factory=list)

    @property
    def waiting(self) -> list[NameRow]:
        return [row for row in self.rows if row.item.status == CaseItem.Status.PLANNED]

    @property
    def shut(self) -> bool:
        """Somebody in the room is not covered, so names that were open are closed."""
        return any(row.closed and row.item.status != CaseItem.Status.PLANNED for row in self.rows)

    @property
    def undecided(self) -> int:
        return sum(not row.item.decision for row in self.rows)


@transaction.atomic
def show_names(*, by: User, meeting: Meeting, items: list[CaseItem]) -> NamesPage:
    """Open the names for a reader who may know of all these cases. Each reading is a line in the log."""
    links = {
        link.concern_id: link
        for link in ConcernChild.objects.filter(concern__in=[each.concern_id for each in items])
        .select_related("child")
        .order_by("-pk")
    }
    rows, shut = [], None
    open_items, rooms = [], {}
    known, people, family = read_cases(items), room_people(meeting), room_family(meeting)
    for item in items:
        room = rooms[item.pk] = assess_room(item, people=people, family=family, known=known)
        if is_closed(item, room) or item.concern_id not in links:
            if not room.allowed and shut is None:
                shut = room
            continue
        if meeting.status == MeetingStatus.RUNNING and item.status == CaseItem.Status.OPENED:
            tell(item, room)
        open_items.append(item)
    children = _children(by, open_items, links)
    safe = Safe.of([each.concern for each in open_items])
    for item in items:
        shown = children.get(item.pk)
        if shown is None:
            rows.append(NameRow(item, closed=True))
            continue
        offence = None
        if item.concern.offence is not None and item.basis == LegalBasis.RPL115 and may_see_offence(by, item):
            offence = safe.read(item.concern, "offence")
        rows.append(NameRow(item, False, shown, offence))
    follow = [each.pk for each in items[1:]] + [each.pk for each in items[-1:]]
    rows = [replace(row, following=pk) for row, pk in zip(rows, follow, strict=True)]
    first = next((each for each in items if rooms[each.pk] is shut), None)
    return NamesPage(rows, shut, mends(first, shut) if first is not None and shut is not None else [])


def _children(by: User, items: list[CaseItem], links: dict[int, ConcernChild]) -> dict[int, ShownChild]:
    decisions = {}
    for item in items:
        decision = policy.may_read_case(by, item).require()
        record_reading(
            by=by,
            action="case_item.read",
            obj=item,
            purpose="meeting",
            ground=decision.basis,
            details={"concern": item.concern_id, "shown": "open"},
        )
        decisions[links[item.concern_id].child_id] = decision
    children = [links[each.concern_id].child for each in items]
    views = show_children(by=by, decisions=decisions, children=children, purpose="meeting")
    return {
        item.pk: ShownChild(view, str(links[item.concern_id].get_part_display()))
        for item, view in zip(items, views, strict=True)
    }
