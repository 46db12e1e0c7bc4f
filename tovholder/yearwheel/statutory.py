"""The ten public holidays of Danish law, computed for any year: a list, also a library's, ends some year."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.easter import easter

# Days after Easter Sunday. Store Bededag has been none of them since 2024.
BY_EASTER = {
    "maundy_thursday": -3,
    "good_friday": -2,
    "easter_sunday": 0,
    "easter_monday": 1,
    "ascension_day": 39,
    "whit_sunday": 49,
    "whit_monday": 50,
}
BY_DATE = {"new_years_day": (1, 1), "christmas_day": (12, 25), "second_christmas_day": (12, 26)}


def statutory_days(start: date, end: date) -> list[tuple[date, str]]:
    """Return the holidays between two days, both included, in order, each with its key."""
    found = []
    for year in range(start.year, end.year + 1):
        found += [(easter(year) + timedelta(days=after), key) for key, after in BY_EASTER.items()]
        found += [(date(year, month, day), key) for key, (month, day) in BY_DATE.items()]
    return sorted(each for each in found if start <= each[0] <= end)
