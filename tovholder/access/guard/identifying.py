"""Details that each are harmless, and together can point to one child (rule 11). Pure; never asks who is registered."""

from __future__ import annotations

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

from tovholder.access.guard.finding import FindingKind, find_personal_data


class Detail(models.TextChoices):
    AGE = "age", _("alder")
    SCHOOL_YEAR = "school_year", _("klasse eller årgang")
    SCHOOL = "school", _("skole eller sted")
    ORIGIN = "origin", _("nationalitet, sprog eller tro")
    HOME = "home", _("familie eller bolig")
    LEISURE = "leisure", _("klub eller fritidsinteresse")
    BODY = "body", _("sygdom, diagnose eller udseende")
    NAMED = "named", _("navn, adresse eller telefon")


_NATIONS = (
    "syrisk|somalisk|tyrkisk|kurdisk|irakisk|afghansk|arabisk|polsk|rumænsk|ukrainsk|grønlandsk|færøsk|iransk|libanesisk|"
    "pakistansk|vietnamesisk|bosnisk|palæstinensisk|marokkansk|russisk|litauisk|tysk|svensk|norsk|"
    "muslim\\w*|jødisk|jehovas vidne\\w*|flygtning\\w*|roma"
)
_SIGNS: dict[Detail, re.Pattern[str]] = {
    Detail.AGE: re.compile(
        r"\b(?:[3-9]|1\d|2[0-3])(?:\s?-?\s?årig\w*|\s?års\b|\s?år\b)|\bfyld\w*\s(?:[3-9]|1\d|2[0-3])\b"
    ),
    Detail.SCHOOL_YEAR: re.compile(
        r"\b(?:[0-9]|10)\.\s?(?:[a-hA-H]\b|klasse|kl\.|årgang)|\b(?:[1-9]|10)[a-hA-H]\b|\bi\s(?:nulte|første|anden|tredje|"
        r"fjerde|femte|sjette|syvende|ottende|niende|tiende)(?:\sklasse)?\b",
        re.IGNORECASE,
    ),
    Detail.SCHOOL: re.compile(r"\b[A-ZÆØÅ][\wæøå]+(?:\s|-)?(?:[Ss]kole|Friskole|skolen|Gymnasium|klub|børnehus)\b"),
    Detail.ORIGIN: re.compile(rf"\b(?:{_NATIONS})(?:e|t|er)?\b|\bfra\s(?:Syrien|Somalia|Tyrkiet|Irak|Ukraine|Polen|Grønland)\b", re.IGNORECASE),
    Detail.HOME: re.compile(
        r"\b(?:tvilling\w*|trilling\w*|enebarn|adopteret|plejefamilie\w*|plejebarn|skilt\w*|enke\w*|eneforsørger|"
        r"(?:stor|lille)(?:bror|søster)|søskende\w*|kvindekrisecenter|fængsl\w*|bosted)\b",
        re.IGNORECASE,
    ),
    Detail.LEISURE: re.compile(
        r"\b(?:fodbold\w*|håndbold\w*|spejder\w*|ridning|rider|svømme\w*|gymnastik\w*|boks\w*|kampsport|skak|"
        r"danse\w*|musikskole\w*|juniorklub\w*|ungdomsklub\w*)\b",
        re.IGNORECASE,
    ),
    Detail.BODY: re.compile(
        r"\b(?:adhd|autis\w*|diabetes|epilepsi|kørestol\w*|døv|blind|angst\w*|depress\w*|spiseforstyrrelse\w*|"
        r"tourette\w*|ordblind\w*|rødhåret|overvægtig\w*)\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
_PLAIN = {FindingKind.NAME, FindingKind.ADDRESS, FindingKind.PHONE, FindingKind.EMAIL, FindingKind.CPR}


def identifying_details(text: str, *, school_known: bool = False) -> list[Detail]:
    """Return the kinds of detail that the text gives, each once. `school_known`: the school is chosen beside the text."""
    found = {kind for kind, sign in _SIGNS.items() if sign.search(text)}
    if school_known:
        found.add(Detail.SCHOOL)
    if any(each.kind in _PLAIN for each in find_personal_data(text)):
        found.add(Detail.NAMED)
    return [kind for kind in Detail if kind in found]
