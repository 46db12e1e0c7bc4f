"""The case meeting: names handed over in one go, opened together, one decision for each."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tovholder.access.decision import Refused
from tovholder.concerns import policy as concerns
from tovholder.meetings import policy
from tovholder.meetings.forms.cases import HandOverForm
from tovholder.meetings.models import CaseItem, MeetingStatus
from tovholder.meetings.services import cases_intake, cases_names, cases_room
from tovholder.meetings.services.cases import open_case
from tovholder.meetings.services.checklist import for_meeting
from tovholder.meetings.services.lookups import lookups
from tovholder.meetings.views.face import crumbs
from tovholder.meetings.views.fetching import meeting_of


def intake(request: HttpRequest, pk: int) -> HttpResponse:
    """Take names in: first shown with their faults, then saved, all or none. Nothing is kept between the two."""
    meeting = meeting_of(request, pk)
    user: Any = request.user
    if not policy.may_hand_over(user, meeting) or meeting.status not in {
        MeetingStatus.PLANNED,
        MeetingStatus.RUNNING,
    }:
        raise Http404
    form = HandOverForm(request.POST or None)
    lines = None
    if request.method == "POST" and form.is_valid():
        lines = cases_intake.read_lines(form.cleaned_data["names"])
        if "gem" in request.POST:
            try:
                made = cases_intake.hand_over(
                    by=user, meeting=meeting, lines=lines, necessity=form.necessity()
                )
            except ValidationError as refused:
                form.add_error(None, refused.messages)  # type: ignore[arg-type]
            else:
                told = ngettext("%(n)s navn er overleveret.", "%(n)s navne er overleveret.", len(made))
                messages.success(request, told % {"n": len(made)})
                return redirect("meetings:names_in", pk)
    context = {
        "meeting": meeting,
        "form": form,
        "lines": lines,
        "faulty": [each for each in lines or [] if each.faults],
        "mine": cases_intake.own_handed_over(user, meeting),
        "guides": [for_meeting(meeting, phase) for phase in ("before", "during", "after")],
        "lookups": lookups(),
        "crumbs": crumbs(meeting, _("Overlever navne")),
        "may_see": cases_room.has_cases(user, meeting),
    }
    return render(request, "meetings/names_in.html", context, status=422 if form.errors else 200)


@require_GET
def names(request: HttpRequest, pk: int) -> HttpResponse:
    """Every name handed over at this meeting, for those it is opened to; closed for all while one is not covered."""
    meeting = meeting_of(request, pk)
    user: Any = request.user
    rows = [each for each in cases_room.shown_cases(user, meeting) if each.is_handover]
    if not rows:
        raise Http404
    page = cases_names.show_names(by=user, meeting=meeting, items=rows)
    context = {
        "meeting": meeting,
        "page": page,
        "decisions": [each for each in CaseItem.Decision.choices if each[0]],
        "may_decide": bool(concerns.may_triage(user)),
        "may_hand_over": bool(policy.may_hand_over(user, meeting)),
        "is_running": meeting.status == MeetingStatus.RUNNING,
        "lookups": lookups(),
        "crumbs": crumbs(meeting, _("Navne")),
    }
    return render(request, "meetings/names.html", context)


@require_POST
def open_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Open every planned name that the user works on; the room is asked for each."""
    meeting = meeting_of(request, pk)
    user: Any = request.user
    rows = [
        each
        for each in cases_room.shown_cases(user, meeting)
        if each.is_handover and each.works and each.status == CaseItem.Status.PLANNED  # type: ignore[attr-defined]
    ]
    for item in rows:
        try:
            open_case(by=user, case_item=item)
        except Refused as refused:
            messages.warning(request, refused.decision.reason)
            break
    return redirect("meetings:names", pk)
