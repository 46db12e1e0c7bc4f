"""A case at the meeting and after it: opened, written, decided, released, fetched as a file. Asked anew at each request."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tovholder.access.decision import Refused
from tovholder.concerns import policy as concerns
from tovholder.concerns.queries import readers
from tovholder.concerns.suspicion import is_by_family
from tovholder.documents.typst import render_pdf
from tovholder.documents.word import render_docx
from tovholder.meetings import policy
from tovholder.meetings.forms.cases import CaseAgreementForm, FactsForm, InformationForm, NoteForm
from tovholder.meetings.models import CaseItem, Meeting, MeetingStatus, MinutesStatus
from tovholder.meetings.services import cases_papers, cases_room, cases_writing
from tovholder.meetings.services.cases import open_case, record_ground
from tovholder.meetings.services.cases_known import known_of
from tovholder.meetings.services.cases_reading import CaseView, note_reading, show_case, told_of
from tovholder.meetings.services.cases_writing import CaseTextConflictError
from tovholder.meetings.services.minutes import minutes_of
from tovholder.meetings.views.cases import case_of, ground_form
from tovholder.meetings.views.face import crumbs
from tovholder.ui.templatetags.ui import dktime

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
def case(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    meeting, item = case_of(request, pk, case_pk)
    return _show(request, meeting, item)


def _show(
    request: HttpRequest, meeting: Meeting, item: CaseItem, status: int = 200, **more: Any
) -> HttpResponse:
    user: Any = request.user
    view = show_case(by=user, case_item=item, purpose="meeting")
    works = bool(concerns.may_work(user, item.concern))
    context: dict[str, Any] = {
        "meeting": meeting,
        "item": item,
        "view": view,
        "works": works,
        "crumbs": crumbs(meeting, str(item.concern)),
        "is_running": meeting.status == MeetingStatus.RUNNING,
        **more,
    }
    if view.closed:
        context |= _closed(context, meeting, item, view)
        return render(request, "meetings/case_closed.html", context, status=status)
    context |= _opened(user, meeting, item, view, more)
    return render(request, "meetings/case.html", context, status=status)


def _closed(context: dict[str, Any], meeting: Meeting, item: CaseItem, view: CaseView) -> dict[str, Any]:
    people = cases_room.before_whom(view.room)
    found: dict[str, Any] = {"people": people, "covered": sum(each.is_covered for each in people)}
    if context["works"] and context["is_running"] and "form" not in context:
        found["form"] = ground_form(item, meeting)
    return found


def _opened(
    user: Any, meeting: Meeting, item: CaseItem, view: CaseView, given: dict[str, Any]
) -> dict[str, Any]:
    known_of([item])  # its readers and the suspicion are then asked of what was read
    minutes = minutes_of(meeting)
    approved = minutes is not None and minutes.status == MinutesStatus.APPROVED
    may_write = bool(policy.may_write_case(user, item))
    facts = {
        "child_view": view.own["child_view"].text,
        "no_child_view": view.own["no_child_view"].text,
        "child_agrees": item.child_agrees,
        "agreed_before": item.child_agrees,
    }
    information = {
        "information_due_on": item.information_due_on,
        "information_given_on": item.information_given_on,
        "no_information": view.own["no_information"].text,
    }
    return {
        "readers": readers(item.concern),
        "told": told_of(item),
        "approved": approved,
        "may_write": may_write and not approved,
        "may_add": may_write and approved,
        "may_release": bool(policy.may_release(user, item)) and meeting.status == MeetingStatus.HELD,
        "may_decide": bool(concerns.may_triage(user, item.concern)) and not approved,
        "decisions": [each for each in CaseItem.Decision.choices if each[0]],
        "may_inform": may_write,
        "by_family": item.owes_information and is_by_family(item.concern),
        "information_form": given.get("information_form") or InformationForm(initial=information),
        "facts_form": given.get("facts_form") or FactsForm(initial=facts),
        "agreement_form": given.get("agreement_form")
        or CaseAgreementForm(meeting=meeting, choices=view.choices),
        "note_form": given.get("note_form") or NoteForm(),
    }


@require_POST
def open_name(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    """Open the name on a basis and a necessity; refused while somebody in the room is not covered."""
    meeting, item = case_of(request, pk, case_pk)
    user: Any = request.user
    concerns.may_work(user, item.concern).require()
    form = ground_form(item, meeting, request.POST)
    if not form.is_valid():
        return _show(request, meeting, item, status=422, form=form)
    try:
        with transaction.atomic():
            item = record_ground(by=user, case_item=item, ground=form.ground())
            open_case(by=user, case_item=item)
    except Refused:
        # The ground is kept, so that the page says what would mend it on this ground.
        record_ground(by=user, case_item=item, ground=form.ground())
    return redirect("meetings:case", pk, case_pk)


@require_POST
def save_text(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    """Save the minutes of a case. Answers a script in JSON: 200 saved, 409 both texts, 422 or 403 why not."""
    meeting, item = case_of(request, pk, case_pk)
    text, version = request.POST.get("text", ""), _version(request)
    plain = request.accepts("text/html")
    try:
        saved = cases_writing.save_case_text(
            by=request.user,  # type: ignore[arg-type]
            case_item=item,
            text=text,
            base_version=version,
        )
    except CaseTextConflictError as conflict:
        row = conflict.row
        note_reading(by=request.user, case_item=item, shown="text")  # type: ignore[arg-type]
        both = {"text": conflict.text, "version": row.version, "by": row.saved_by, "at": dktime(row.saved_at)}
        if plain:
            context = {"meeting": meeting, "item": item, "mine": text, "theirs": both}
            return render(request, "meetings/case_conflict.html", context, status=409)
        return JsonResponse(both, status=409)
    except ValidationError as error:
        if plain:
            return _show(request, meeting, item, status=422, trouble=" ".join(error.messages))
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    except Refused as refusal:
        if plain:
            raise
        return JsonResponse({"error": refusal.decision.reason}, status=403)
    if plain:
        messages.success(request, _("Teksten er gemt."))
        return redirect("meetings:case", pk, case_pk)
    return JsonResponse({"version": saved.version, "at": dktime(saved.at)})


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 9 else -1


@require_POST
def facts(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    meeting, item = case_of(request, pk, case_pk)
    form = FactsForm(request.POST)

    def note() -> None:
        cases_writing.note_facts(by=request.user, case_item=item, facts=form.facts())  # type: ignore[arg-type]

    if _noted(form, note):
        messages.success(request, _("Oplysningerne er gemt."))
        return redirect("meetings:case", pk, case_pk)
    return _show(request, meeting, item, status=422, facts_form=form)


@require_POST
def information(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    meeting, item = case_of(request, pk, case_pk)
    form = InformationForm(request.POST)

    def note() -> None:
        cases_writing.note_information(by=request.user, case_item=item, information=form.information())  # type: ignore[arg-type]

    if _noted(form, note):
        messages.success(request, _("Det er skrevet ned."))
        return redirect("meetings:case", pk, case_pk)
    return _show(request, meeting, item, status=422, information_form=form)


def _noted(form: Form, note: Callable[[], None]) -> bool:
    """Write what the form says, or say on it what the service found wrong."""
    if not form.is_valid():
        return False
    try:
        note()
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    return True


@require_POST
def agree(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    meeting, item = case_of(request, pk, case_pk)
    form = CaseAgreementForm(request.POST, meeting=meeting)
    if form.is_valid():
        try:
            cases_writing.agree(by=request.user, case_item=item, **form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Aftalen er skrevet i sagen."))
            return redirect("meetings:case", pk, case_pk)
    return _show(request, meeting, item, status=422, agreement_form=form)


@require_POST
def decide(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    _meeting, item = case_of(request, pk, case_pk)
    decision = request.POST.get("beslutning", "")
    if decision not in CaseItem.Decision.values or not decision:
        raise Http404
    cases_writing.decide(by=request.user, case_item=item, decision=decision)  # type: ignore[arg-type]
    messages.success(
        request,
        _("%(case)s: %(word)s.") % {"case": item.concern, "word": CaseItem.Decision(decision).label},
    )
    return redirect("meetings:case", pk, case_pk)


@require_POST
def finish(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    meeting, item = case_of(request, pk, case_pk)
    try:
        cases_writing.finish_case(by=request.user, case_item=item)  # type: ignore[arg-type]
    except ValidationError as refused:
        return _show(request, meeting, item, status=422, trouble=" ".join(refused.messages))
    messages.success(request, _("%(case)s er færdig.") % {"case": item.concern})
    return redirect("meetings:case_list", pk)


@require_POST
def add_note(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    meeting, item = case_of(request, pk, case_pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        cases_writing.add_note(by=request.user, case_item=item, text=form.cleaned_data["text"])  # type: ignore[arg-type]
        messages.success(request, _("Tilføjelsen er gemt."))
        return redirect("meetings:case", pk, case_pk)
    return _show(request, meeting, item, status=422, note_form=form)


@require_GET
def paper_pdf(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    return _paper(request, pk, case_pk, "pdf")


@require_GET
def paper_word(request: HttpRequest, pk: int, case_pk: int) -> HttpResponse:
    return _paper(request, pk, case_pk, "docx")


def _paper(request: HttpRequest, pk: int, case_pk: int, form: str) -> HttpResponse:
    _meeting, item = case_of(request, pk, case_pk)
    user: Any = request.user
    view = show_case(by=user, case_item=item, purpose="minutes file")
    if view.closed:
        raise Http404
    document = cases_papers.case_document(by=user, view=view, form=form)
    content = render_pdf("minutes", document) if form == "pdf" else render_docx("minutes", document)
    name = cases_papers.case_file_name(view, form)
    return HttpResponse(
        content,
        content_type="application/pdf" if form == "pdf" else WORD,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
