"""The list of meetings."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tovholder.forums.standing import convened_forum_ids
from tovholder.meetings.forms.filters import PER_PAGE, MeetingFilterForm
from tovholder.meetings.models import MeetingKind
from tovholder.meetings.services.overview import state_word
from tovholder.meetings.tables import meetings
from tovholder.ui.download import PARAM, exported


@require_GET
def meeting_list(request: HttpRequest) -> HttpResponseBase:
    form = MeetingFilterForm(request.GET, user=request.user, auto_id="f_%s")
    rows = form.rows()
    if PARAM in request.GET and (file := exported(request, meetings(rows.all().prefetch_related("forums")))):
        return file
    page: Page[Any] = Paginator(rows, PER_PAGE).get_page(request.GET.get("side"))
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
