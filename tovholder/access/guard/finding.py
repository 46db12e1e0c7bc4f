"""What is found, where it stands, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import phonenumbers
from django.db import models
from django.utils.translation import gettext_lazy as _

from tovholder.access.guard.names import NameLists, find_names
from tovholder.access.personal_data import cpr_spans


class FindingKind(models.TextChoices):
    CPR = "cpr", _("CPR-nummer")
    PHONE = "phone", _("Telefonnummer")
    EMAIL = "email", _("E-mailadresse")
    ADDRESS = "address", _("Adresse")
    NAME = "name", _("Navn")
    CLASS_AGE = "class_age", _("Klasse og alder")


INSTEAD = {
    FindingKind.CPR: _("fjern nummeret"),
    FindingKind.PHONE: _("et telefonnummer"),
    FindingKind.EMAIL: _("en e-mailadresse"),
    FindingKind.ADDRESS: _("en adresse i området"),
    FindingKind.NAME: _("barnet, den unge eller en rolle"),
    FindingKind.CLASS_AGE: _("indskoling, mellemtrin eller udskoling"),
}


SWAPS: dict[FindingKind, tuple[Any, ...]] = {
    FindingKind.CPR: (),
    FindingKind.PHONE: (_("et telefonnummer"),),
    FindingKind.EMAIL: (_("en e-mailadresse"),),
    FindingKind.ADDRESS: (_("en adresse i området"),),
    FindingKind.NAME: (_("barnet"), _("den unge"), _("en forælder"), _("en fagperson")),
}
# The last class and the last age of each stage of school.
_STAGES = ((3, 9, _("indskolingen")), (6, 12, _("mellemtrinnet")), (10, 17, _("udskolingen")))


def _stage(text: str) -> str:
    """The stage of school that a class ("6.b") or an age ("12 år") belongs to: it tells less, and enough."""
    digits = "".join(char for char in text if char.isdigit())[:2]
    worded = next((years for word, years in reversed(_WORDED.items()) if word in text.casefold()), 0)
    number = int(digits) if digits else worded
    is_age = _AGE.match(text) is not None
    for last_class, last_age, stage in _STAGES:
        if number <= (last_age if is_age else last_class):
            return str(stage)
    return str(_("ungdomsårene"))


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A place in the text, in characters from its start; `refused` cannot be kept by a deliberate yes."""

    start: int
    end: int
    kind: FindingKind
    text: str

    @property
    def refused(self) -> bool:
        return self.kind == FindingKind.CPR

    @property
    def label(self) -> str:
        return str(self.kind.label)

    @property
    def instead(self) -> str:
        return str(INSTEAD[self.kind])

    @property
    def swaps(self) -> tuple[str, ...]:
        """Words that can stand in its place as they are; none for a CPR number, which is taken out."""
        if self.kind == FindingKind.CLASS_AGE:
            return (_stage(self.text),)
        return tuple(str(each) for each in SWAPS[self.kind])


# Every repetition is bounded, so that no text, however long, makes the search slow.
_HOST = r"[^\W_][\w-]{0,62}"
_SPELT_AT = r"(?:\s?[(\[]\s?(?:at|snabel-?a)\s?[)\]]\s?|\s(?:snabel-?\s?a)\s)"
_EMAIL = re.compile(
    rf"[^\s@<>(),;:\"\[\]]{{1,64}}(?:\s?@\s?|{_SPELT_AT}){_HOST}(?:(?:\.|\s?\(?\b(?:punktum|prik|dot)\b\)?\s?)[\w-]+)+",
    re.IGNORECASE,
)
# In front of a number these are surely streets, also without a capital letter.
_SURE_STREET = (
    r"(?:vej|gade|allé|stræde|strædet|vænge|vænget|toften|parken|bakken|lunden|skrænten|boulevard|brynet|draget|"
    r"krogen|stien|højen|kæret|torvet)"
)
_STREET = (
    r"(?:vej|vejen|gade|gaden|allé|alléen|alle|stræde|strædet|plads|pladsen|torv|torvet|vænge|vænget|park|parken|bakke|"
    r"bakken|have|haven|toft|toften|eng|engen|lund|lunden|krog|krogen|mark|marken|sti|stien|boulevard|boulevarden|kaj|"
    r"kajen|landevej|ager|ageren|agrene|høj|højen|vang|vangen|dal|dalen|bro|skrænten|kær|kæret|ring|ringen|gård|gården|"
    r"bryn|brynet|drag|draget|ledet|tofte|tofterne|hegnet|haverne|skoven|løkke|løkken|banken|brink|brinken|stranden)"
)
_UNIT = r"(?:,?\s?(?:st|kl|kld|\d{1,2})\.?\s?(?:sal)?,?\s?(?:tv|th|mf|\d{1,3})?\b\.?)?"
_MONTH = r"(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)"
_NO_COUNT = (
    r"(?!\s?(?:%|pct|procent|kr|elever|børn|unge|år|gange|dage|uger|timer|minutter|møder|personer|pladser|steder)|"
    rf"\.?\s?(?:{_MONTH}|klasse|årgang)|[.:/]\d|-\d{{1,2}}\b(?!\s?[A-Za-z]\b))"
)
_ADDRESS = re.compile(
    rf"\b(?:[A-ZÆØÅ][\w.]{{0,30}}(?:\s[A-ZÆØÅ][\w.]{{0,30}}){{0,4}}?(?:{_STREET}|\s(?i:{_STREET}))|"
    rf"[a-zæøå]{{3,30}}(?<!skole)(?<!børne){_SURE_STREET}|(?:Torvet|Bakken|Haven|Havnen|Parken|Lunden|Marken|Stranden))"
    rf"\s{{1,3}}(?:nr\.?\s?)?\d{{1,3}}(?:\s?[A-Za-z])?\b{_NO_COUNT}{_UNIT}"
)
_CLASS = re.compile(
    r"\b(?:[0-9]|10)\.\s?(?:[a-hvxyzA-HVXYZ]\b|klasse\b|kl\b(?!\.?\s?\d{1,2}[.:]\d))|\b(?:[1-9]|10)[a-hvxyzA-HVXYZ]\b",
    re.IGNORECASE,
)
_WORDED = dict(
    zip(
        "tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten tyve".split(),
        range(3, 21),
        strict=True,
    )
)
_YEARS = rf"(?:[3-9]|1\d|2[0-3]|{'|'.join(_WORDED)})"
# "er 11 og", "bliver 13 i næste måned": an age without the word for years; "er 23 elever" is a count.
_AGE = re.compile(
    rf"\b{_YEARS}(?:\s?-?\s?(?:årig|årige|års)\b|\s?år\b)|"
    rf"\b(?:er|var|bliver|blev|fylder|fyldte|fyldt|lige|snart|kun|næsten)\s{_YEARS}"
    r"(?=\s?(?:$|[,;)!?]|\.(?=\s*$|\s+(?-i:[A-ZÆØÅ]))|(?:og|men|til|om|nu|snart)\b|i\s(?:næste|denne|dag|går|morgen|år|[a-z]+ember)\b))",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[a-zæøå\d)]{2})[.!?]\s+(?=[A-ZÆØÅ])|\n")
# With the country in front in brackets or not: whatever stands between the digits.
_DANISH_PHONE = re.compile(r"(?<![\w+])\(?(?:\+|00)\s?45\)?(?:[\s.\-/]{0,2}\d){8}(?!\d)")
_SPOKEN_OF_AS_PHONE = re.compile(
    r"(?i)\b(?:tlf|telefon|mobil|ring|sms|nummer|nr|kontakt|fanges|nås)\W*(?:\w+\W+){0,3}$"
)
_COUNTED = re.compile(r"(?i)^\s*(?:kr|elever|børn|unge|minutter|fra|stk|besøg|point|%|procent)")


def find_personal_data(text: str, lists: NameLists | None = None) -> list[Finding]:
    """Return what in the text can point to a person, in order, nothing twice. Raises nothing.

    The finder is deliberately wide with CPR numbers, phones and mail addresses, and careful with names.
    """
    lists = lists or NameLists.shipped()
    found: list[Finding] = []
    taken = bytearray(len(text))
    for kind, start, end in _all(text, lists):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append(Finding(start, end, kind, text[start:end]))
    return sorted(found)


def _all(text: str, lists: NameLists) -> Iterator[tuple[FindingKind, int, int]]:
    for start, end in cpr_spans(text):
        yield FindingKind.CPR, start, end
    for match in _EMAIL.finditer(text):
        yield FindingKind.EMAIL, match.start(), match.end()
    for start, end in _phones(text):
        yield FindingKind.PHONE, start, end
    for match in _ADDRESS.finditer(text):
        first, second = match.group().split(maxsplit=1)
        if second[0].isdigit() and lists.is_harmless(first):  # Holbæk 3, Danmark 2
            continue
        yield FindingKind.ADDRESS, match.start(), match.end()
    for start, end in find_names(text, lists):
        yield FindingKind.NAME, start, end
    for start, end in _classes_with_age(text):
        yield FindingKind.CLASS_AGE, start, end


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for own in _DANISH_PHONE.finditer(text):
        yield own.span()
    matcher = phonenumbers.PhoneNumberMatcher(text, "DK", leniency=phonenumbers.Leniency.POSSIBLE)
    for match in matcher:
        digits = re.sub(r"\D", "", match.raw_string)
        asked_for = _SPOKEN_OF_AS_PHONE.search(text[max(0, match.start - 60) : match.start]) is not None
        if asked_for or (
            len(digits) >= 8
            and not _is_something_else(match.raw_string, digits, text[match.end : match.end + 20])
        ):
            yield match.start, match.end


def _is_something_else(raw: str, digits: str, after: str) -> bool:
    if raw.startswith(("+", "00")):
        return False
    if len(digits) != 8 or _COUNTED.match(after):
        return True
    return (
        _is_date(digits) or _is_round(raw) or re.fullmatch(r"(?:19|20)\d\d\W(?:19|20)\d\d", raw) is not None
    )


def _is_date(digits: str) -> bool:
    for shape in ("%Y%m%d", "%d%m%Y"):
        try:
            day = datetime.strptime(digits, shape)  # noqa: DTZ007 -- only whether it is a date
        except ValueError:
            continue
        if 1900 <= day.year <= 2100:
            return True
    return False


def _is_round(raw: str) -> bool:
    """A list of round numbers (20 30 40 50)."""
    parts = re.split(r"\D+", raw)
    return len(parts) > 2 and all(part.endswith("0") for part in parts)


def _classes_with_age(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for end in [*(match.start() + 1 for match in _SENTENCE_END.finditer(text)), len(text)]:
        sentence = text[at:end]
        one, other = _CLASS.search(sentence), _AGE.search(sentence)
        if one and other:
            for match in (one, other):
                yield at + match.start(), at + match.end()
        at = end
