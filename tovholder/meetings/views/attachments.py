"""Files beside a meeting or an item, for those who may read it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tovholder.documents.download import attachment_response
from tovholder.meetings.forms.agenda import AttachmentForm
from tovholder.meetings.models import AgendaAttachment, Meeting
from tovholder.meetings.queries import items_visible_to
from tovholder.meetings.services import files, items
from tovholder.meetings.services.reading import note_reading
from tovholder.meetings.views.face import convened_meeting, crumbs, form_page, meeting_of


def _attachment(request: HttpRequest, meeting: Meeting, pk: int) -> AgendaAttachment:
    """Return a file of this meeting, if the item it lies beside is one that the user may read; else 404."""
    row = get_object_or_404(meeting.attachments.select_related("attachment", "item"), pk=pk)
    if row.item_id is not None:
        get_object_or_404(items_visible_to(request.user, meeting), pk=row.item_id)
    return row


@require_GET
def download(request: HttpRequest, pk: int, attachment_pk: int) -> FileResponse:
    meeting = meeting_of(request, pk)
    row = _attachment(request, meeting, attachment_pk)
    if row.item is not None:
        note_reading(by=request.user, meeting=meeting, items=[row.item], purpose="attachment")
    return attachment_response(row.attachment)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    items.may_edit_items(request.user, meeting).require()
    readable = items_visible_to(request.user, meeting)
    form = AttachmentForm(request.POST or None, request.FILES or None, items=readable)
    if request.method == "POST" and form.is_valid():
        try:
            files.attach(
                by=request.user,
                meeting=meeting,
                item=form.cleaned_data["item"],
                upload=form.cleaned_data["file"],
            )
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, _("Bilaget er lagt på."))
            return redirect("meetings:before", pk)
    note_reading(by=request.user, meeting=meeting, items=readable, purpose="agenda")
    page = form_page(
        form, title=_("Læg et bilag på"), button=_("Læg bilaget på"), crumbs=crumbs(meeting, _("Bilag")),
        cancel_url=reverse("meetings:before", args=[pk]), upload=True,
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
    """A file cannot be brought back, so it is asked about once."""
    meeting = convened_meeting(request, pk)
    row = _attachment(request, meeting, attachment_pk)
    if request.method == "POST":
        files.detach(by=request.user, row=row)
        messages.success(request, _("Bilaget er fjernet."))
        return redirect("meetings:before", pk)
    context = {
        "title": _("Fjern bilaget?"),
        "loses": [row.attachment.name],
        "button": _("Fjern bilaget"),
        "cancel_url": reverse("meetings:before", args=[pk]),
        "crumbs": crumbs(meeting, _("Fjern bilag")),
    }
    return render(request, "ui/confirm.html", context)
