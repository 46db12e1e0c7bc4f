"""Saving the text of an item: by the script every few seconds, and by a plain button without it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tovholder.access.decision import Refused
from tovholder.directory import guard
from tovholder.meetings.models import AgendaItem, Meeting
from tovholder.meetings.services.writing import TextConflictError, save_text
from tovholder.meetings.views.fetching import item_of, writable
from tovholder.ui.guarding import find
from tovholder.ui.templatetags.ui import dktime


@require_POST
def save(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Save a text. Answers a script in JSON: 200 saved, 409 both texts, 422 why it was refused."""
    if request.accepts("text/html"):
        meeting, _minutes = writable(request, pk)
        item = item_of(request, meeting, item_pk)
        trouble = save_posted_text(request, meeting, item)
        if trouble is not None:
            return trouble
        messages.success(request, _("Teksten er gemt."))
        return redirect("meetings:run_item", pk, item_pk)
    try:
        meeting, _minutes = writable(request, pk)
        item = item_of(request, meeting, item_pk)
        saved = save_text(by=request.user, item=item, text=_text(request), base_version=_version(request))
    except TextConflictError as conflict:
        return JsonResponse(_both(conflict), status=409)
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    except Refused as refusal:
        return JsonResponse({"error": refusal.decision.reason}, status=403)
    found = [each.text for each in find(_text(request)[: guard.LONGEST])]
    return JsonResponse({"version": saved.version, "at": dktime(saved.at), "found": found})


def save_posted_text(request: HttpRequest, meeting: Meeting, item: AgendaItem) -> HttpResponse | None:
    """Save the text that came with a form; return a page when it could not be saved, else None."""
    text = _text(request)
    if request.POST.get("join") == "both":
        text = f"{item.text}\n\n{text}"
    error = ""
    try:
        save_text(by=request.user, item=item, text=text, base_version=_version(request))
    except TextConflictError as conflict:
        item = conflict.item
    except ValidationError as refused:
        error = " ".join(refused.messages)
    else:
        return None
    context = {"meeting": meeting, "item": item, "mine": text, "error": error}
    return render(request, "meetings/run_conflict.html", context, status=422 if error else 409)


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "")


def _version(request: HttpRequest) -> int:
    try:
        return int(request.POST.get("version", ""))
    except ValueError:
        return -1


def _both(conflict: TextConflictError) -> dict[str, object]:
    item = conflict.item
    return {
        "text": item.text,
        "version": item.text_version,
        "by": item.text_saved_by,
        "at": dktime(item.text_saved_at),
    }
