"""Lay a file beside a meeting or an item, and take it away."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.documents.services import remove_attachment, store_attachment
from tovholder.meetings.models import AgendaAttachment, AgendaItem, Meeting
from tovholder.meetings.services.items import may_edit_items


@transaction.atomic
def attach(
    *, by: User, meeting: Meeting, upload: UploadedFile[Any], item: AgendaItem | None = None
) -> AgendaAttachment:
    """Keep a file beside the meeting, or beside one of its items, whose readers then read it.

    Raises ValidationError for a file that is not taken, ValueError for an item of another meeting.
    """
    may_edit_items(by, meeting).require()
    if item is not None and item.meeting_id != meeting.pk:
        raise ValueError("the item is of another meeting")
    attachment = store_attachment(by=by, upload=upload)
    row = AgendaAttachment.objects.create(meeting=meeting, item=item, attachment=attachment)
    record(by=by, action="meeting.file_attached", obj=meeting, details={"attachment": attachment.pk})
    return row


@transaction.atomic
def detach(*, by: User, row: AgendaAttachment) -> None:
    """Take a file away for good."""
    may_edit_items(by, row.meeting).require()
    attachment = row.attachment
    record(by=by, action="meeting.file_removed", obj=row.meeting, details={"attachment": attachment.pk})
    row.delete()
    remove_attachment(by=by, attachment=attachment)
