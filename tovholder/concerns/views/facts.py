"""What is chosen of a concern is corrected; before another district is saved, the page says who gains and who loses."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.concerns import policy, queries
from tovholder.concerns.forms.facts import FactsForm
from tovholder.concerns.lists import calls_for_notification
from tovholder.concerns.models import Concern
from tovholder.concerns.services.facts import GRAVE, correct_facts
from tovholder.concerns.services.reading import note_listing
from tovholder.concerns.views.concern import readable
from tovholder.concerns.views.steps import form_page


@form_page
def facts(request: HttpRequest, code: str) -> HttpResponse:
    found = readable(request, code)
    form = FactsForm(request.POST or None, concern=found)
    gains: list[queries.Reader] = []
    losses: list[queries.Reader] = []
    if form.is_valid():
        district = form.cleaned_data["district"]
        district_id = district.pk if district is not None else None
        gains, losses = queries.gains_and_losses(found, district_id)
        # Confirmed is the district that the names were shown for, not whatever stands in the field now.
        if not (gains or losses) or request.POST.get("confirmed") == str(district_id or 0):
            return _save(request, found, form)
    note_listing(by=request.user, concerns=[found], purpose="facts")
    here = reverse("concerns:concern", args=[code])
    title = _("Ret oplysninger om sagen")
    context = {
        "title": title,
        "concern": found,
        "form": form,
        "gains": gains,
        "losses": losses,
        "confirms": form.cleaned_data["district"] if gains or losses else None,
        "asks": bool(gains or losses),
        "cancel_url": here,
        "crumbs": [(_("Bekymringer"), reverse("concerns:list")), (str(found), here), (title, "")],
    }
    return render(request, "concerns/facts.html", context)


def _save(request: HttpRequest, found: Concern, form: FactsForm) -> HttpResponse:
    try:
        changed = correct_facts(by=request.user, concern=found, **form.cleaned_data)
    except ValidationError as fault:
        # What stands now is shown anew: what was chosen before must not undo the other's choice unseen.
        messages.error(request, " ".join(fault.messages))
        return redirect("concerns:facts", found.code)
    messages.success(request, _("Oplysningerne er rettet."))
    now = Concern.objects.get(pk=found.pk)
    if not policy.may_read(request.user, now):
        return redirect("concerns:list")
    page = "concerns:notify" if changed & GRAVE and calls_for_notification(now) else "concerns:concern"
    return redirect(page, now.code)
