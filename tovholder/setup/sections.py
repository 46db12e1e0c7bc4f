"""Which table each section of the file fills, and how a value of the file is kept in its column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import models

from tovholder.citizens.models import SharingSetting
from tovholder.concerns.models import Category, ConcernRules, Factor, ScaleLevel, Team
from tovholder.directory.models import (
    District,
    GuardWords,
    Municipality,
    Organisation,
    OrganisationKind,
    PostKind,
    PreventionLevel,
    RetentionPeriod,
    Role,
    School,
    SchoolHoliday,
    Theme,
)
from tovholder.forums.models import (
    AgendaTemplate,
    AgendaTemplateItem,
    Checklist,
    ChecklistItem,
    FormTemplate,
    Forum,
    ForumOrganisation,
    ForumType,
    JointMeetingRule,
)
from tovholder.meetings.models import LookupRule
from tovholder.oversight.models import LogReviewRules
from tovholder.plans.models import AgreementRules
from tovholder.setup import schema
from tovholder.yearwheel.models import PlanningRule, YearMark

DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]


@dataclass(frozen=True, slots=True)
class Section:
    """`children` names the field that is a table of its own, its model and the way back to the row."""

    name: str
    model: type[models.Model]
    children: tuple[str, type[models.Model], str] | None = None
    # A list of references kept in a table of its own: field, model, way back, way there.
    through: tuple[str, type[models.Model], str, str] | None = None

    @property
    def single(self) -> bool:
        return schema.is_single(self.name)


# In the order in which they are filled: a section points only to those before it (and a forum to a forum).
SECTIONS: dict[str, Section] = {
    section.name: section
    for section in (
        Section("municipality", Municipality),
        Section("district", District),
        Section("organisation_kind", OrganisationKind),
        Section("organisation", Organisation),
        Section("school", School),
        Section("role", Role),
        Section("post_kind", PostKind),
        Section("theme", Theme),
        Section("prevention_level", PreventionLevel),
        Section("school_holiday", SchoolHoliday),
        Section("retention", RetentionPeriod),
        Section("agreement_rules", AgreementRules),
        Section("sharing", SharingSetting),
        Section("guard", GuardWords),
        Section("concern_rules", ConcernRules),
        Section("concern_level", ScaleLevel),
        Section("concern_category", Category),
        Section("factor", Factor),
        Section("team", Team),
        Section("lookup_rule", LookupRule),
        Section("log_review", LogReviewRules),
        Section("agenda_template", AgendaTemplate, children=("items", AgendaTemplateItem, "template")),
        Section("checklist", Checklist, children=("items", ChecklistItem, "checklist")),
        Section("form", FormTemplate),
        Section("forum_type", ForumType),
        Section(
            "forum", Forum, through=("expected_organisations", ForumOrganisation, "forum", "organisation")
        ),
        Section("joint_meeting", JointMeetingRule),
        Section("planning_rule", PlanningRule),
        Section("year_mark", YearMark),
    )
}


@dataclass(frozen=True, slots=True)
class Kept:
    """How a value is kept: both ways."""

    to_column: Callable[[Any], Any]
    from_column: Callable[[Any], Any]


def _weekday_numbers(names: list[str]) -> list[int]:
    return sorted(DAYS.index(name) + 1 for name in names)


def _weekday_names(numbers: list[int]) -> list[str]:
    return [DAYS[number - 1] for number in sorted(numbers)]


def _month_numbers(names: Any) -> Any:
    """Months of the year; a number of months (how long something is kept) stays what it is."""
    return sorted(MONTHS.index(name) + 1 for name in names) if isinstance(names, list) else names


def _month_names(numbers: Any) -> Any:
    return [MONTHS[number - 1] for number in sorted(numbers)] if isinstance(numbers, list) else numbers


def _by_month(to_column: Callable[[Any], Any], to_file: Callable[[Any], Any]) -> Kept:
    """Lists by month: by its name in the file, by its number in the column."""
    return Kept(
        lambda by_month: {str(MONTHS.index(month) + 1): to_column(by_month[month]) for month in by_month},
        lambda by_month: {
            MONTHS[int(month) - 1]: to_file(by_month[month]) for month in sorted(by_month, key=int)
        },
    )


SPECIAL: dict[str, Kept] = {
    "weekdays": Kept(_weekday_numbers, _weekday_names),
    "preferred_weekdays": Kept(_weekday_numbers, _weekday_names),
    "months": Kept(_month_numbers, _month_names),
    "weekdays_by_month": _by_month(_weekday_numbers, _weekday_names),
    "starts_by_month": _by_month(sorted, sorted),
}
_DATE = Kept(date.fromisoformat, date.isoformat)
_TIME = Kept(time.fromisoformat, lambda value: value.strftime("%H:%M"))
_PLAIN = Kept(lambda value: value, lambda value: value)


def _kept(model: type[models.Model], field: str) -> Kept:
    column = model._meta.get_field(field)
    if isinstance(column, models.DateField):
        return _DATE
    return _TIME if isinstance(column, models.TimeField) else SPECIAL.get(field, _PLAIN)


def to_column(model: type[models.Model], field: str, value: Any) -> Any:
    """Return a value of the file as the column keeps it. A text that is not there is kept as an empty one."""
    if value is None:
        column = model._meta.get_field(field)
        return "" if isinstance(column, models.CharField | models.TextField) else None
    return _kept(model, field).to_column(value)


def from_column(model: type[models.Model], field: str, value: Any, spec: schema.Json) -> Any:
    """Return what a column keeps as the file writes it."""
    if value is None or (value == "" and "default" not in spec):
        return None
    return _kept(model, field).from_column(value)
