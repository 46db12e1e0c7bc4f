"""Agenda and minutes to print and to send on: PDF and Word."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tovholder.documents.shapes import MeetingDocument
from tovholder.documents.typst import render_pdf
from tovholder.documents.word import render_docx
from tovholder.meetings import policy
from tovholder.meetings.models import Meeting
from tovholder.meetings.queries import items_visible_to
from tovholder.meetings.services.minute_record import agreements_in, for_reader
from tovholder.meetings.services.minutes import minutes_of
from tovholder.meetings.services.papers import agenda_document, carried_for, file_name, minutes_document
from tovholder.meetings.services.reading import note_reading
from tovholder.meetings.views.fetching import meeting_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
def agenda_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    meeting, document = _agenda(request, pk)
    return _file(render_pdf("agenda", document), "application/pdf", file_name(meeting, "dagsorden", "pdf"))


@require_GET
def agenda_word(request: HttpRequest, pk: int) -> HttpResponse:
    meeting, document = _agenda(request, pk)
    return _file(render_docx("agenda", document), WORD, file_name(meeting, "dagsorden", "docx"))


@require_GET
def minutes_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    meeting, document = _minutes(request, pk)
    return _file(render_pdf("minutes", document), "application/pdf", file_name(meeting, "referat", "pdf"))


@require_GET
def minutes_word(request: HttpRequest, pk: int) -> HttpResponse:
    meeting, document = _minutes(request, pk)
    return _file(render_docx("minutes", document), WORD, file_name(meeting, "referat", "docx"))


def _agenda(request: HttpRequest, pk: int) -> tuple[Meeting, MeetingDocument]:
    meeting = meeting_of(request, pk)
    shown, carried = items_visible_to(request.user, meeting), carried_for(request.user, meeting)
    note_reading(by=request.user, meeting=meeting, items=shown, agreements=carried, purpose="agenda file")
    return meeting, agenda_document(user=request.user, meeting=meeting, carried=carried)


def _minutes(request: HttpRequest, pk: int) -> tuple[Meeting, MeetingDocument]:
    meeting = meeting_of(request, pk)
    minutes = minutes_of(meeting)
    policy.may_read_minutes(request.user, meeting, minutes).require()
    said = for_reader(request.user, meeting, minutes)
    agreements = agreements_in(said)
    note_reading(
        by=request.user, meeting=meeting, items=said["items"], agreements=agreements, purpose="minutes file"
    )
    return meeting, minutes_document(meeting=meeting, minutes=minutes, said=said)


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
