"""Reading what is not general is an event too: who saw which anonymous items, agreements and topics, where, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.audit.services import record_reading
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.meetings.models import AgendaItem, Meeting, Topic
from tovholder.meetings.services.minute_record import AgreementLine, ItemRecord
from tovholder.plans.models import Agreement

# Who may read what is anonymous: those who sit at the meeting (standing.readable_levels).
AT_THE_TABLE = "at_the_table"
# Who may read an anonymous topic: the forum's members (queries.topics_visible_to).
MEMBER = "forum_member"


def note_reading(
    *,
    by: User | Person,
    meeting: Meeting,
    items: Iterable[AgendaItem | ItemRecord],
    agreements: Iterable[Agreement | AgreementLine] = (),
    topics: Iterable[Topic | dict[str, Any]] = (),
    purpose: str,
) -> Event | None:
    """Write one log line when what is shown to the reader holds something anonymous; none otherwise.

    Call it once for each page view or file with what is shown; `purpose` says where ("agenda", "minutes file");
    insights.presenters has a word for each.
    """
    seen = {"items": _anonymous(items), "agreements": _anonymous(agreements), "topics": _anonymous(topics)}
    if not any(seen.values()):
        return None
    return record_reading(
        by=by,
        action="meeting.anonymous_read",
        obj=meeting,
        purpose=purpose,
        ground=AT_THE_TABLE,
        details={kind: pks for kind, pks in seen.items() if pks},
    )


def note_topics(*, by: User, forum: Forum | None, topics: Iterable[Topic], purpose: str) -> Event | None:
    """Do the same for topics of a forum: one line, about the topic when there is one only, else about the forum."""
    seen = {each.pk: each for each in topics if each.level != Level.GENERAL}
    if not seen:
        return None
    only = next(iter(seen.values())) if len(seen) == 1 else None
    return record_reading(
        by=by,
        action="topic.anonymous_read",
        obj=only or forum,
        purpose=purpose,
        ground=MEMBER,
        details={"topics": sorted(seen)},
    )


def _anonymous(shown: Iterable[Any]) -> list[int]:
    """Return the ids of what is not general, of rows as of lines of a record."""
    rows = (
        (each["pk"], each["level"]) if isinstance(each, dict) else (each.pk, each.level) for each in shown
    )
    return sorted({pk for pk, level in rows if level != Level.GENERAL})
