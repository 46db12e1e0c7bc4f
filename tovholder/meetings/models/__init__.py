"""Meetings: from invitation over the table to approved minutes, and the threads that run between meetings."""

from tovholder.meetings.models.agenda import (
    AgendaAttachment,
    AgendaItem,
    AgreementOrigin,
    CarriedAgreement,
    Outcome,
    Relay,
    Topic,
    TopicStatus,
)
from tovholder.meetings.models.feed import CalendarFeed
from tovholder.meetings.models.meeting import (
    TRANSITIONS,
    Answer,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Participation,
    Series,
    new_uid,
)
from tovholder.meetings.models.minutes import (
    MINUTES_TRANSITIONS,
    ChecklistTick,
    Minutes,
    MinutesAddendum,
    MinutesComment,
    MinutesStatus,
)

__all__ = [
    "MINUTES_TRANSITIONS",
    "TRANSITIONS",
    "AgendaAttachment",
    "AgendaItem",
    "AgreementOrigin",
    "Answer",
    "CalendarFeed",
    "CarriedAgreement",
    "ChecklistTick",
    "Meeting",
    "MeetingKind",
    "MeetingStatus",
    "Minutes",
    "MinutesAddendum",
    "MinutesComment",
    "MinutesStatus",
    "Outcome",
    "Participation",
    "Relay",
    "Series",
    "Topic",
    "TopicStatus",
    "new_uid",
]
