"""Who comes: answers, substitutes, guests, sign-up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.decision import no
from tovholder.meetings import tables
from tovholder.meetings.forms.people import AnswerForm, GuestForm, SubstituteForm
from tovholder.meetings.models import Answer, MeetingStatus
from tovholder.meetings.queries import items_visible_to
from tovholder.meetings.services import answers, events, invitations, overview
from tovholder.meetings.services.cases_room import warnings_for
from tovholder.meetings.services.reading import note_reading
from tovholder.meetings.views.face import (
    convened_meeting,
    crumbs,
    form_page,
    meeting_of,
    own_participation,
    participation_of,
)
from tovholder.ui.download import exported


@require_GET
def people(request: HttpRequest, pk: int) -> HttpResponseBase:
    meeting = convened_meeting(request, pk)
    found = overview.participants(meeting)
    if file := exported(request, tables.participants(meeting, found)):
        return file
    taken_off = request.session.get("removed_participant")
    removed = (
        meeting.participations.filter(pk=taken_off, removed_at__isnull=False).select_related("person").first()
        if taken_off
        else None
    )
    context = {
        "meeting": meeting,
        "people": found,
        "removed": removed,
        "crumbs": crumbs(meeting, _("Deltagere og gæster")),
    }
    return render(request, "meetings/people.html", context)


@require_http_methods(["GET", "POST"])
def guest_add(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    if meeting.status != MeetingStatus.PLANNED:
        no("meeting_not_planned", _("Gæster inviteres, mens mødet er planlagt.")).require()
    readable = items_visible_to(request.user, meeting)
    form = GuestForm(request.POST or None, meeting=meeting, items=readable)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person = data["person"] or invitations.new_person(
            by=request.user, name=data["name"], email=data["email"], organisation=data["organisation"]
        )
        invitations.add_guest(
            by=request.user, meeting=meeting, person=person, part=data["part"], only_item=data["only_item"]
        )
        for line in warnings_for(request.user, meeting, person):
            messages.warning(request, line)
        told = meeting.invited_at is not None
        messages.success(
            request, _("Gæsten er inviteret.") if told else _("Gæsten er med, når indkaldelsen sendes.")
        )
        return redirect("meetings:people", pk)
    note_reading(by=request.user, meeting=meeting, items=readable, purpose="agenda")
    page = form_page(
        form, title=_("Inviter en gæst"), button=_("Inviter"), crumbs=crumbs(meeting, _("Inviter en gæst")),
        cancel_url=reverse("meetings:people", args=[pk]),
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


@require_POST
def remove(request: HttpRequest, pk: int, participation_pk: int) -> HttpResponse:
    row = participation_of(convened_meeting(request, pk), participation_pk)
    invitations.remove_participant(by=request.user, participation=row)
    request.session["removed_participant"] = row.pk
    return redirect("meetings:people", pk)


@require_POST
def restore(request: HttpRequest, pk: int, participation_pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    removed = request.session.pop("removed_participant", None)
    if removed == participation_pk and not meeting.participations.filter(pk=removed).exists():
        messages.warning(request, _("Punktet, gæsten var med til, er taget af. Inviter gæsten igen."))
        return redirect("meetings:people", pk)
    row = participation_of(meeting, participation_pk)
    invitations.restore_participant(by=request.user, participation=row)
    messages.success(request, _("%(name)s er med igen.") % {"name": row.person.name})
    for line in warnings_for(request.user, row.meeting, row.person):
        messages.warning(request, line)
    return redirect("meetings:people", pk)


@require_POST
def substitute_confirm(request: HttpRequest, pk: int, participation_pk: int) -> HttpResponse:
    row = participation_of(convened_meeting(request, pk), participation_pk)
    answers.confirm_substitute(by=request.user, participation=row)
    messages.success(request, _("%(name)s er godkendt som stedfortræder.") % {"name": row.person.name})
    for line in warnings_for(request.user, row.meeting, row.person):
        messages.warning(request, line)
    return redirect("meetings:people", pk)


@require_POST
def substitute_decline(request: HttpRequest, pk: int, participation_pk: int) -> HttpResponse:
    row = participation_of(convened_meeting(request, pk), participation_pk)
    answers.decline_substitute(by=request.user, participation=row)
    messages.success(request, _("Der er sagt nej til stedfortræderen. Den, der spurgte, får besked."))
    return redirect("meetings:people", pk)


@require_POST
def answer_for(request: HttpRequest, pk: int, participation_pk: int) -> HttpResponse:
    """Note the answer of somebody who has told the convener in another way."""
    row = participation_of(convened_meeting(request, pk), participation_pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        answers.answer(
            by=request.user, participation=row, answer=form.cleaned_data["answer"], note=row.answer_note
        )
        messages.success(request, _("Svaret er noteret for %(name)s.") % {"name": row.person.name})
        if form.cleaned_data["answer"] != Answer.NO:
            for line in warnings_for(request.user, row.meeting, row.person):
                messages.warning(request, line)
    return redirect("meetings:people", pk)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    row = own_participation(request, meeting_of(request, pk))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(text for errors in form.errors.values() for text in errors))
        return redirect("meetings:before", pk)
    answers.answer(
        by=request.user, participation=row, answer=form.cleaned_data["answer"], note=form.cleaned_data["note"]
    )
    messages.success(
        request, _("Dit svar er gemt: %(answer)s.") % {"answer": Answer(form.cleaned_data["answer"]).label}
    )
    return redirect("meetings:before", pk)


@require_http_methods(["GET", "POST"])
def substitute(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    row = own_participation(request, meeting)
    answers.may_answer(request.user, row).require()
    form = SubstituteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answers.name_substitute(by=request.user, participation=row, **form.cleaned_data)
        messages.success(request, _("Tovholderen får besked om din stedfortræder og skal sige ja."))
        return redirect("meetings:before", pk)
    page = form_page(
        form, title=_("Send en stedfortræder"), button=_("Foreslå stedfortræder"), crumbs=crumbs(meeting, _("Stedfortræder")),
        cancel_url=reverse("meetings:before", args=[pk]), lead=_("Tovholderen siger ja eller nej, før stedfortræderen bliver inviteret."),
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


@require_POST
def sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    row = events.sign_up(by=request.user, meeting=meeting_of(request, pk))
    messages.success(request, _("Du står på venteliste.") if row.waiting_list else _("Du er tilmeldt."))
    return redirect("meetings:before", pk)


@require_POST
def sign_off(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    row = get_object_or_404(meeting.participations, person__user=request.user, removed_at__isnull=True)
    events.cancel_sign_up(by=request.user, participation=row)
    messages.success(request, _("Du er meldt fra. Du kan tilmelde dig igen, så længe der er plads."))
    return redirect("meetings:before", pk)
