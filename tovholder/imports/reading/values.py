"""What a cell means: dates as Danes write them, yes and no, phones, e-mails."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import from_excel

from tovholder.access.personal_data import contains_cpr
from tovholder.imports.reading.grid import Raw, Wrong

MONTHS = "jan feb mar apr maj jun jul aug sep okt nov dec".split()
_NUMBERS = re.compile(r"(\d{1,2})[.\-/\s]+(\d{1,2})[.\-/\s]+(\d{4}|\d{2})\.?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_WORDS = re.compile(r"(\d{1,2})\.?\s*([a-zæøå]{3,9})\.?\s+(\d{4})", re.IGNORECASE)
YES, NO = {"ja", "j", "x", "sand", "true", "1", "yes"}, {"nej", "n", "falsk", "false", "0", "no", "-"}
FIRST_YEAR, LAST_YEAR = 1950, 2100
CPR_IN_CELL = "Cellen ligner et CPR-nummer. Fjern det fra filen. Intet af filen er gemt."


class BadCell(Exception):
    """A cell that cannot be understood; the message is a Danish sentence that says what to do."""


def looks_like_cpr(raw: Raw) -> bool:
    """Tell whether a cell holds what can be a CPR number, also one whose leading zero a spreadsheet took away."""
    if isinstance(raw, bool) or raw is None or isinstance(raw, date | time | Wrong):
        return False
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)
    return contains_cpr(text) or (text.isdigit() and len(text) == 9 and contains_cpr(f"0{text}"))


def as_text(raw: Raw) -> str:
    """Return the cell as text; a whole number without decimals. Raises BadCell for one that is wrong in itself."""
    if isinstance(raw, Wrong):
        raise BadCell(raw.sentence)
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return _("ja") if raw else _("nej")
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, datetime | date):
        return f"{raw:%d-%m-%Y}"
    return " ".join(str(raw).split())


def as_date(raw: Raw) -> date | None:
    """Return the day: 1.8.2026, 01-08-2026, 1/8 2026, 1. august 2026, 2026-08-01, or a date of Excel."""
    if isinstance(raw, datetime):
        return _sensible(raw.date())
    if isinstance(raw, date):
        return _sensible(raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _from_number(raw)
    text = as_text(raw)
    if not text:
        return None
    for pattern, order in ((_ISO, (3, 2, 1)), (_NUMBERS, (1, 2, 3))):
        if match := pattern.fullmatch(text):
            day, month, year = (match.group(n) for n in order)
            return _day(text, int(day), int(month), int(year) if len(year) == 4 else 2000 + int(year))
    if (match := _WORDS.fullmatch(text)) and match.group(2)[:3].lower() in MONTHS:
        return _day(
            text, int(match.group(1)), MONTHS.index(match.group(2)[:3].lower()) + 1, int(match.group(3))
        )
    raise BadCell(_("»%(text)s« er ikke en dato. Skriv for eksempel 1.8.2026.") % {"text": text[:40]})


def _from_number(raw: float) -> date:
    if 20_000 <= raw <= 80_000:  # days since 1900: a date that lost its format
        found = from_excel(raw)
        return _sensible(found.date() if isinstance(found, datetime) else found)
    raise BadCell(_("»%(text)s« er ikke en dato. Skriv for eksempel 1.8.2026.") % {"text": f"{raw:g}"[:40]})


def _day(text: str, day: int, month: int, year: int) -> date:
    try:
        return _sensible(date(year, month, day))
    except ValueError as error:
        raise BadCell(
            _("Datoen »%(text)s« findes ikke. Skriv dag, måned og år, for eksempel 1.8.2026.")
            % {"text": text[:40]}
        ) from error


def _sensible(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadCell(_("Året %(year)s kan ikke passe. Ret datoen.") % {"year": day.year})
    return day


def as_flag(raw: Raw) -> bool | None:
    """Return yes or no; None for an empty cell."""
    if isinstance(raw, bool):
        return raw
    text = as_text(raw).casefold()
    if not text:
        return None
    if text in YES | NO:
        return text in YES
    raise BadCell(_("»%(text)s« er hverken ja eller nej. Skriv ja eller nej.") % {"text": text[:40]})


def as_email(raw: Raw) -> str:
    text = as_text(raw).removeprefix("mailto:")
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError as error:
        raise BadCell(_("»%(text)s« er ikke en e-mailadresse. Ret den.") % {"text": text[:60]}) from error
    return text


def as_phone(raw: Raw) -> str:
    """Return a phone number as written; one that a spreadsheet has made a number must still have all its digits."""
    number = isinstance(raw, int | float) and not isinstance(raw, bool)
    text = as_text(raw)
    digits = re.sub(r"[\s().\-/]", "", text.removeprefix("+"))
    if not text:
        return ""
    if re.fullmatch(r"\d+([.,]\d+)?E\+?\d+", text, re.IGNORECASE) or (number and not digits.isdigit()):
        raise BadCell(
            _("Telefonnummeret er lavet om til et tal. Gør kolonnen til tekst i Excel, og skriv det igen.")
        )
    if number and digits.startswith("45") and len(digits) == 10:
        return f"+{digits}"
    if number and len(digits) != 8:
        raise BadCell(
            _(
                "Telefonnummeret %(text)s har %(count)s cifre. Er et nul eller et plus forrest gået tabt? "
                "Gør kolonnen til tekst i Excel, og skriv det igen."
            )
            % {"text": text[:20], "count": len(digits)}
        )
    if not digits.isdigit() or not 3 <= len(digits) <= 15:
        raise BadCell(_("»%(text)s« er ikke et telefonnummer. Ret det.") % {"text": text[:40]})
    return text


READERS: dict[str, Callable[[Raw], str | date | bool | None]] = {
    "text": as_text,
    "date": as_date,
    "flag": as_flag,
    "email": as_email,
    "phone": as_phone,
}
