"""The chairing guide as ticks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from tovholder.forums.models import ChecklistItem
from tovholder.meetings.services.checklist import set_tick
from tovholder.meetings.views.fetching import meeting_of

HOMES = {"before": "meetings:before", "during": "meetings:run", "after": "meetings:after"}


@require_POST
def tick(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    guide = meeting.lead_forum.forum_type.checklist_id
    item = get_object_or_404(ChecklistItem, pk=item_pk, checklist_id=guide or 0)
    set_tick(by=request.user, meeting=meeting, item=item, ticked=request.POST.get("ticked") == "1")
    back = request.POST.get("back", "")
    if back.startswith(f"/moeder/{meeting.pk}/"):
        return redirect(f"{back}#tjekliste")
    return redirect(HOMES[item.phase], pk)
