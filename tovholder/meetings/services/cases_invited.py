"""Somebody is called to a meeting before whom a case by name must stay closed: who works on the case is told at once.

The convener who calls need not know that there is such a case, and is told nothing by this.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.audit.models import Actor
from tovholder.concerns import policy as concerns
from tovholder.directory.models import Person
from tovholder.meetings.models import CaseItem, Meeting, MeetingStatus
from tovholder.meetings.services import letters
from tovholder.meetings.services.cases import assess_room
from tovholder.meetings.services.cases_known import read_cases
from tovholder.meetings.services.links import public_url


def tell_of_uncovered(meeting: Meeting, people: Sequence[Person], *, by: Actor | None = None) -> int:
    """Mail who works on a planned case that its ground does not cover one of these people; return how many mails.

    `people` are those who hear of the meeting for the first time. Never to `by`, who has seen it on the screen. In the
    caller's transaction.
    """
    if not people or meeting.status != MeetingStatus.PLANNED:
        return 0
    items = CaseItem.objects.filter(meeting=meeting, status=CaseItem.Status.PLANNED).exclude(basis="")
    found = list(items.select_related("concern", "meeting__lead_forum"))
    known = read_cases(found) if found else None
    closed = [item for item in found if set(assess_room(item, known=known).uncovered) & set(people)]
    return sum(_tell(item, by) for item in closed)


def _tell(item: CaseItem, by: Actor | None) -> int:
    receivers = [each for each in _who_works_on(item) if by is None or _key(each) != by.audit_key]
    for person in receivers:
        letters.send_note(
            to=person,
            subject=letters.subject_line(item.meeting, _("Se, hvem der er inviteret")),
            text=_(
                "Der er inviteret nogen til mødet, som grundlaget i %(case)s ikke dækker. Som det står, kan I ikke "
                "tale om sagen ved navn, mens de er med. Log ind for at se hvem, og hvad I kan gøre."
            )
            % {"case": item.concern},
            url=public_url(reverse("meetings:case", args=[item.meeting_id, item.pk])),
            about=f"case-room-{item.pk}",
        )
    return len(receivers)


def _who_works_on(item: CaseItem) -> list[Person]:
    """The handler, the case team and who put the case on the meeting, as long as they may still read it."""
    concern = item.concern
    mine = Q(case_seats__concern=concern, case_seats__until_at__isnull=True) | Q(pk=concern.handler_id)
    number = item.created_by.rpartition(":")[2]
    if number.isdigit():
        mine |= Q(user=int(number))
    found = Person.objects.current().filter(mine, user__is_active=True).select_related("user").distinct()
    return [each for each in found.order_by("pk") if each.user and concerns.may_work(each.user, concern)]


def _key(person: Person) -> str:
    return person.user.audit_key if person.user is not None else ""
