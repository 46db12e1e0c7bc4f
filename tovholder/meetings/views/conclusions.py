"""What an event concluded becomes themes in the topic bank."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tovholder.meetings.forms.agenda import ConclusionsForm
from tovholder.meetings.models import MeetingKind
from tovholder.meetings.services import events
from tovholder.meetings.views.face import convened_meeting, crumbs, form_page


@require_http_methods(["GET", "POST"])
def conclusions(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    if meeting.kind != MeetingKind.EVENT:
        raise Http404
    form = ConclusionsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = events.conclusions_to_topics(by=request.user, meeting=meeting, **form.cleaned_data)
        text = ngettext("%(n)s tema er lagt i emnebanken.", "%(n)s temaer er lagt i emnebanken.", len(made))
        messages.success(request, text % {"n": len(made)})
        return redirect("meetings:topics", meeting.lead_forum_id)
    page = form_page(
        form, title=_("Konklusioner fra arrangementet"), button=_("Læg i emnebanken"), crumbs=crumbs(meeting, _("Konklusioner")),
        lead=_("Arrangementet lukkes, når konklusionerne er gemt."), cancel_url=reverse("meetings:before", args=[pk]), keep=f"konklusioner-{pk}",
    )  # fmt: skip
    return render(request, "meetings/form.html", page)
