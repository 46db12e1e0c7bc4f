"""The text of an item, saved every few seconds by perhaps two people at once: nobody's words are overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.meetings.models import AgendaItem
from tovholder.meetings.services.guarding import open_for_writing

LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Saved:
    version: int
    at: datetime | None


class TextConflictError(Exception):
    """Somebody else has saved since. Carries both texts, so that a person can choose or join them."""

    def __init__(self, *, mine: str, item: AgendaItem) -> None:
        super().__init__("text_conflict")
        self.mine = mine
        self.item = item


@transaction.atomic
def save_text(*, by: User, item: AgendaItem, text: str, base_version: int) -> Saved:
    """Save the text if nobody has saved since `base_version`.

    Raises TextConflictError with both texts, ValidationError for a CPR number or a text that is too long, Refused
    once the minutes are approved. Sending the same text again is no conflict: the answer to it may have been lost.
    """
    text = text.replace("\r\n", "\n").replace("\x00", "")
    if len(text) > LONGEST:
        raise ValidationError(_("Teksten er for lang. Del den over flere punkter."))
    AgendaItem._meta.get_field("text").run_validators(text)
    meeting, _minutes = open_for_writing(by=by, meeting=item.meeting)
    fresh = meeting.items.select_for_update().get(pk=item.pk)
    if fresh.text == text:
        return Saved(fresh.text_version, fresh.text_saved_at)
    if fresh.text_version != base_version:
        raise TextConflictError(mine=text, item=fresh)
    fresh.text, fresh.text_version = text, fresh.text_version + 1
    fresh.text_saved_at, fresh.text_saved_by = timezone.now(), by.name[:120]
    fresh.save(update_fields=["text", "text_version", "text_saved_at", "text_saved_by"])
    record(
        by=by,
        action="meeting.text_saved",
        obj=meeting,
        details={"item": fresh.pk, "version": fresh.text_version},
    )
    return Saved(fresh.text_version, fresh.text_saved_at)
