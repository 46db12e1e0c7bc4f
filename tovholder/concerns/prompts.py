"""What a concern reminds of: a code, a sentence, what to do, and the rule of domain.md it comes from. Pure.

A prompt asks somebody to think; it never decides, sends or ticks anything off, and no number is made of it. What the
children's ages and consents remind of is told by `services.prompting`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tovholder.access.sharing.case import age_on
from tovholder.access.sharing.consents import months_before

ADULT_AGE, HAND_OVER_MONTHS = 18, 6


@dataclass(frozen=True, slots=True)
class Prompt:
    code: str
    rule: int
    says: str | Promise
    do: str | Promise


PROMPTS: tuple[Prompt, ...] = (
    Prompt(
        "many_concerns", 26,
        _("Flere forskellige har været bekymret for det samme barn, og der er hverken et møde eller en underretning."),
        _("Læs dem samlet, og tag stilling: skal nogen underrette, eller skal der holdes et møde?"),
    ),
    Prompt(
        "undecided_handover", 37,
        _("Politiet gav navnet videre, og der er endnu ikke taget stilling."),
        _("Beslut, om I går videre, giver det videre til andre eller lukker det."),
    ),
    Prompt(
        "turns_adult", 42,
        _("Den unge fylder 18 inden for et halvt år."),
        _("Aftal, hvem der tager over, eller afslut sagen. Efter de 18 år bestemmer den unge selv."),
    ),
)  # fmt: skip
BY_CODE = {each.code: each for each in PROMPTS}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a concern when it is read."""

    today: date
    birth_dates: tuple[date, ...] = ()
    other_parties: int = 0
    many: int = 3
    undecided_days: int | None = None
    decision_days: int = 14


def prompts_for(facts: Facts) -> list[Prompt]:
    """Return the prompts that hold, in the order of the table."""
    codes = set(_own(facts))
    return [each for each in PROMPTS if each.code in codes]


def _own(facts: Facts) -> Iterable[str]:
    if facts.other_parties >= facts.many:
        yield "many_concerns"
    if facts.undecided_days is not None and facts.undecided_days >= facts.decision_days:
        yield "undecided_handover"
    later = months_before(facts.today, -HAND_OVER_MONTHS)
    for born in facts.birth_dates:
        if age_on(born, facts.today) < ADULT_AGE <= age_on(born, later):
            yield "turns_adult"
