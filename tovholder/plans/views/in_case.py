"""The page and the steps of an agreement in a case by name: the same addresses as the ordinary ones, other services.

Lists, titles and paths carry the case code; the words stand on the page only, and opening them is logged.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tovholder.forums.standing import person_of
from tovholder.plans import forms, policy, queries
from tovholder.plans.models import Agreement, AgreementStatus, CaseAgreement
from tovholder.plans.services import case_agreements
from tovholder.plans.services.case_reading import seen_by

View = Callable[[HttpRequest, int], HttpResponse]


def or_in_case(case_view: View) -> Callable[[View], View]:
    """Let the same address serve an agreement in a case by name, where no ordinary one is found."""

    def decorate(view: View) -> View:
        @wraps(view)
        def either(request: HttpRequest, pk: int) -> HttpResponse:
            try:
                return view(request, pk)
            except Http404:
                return case_view(request, pk)

        return either

    return decorate


def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    case = visible_case(request, pk)
    [view] = case_agreements.show_case_agreements(by=request.user, cases=[case], purpose="agreement")
    works_on = view.ground not in {"responsible", "helper"}
    context = {
        "view": view,
        "agreement": case.agreement,
        "works_on": works_on,
        "seen_by": seen_by(view, works=works_on),
        "form": forms.StatusForm(),
        "crumbs": [(_("Aftaler"), reverse("plans:mine")), (case.agreement.what, "")],
        **_rights(request, case),
    }
    return render(request, "plans/case_agreement.html", context)


def done(request: HttpRequest, pk: int) -> HttpResponse:
    case = visible_case(request, pk)
    case_agreements.done(by=request.user, case=case)
    messages.success(
        request,
        _("Aftalen i %(case)s er gjort. Var det en fejl, så åbn den igen.") % {"case": case.agreement.what},
    )
    return _back(request, pk)


def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    case = visible_case(request, pk)
    case_agreements.reopen(by=request.user, case=case)
    messages.success(request, _("Aftalen i %(case)s er åben igen.") % {"case": case.agreement.what})
    return _back(request, pk)


def status(request: HttpRequest, pk: int) -> HttpResponse:
    case = visible_case(request, pk)
    form = forms.StatusForm(request.POST)
    if form.is_valid():
        case_agreements.report(by=request.user, case=case, text=form.cleaned_data["text"])
        messages.success(request, _("Din status er gemt."))
        return redirect("plans:agreement", pk)
    return _step_page(request, case, form, title=_("Skriv status"), button=_("Gem status"))


def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    case = _decidable(request, pk)
    form = forms.ContinueForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _did(
        form,
        lambda: case_agreements.continue_(
            by=request.user, case=case, seen=_seen(request), **form.cleaned_data
        ),
    ):
        messages.success(request, _("Aftalen fortsætter."))
        return redirect("plans:agreement", pk)
    return _step_page(request, case, form, title=_("Fortsæt aftalen"), button=_("Fortsæt"))


def change(request: HttpRequest, pk: int) -> HttpResponse:
    case = _decidable(request, pk)
    people = queries.people_for_case(request.user, case.concern, case)
    [view] = case_agreements.show_case_agreements(
        by=request.user, cases=[case], purpose="change the agreement"
    )
    form = forms.CaseChangeForm(request.POST or None, case=case, people=people, view=view)
    made: list[CaseAgreement] = []
    if form.is_valid() and _did(
        form,
        lambda: made.append(
            case_agreements.change(by=request.user, case=case, seen=_seen(request), **form.cleaned_data)
        ),
    ):
        messages.success(request, _("Aftalen er ændret. Den nye har taget over."))
        return redirect("plans:agreement", made[0].agreement_id)
    lead = _("Den gamle aftale lukkes med din begrundelse, og den nye tager over.")
    return _step_page(request, case, form, title=_("Ændr aftalen"), button=_("Gem den nye aftale"), lead=lead)


def stop(request: HttpRequest, pk: int) -> HttpResponse:
    case = _decidable(request, pk)
    form = forms.StopForm(request.POST or None)
    if form.is_valid() and _did(
        form,
        lambda: case_agreements.stop(by=request.user, case=case, seen=_seen(request), **form.cleaned_data),
    ):
        messages.success(request, _("Aftalen er stoppet. Var det en fejl, så åbn den igen."))
        return redirect("plans:agreement", pk)
    lead = _("Aftalen kommer ikke med på flere møder. Den kan åbnes igen.")
    return _step_page(request, case, form, title=_("Stop aftalen"), button=_("Stop aftalen"), lead=lead)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    case = _decidable(request, pk)
    people = queries.people_for_case(request.user, case.concern, case)
    form = forms.CaseEditForm(request.POST or None, case=case, people=people)
    if form.is_valid() and _did(
        form,
        lambda: case_agreements.edit(by=request.user, case=case, seen=_seen(request), **form.cleaned_data),
    ):
        messages.success(request, _("Aftalen er rettet."))
        return redirect("plans:agreement", pk)
    return _step_page(request, case, form, title=_("Ret person, frist og prioritet"), button=_("Gem"))


def visible_case(request: HttpRequest, pk: int) -> CaseAgreement:
    user: Any = request.user
    found = queries.for_case_page(user, queries.case_agreements_visible_to(user))
    # Asked of the agreement's own number, so that one beyond every column finds nothing.
    case: CaseAgreement = get_object_or_404(found, agreement__in=Agreement.every.filter(pk=pk))
    person = person_of(user)
    if person is not None:
        case.concern.__dict__["on_case_team"] = {person.pk: case.on_team}  # type: ignore[attr-defined]
    return case


def add_errors(form: forms.TovholderForm, error: ValidationError) -> None:
    """Show what the service said at the field it is about, or above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, faults in error.error_dict.items():
        form.add_error(name if name in form.fields else None, faults)


def _did(form: forms.TovholderForm, step: Callable[[], object]) -> bool:
    try:
        step()
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True


def _decidable(request: HttpRequest, pk: int) -> CaseAgreement:
    """Refuse before the form is filled in, not after."""
    case = visible_case(request, pk)
    policy.may_decide(request.user, case.agreement).require()
    policy.may_become(case.agreement, AgreementStatus.DONE).require()
    return case


def _seen(request: HttpRequest) -> datetime | None:
    """When the agreement had last moved as the page showed it: who comes second is told, and nothing is lost."""
    try:
        return parse_datetime(request.POST.get("seen", ""))
    except ValueError:
        return None


def _rights(request: HttpRequest, case: CaseAgreement) -> dict[str, bool]:
    """What the buttons ask is what the services ask."""
    user, found = request.user, case.agreement
    right = policy.may_report if found.status == AgreementStatus.DONE else policy.may_decide
    going_on = bool(policy.may_have_agreements(case.concern))
    return {
        "may_report": found.is_open and bool(policy.may_report(user, found)),
        "may_decide": found.is_open and bool(policy.may_decide(user, found)),
        "may_reopen": going_on
        and bool(policy.may_become(found, AgreementStatus.OPEN) and right(user, found)),
    }


def _step_page(
    request: HttpRequest,
    case: CaseAgreement,
    form: forms.TovholderForm,
    *,
    title: str,
    button: str,
    lead: str = "",
) -> HttpResponse:
    here = reverse("plans:agreement", args=[case.agreement_id])
    crumbs = [(_("Aftaler"), reverse("plans:mine")), (case.agreement.what, here), (title, "")]
    context = {
        "title": title, "button": button, "lead": lead, "agreement": case.agreement, "cancel_url": here,
        "seen": case.agreement.moved_at.isoformat(), "form": form, "crumbs": crumbs,
    }  # fmt: skip
    return render(request, "plans/step.html", context)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect(forms.safe_return(request.POST.get("tilbage", ""), reverse("plans:agreement", args=[pk])))
