"""The public holidays by name, for the wheel and the calendar."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from tovholder.yearwheel.statutory import statutory_days

NAMES = {
    "new_years_day": _("Nytårsdag"),
    "maundy_thursday": _("Skærtorsdag"),
    "good_friday": _("Langfredag"),
    "easter_sunday": _("Påskedag"),
    "easter_monday": _("Anden påskedag"),
    "ascension_day": _("Kristi himmelfartsdag"),
    "whit_sunday": _("Pinsedag"),
    "whit_monday": _("Anden pinsedag"),
    "christmas_day": _("Juledag"),
    "second_christmas_day": _("Anden juledag"),
}


def public_days(start: date, end: date) -> list[tuple[date, str]]:
    """Return the statutory public holidays between two days, both included, in order."""
    return [(day, str(NAMES[key])) for day, key in statutory_days(start, end)]
