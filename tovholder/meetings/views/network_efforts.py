"""The pages of one effort of a network meeting: correct it, or choose what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tovholder.citizens.services.safe import Safe
from tovholder.meetings import policy
from tovholder.meetings.forms.network import ChoiceForm, EffortForm
from tovholder.meetings.models import CaseItem, NetworkMeeting
from tovholder.meetings.services import network_efforts as efforts
from tovholder.meetings.services import network_meeting as running
from tovholder.meetings.services.minutes import minutes_of
from tovholder.meetings.views.network import case_or_404, crumbs, network_of
from tovholder.meetings.views.network_steps import _tell as tell
from tovholder.plans.models import CaseAgreement


@require_http_methods(["GET", "HEAD", "POST"])
def effort(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """Correct an effort that was made at this meeting."""
    made = network_of(request, pk)
    policy.may_write_now(request.user, made.meeting, minutes_of(made.meeting)).require()
    case = case_or_404(request, made)
    running.require_open(running.closing_room(case))
    row = _effort_of(made, case, row_pk, made_here=True)
    safe = Safe.of([row])
    initial = {
        "words": safe.read(row, "words").text,
        "sign_of_progress": safe.read(row, "sign_of_progress").text,
        "responsible": row.agreement.responsible_id,
        "due_on": row.agreement.due_on,
    }
    form = EffortForm(request.POST or None, initial=initial, meeting=made.meeting)
    if "fjern" in request.POST:
        efforts.remove_effort(by=request.user, network=made, row=row)
        messages.success(request, _("Indsatsen er fjernet."))
        return redirect(f"{reverse('network:run', args=[pk])}#indsatser")
    if (
        request.method == "POST"
        and form.is_valid()
        and saved(
            form,
            lambda: efforts.change_effort(by=request.user, network=made, row=row, effort=form.effort()),
        )
    ):
        return redirect(to_effort(pk, row.pk))
    running.note_reading(by=request.user, case=case, purpose="network meeting")
    title = _("Ret indsats %(n)s") % {"n": row.priority}
    # What came in place of an effort from before stays: that one is closed.
    remove = _("Fjern indsatsen") if row.agreement.predecessor_id is None else ""
    return _form_page(request, made, form, title, _("Gem indsatsen"), remove=remove)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """Choose what becomes of an effort from before: it goes on, is changed, stops, or is done."""
    made = network_of(request, pk)
    policy.may_write_now(request.user, made.meeting, minutes_of(made.meeting)).require()
    case = case_or_404(request, made)
    running.require_open(running.closing_room(case))
    row = _effort_of(made, case, row_pk, made_here=False)
    initial = {"responsible": row.agreement.responsible_id}
    form = ChoiceForm(request.POST or None, initial=initial, meeting=made.meeting)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {"choice": data["choice"], "reason": data["reason"]}
        instead = form.effort() if data["words"] else None
        if saved(
            form,
            lambda: efforts.choose(by=request.user, network=made, row=row, instead=instead, **chosen),
        ):
            return redirect(to_effort(pk, row.pk))
    running.note_reading(by=request.user, case=case, purpose="network meeting")
    words = Safe.of([row]).read(row, "words")
    title = _("Indsats %(n)s fra sidst") % {"n": row.priority}
    return _form_page(request, made, form, title, _("Gem valget"), lead=str(words))


def _form_page(
    request: HttpRequest, made: NetworkMeeting, form: Any, title: str, button: str, **more: str
) -> HttpResponse:
    context = {
        **more,
        "form": form,
        "title": title,
        "button": button,
        "crumbs": crumbs(made, title),
        "cancel_url": f"{reverse('network:run', args=[made.meeting_id])}#indsatser",
    }
    return render(request, "meetings/form.html", context, status=422 if form.errors else 200)


def _effort_of(made: NetworkMeeting, case: CaseItem, pk: int, *, made_here: bool) -> CaseAgreement:
    """Return an effort as the meeting has it, made here or taken up from before. Any other of the case is no part of it."""
    old, new = efforts.efforts(case, made)
    if pk not in {each.id for each in (new if made_here else old)}:
        raise Http404
    return effort_row(made, pk)


def saved(form: EffortForm, step: Callable[[], object]) -> bool:
    """Take the step, and say at its field what the service found wrong."""
    try:
        step()
    except ValidationError as refused:
        tell(form, refused)
        return False
    return True


def effort_row(made: NetworkMeeting, number: str | int) -> CaseAgreement:
    text = str(number)
    pk = int(text) if text.isdecimal() and len(text) <= 18 else 0
    return get_object_or_404(
        CaseAgreement.objects.select_related("agreement"), pk=pk, concern=made.concern_id
    )


def to_effort(pk: int, number: str | int) -> str:
    return f"{reverse('network:run', args=[pk])}?indsats={number}#indsatser"
