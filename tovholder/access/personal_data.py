"""Guard against CPR numbers in free text (rule 51; the wider guard comes with issue C)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# The centuries a two-digit year can mean in a CPR number are 1858-2057; only day, month and leap day matter here.
_CPR = re.compile(r"(?<!\d)(\d{2})\W{0,2}(\d{2})\W{0,2}(\d{2})[\W_]{0,3}(\d{4})(?!\d)")
# Anything but these may be a disguise; these are left as they are by what _plain does.
_UNUSUAL = re.compile(r"[^\x00-\x7fæøåÆØÅéÉ–—’»«]")
CPR_REFUSED = _(
    "Teksten ligner et CPR-nummer. CPR-numre må ikke stå i tekster i Tovholder, "
    "fordi for mange kan læse dem. Fjern nummeret, og gem igen."
)


def _is_date(day: int, month: int, year: int) -> bool:
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def contains_cpr(text: str) -> bool:
    """Tell whether `text` holds ten digits that can be a CPR number: DDMMYY that is a date, then four digits.

    Full-width digits, invisible characters and other dashes are seen through. Raises nothing.
    """
    return next(_cprs(text), None) is not None


def cpr_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of each CPR number, in characters of `text`; the whole text where it is disguised."""
    found = [match.span() for match in _cprs(text)]
    if found and _plain(text) != text:
        return [(0, len(text))]
    return found


def _cprs(text: str) -> Iterator[re.Match[str]]:
    if sum(char.isdigit() for char in text) < 10:
        return
    for match in _CPR.finditer(_plain(text)):
        day, month, year = (int(match.group(n)) for n in (1, 2, 3))
        if _is_date(day, month, year) and not _separated_as_list(match.group(0)):
            yield match


def _plain(text: str) -> str:
    if not _UNUSUAL.search(text):
        return text
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    return "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in plain)


def _separated_as_list(found: str) -> bool:
    """A date and a clock time ("01.02.26, 1300") or a list of numbers is no CPR number; "01.02.26-1300" is."""
    return bool(re.search(r"[,;:/\n]", found)) or bool(re.match(r"\d{2}\.\d{2}\.\d{2}[^\d-]", found))


def refuse_cpr(value: object) -> None:
    """Validator. Raises ValidationError with one sentence when `value` holds a CPR number."""
    if isinstance(value, str) and contains_cpr(value):
        raise ValidationError(CPR_REFUSED, code="cpr")
