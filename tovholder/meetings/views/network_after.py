"""After the network meeting: the minutes, approval, the forms to print, the follow-up, the end of the case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.concerns import policy as concerns
from tovholder.concerns.policy import Part, may_triage
from tovholder.concerns.queries import readers
from tovholder.documents.typst import render_pdf
from tovholder.documents.word import render_docx
from tovholder.meetings import policy
from tovholder.meetings.forms.network import OutcomeForm
from tovholder.meetings.models import MeetingStatus, MinutesStatus, NetworkMeeting
from tovholder.meetings.services import family, network_efforts, network_minutes
from tovholder.meetings.services.cases_known import keep_circle
from tovholder.meetings.services.checklist import for_meeting
from tovholder.meetings.services.minutes import minutes_of
from tovholder.meetings.services.network_meeting import closing_room, note_reading, require_open
from tovholder.meetings.services.papers import approved_line
from tovholder.meetings.views.network import base, case_or_404, children_shown, crumbs, network_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
def after(request: HttpRequest, pk: int) -> HttpResponse:
    made = network_of(request, pk)
    case = case_or_404(request, made)
    if made.meeting.status == MeetingStatus.PLANNED:
        return redirect("network:meeting", pk)
    if closing_room(case) is not None:  # that page says why, and what would open it
        return redirect("network:meeting", pk)
    minutes = minutes_of(made.meeting)
    approved = minutes is not None and minutes.status == MinutesStatus.APPROVED
    note_reading(by=request.user, case=case, purpose="network minutes")
    shown = base(request, made, face="after")
    keep_circle(made.meeting)
    found = None if approved else network_efforts.efforts(case, made)
    context: dict[str, Any] = {
        **shown,
        "case": case,
        "said": network_minutes.record_of(case, made, found),
        "voices": family.voices(case),
        "children": children_shown(request, case),
        "minutes": minutes,
        "approved": approved,
        "approved_line": approved_line(minutes),
        "lacks": []
        if approved or not shown["may_write"]
        else network_minutes.approval_lacks(made, case, found),
        "guide": for_meeting(made.meeting, "after") if shown["may_write"] else [],
        "readers": readers(made.concern),
        "may_follow": approved
        and not _followed(made)
        and bool(policy.may_call_network(request.user, made.concern)),
        "followed": _followed(made),
        "works": bool(concerns.may_read(request.user, made.concern, Part.ALL)),
        "may_release": bool(policy.may_release(request.user, case)),
        "may_close": bool(may_triage(request.user, made.concern)) and not made.concern.has_ended,
    }
    return render(request, "meetings/network_after.html", context)


def _followed(made: NetworkMeeting) -> NetworkMeeting | None:
    found: NetworkMeeting | None = getattr(made, "followed_by", None)
    return found


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    made = network_of(request, pk)
    case_or_404(request, made)
    try:
        network_minutes.approve(by=request.user, network=made)
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Referatet er godkendt."))
    return redirect("network:after", pk)


@require_POST
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    made = network_of(request, pk)
    following = network_minutes.follow_up(by=request.user, network=made)
    messages.success(request, _("Det opfølgende møde er lagt klar med de samme deltagere."))
    return redirect("network:step", following.meeting_id, "sagen")


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the case, with how it ended."""
    made = network_of(request, pk)
    may_triage(request.user, made.concern).require()
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        network_minutes.close_case(by=request.user, network=made, outcome=form.cleaned_data["outcome"])
        messages.success(request, _("%(case)s er afsluttet.") % {"case": made.concern})
        return redirect("network:after", pk)
    context = {
        "form": form,
        "title": _("Afslut %(case)s") % {"case": made.concern},
        "button": _("Afslut sagen"),
        "crumbs": crumbs(made, _("Afslut sagen")),
        "cancel_url": reverse("network:after", args=[pk]),
    }
    return render(request, "meetings/form.html", context, status=422 if form.errors else 200)


@require_GET
def form_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    return _file(request, pk, "pdf")


@require_GET
def form_word(request: HttpRequest, pk: int) -> HttpResponse:
    return _file(request, pk, "docx")


def _file(request: HttpRequest, pk: int, extension: str) -> HttpResponse:
    """The form as a file, named by the case code only; its reading is logged."""
    made = network_of(request, pk)
    case = case_or_404(request, made)
    require_open(closing_room(case))
    note_reading(by=request.user, case=case, purpose="network file")
    document = network_minutes.document(case, made)
    content = render_pdf("minutes", document) if extension == "pdf" else render_docx("minutes", document)
    name = network_minutes.file_name(case, made, extension)
    return HttpResponse(
        content,
        content_type="application/pdf" if extension == "pdf" else WORD,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
