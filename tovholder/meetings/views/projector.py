"""The big screen: general items only, whoever is logged in at the machine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tovholder.access.levels import Level
from tovholder.meetings import policy
from tovholder.meetings.models import AgendaItem, Meeting, MeetingStatus
from tovholder.meetings.services.carrying import visible_open_agreements
from tovholder.meetings.views.fetching import meeting_of
from tovholder.meetings.views.run_page import timer_of
from tovholder.plans.models import Agreement

GENERAL = (str(Level.GENERAL),)


@require_GET
def projector(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the item that the meeting is at. Asked again every few seconds for the part that changes."""
    meeting = meeting_of(request, pk)
    policy.may_take_part(request.user, meeting).require()
    template = "meetings/_projector.html" if request.htmx else "meetings/projector.html"  # type: ignore[attr-defined]
    response = render(request, template, _screen(meeting))
    response.headers["Vary"] = "HX-Request"
    return response


def _screen(meeting: Meeting) -> dict[str, object]:
    now = timezone.now()
    numbered = list(enumerate(meeting.items.all(), start=1))
    at = next(((number, item) for number, item in numbered if item.pk == meeting.current_item_id), None)
    shown = at is not None and at[1].level == Level.GENERAL
    coming = next(
        (
            (number, item)
            for number, item in numbered
            if at is not None and number > at[0] and not item.is_deferred and item.done_at is None
        ),
        None,
    )
    return {
        "meeting": meeting,
        "now": now,
        "running": meeting.status == MeetingStatus.RUNNING,
        "number": at[0] if at and shown else None,
        "item": at[1] if at and shown else None,
        "is_hidden": at is not None and not shown,
        "timer": timer_of(at[1], meeting, now) if at and shown else None,
        "agreements": _agreements(meeting, at[1]) if at and shown else [],
        "coming_number": coming[0] if coming else None,
        "coming": coming[1] if coming and coming[1].level == Level.GENERAL else None,
        "agenda": [(n, i) for n, i in numbered if i.level == Level.GENERAL] if at is None else [],
    }


def _agreements(meeting: Meeting, item: AgendaItem) -> list[Agreement]:
    """What was agreed under the item; under the open agreements, those the meeting carries."""
    made = (
        Agreement.objects.filter(origin__item=item, level__in=GENERAL)
        .select_related("responsible")
        .order_by("pk")
    )
    if item.source == AgendaItem.Source.OPEN_AGREEMENTS:
        return [*visible_open_agreements(meeting, GENERAL), *made]
    return list(made)
