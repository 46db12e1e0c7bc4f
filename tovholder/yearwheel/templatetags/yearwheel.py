"""The wheel and its marks on a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tovholder.forums.queries import dot
from tovholder.ui.naming import WEEKDAYS
from tovholder.ui.templatetags.ui import badge, icon
from tovholder.yearwheel.calendar_file import LAST_MINUTE
from tovholder.yearwheel.drawing import Wheel
from tovholder.yearwheel.models import BusyTime, YearPlan
from tovholder.yearwheel.queries.entries import Entry
from tovholder.yearwheel.svg import as_svg

register = template.Library()


@register.simple_tag
def wheel_drawing(wheel: Wheel, plan: YearPlan, totals: dict[str, str] | None = None) -> SafeString:
    """Draw the wheel with its words in the middle."""
    told = totals or {}
    title = _("Årshjul %(year)s") % {"year": plan}
    drawn = as_svg(
        wheel,
        title=title,
        described=told.get("described", ""),
        middle=[str(plan), told.get("held", ""), told.get("missing", "")],
    )
    return mark_safe(drawn)  # noqa: S308  # every word in it is escaped where it is put in


@register.simple_tag
def entry_dot(entry: Entry) -> SafeString:
    """Show whose meeting it is: the colour of its district, a square for several, a star for an event."""
    if entry.kind == "event":
        return icon("star", small=True)
    districts = {district.position for forum in entry.forums for district in forum.districts.all()}
    return format_html('<span class="th-dot th-dot-in {}"></span>', dot(sorted(districts)))


@register.simple_tag
def entry_state(entry: Entry, states: dict[str, tuple[str, str]]) -> SafeString:
    """Show how a meeting stands, where that is not just planned."""
    if entry.state == "planned":
        return SafeString("")
    word, kind = states[entry.state]
    return badge(_(word), kind)


@register.filter
def of_day(days: dict[Any, str], day: Any) -> str:
    """Return what a day is called, or nothing."""
    return days.get(day, "")


@register.filter
def weekday_name(number: int) -> str:
    """Return the name of an ISO weekday."""
    return WEEKDAYS[number - 1]


@register.filter
def whole_day(row: BusyTime) -> bool:
    """Tell whether a busy time is the whole day."""
    return (row.starts.hour, row.starts.minute) == (0, 0) and row.ends >= LAST_MINUTE
