"""The day that stands in the name of a file, as people name their minutes."""

from __future__ import annotations

import re
from datetime import date

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar jan", "februar feb", "marts mar", "april apr", "maj", "juni jun", "juli jul", "august aug",
            "september sep sept", "oktober okt", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
# The same sign twice, and no more numbers around: a journal number, a point of an agenda or a telephone is no day.
_BEFORE, _AFTER = (
    r"(?<![\w])(?<!\d[-. /])(?<!pkt )(?<!pkt\. )(?<!kl )(?<!kl\. )(?<!version )",
    r"(?![-. /]?\d)(?![a-zæøå])",
)
_ISO = re.compile(rf"{_BEFORE}(20\d\d)([-. /]?)(\d\d)\2(\d\d){_AFTER}", re.IGNORECASE)
_NUMBERS = re.compile(rf"{_BEFORE}(\d\d?)([-. /])(\d\d?)\2(20\d\d|\d\d){_AFTER}", re.IGNORECASE)
_WORDS = re.compile(rf"{_BEFORE}(\d\d?)[. -]+([a-zæøå]+)[. -]+(20\d\d){_AFTER}", re.IGNORECASE)


def day_in(name: str) -> date | None:
    """Return the day in »2024-03-05 referat.docx«, »Referat 5.3.24.docx« or »5. marts 2024.pdf«.

    None where none stands there, two different ones, or one that could as well be read with the year first (05-03-24).
    """
    stem = (name.rpartition(".")[0] or name).replace("_", " ")
    found = {_day(int(year), int(month), int(day)) for year, _sign, month, day in _ISO.findall(stem)}
    found |= {
        _day(int(year), MONTHS[word.lower()], int(day))
        for day, word, year in _WORDS.findall(stem)
        if word.lower() in MONTHS
    }
    for day, sign, month, year in _NUMBERS.findall(stem):
        read = _day(_year(year), int(month), int(day))
        turned = _day(2000 + int(day), int(month), int(year)) if len(day) == len(year) == 2 else None
        # With full stops Danes write the day first.
        found |= {read} if sign == "." else {read, turned}
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
