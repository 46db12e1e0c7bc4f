"""A concern about a child, a group, a place or a phenomenon: from first worry to a followed-up plan."""

from tovholder.concerns.models.concern import (
    ENDED,
    TRANSITIONS,
    AgeReminder,
    CaseTeamMember,
    Concern,
    ConcernChild,
    ConcernStatus,
    InformationDuty,
    Subject,
)
from tovholder.concerns.models.course import AbsenceReading, AbsenceReminder, Entry, Notification, Question
from tovholder.concerns.models.setting import (
    Category,
    ConcernRules,
    Factor,
    ScaleLevel,
    Team,
    TeamMember,
)

__all__ = [
    "ENDED",
    "TRANSITIONS",
    "AbsenceReading",
    "AbsenceReminder",
    "AgeReminder",
    "CaseTeamMember",
    "Category",
    "Concern",
    "ConcernChild",
    "ConcernRules",
    "ConcernStatus",
    "Entry",
    "Factor",
    "InformationDuty",
    "Notification",
    "Question",
    "ScaleLevel",
    "Subject",
    "Team",
    "TeamMember",
]
