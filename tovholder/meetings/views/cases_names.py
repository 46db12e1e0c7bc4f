"""The case meeting: names handed over in one go, opened together, one decision for each."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tovholder.citizens.queries import rules_read_with
from tovholder.concerns import policy as concerns
from tovholder.directory.models import District
from tovholder.meetings import policy
from tovholder.meetings.forms.cases import HandOverForm, NamesDistrictForm
from tovholder.meetings.models import CaseItem, Meeting, MeetingStatus
from tovholder.meetings.queries import visible_to
from tovholder.meetings.services import (
    cases_districts,
    cases_intake,
    cases_names,
    cases_room,
    cases_writing,
)
from tovholder.meetings.services.checklist import for_meeting
from tovholder.meetings.services.lookups import lookups
from tovholder.meetings.views.face import crumbs
from tovholder.meetings.views.fetching import meeting_of
from tovholder.ui.twice import mark_of, was_shown

PER_PAGE = 20  # with long offences and every name opened still a light page


def intake(request: HttpRequest, pk: int) -> HttpResponse:
    """Take names in: first shown with their faults, then saved, all or none. Nothing is kept between the two."""
    meeting = meeting_of(request, pk)
    user: Any = request.user
    if not policy.may_hand_over(user, meeting) or meeting.status not in {
        MeetingStatus.PLANNED,
        MeetingStatus.RUNNING,
    }:
        raise Http404
    form = HandOverForm(request.POST or None, districts=cases_intake.districts_of(meeting, user))
    lines = None
    if request.method == "POST" and form.is_valid():
        lines = cases_intake.read_lines(
            form.cleaned_data["names"],
            source=cases_intake.source_of(user),
            districts=form.chosen_districts(),
        )
        if "gem" in request.POST:
            try:
                made = cases_intake.hand_over(
                    by=user, meeting=meeting, lines=lines, necessity=form.necessity()
                )
            except ValidationError as refused:
                form.add_error(None, refused.messages)  # type: ignore[arg-type]
            else:
                told = ngettext("%(n)s navn er overleveret.", "%(n)s navne er overleveret.", len(made))
                messages.success(request, told % {"n": len(made)})
                return redirect("meetings:names_in", pk)
    context = {
        "meeting": meeting,
        "form": form,
        "lines": lines,
        "faulty": [each for each in lines or [] if each.faults],
        "mine": cases_intake.own_handed_over(user, meeting),
        "guides": [for_meeting(meeting, phase) for phase in ("before", "during", "after")],
        "lookups": lookups(),
        "crumbs": crumbs(meeting, _("Overlever navne")),
        "may_see": cases_room.has_cases(user, meeting),
    }
    return render(request, "meetings/names_in.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def names(request: HttpRequest, pk: int) -> HttpResponse:
    """The names handed over at this meeting, a page of them, for those they are opened to; closed while one is not covered.

    Each is decided by one key, and the way leads to the next one.
    """
    meeting = meeting_of(request, pk)
    user: Any = request.user
    rows = _handed_over(user, meeting)
    if not rows:
        raise Http404
    if request.method == "POST":
        return _decide(request, pk, rows)
    page_obj: Page[CaseItem] = Paginator(rows, PER_PAGE).get_page(request.GET.get("side"))
    page = cases_names.show_names(by=user, meeting=meeting, items=list(page_obj))
    undecided = [number for number, each in enumerate(rows) if not each.decision]
    context = {
        "meeting": meeting,
        "page": page,
        "page_obj": page_obj,
        "undecided": len(undecided),
        "waiting": sum(each.status == CaseItem.Status.PLANNED for each in rows),
        # Where to go on, when nothing is left on this page.
        "next_undecided": _address(rows, undecided[0]) if undecided else "",
        "unplaced": len(cases_districts.without_district(user, rows)),
        "page_decided": all(each.item.decision for each in page.rows),
        "decisions": [each for each in CaseItem.Decision.choices if each[0]],
        "may_decide": {each.item.pk for each in page.rows if each.child and _may_decide(user, each.item)},
        "may_hand_over": bool(policy.may_hand_over(user, meeting, rules_read_with(rows[0]))),
        "is_running": meeting.status == MeetingStatus.RUNNING,
        "lookups": lookups(),
        "crumbs": crumbs(meeting, _("Navne")),
    }
    return render(request, "meetings/names.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def district(request: HttpRequest, pk: int) -> HttpResponse:
    """Names that every triager reads, since they have no district, are placed; who then reads them no more is shown first."""
    meeting = meeting_of(request, pk)
    user: Any = request.user
    handed_over = _handed_over(user, meeting)
    rows = cases_districts.without_district(user, handed_over)
    if not rows and any(concerns.may_triage(user, each.concern) for each in handed_over):
        messages.info(request, _("Alle navnene har et distrikt."))
        return redirect("meetings:names", pk)
    if not rows:
        raise Http404
    shown = cases_names.show_names(by=user, meeting=meeting, items=rows[:PER_PAGE]).rows
    form = NamesDistrictForm(
        request.POST or None,
        names=[(str(each.item.pk), _said(each)) for each in shown],
        districts=cases_intake.districts_of(meeting),
    )
    context: dict[str, Any] = {"meeting": meeting, "form": form, "left": len(rows) - len(shown)}
    if request.method == "POST" and form.is_valid():
        chosen = [each.item for each in shown if str(each.item.pk) in form.cleaned_data["names"]]
        if was_shown(request, form):
            try:
                cases_districts.place_names(by=user, items=chosen, district=form.chosen())
            except ValidationError as refused:
                form.add_error("district", refused.messages)  # type: ignore[arg-type]
            else:
                messages.success(request, _placed(len(chosen), form.chosen()))
                return _back_to_what_is_shown(user, meeting)
        else:
            place = form.chosen()
            context |= {"place": place, "losses": cases_districts.stop_reading(place), "mark": mark_of(form)}
    context["crumbs"] = crumbs(meeting, _("Distrikt for navnene"))
    return render(request, "meetings/names_district.html", context, status=422 if form.errors else 200)


def _back_to_what_is_shown(user: Any, meeting: Meeting) -> HttpResponse:
    """The names, or where the last of them went to another district, the meeting; a triager may know of it by them alone."""
    if _handed_over(user, meeting):
        return redirect("meetings:names", meeting.pk)
    if visible_to(user).filter(pk=meeting.pk).exists():
        return redirect("meetings:before", meeting.pk)
    return redirect("meetings:list")


def _said(row: cases_names.NameRow) -> str:
    """A name to choose: its code, and the child where it is open."""
    return f"{row.child.view.name}, {row.item.concern}" if row.child is not None else str(row.item.concern)


def _placed(count: int, place: District) -> str:
    told = ngettext("%(n)s navn hører nu til %(place)s.", "%(n)s navne hører nu til %(place)s.", count)
    return told % {"n": count, "place": place.name}


def _handed_over(user: Any, meeting: Meeting) -> list[CaseItem]:
    return [each for each in cases_room.shown_cases(user, meeting) if each.is_handover]


def _may_decide(user: Any, item: CaseItem) -> bool:
    """Who triages another district has been told the name at the meeting; what becomes of it is not theirs to say."""
    return bool(concerns.may_triage(user, item.concern))


def _decide(request: HttpRequest, pk: int, rows: list[CaseItem]) -> HttpResponse:
    """Decide one of the names ("17:take_on"), and go to the one after it."""
    number, _colon, decision = request.POST.get("beslutning", "").partition(":")
    at = next((n for n, each in enumerate(rows) if str(each.pk) == number), None)
    if at is None or decision not in CaseItem.Decision.values or not decision:
        raise Http404
    cases_writing.decide(by=request.user, case_item=rows[at], decision=decision)  # type: ignore[arg-type]
    said = {"case": rows[at].concern, "word": CaseItem.Decision(decision).label}
    messages.success(request, _("%(case)s: %(word)s.") % said)
    response = redirect("meetings:names", pk)
    response.headers["Location"] += _address(rows, min(at + 1, len(rows) - 1))
    return response


def _address(rows: list[CaseItem], number: int) -> str:
    return f"?side={number // PER_PAGE + 1}#navn-{rows[number].pk}"


@require_POST
def open_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Open every planned name that the user works on; the room is asked for each."""
    meeting = meeting_of(request, pk)
    user: Any = request.user
    rows = [each for each in _handed_over(user, meeting) if each.works]  # type: ignore[attr-defined]
    opened = cases_names.open_names(by=user, meeting=meeting, items=rows)
    if not opened:
        messages.warning(request, opened.reason)
    return redirect("meetings:names", pk)
