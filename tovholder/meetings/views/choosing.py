"""The meeting's choice for each agreement it carries: done, continue, change, stop."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from tovholder.meetings.forms.running import ChangeForm, ContinueForm, StopForm
from tovholder.meetings.models import AgendaItem, Meeting
from tovholder.meetings.queries import items_visible_to, readable_levels
from tovholder.meetings.services import choosing
from tovholder.meetings.services.carrying import visible_open_agreements
from tovholder.meetings.services.reading import note_reading
from tovholder.meetings.views.attending import came_from
from tovholder.meetings.views.fetching import writable
from tovholder.plans.models import Agreement

AT_ONCE = {"gjort", "fortryd"}
CHOICES: dict[str, Callable[..., Any]] = {
    "fortsaet": choosing.choose_continue,
    "aendr": choosing.choose_change,
    "stop": choosing.choose_stop,
}


def choose(request: HttpRequest, pk: int, agreement_pk: int, step: str) -> HttpResponse:
    """One tap for done and undo; a page of its own where a reason or a day is asked for."""
    meeting, _minutes = writable(request, pk)
    if step not in AT_ONCE and step not in CHOICES:
        raise Http404
    levels = readable_levels(request.user, meeting)
    agreement = get_object_or_404(visible_open_agreements(meeting, levels), pk=agreement_pk)
    if step in AT_ONCE:
        if request.method != "POST":
            raise Http404
        return _at_once(request, meeting, agreement, step)
    form = _form(request, meeting, agreement, step)
    if request.method == "POST" and form.is_valid():
        CHOICES[step](by=request.user, meeting=meeting, agreement=agreement, **form.cleaned_data)
        messages.success(request, _("Valget for »%(what)s« er skrevet ned.") % {"what": agreement.what})
        return redirect(_home(request, meeting))
    note_reading(by=request.user, meeting=meeting, items=[], agreements=[agreement], purpose="meeting")
    context = {
        "meeting": meeting,
        "agreement": agreement,
        "step": step,
        "form": form,
        "back": _home(request, meeting),
    }
    return render(request, "meetings/run_choose.html", context, status=422 if form.errors else 200)


def _at_once(request: HttpRequest, meeting: Meeting, agreement: Agreement, step: str) -> HttpResponse:
    if step == "gjort":
        choosing.choose_done(by=request.user, meeting=meeting, agreement=agreement)
    else:
        choosing.undo_choice(by=request.user, meeting=meeting, agreement=agreement)
    return redirect(_home(request, meeting))


def _form(
    request: HttpRequest, meeting: Meeting, agreement: Agreement, step: str
) -> ChangeForm | StopForm | ContinueForm:
    data = request.POST or None
    if step == "aendr":
        return ChangeForm(data, meeting=meeting, agreement=agreement)
    if step == "stop":
        return StopForm(data)
    # An empty body is a plain "continue as it is".
    return ContinueForm(
        request.POST if request.method == "POST" else None, initial={"due_on": agreement.due_on}
    )


def _home(request: HttpRequest, meeting: Meeting) -> str:
    if request.POST.get("back") or request.GET.get("back"):
        return came_from(request, meeting)
    item = items_visible_to(request.user, meeting).filter(source=AgendaItem.Source.OPEN_AGREEMENTS).first()
    return (
        f"/moeder/{meeting.pk}/under/punkt/{item.pk}/" if item is not None else f"/moeder/{meeting.pk}/under/"
    )
