"""The steps of an agreement, one address for each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tovholder.forums.standing import person_of
from tovholder.plans import forms, policy, queries, services
from tovholder.plans.models import Agreement, AgreementStatus
from tovholder.plans.reading import note_reading
from tovholder.plans.views import in_case
from tovholder.plans.views.in_case import or_in_case

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
def new(request: HttpRequest) -> HttpResponse:
    forums = queries.own_open_forums(request.user)
    form = forms.NewAgreementForm(
        request.POST or None,
        forums=forums,
        person=person_of(request.user),
        due_days=queries.rules().default_due_days,
        initial={"forum": request.GET.get("forum", "")},
    )
    if form.is_valid():
        made = services.create_agreement(by=request.user, **form.cleaned_data)
        messages.success(request, _("Aftalen er lavet."))
        return redirect("plans:agreement", made.pk)
    crumbs = [(_("Aftaler"), reverse("plans:mine")), (_("Ny aftale"), "")]
    context = {"title": _("Ny aftale"), "button": _("Lav aftalen"), "cancel_url": reverse("plans:mine")}
    return render(request, "plans/step.html", {**context, "form": form, "crumbs": crumbs})


@require_POST
@or_in_case(in_case.done)
def done(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    services.mark_done(by=request.user, agreement=found)
    messages.success(
        request, _("»%(what)s« er gjort. Var det en fejl, så åbn den igen.") % {"what": found.what}
    )
    return _back(request, found)


@require_POST
@or_in_case(in_case.reopen)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    services.reopen(by=request.user, agreement=found)
    messages.success(request, _("»%(what)s« er åben igen.") % {"what": found.what})
    return _back(request, found)


@require_POST
@or_in_case(in_case.status)
def status(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    form = forms.StatusForm(request.POST)
    if form.is_valid():
        services.add_status(by=request.user, agreement=found, text=form.cleaned_data["text"])
        messages.success(request, _("Din status er gemt."))
        return redirect("plans:agreement", pk)
    return _step_page(request, found, form, title=_("Skriv status"), button=_("Gem status"))


@form_page
@or_in_case(in_case.go_on)
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    found = _decidable(request, pk)
    form = forms.ContinueForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.continue_agreement(by=request.user, agreement=found, **form.cleaned_data)
        messages.success(request, _("Aftalen fortsætter."))
        return redirect("plans:agreement", pk)
    return _step_page(request, found, form, title=_("Fortsæt aftalen"), button=_("Fortsæt"))


@form_page
@or_in_case(in_case.change)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    found = _decidable(request, pk)
    form = forms.ChangeForm(request.POST or None, agreement=found)
    if form.is_valid():
        successor = services.change(by=request.user, agreement=found, **form.cleaned_data)
        messages.success(request, _("Aftalen er ændret. Den nye har taget over."))
        return redirect("plans:agreement", successor.pk)
    lead = _("Den gamle aftale lukkes med din begrundelse, og den nye tager over.")
    return _step_page(
        request, found, form, title=_("Ændr aftalen"), button=_("Gem den nye aftale"), lead=lead
    )


@form_page
@or_in_case(in_case.stop)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    found = _decidable(request, pk)
    form = forms.StopForm(request.POST or None)
    if form.is_valid():
        services.stop(by=request.user, agreement=found, reason=form.cleaned_data["reason"])
        messages.success(request, _("Aftalen er stoppet. Var det en fejl, så åbn den igen."))
        return redirect("plans:agreement", pk)
    lead = _("Aftalen kommer ikke med på flere møder. Den kan åbnes igen.")
    return _step_page(request, found, form, title=_("Stop aftalen"), button=_("Stop aftalen"), lead=lead)


@form_page
@or_in_case(in_case.edit)
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    found = _decidable(request, pk)
    form = forms.CompleteForm(request.POST or None, agreement=found)
    if form.is_valid():
        services.edit_agreement(by=request.user, agreement=found, **form.cleaned_data)
        messages.success(request, _("Aftalen har nu en ansvarlig og en frist."))
        return redirect("plans:agreement", pk)
    return _step_page(request, found, form, title=_("Sæt person og frist"), button=_("Gem"))


def _visible(request: HttpRequest, pk: int) -> Agreement:
    return get_object_or_404(queries.visible_to(request.user).select_related("forum"), pk=pk)


def _decidable(request: HttpRequest, pk: int) -> Agreement:
    """Refuse before the form is filled in, not after."""
    found = _visible(request, pk)
    policy.may_decide(request.user, found).require()
    policy.may_become(found, AgreementStatus.DONE).require()
    return found


def _step_page(
    request: HttpRequest,
    found: Agreement,
    form: forms.TovholderForm,
    *,
    title: str,
    button: str,
    lead: str = "",
) -> HttpResponse:
    note_reading(by=request.user, agreements=[found], purpose="agreement")
    here = reverse("plans:agreement", args=[found.pk])
    crumbs = [(_("Aftaler"), reverse("plans:mine")), (found.what, here), (title, "")]
    context = {"title": title, "button": button, "lead": lead, "agreement": found, "cancel_url": here}
    return render(request, "plans/step.html", {**context, "form": form, "crumbs": crumbs})


def _back(request: HttpRequest, found: Agreement) -> HttpResponseRedirect:
    """Return to the list where the button was pressed, with its filters, or to the agreement."""
    here = reverse("plans:agreement", args=[found.pk])
    return HttpResponseRedirect(forms.safe_return(request.POST.get("tilbage", ""), here))
