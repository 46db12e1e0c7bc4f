"""Reading what is not general is an event too: who saw which anonymous items, where, and as what."""

from __future__ import annotations

from collections.abc import Iterable

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.audit.services import record_reading
from tovholder.directory.models import Person
from tovholder.meetings.models import AgendaItem, Meeting
from tovholder.meetings.services.minute_record import ItemRecord

# Who may read what is anonymous: those who sit at the meeting (standing.readable_levels).
AT_THE_TABLE = "at_the_table"


def note_reading(
    *, by: User | Person, meeting: Meeting, items: Iterable[AgendaItem | ItemRecord], purpose: str
) -> Event | None:
    """Write one log line when `items`, as shown to the reader, hold anonymous ones; none otherwise.

    Call it once for each page view or file with what is shown; `purpose` says where ("agenda", "minutes file");
    insights.presenters has a word for each.
    """
    seen = sorted(_pk(item) for item in items if _level(item) != Level.GENERAL)
    if not seen:
        return None
    return record_reading(
        by=by,
        action="meeting.anonymous_read",
        obj=meeting,
        purpose=purpose,
        ground=AT_THE_TABLE,
        details={"items": seen},
    )


def _pk(item: AgendaItem | ItemRecord) -> int:
    return item.pk if isinstance(item, AgendaItem) else item["pk"]


def _level(item: AgendaItem | ItemRecord) -> str:
    return item.level if isinstance(item, AgendaItem) else item["level"]
