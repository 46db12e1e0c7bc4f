"""Minutes from before Tovholder: laid in as a file, with the day of the meeting."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.audit.services import record
from tovholder.documents.services import remove_attachment, store_attachment
from tovholder.forums import policy
from tovholder.forums.models import Forum, OlderMinutes


@transaction.atomic
def lay_in(*, by: User, forum: Forum, title: str, held_on: date, upload: UploadedFile[Any]) -> OlderMinutes:
    """Keep a file as the minutes of a day. Raises Refused, and ValidationError for a file that is not taken."""
    policy.may_keep_older_minutes(by, forum).require()
    attachment = store_attachment(by=by, upload=upload)
    older = OlderMinutes.objects.create(
        forum=forum, attachment=attachment, title=" ".join(title.split()), held_on=held_on, added_by=by
    )
    record(by=by, action="older_minutes.added", obj=older, details={"forum": forum.pk})
    return older


def note_reading(*, by: User, older: OlderMinutes) -> None:
    """Write that somebody has fetched the file: nobody knows what stands in it."""
    policy.may_read_older_minutes(by, older.forum).require()
    record(
        by=by, action="older_minutes.read", obj=older, kind=Event.Kind.READ, details={"forum": older.forum_id}
    )


@transaction.atomic
def take_out(*, by: User, older: OlderMinutes) -> None:
    """Delete the row and its file for good."""
    policy.may_keep_older_minutes(by, older.forum).require()
    record(by=by, action="older_minutes.removed", obj=older, details={"forum": older.forum_id})
    attachment = older.attachment
    older.delete()
    remove_attachment(by=by, attachment=attachment)
