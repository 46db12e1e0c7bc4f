"""One Danish sentence and one source for every answer. Law is named only where domain.md marks it [A]."""

from __future__ import annotations

from dataclasses import dataclass

_RPL = "Retsplejeloven § 115"


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    source: str


def _rule(*numbers: int) -> str:
    return ("Regel " if len(numbers) == 1 else "Reglerne ") + " og ".join(str(each) for each in numbers)


# Answers that allow
_YES = {
    "no_person": Sentence("Punktet handler ikke om et navngivet barn, så alle må være med.", _rule(9)),
    "rpl115": Sentence(
        "Alle til stede er part i det kriminalitetsforebyggende samarbejde.", f"{_RPL}, stk. 1-3"
    ),
    "early_cooperation": Sentence(
        "Alle til stede er part i det tidlige forebyggende samarbejde.", _rule(4, 5)
    ),
    "consent": Sentence("Alle til stede er nævnt i et gyldigt samtykke.", _rule(15)),
    "participation": Sentence(
        "Familien er med og har fået besked om, hvem der kommer og hvorfor.", _rule(6, 13)
    ),
}
# Answers that refuse, in the order of the rows
_NO = {
    "level_above_forum": Sentence(
        "Dette forum tager ikke punkter på det niveau. Vælg et andet forum, eller gør punktet mindre genkendeligt.",
        _rule(9),
    ),
    "purpose_investigation": Sentence(
        "Oplysningerne må ikke deles for at efterforske en straffesag.", f"{_RPL}, stk. 2"
    ),
    "basis_missing": Sentence("Vælg, på hvilket grundlag barnet kan nævnes ved navn.", _rule(8)),
    "purpose_missing": Sentence("Skriv, hvad I vil opnå ved at nævne barnet ved navn.", _rule(8)),
    "basis_not_for_forum": Sentence(
        "Dette forum må ikke bruge det grundlag. Vælg et andet grundlag eller et andet forum.", _rule(9)
    ),
    "basis_purpose_mismatch": Sentence(
        "Grundlaget passer ikke til formålet. Vælg det grundlag, der hører til formålet.", _rule(3, 4)
    ),
    "necessity_missing": Sentence("Skriv, hvorfor det er nødvendigt at nævne barnet ved navn.", _rule(8)),
    "notify_at_once": Sentence(
        "Ved mistanke om vold eller overgreb skal du underrette nu og selv. Mødet fritager dig ikke.",
        _rule(21, 22),
    ),
    "family_under_suspicion": Sentence(
        "Familien må ikke være med, når mistanken gælder vold i familien. Myndigheden siger til, hvornår de kan få noget at vide.",
        _rule(22),
    ),
    "special_reason_missing": Sentence(
        "Barnet har været på ét møde på dette grundlag. Skriv den særlige grund til et opfølgende møde.",
        _rule(5),
    ),
    "early_cooperation_used_up": Sentence(
        "Barnet har været på de to møder, som dette grundlag giver. Få samtykke, vælg et andet grundlag, eller overvej en underretning.",
        _rule(5),
    ),
    "consent_missing": Sentence("Der er intet samtykke. Indhent et, eller tag punktet anonymt.", _rule(15)),
    "consent_incomplete": Sentence(
        "Samtykket mangler modtagere, slags oplysninger eller formål. Ret det sammen med den, der gav det.",
        _rule(15),
    ),
    "consent_giver_not_entitled": Sentence(
        "Samtykket er givet af en, der ikke kan give det på mødets dato. Indhent et nyt.", _rule(16)
    ),
    "consent_withdrawn": Sentence(
        "Samtykket er trukket tilbage. Tag punktet anonymt, eller tal med familien igen.", _rule(17)
    ),
    "consent_expired": Sentence(
        "Samtykket er udløbet. Indhent et nyt, eller tag punktet anonymt.", _rule(18)
    ),
    "family_not_told": Sentence("Familien skal først have at vide, hvem der kommer og hvorfor.", _rule(13)),
    "family_not_present": Sentence(
        "Ingen fra familien, hvis nærvær tæller, er til stede. Vent på dem, eller vælg et andet grundlag.",
        _rule(6),
    ),
    "support_person_too_young": Sentence("En bisidder skal være fyldt 15 år.", "Barnets lov § 6"),
    "not_own_child": Sentence("En forælder, en ung eller en bisidder er kun med om sin egen sag.", _rule(13)),
    "party_outside_rpl115": Sentence(
        "Der er en til stede, som ikke er part i det kriminalitetsforebyggende samarbejde.",
        f"{_RPL}, stk. 1-3",
    ),
    "party_outside_early_cooperation": Sentence(
        "Der er en til stede, som ikke er part i det tidlige forebyggende samarbejde.", _rule(4)
    ),
    "party_not_named_in_consent": Sentence("Der er en til stede, som intet samtykke nævner.", _rule(1)),
}
# Said beside a yes
_WARNINGS = {
    "own_consent_missing": Sentence("Den unge er fyldt 15 år og har ikke selv givet samtykke. Spørg den unge.", _rule(16)),
    "second_custody_holder_missing": Sentence("Kun den ene forældremyndighedsindehaver har givet samtykke. Spørg også den anden.", _rule(16)),
    "consent_review_due": Sentence("Samtykket er over et år gammelt. Spørg, om det stadig gælder.", _rule(18)),
    "consent_not_required": Sentence("Samtykke er ikke et krav her. Inddrag alligevel forældrene, når det er muligt.", _rule(19)),
    "chair_not_ssp": Sentence("Mødet ledes ikke af en fra SSP. Det gør det mange steder på dette grundlag.", _rule(36)),
    "prison_service_check": Sentence("Kriminalforsorgen er med. Spørg en jurist, om grundlaget dækker dem her.", f"{_RPL}, stk. 1"),
    "purpose_wording": Sentence("Formålet lyder som efterforskning. Skriv, hvad I vil forebygge.", f"{_RPL}, stk. 2"),
}  # fmt: skip
SENTENCES = _YES | _NO | _WARNINGS
ANSWERS = tuple(_YES)
REFUSALS = tuple(_NO)
WARNINGS = tuple(_WARNINGS)
