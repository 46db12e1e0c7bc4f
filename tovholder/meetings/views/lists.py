"""The list of meetings."""

from django.core.paginator import Paginator
from django.db.models import Q, prefetch_related_objects
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tovholder.forums.standing import convened_forum_ids
from tovholder.meetings.forms.filters import MeetingFilterForm
from tovholder.meetings.models import MeetingKind
from tovholder.meetings.queries import at_the_table, visible_to
from tovholder.meetings.services.overview import state_word
from tovholder.meetings.tables import meetings
from tovholder.ui.download import exported

PER_PAGE = 25


@require_GET
def meeting_list(request: HttpRequest) -> HttpResponseBase:
    form = MeetingFilterForm(request.GET, user=request.user, auto_id="f_%s")
    # A network meeting stands here for who takes part in it; who only works on the case finds it with the case.
    mine = visible_to(request.user).filter(~Q(kind=MeetingKind.NETWORK) | at_the_table(request.user))
    found = form.apply(mine).select_related("lead_forum")
    if file := exported(request, meetings(found.prefetch_related("forums"))):
        return file
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("side"))
    # Of an ordinary meeting the row says only which forum leads it.
    prefetch_related_objects([each for each in page if each.kind == MeetingKind.JOINT], "forums")
    context = {
        "form": form,
        "page_obj": page,
        "rows": [(meeting, *state_word(meeting)) for meeting in page],
        "today": timezone.localdate(),
        "may_plan": bool(convened_forum_ids(request.user)),
    }
    return render(request, "meetings/list.html", context)
