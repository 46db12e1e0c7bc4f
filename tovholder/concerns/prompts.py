"""What a concern reminds of: a code, a sentence, what to do, and the rule of domain.md it comes from. Pure.

A prompt asks somebody to think; it never decides, sends or ticks anything off, and no number is made of it. What the
children's consents remind of is told by `services.prompting`, and `services.ages` notes the ages for the lists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tovholder.access.sharing.case import age_on
from tovholder.access.sharing.consents import months_before

PARTY_RIGHTS_AGE, AROUND_DAYS = 10, 30  # so many days before and after the birthday
ADULT_AGE, HAND_OVER_MONTHS = 18, 6


@dataclass(frozen=True, slots=True)
class Prompt:
    code: str
    rule: int
    says: str | Promise
    do: str | Promise


PROMPTS: tuple[Prompt, ...] = (
    Prompt(
        "absence_notify", 23,
        _("Det ulovlige fravær er så højt, at skolens leder skal underrette."),
        _("Spørg lederen, om det er gjort."),
    ),
    Prompt(
        "absence_warn", 23,
        _("Det ulovlige fravær er så højt, at skolen skal skrive til hjemmet om det og dets følger."),
        _("Spørg skolen, om det er gjort."),
    ),
    Prompt(
        "many_concerns", 26,
        _("Flere forskellige har været bekymret for det samme barn, og der er hverken et møde eller en underretning."),
        _("Læs dem samlet, og tag stilling: skal nogen underrette, eller skal der holdes et møde?"),
    ),
    Prompt(
        "undecided_handover", 37,
        _("Navnet blev givet videre til et møde, og der er endnu ikke taget stilling."),
        _(
            "Beslut, om I går videre, giver det videre til andre eller lukker det. Et navn, som ingen beslutter noget om, "
            "slettes igen efter mødet."
        ),
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
    # The newest percent of each child; of what has been notified since it was written, none.
    absences: tuple[int, ...] = ()
    absence_warn_percent: int = 10
    absence_notify_percent: int = 15


def prompts_for(facts: Facts) -> list[Prompt]:
    """Return the prompts that hold, in the order of the table."""
    codes = set(_own(facts))
    return [each for each in PROMPTS if each.code in codes]


def _own(facts: Facts) -> Iterable[str]:
    highest = max(facts.absences, default=0)
    if highest >= facts.absence_notify_percent:
        yield "absence_notify"
    elif highest >= facts.absence_warn_percent:
        yield "absence_warn"
    if facts.other_parties >= facts.many:
        yield "many_concerns"
    if facts.undecided_days is not None and facts.undecided_days >= facts.decision_days:
        yield "undecided_handover"
    if any(turns_adult(born, facts.today) for born in facts.birth_dates):
        yield "turns_adult"


def turns_adult(born: date, today: date) -> bool:
    """Whether a young person turns 18 within half a year (rule 42)."""
    return age_on(born, today) < ADULT_AGE <= age_on(born, months_before(today, -HAND_OVER_MONTHS))


def gets_party_rights(born: date, today: date) -> bool:
    """Whether a child turns 10 within the days, or has just done so (rule 20)."""
    return abs((birthday(born, PARTY_RIGHTS_AGE) - today).days) <= AROUND_DAYS


def birthday(born: date, age: int) -> date:
    """The birthday of that age; of 29 February it is 1 March in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
