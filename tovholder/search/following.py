"""From a line of the log to the rows whose texts it may have changed. What is not known here is read again whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import Q

# Of a sort: these rows, or None for "all of them, by the worker".
Touched = tuple[str, Q | None]

# What happens often and changes no text, name, level, date or forum of what is indexed.
QUIET = frozenset(
    """
    agreement.done agreement.continued agreement.status_added agreement.reopened
    meeting.agreement_chosen meeting.agreement_made meeting.agreements_carried meeting.agreements_uncarried meeting.answered
    meeting.asked_again meeting.attendance_taken meeting.cancel_told meeting.change_told meeting.chair_handed_over
    meeting.checklist meeting.choice_undone meeting.event_closed meeting.expected_attended meeting.guest_added
    meeting.guest_came meeting.invitation_sent meeting.item_done meeting.item_opened meeting.item_reopened
    meeting.members_synced meeting.minute_taker_handed_over meeting.participant_removed
    meeting.participant_replaced meeting.participant_restored meeting.reminded meeting.sign_up_cancelled
    meeting.signed_up meeting.start_undone meeting.started meeting.substitute_confirmed
    meeting.substitute_declined meeting.substitute_named
    minutes.approved minutes.commented minutes.sent_for_comments minutes.taken_back
    person.login_given reminders.sent
    """.split()
)
# Rows that leave their table many at once, without the signals that tell of a deletion.
TAKEN_OUT = frozenset({"import.row_removed"})
# Many rows at once: the worker reads everything again.
EVERYTHING = ("setup.loaded", "forum.closed", "forum.merged")
# What is put off stands on the next agenda as an item of its own.
PUTS_OFF = ("meeting.item_deferred", "meeting.item_defer_undone", "meeting.held")
SORT_OF = {
    "meetings.agendaitem": "item",
    "meetings.topic": "topic",
    "plans.agreement": "agreement",
    "forums.forum": "forum",
    "forums.olderminutes": "older",
    "directory.person": "person",
}
# Details of a line that name a row of their own.
NAMED = {"agreement": "agreement", "successor": "agreement", "item": "item", "topic": "topic"}


def taken_out(action: str, obj: models.Model | None) -> tuple[str, int] | None:
    """Return the sort and number of a row that `action` takes out of the tables, or None."""
    sort = SORT_OF.get(obj._meta.label_lower) if obj is not None and action in TAKEN_OUT else None
    return (sort, obj.pk) if sort and obj is not None else None


def touched(action: str, obj: models.Model | None, details: dict[str, Any]) -> Iterator[Touched]:
    """Return what to index again after `action` on `obj`."""
    if action in QUIET or action in TAKEN_OUT:
        return
    if action in EVERYTHING:
        yield from (
            (sort, None)
            for sort in ("meeting", "item", "addendum", "file", "older", "topic", "agreement", "person")
        )
        yield "forum", None
    label = obj._meta.label_lower if obj is not None else ""
    if obj is not None and label in SORT_OF:
        yield from _of_row(SORT_OF[label], obj, details)
    elif obj is not None and label == "meetings.meeting":
        yield from _of_meeting(action, obj, details)
    elif obj is not None and label == "meetings.series":
        yield "meeting", Q(series=obj.pk)
        yield "item", Q(meeting__series=obj.pk)
    elif obj is not None and label == "meetings.relay":
        yield "item", Q(relay=obj.pk)
    elif obj is not None and label == "directory.organisation":
        yield "person", Q(organisation=obj.pk)


def _of_row(sort: str, obj: models.Model, details: dict[str, Any]) -> Iterator[Touched]:
    yield sort, Q(pk=obj.pk) | Q(deferred_from=obj.pk) if sort == "item" else Q(pk=obj.pk)
    if sort == "agreement" and isinstance(details.get("successor"), int):
        yield sort, Q(pk=details["successor"])
    if sort == "item" and "level" in details.get("fields", ()):
        yield "file", Q(item=obj.pk)


def _of_meeting(action: str, obj: models.Model, details: dict[str, Any]) -> Iterator[Touched]:
    """A line that names the row inside the meeting reads that row only."""
    named = [(NAMED[key], value) for key, value in details.items() if key in NAMED and isinstance(value, int)]
    if named:
        for sort, value in named:
            yield sort, Q(pk=value)
            if action in PUTS_OFF:
                yield sort, Q(deferred_from=value)
    elif action.startswith("meeting.file_"):
        yield "file", Q(meeting=obj.pk)
    elif action.startswith("meeting.outcome_"):
        yield "item", Q(meeting=obj.pk)
    elif action == "minutes.addendum_added":
        yield "addendum", Q(minutes__meeting=obj.pk)
    else:
        yield "meeting", Q(pk=obj.pk)
        yield "item", Q(meeting=obj.pk)
        yield "file", Q(meeting=obj.pk)
        if action in PUTS_OFF:
            yield "item", Q(deferred_from__meeting=obj.pk)
