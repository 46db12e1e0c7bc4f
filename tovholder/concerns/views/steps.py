"""The steps of a concern, one address for each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tovholder.concerns import policy
from tovholder.concerns.forms import working as forms
from tovholder.concerns.models import AgeReminder, Concern
from tovholder.concerns.services import absences, course, teams
from tovholder.concerns.services.ages import answer_age as answer
from tovholder.concerns.services.reading import note_listing
from tovholder.concerns.views.concern import readable
from tovholder.ui.forms import TovholderForm

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
def status(request: HttpRequest, code: str) -> HttpResponse:
    found = readable(request, code)
    may_triage = bool(policy.may_triage(request.user, found))
    initial = {"version": found.version}
    form = forms.StatusForm(request.POST or None, concern=found, may_triage=may_triage, initial=initial)
    if form.is_valid() and saved(
        form, course.set_status, by=request.user, concern=found, **form.cleaned_data
    ):
        messages.success(request, _("Sagen har fået ny status."))
        return redirect("concerns:concern", code)
    if form.non_field_errors():
        form.show_version(found)
    lead = _("Nu: %(status)s") % {"status": found.get_status_display()}
    return step_page(request, found, form, title=_("Skift status"), button=_("Gem status"), lead=lead)


@form_page
def note(request: HttpRequest, code: str) -> HttpResponse:
    found = readable(request, code)
    form = forms.NoteForm(request.POST or None, concern=found)
    if form.is_valid() and saved(
        form, course.write_note, by=request.user, concern=found, **form.cleaned_data
    ):
        messages.success(request, _("Notatet er gemt."))
        return redirect("concerns:course", code)
    return step_page(request, found, form, title=_("Skriv notat"), button=_("Gem notat"))


@form_page
def advice(request: HttpRequest, code: str) -> HttpResponse:
    found = readable(request, code)
    form = forms.AdviceForm(request.POST or None, concern=found)
    if form.is_valid() and saved(
        form, course.give_advice, by=request.user, concern=found, **form.cleaned_data
    ):
        messages.success(request, _("Rådet er gemt."))
        return redirect("concerns:course", code)
    if found.level == "named":
        lead = _("Den, der rejste sagen, kan ikke læse rådet her, fordi sagen har navn. Giv det selv videre.")
    else:
        lead = _("Den, der rejste sagen, kan læse rådet.")
    return step_page(request, found, form, title=_("Giv råd"), button=_("Gem rådet"), lead=lead)


@form_page
def lists(request: HttpRequest, code: str) -> HttpResponse:
    found = readable(request, code)
    initial = {"teams": list(found.teams.values_list("pk", flat=True))}
    form = forms.ListsForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        teams.set_lists(by=request.user, concern=found, teams=form.cleaned_data["teams"])
        messages.success(request, _("Listerne er rettet."))
        return redirect("concerns:concern", code)
    lead = _("At stå på en liste giver ingen adgang. Det gør kun en plads i sagens team.")
    return step_page(request, found, form, title=_("Sæt på lister"), button=_("Gem"), lead=lead)


@require_POST
def take_on(request: HttpRequest, code: str) -> HttpResponse:
    found = readable(request, code)
    taken = course.take_on(by=request.user, concern=found)
    said = _("Du er nu sagsansvarlig.")
    if taken.status != found.status:
        said = _("Du er nu sagsansvarlig. Bekymringen afklares.")
    messages.success(request, said)
    return redirect("concerns:concern", code)


@require_POST
def answer_age(request: HttpRequest, code: str, age: str) -> HttpResponse:
    found = readable(request, code)
    if age in absences.CODES:
        absences.answer_absence(by=request.user, concern=found)
    elif age in AgeReminder.Code.values:
        answer(by=request.user, concern=found, code=age)
    else:
        raise Http404
    messages.success(request, _("Det står ikke længere på Min dag."))
    return redirect("concerns:concern", code)


def saved(form: TovholderForm, service: Any, **given: Any) -> bool:
    """Call the service; its faults are shown at their fields, with all that was typed."""
    try:
        service(**given)
    except ValidationError as fault:
        if hasattr(fault, "error_dict"):
            for field, found in fault.message_dict.items():
                form.add_error(field if field in form.fields else None, found)
        else:
            form.add_error(None, fault)
        return False
    return True


def step_page(
    request: HttpRequest, found: Concern, form: TovholderForm, *, title: str, button: str, lead: str = ""
) -> HttpResponse:
    note_listing(by=request.user, concerns=[found], purpose="step")
    here = reverse("concerns:concern", args=[found.code])
    crumbs = [(_("Bekymringer"), reverse("concerns:list")), (str(found), here), (title, "")]
    context = {"title": title, "button": button, "lead": lead, "concern": found, "cancel_url": here}
    return render(request, "concerns/step.html", {**context, "form": form, "crumbs": crumbs})
