"""Cases of a meeting before it: put on the agenda with or without a name, on what ground, before whom."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tovholder.access.levels import Level
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import Concern
from tovholder.concerns.policy import Part
from tovholder.concerns.queries import visible_to as concerns_visible_to
from tovholder.concerns.services.reading import note_listing
from tovholder.concerns.suspicion import all_by_family
from tovholder.meetings.forms.cases import GroundForm, PlanForm, TakeUpForm
from tovholder.meetings.models import CaseItem, Meeting
from tovholder.meetings.services import cases_anonymous, cases_room, cases_writing
from tovholder.meetings.services.cases import frame_of, plan_case, record_ground, recorded_ground
from tovholder.meetings.services.cases_reading import note_reading, prior_early_meetings
from tovholder.meetings.views.face import crumbs, form_page
from tovholder.meetings.views.fetching import meeting_of

PER_PAGE = 50


def case_of(request: HttpRequest, pk: int, case_pk: int) -> tuple[Meeting, CaseItem]:
    """Return a case that the user may know of now, else 404: the same as for one that does not exist."""
    item = cases_room.shown_case(request.user, pk, case_pk)  # type: ignore[arg-type]
    if item is None:
        raise Http404
    return item.meeting, item


def concern_of(request: HttpRequest, code: str) -> Concern:
    """Return a concern that the user works on, else 404."""
    return get_object_or_404(concerns_visible_to(request.user, Part.ALL), code=code)  # type: ignore[arg-type]


@require_GET
def case_list(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    user: Any = request.user
    items = cases_room.shown_cases(user, meeting)
    if not items:
        raise Http404
    page_obj: Page[CaseItem] = Paginator(items, PER_PAGE).get_page(request.GET.get("side"))
    cases_room.note_list(by=user, meeting=meeting, items=page_obj)
    context = {
        "meeting": meeting,
        "page_obj": page_obj,
        "by_family": all_by_family(each.concern_id for each in page_obj if each.owes_information),
        "has_names": any(each.is_handover for each in items),
        "crumbs": crumbs(meeting, _("Sager")),
    }
    return render(request, "meetings/cases.html", context)


def take_up(request: HttpRequest, code: str) -> HttpResponse:
    """Put a concern without a name on a coming agenda, in words typed for it."""
    concern = concern_of(request, code)
    user: Any = request.user
    if concern.level == Level.NAMED:
        return redirect("meetings:case_plan", code)
    coming = cases_anonymous.coming_meetings(user, level=Level.ANONYMOUS)
    form = TakeUpForm(request.POST or None, meetings=coming)
    if request.method == "POST" and form.is_valid():
        try:
            cases_anonymous.take_up_anonymously(by=user, concern=concern, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Punktet står på dagsordenen. Rådet kommer tilbage til sagen."))
            return redirect("meetings:before", form.cleaned_data["meeting"].pk)
    return _one_form(
        request,
        form,
        concern,
        title=_("Tag %(case)s op uden navn") % {"case": concern},
        button=_("Sæt på dagsordenen"),
        lead=_(
            "Bekymringens egne tekster følger ikke med. Skriv kun det, forummet skal vide for at give råd."
        ),
    )


def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Put a concern by name on a coming meeting: known to those who work on it only."""
    concern = concern_of(request, code)
    user: Any = request.user
    if concern.level != Level.NAMED:
        raise Http404
    form = PlanForm(request.POST or None, meetings=cases_anonymous.coming_meetings(user, level=Level.NAMED))
    if request.method == "POST" and form.is_valid():
        try:
            item = plan_case(by=user, concern=concern, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            return redirect("meetings:case_ground", item.meeting_id, item.pk)
    return _one_form(
        request,
        form,
        concern,
        title=_("Tag %(case)s op som navngiven") % {"case": concern},
        button=_("Videre til grundlaget"),
        lead=_("Kun de, der arbejder med sagen, kan se, at den er planlagt. Navnet åbnes først på mødet."),
    )


def _one_form(request: HttpRequest, form: Any, concern: Concern, **page: Any) -> HttpResponse:
    note_listing(by=request.user, concerns=[concern], purpose="step")  # type: ignore[arg-type]
    context = form_page(form, crumbs=crumbs(), cancel_url=reverse("meetings:list"), **page)
    return render(request, "meetings/form.html", context, status=422 if form.errors else 200)


def ground(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    """Write on what ground; before saving, say who gains and who loses."""
    meeting, item = case_of(request, pk, case_pk)
    user: Any = request.user
    concerns.may_work(user, item.concern).require()
    form = ground_form(item, meeting, request.POST or None)
    weighed = None
    if request.method == "POST" and form.is_valid():
        if "gem" in request.POST:
            record_ground(by=user, case_item=item, ground=form.ground())
            messages.success(request, _("Grundlaget er gemt."))
            return redirect("meetings:case", pk, case_pk)
        weighed = cases_room.weigh(item, form.ground())
    note_reading(by=user, case_item=item, shown="ground")
    context = {
        "meeting": meeting,
        "item": item,
        "form": form,
        "weighed": weighed,
        "mends": cases_room.mends(item, weighed.room) if weighed else [],
        "crumbs": crumbs(meeting, str(item.concern)),
    }
    return render(request, "meetings/case_ground.html", context, status=422 if form.errors else 200)


def ground_form(item: CaseItem, meeting: Meeting, data: Any = None) -> GroundForm:
    """Return the form of the ground, with what is recorded, or the one basis there is."""
    asked, all_may = recorded_ground(item), frame_of(meeting).bases
    bases = [each for each in meeting.lead_forum.bases if each in all_may]
    initial = {name: getattr(asked, name) for name in asked.__slots__}
    initial["basis"] = asked.basis or (bases[0] if len(bases) == 1 else "")
    prior = prior_early_meetings(item) if "early_cooperation" in bases else 0
    return GroundForm(data, bases=bases, prior=prior, initial=initial)


@require_POST
def take_off(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    meeting, item = case_of(request, pk, case_pk)
    cases_writing.take_off(by=request.user, case_item=item)  # type: ignore[arg-type]
    messages.success(request, _("Sagen er taget af mødet."))
    return redirect("meetings:before", meeting.pk)
