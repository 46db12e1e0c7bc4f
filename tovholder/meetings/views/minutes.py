"""After the meeting: who does what, approval, comments, additions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tovholder.access.decision import Refused
from tovholder.meetings import policy
from tovholder.meetings.forms.running import AddendumForm, CommentForm, FixForm
from tovholder.meetings.models import Meeting
from tovholder.meetings.queries import readable_levels
from tovholder.meetings.services import capturing, minute_record, minutes
from tovholder.meetings.services.links import BadLinkError
from tovholder.meetings.services.minute_letters import minutes_behind
from tovholder.meetings.services.reading import note_reading
from tovholder.meetings.views.after_page import AfterPage
from tovholder.meetings.views.cases_links import case_links
from tovholder.meetings.views.fetching import meeting_of, writable
from tovholder.meetings.views.names import ask_about_names


@require_GET
def after(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, meeting_of(request, pk))


def _show(request: HttpRequest, meeting: Meeting, status: int = 200, **forms: Any) -> HttpResponse:
    page = AfterPage(request, meeting, minutes.minutes_of(meeting))
    if page.may_read:
        agreements = minute_record.agreements_in(page.said)
        note_reading(
            by=request.user, meeting=meeting, items=page.items, agreements=agreements, purpose="minutes"
        )
    mine = page.my_comment if page.may_comment else None
    initial = {"stance": mine.stance, "text": mine.text} if mine else None
    context = {
        "meeting": meeting,
        "page": page,
        "face": "after",
        "comment_form": forms.get("comment_form") or CommentForm(initial=initial),
        "addendum_form": forms.get("addendum_form") or AddendumForm(),
        "problems": forms.get("problems", []),
        "guide": page.guide,
        "may_tick": page.may_run,
        **case_links(request, meeting),
    }
    return render(request, "meetings/after.html", context, status=status)


@require_GET
def right_people(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap for each who took part, for the convener only; a page of its own, so it stays open between the taps."""
    meeting = meeting_of(request, pk)
    page = AfterPage(request, meeting, minutes.minutes_of(meeting))
    if not page.to_review:
        raise Http404
    return render(request, "meetings/right_people.html", {"meeting": meeting, "page": page})


@require_POST
def fix(request: HttpRequest, pk: int, agreement_pk: int) -> HttpResponse:
    """Give an agreement the person or the day it lacks, straight from the table."""
    meeting, _minutes = writable(request, pk)
    levels = readable_levels(request.user, meeting)
    agreement = get_object_or_404(capturing.correctable(meeting).filter(level__in=levels), pk=agreement_pk)
    form = FixForm(request.POST, meeting=meeting)
    given = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    if given:
        capturing.edit_agreement(by=request.user, meeting=meeting, agreement=agreement, **given)
        messages.success(request, _("Aftalen er rettet."))
    else:
        messages.error(request, _("Vælg en ansvarlig eller en gyldig frist, og gem igen."))
    return redirect(f"{reverse('meetings:after', args=[pk])}#hvem")


@require_POST
def send_for_comments(request: HttpRequest, pk: int) -> HttpResponse:
    meeting, _minutes = writable(request, pk)
    if asked := ask_about_names(request, meeting, _("Ja, send til bemærkninger")):
        return asked
    sent = minutes.send_for_comments(by=request.user, meeting=meeting)
    messages.success(
        request,
        _("Referatet er sendt til bemærkninger. Fristen er %(day)s.")
        % {"day": f"{sent.comments_until:%d.%m.%Y}"},
    )
    return redirect("meetings:after", pk)


@require_POST
def back_to_draft(request: HttpRequest, pk: int) -> HttpResponse:
    minutes.back_to_draft(by=request.user, meeting=meeting_of(request, pk))
    messages.success(request, _("Referatet er taget tilbage som kladde."))
    return redirect("meetings:after", pk)


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    may = policy.may_convene(request.user, meeting) and not minutes.blockers(meeting)
    if may and (asked := ask_about_names(request, meeting, _("Ja, godkend referatet"))):
        return asked
    try:
        minutes.approve(by=request.user, meeting=meeting)
    except minutes.AlreadyApprovedError:
        messages.info(request, _("Referatet var allerede godkendt. Du behøver ikke at gøre mere."))
    except ValidationError as error:
        return _show(request, meeting, status=422, problems=error.messages)
    else:
        messages.success(request, _("Referatet er godkendt. Deltagerne får en mail med et link."))
    return redirect("meetings:after", pk)


@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _show(request, meeting, status=422, comment_form=form)
    minutes.comment(by=request.user, meeting=meeting, **form.cleaned_data)
    messages.success(request, _("Tak. Dit svar er skrevet ned."))
    return redirect("meetings:after", pk)


@require_POST
def addendum(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    form = AddendumForm(request.POST)
    if not form.is_valid():
        return _show(request, meeting, status=422, addendum_form=form)
    minutes.add_addendum(by=request.user, meeting=meeting, text=form.cleaned_data["text"])
    messages.success(request, _("Tilføjelsen er skrevet til referatet."))
    return redirect(f"{reverse('meetings:after', args=[pk])}#tilfoejelser")


@login_not_required
def comment_link(request: HttpRequest, token: str) -> HttpResponse:
    """Accept or object by a signed link. The minutes themselves are read behind login only."""
    try:
        record, person = minutes_behind(token)
    except BadLinkError as error:
        context = {"title": _("Linket kan ikke bruges"), "text": str(error)}
        return render(request, "meetings/minutes_link_over.html", context, status=410 if error.gone else 404)
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            minutes.comment(by=person, meeting=record.meeting, **form.cleaned_data)
        except Refused as refusal:
            context = {"title": _("Linket kan ikke bruges"), "text": refusal.decision.reason}
            return render(request, "meetings/minutes_link_over.html", context, status=410)
        return render(request, "meetings/minutes_link_done.html", {"meeting": record.meeting})
    shown = {"meeting": record.meeting, "minutes": record, "form": form}
    return render(request, "meetings/minutes_link.html", shown, status=422 if form.errors else 200)
