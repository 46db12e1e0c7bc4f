"""A forum's rules in plain words."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.directory.models import Side
from tovholder.forums.models import Forum
from tovholder.ui.naming import listed

WEEKDAYS = ("mandage", "tirsdage", "onsdage", "torsdage", "fredage", "lørdage", "søndage")
MONTHS = "januar februar marts april maj juni juli august september oktober november december".split()


def day(value: date | None) -> str:
    """Write "12. august 2025"."""
    return f"{value.day}. {MONTHS[value.month - 1]} {value.year}" if value else ""


def cadence(forum: Forum) -> str:
    """Write "Én gang om måneden, tirsdage"."""
    count = forum.cadence_count or 1
    text = {
        Forum.Cadence.MONTHLY: _("Én gang om måneden"),
        Forum.Cadence.EVERY_N_WEEKS: ngettext("Hver uge", "Hver %(n)s. uge", count) % {"n": count},
        Forum.Cadence.TIMES_A_YEAR: ngettext("Én gang om året", "%(n)s gange om året", count) % {"n": count},
        Forum.Cadence.WHEN_NEEDED: _("Efter behov"),
    }[Forum.Cadence(forum.cadence)]
    days = [WEEKDAYS[each - 1] for each in forum.weekdays if isinstance(each, int) and 1 <= each <= 7]
    if forum.weekday_varies or forum.weekdays_by_month:
        return text + _(", ugedagen skifter")
    return f"{text}, {_(' og ').join(days)}" if days else text


def notice(forum: Forum) -> str:
    """Write "28 dage, med dagsorden"."""
    if forum.notice_days in {28, 30, 31}:
        return _("En måned, med dagsorden")
    return ngettext("%(n)s dag, med dagsorden", "%(n)s dage, med dagsorden", forum.notice_days) % {
        "n": forum.notice_days
    }


# How a side is named when it misses: "Klubberne mangler ved bordet".
MISSING = {
    Side.SCHOOL: "Skolerne",
    Side.SOCIAL: "Socialområdet",
    Side.POLICE: "Politiet",
    Side.LEISURE: "Klubberne",
    Side.HEALTH: "Sundhedsplejen",
    Side.GUIDANCE: "Uddannelsesvejledningen",
    Side.CIVIL: "Civilsamfundet",
    Side.OTHER: "Andre",
}


def missing_sides(sides: list[str]) -> str:
    """Write the finding: who is not at the table."""
    if not sides:
        return _("Alle sider er med")
    names = [MISSING[Side(each)] for each in sides]
    names = [names[0], *(name[0].lower() + name[1:] for name in names[1:])]
    return _("%(who)s mangler ved bordet") % {"who": listed(names)}
