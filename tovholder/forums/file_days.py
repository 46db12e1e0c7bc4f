"""The day that stands in the name of a file, as people name their minutes."""

from __future__ import annotations

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_BETWEEN = r"[-_. /]"
_ISO = re.compile(rf"(?<!\d)(20\d\d){_BETWEEN}?(\d\d){_BETWEEN}?(\d\d)(?!\d)")
_NUMBERS = re.compile(rf"(?<!\d)(\d\d?){_BETWEEN}(\d\d?){_BETWEEN}(20\d\d|\d\d)(?!\d)")
_WORDS = re.compile(rf"(?<!\d)(\d\d?){_BETWEEN}+([a-zæøå]{{3,9}}){_BETWEEN}+(20\d\d)(?!\d)", re.IGNORECASE)


def day_in(name: str) -> date | None:
    """Return the day in »2024-03-05 referat.docx«, »Referat 5.3.24.docx« or »5. marts 2024.pdf«; None where none or two stand."""
    stem = name.rpartition(".")[0] or name
    found = {_day(*(int(each) for each in match)) for match in _ISO.findall(stem)}
    found |= {_day(_year(year), int(month), int(day)) for day, month, year in _NUMBERS.findall(stem)}
    found |= {
        _day(int(year), MONTHS.index(word[:3].lower()) + 1, int(day))
        for day, word, year in _WORDS.findall(stem)
        if word[:3].lower() in MONTHS
    }
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
