"""Rules for planning, the plan of a school year, and when people are busy."""

from tovholder.yearwheel.models.busy import BusyFeed, BusyTime, DayLimit
from tovholder.yearwheel.models.plan import (
    MeetingState,
    MonthTheme,
    PlannedMeeting,
    PlanRun,
    Publication,
    RunStatus,
    YearPlan,
)
from tovholder.yearwheel.models.rules import AttendanceChoice, PlanningRule, Rhythm, YearMark

__all__ = [
    "AttendanceChoice",
    "BusyFeed",
    "BusyTime",
    "DayLimit",
    "MeetingState",
    "MonthTheme",
    "PlanRun",
    "PlannedMeeting",
    "PlanningRule",
    "Publication",
    "Rhythm",
    "RunStatus",
    "YearMark",
    "YearPlan",
]
