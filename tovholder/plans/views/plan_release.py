"""The page of who does what is released to the child's family, and taken back."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tovholder.concerns.services.family_texts import may_reach_family
from tovholder.plans.forms.case_plans import ReleaseForm
from tovholder.plans.models import CasePlan
from tovholder.plans.services import releasing
from tovholder.plans.views.case_plans import crumbs_of, open_plan, shown_plan, visible_plan
from tovholder.plans.views.in_case import add_errors


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the family will read, ask what a person must have looked for, then release it."""
    found = open_plan(request, pk)
    may_reach_family(found.concern).require()
    form = ReleaseForm(request.POST or None)
    if form.is_valid() and _released(request, found, form):
        messages.success(request, _("Siden er frigivet til familien, som den står nu."))
        return redirect("case_plans:plan", pk)
    context = {
        "plan": found,
        "view": shown_plan(request, found, purpose="release of the plan"),
        "release": getattr(found, "release", None),
        "form": form,
        "family_logs_in": settings.FAMILY_SIGN_ON is not None,
        "crumbs": [*crumbs_of(found), (_("Frigiv til familien"), "")],
    }
    return render(request, "plans/plan_release.html", context, status=422 if form.errors else 200)


def _released(request: HttpRequest, found: CasePlan, form: ReleaseForm) -> bool:
    try:
        releasing.release_plan(by=request.user, plan=found)
    except ValidationError as refused:
        add_errors(form, refused)
        return False
    return True


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    releasing.take_release_back(by=request.user, plan=visible_plan(request, pk))
    messages.success(request, _("Familien kan ikke længere læse siden."))
    return redirect("case_plans:plan", pk)
