"""Minutes from before Tovholder: laid in as a file, with the day of the meeting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.audit.services import record
from tovholder.documents.services import digest_of, drop_files, remove_attachment, store_attachment
from tovholder.forums import policy
from tovholder.forums.models import Forum, OlderMinutes


@transaction.atomic
def lay_in(
    *, by: User, forum: Forum, title: str, uploads: Sequence[UploadedFile[Any]], days: Sequence[date]
) -> list[OlderMinutes]:
    """Keep files as the minutes of these days, all or none.

    Raises Refused, and ValidationError with a sentence for each file that is not taken, or lies in the forum already.
    """
    policy.may_keep_older_minutes(by, forum).require()
    laid_in: list[OlderMinutes] = []
    wrong: list[Any] = []
    known = set(forum.older_minutes.values_list("attachment__sha256", flat=True))
    for upload, day in zip(uploads, days, strict=True):
        try:
            if (digest := digest_of(upload)) in known:
                raise ValidationError(_("Filen er lagt ind før."), code="known")
            attachment = store_attachment(by=by, upload=upload)
        except ValidationError as error:
            wrong.append(f"{upload.name}: {' '.join(error.messages)}" if len(uploads) > 1 else error)
            continue
        known.add(digest)
        older = OlderMinutes.objects.create(
            forum=forum, attachment=attachment, title=" ".join(title.split()), held_on=day, added_by=by
        )
        record(by=by, action="older_minutes.added", obj=older, details={"forum": forum.pk})
        laid_in.append(older)
    if wrong:
        drop_files([each.attachment for each in laid_in])
        raise ValidationError(wrong)
    return laid_in


@transaction.atomic
def change(*, by: User, older: OlderMinutes, title: str, held_on: date) -> OlderMinutes:
    """Mend the title or the day. Raises Refused."""
    policy.may_keep_older_minutes(by, older.forum).require()
    older.title, older.held_on = " ".join(title.split()), held_on
    older.save(update_fields=["title", "held_on"])
    record(by=by, action="older_minutes.changed", obj=older, details={"forum": older.forum_id})
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
