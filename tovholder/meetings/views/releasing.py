"""The page where the chair says what a family may read of its own child, for a case at any meeting, and takes it back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tovholder.concerns.services.childs_words import said_of
from tovholder.concerns.services.family_texts import holds, may_reach_family
from tovholder.meetings import policy
from tovholder.meetings.forms.releasing import ReleaseForm
from tovholder.meetings.models import CaseItem
from tovholder.meetings.services import network_minutes, releasing
from tovholder.meetings.services.cases_reading import CaseView, show_case
from tovholder.meetings.views.cases import case_of
from tovholder.meetings.views.face import crumbs
from tovholder.meetings.views.network import case_or_404, network_of
from tovholder.meetings.views.network import crumbs as network_crumbs

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
def release(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    """Say what the family of one child may read; the chair only."""
    meeting, item = case_of(request, pk, case_pk)
    view = _shown(request, item)
    here, back = (
        reverse("meetings:case_release", args=[pk, case_pk]),
        reverse("meetings:case", args=[pk, case_pk]),
    )
    context = {"minutes_text": view.minutes_text, "crumbs": crumbs(meeting, str(item.concern))}
    return _page(request, item, view, here, back, context)


@form_page
def release_network(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for a network meeting, beside its approved minutes."""
    made = network_of(request, pk)
    item = case_or_404(request, made)
    policy.may_release(request.user, item).require()
    releasing.must_be_approved(item)
    view = _shown(request, item)
    here, back = reverse("network:release", args=[pk]), reverse("network:after", args=[pk])
    said = network_minutes.record_of(item, made)
    context = {"said": said, "crumbs": network_crumbs(made, _("Frigiv til familien"))}
    return _page(request, item, view, here, back, context)


@require_POST
def take_back(request: HttpRequest, pk: int, case_pk: int, text_pk: int) -> HttpResponse:
    _meeting, item = case_of(request, pk, case_pk)
    return _take_back(request, item, text_pk, reverse("meetings:case_release", args=[pk, case_pk]))


@require_POST
def take_back_network(request: HttpRequest, pk: int, text_pk: int) -> HttpResponse:
    item = case_or_404(request, network_of(request, pk))
    return _take_back(request, item, text_pk, reverse("network:release", args=[pk]))


def _take_back(request: HttpRequest, item: CaseItem, text_pk: int, here: str) -> HttpResponse:
    releasing.take_back(by=request.user, case_item=item, text_id=text_pk)
    messages.success(request, _("Familien kan ikke længere læse teksten."))
    return redirect(here)


@require_POST
def child_agrees(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    _meeting, item = case_of(request, pk, case_pk)
    return _child_agrees(request, item, reverse("meetings:case_release", args=[pk, case_pk]))


@require_POST
def child_agrees_network(request: HttpRequest, pk: int) -> HttpResponse:
    item = case_or_404(request, network_of(request, pk))
    return _child_agrees(request, item, reverse("network:release", args=[pk]))


def _child_agrees(request: HttpRequest, item: CaseItem, here: str) -> HttpResponse:
    """Write that the child agrees that parents see its words from the meeting, or no longer does."""
    agrees = request.POST.get("enig") == "1"
    releasing.set_child_agrees(by=request.user, case_item=item, agrees=agrees)
    messages.success(request, said_of(agrees))
    return redirect(here)


def _shown(request: HttpRequest, item: CaseItem) -> CaseView:
    policy.may_release(request.user, item).require()
    view = show_case(by=request.user, case_item=item, purpose="minutes")
    if view.closed or not view.children:
        raise Http404
    return view


def _page(
    request: HttpRequest, item: CaseItem, view: CaseView, here: str, back: str, context: dict[str, Any]
) -> HttpResponse:
    form = ReleaseForm(request.POST or None, children=[each.view for each in view.children])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            releasing.release_to_family(
                by=request.user, case_item=item, child_id=int(data["child"]), text=data["text"],
                audience=data["audience"],
            )  # fmt: skip
        except ValidationError as refused:
            for name, faults in refused.error_dict.items():
                form.add_error(name, faults)
        else:
            said = _("Teksten er frigivet til familien. Den læses kun efter sikkert login.")
            messages.success(request, said)
            return redirect(back)
    words = view.own["child_view"].text
    reach = may_reach_family(item.concern)
    context |= {
        "shut": "" if reach else reach.reason,
        "words_out": any(holds(each, words) for each in releasing.released_texts(item.concern)),
        "item": item, "view": view, "form": form, "here": here, "back": back,
        "family_logs_in": settings.FAMILY_SIGN_ON is not None,
    }  # fmt: skip
    return render(request, "meetings/case_release.html", context, status=422 if form.errors else 200)
