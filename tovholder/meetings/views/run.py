"""The meeting while it runs: begin, one item at a time, put off, end."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tovholder.meetings import policy
from tovholder.meetings.models import Meeting, MeetingStatus
from tovholder.meetings.services import running
from tovholder.meetings.services.checklist import for_meeting
from tovholder.meetings.services.minutes import minutes_of
from tovholder.meetings.services.reading import note_reading
from tovholder.meetings.views.cases_links import case_links
from tovholder.meetings.views.fetching import item_of, meeting_of, writable
from tovholder.meetings.views.run_page import RunPage, catching
from tovholder.meetings.views.texts import save_posted_text
from tovholder.ui.templatetags.ui import dkdate


@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the item that the meeting is at, or to the page where it begins."""
    meeting = meeting_of(request, pk)
    policy.may_write_minutes(request.user, meeting).require()
    if meeting.status in {MeetingStatus.PLANNED, MeetingStatus.CANCELLED}:
        return _show_start(request, meeting)
    if not policy.may_write_now(request.user, meeting, minutes_of(meeting)):
        return redirect("meetings:after", pk)  # approved: there is nothing left to write
    page = RunPage(request, meeting, None)
    if not page.steps:
        return render(
            request,
            "meetings/run_empty.html",
            {"page": page, "meeting": meeting, **case_links(request, meeting)},
        )
    return redirect("meetings:run_item", pk, (page.current or page.steps[0]).item.pk)


def _show_start(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    context = {
        "meeting": meeting,
        "guide": for_meeting(meeting, "before"),
        "may_start": policy.may_become(meeting, MeetingStatus.RUNNING),
        "early": running.is_early(meeting),
        "may_tick": True,
    }
    return render(request, "meetings/run_start.html", context)


@require_GET
def run_item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    meeting, _minutes = writable(request, pk)
    page = RunPage(request, meeting, None)
    item = page.show(item_pk)
    panel_only = request.htmx  # type: ignore[attr-defined]
    shown = page.shown(panel_only=panel_only)
    note_reading(by=request.user, meeting=meeting, items=[item], purpose="meeting", **shown)
    template = "meetings/_capture.html" if panel_only else "meetings/run.html"
    links = {} if panel_only else case_links(request, meeting, names=False)
    return render(request, template, catching(page, active=request.GET.get("fang", "")) | links)


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the meeting; one that is more than a day away is asked about once."""
    meeting = meeting_of(request, pk)
    policy.may_write_minutes(request.user, meeting).require()
    if running.is_early(meeting) and "early" not in request.POST:
        messages.warning(
            request,
            _("Mødet er først %(day)s. Sæt kryds, hvis I vil begynde nu.")
            % {"day": dkdate(meeting.starts_at)},
        )
        return redirect("meetings:run", pk)
    running.start(by=request.user, meeting=meeting)
    return redirect("meetings:run", pk)


@require_POST
def back_to_planned(request: HttpRequest, pk: int) -> HttpResponse:
    running.back_to_planned(by=request.user, meeting=meeting_of(request, pk))
    messages.success(request, _("Mødet er sat tilbage til planlagt."))
    return redirect("meetings:before", pk)


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to another item. What is written under the one on the screen is saved first, with or without script."""
    meeting, _minutes = writable(request, pk)
    target = item_of(request, meeting, request.POST.get("to"))
    if "text" in request.POST:
        item = item_of(request, meeting, request.POST.get("item"))
        trouble = save_posted_text(request, meeting, item)
        if trouble is not None:
            return trouble
    if meeting.status == MeetingStatus.RUNNING:
        running.go_to_item(
            by=request.user,
            meeting=meeting,
            item=target,
            finish_current=request.POST.get("done") == "1" and "tilbage" not in request.GET,
        )
    return redirect("meetings:run_item", pk, target.pk)


@require_POST
def mark(request: HttpRequest, pk: int, item_pk: int, step: str) -> HttpResponse:
    """Tick an item off, open it again, put it off or take it back."""
    meeting, _minutes = writable(request, pk)
    item = item_of(request, meeting, item_pk)
    if step == "faerdig":
        running.set_done(by=request.user, item=item, done=True)
    elif step == "aabn":
        running.set_done(by=request.user, item=item, done=False)
    elif step == "udskyd":
        running.defer(by=request.user, item=item)
        messages.success(request, _("Punktet er udskudt. Det kommer selv på dagsordenen til næste møde."))
    elif step == "tag-tilbage":
        running.undo_defer(by=request.user, item=item)
        messages.success(request, _("Punktet er ikke længere udskudt."))
    else:
        raise Http404
    return redirect("meetings:run_item", pk, item_pk)


def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what shall happen to items that were not reached, and end the meeting."""
    meeting, _minutes = writable(request, pk)
    policy.may_become(meeting, MeetingStatus.HELD).require()
    if "text" in request.POST:  # from the page of an item: save what is written there, then ask
        trouble = save_posted_text(request, meeting, item_of(request, meeting, request.POST.get("item")))
        return trouble or redirect("meetings:finish", pk)
    errors: list[str] = []
    readable = {step.item.pk for step in RunPage(request, meeting, None).steps}
    if request.method == "POST":
        try:
            running.finish(by=request.user, meeting=meeting, unfinished_items=_chosen(request, meeting))
        except ValidationError as error:
            errors = [_told(each, readable) for each in error.error_list]
        else:
            messages.success(request, _("Mødet er afsluttet. Gør referatet færdigt her."))
            return redirect("meetings:after", pk)
    left = list(running.unfinished(meeting))
    shown = [each for each in left if each.pk in readable]
    note_reading(by=request.user, meeting=meeting, items=shown, purpose="meeting")
    context = {
        "meeting": meeting,
        "left": left,
        "readable": readable,
        "errors": errors,
        "guide": for_meeting(meeting, "during"),
        "may_tick": True,
    }
    return render(request, "meetings/run_finish.html", context, status=422 if errors else 200)


def _told(fault: ValidationError, readable: set[int]) -> str:
    """Say it of an item that the reader may not read without its heading."""
    params = fault.params or {}
    heading = params["heading"] if params["item"] in readable else _("Et anonymt punkt")
    return str(fault.message) % {"heading": heading}


def _chosen(request: HttpRequest, meeting: Meeting) -> dict[int, str]:
    return {item.pk: request.POST.get(f"punkt-{item.pk}", "") for item in running.unfinished(meeting)}
