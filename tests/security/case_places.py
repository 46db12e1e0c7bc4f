"""What must stand where, and what nowhere there whoever looks: issue C, by page and paper. Asks nothing of the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.security.case_addresses import Address
from tests.security.case_kin import is_family, reaches
from tests.security.case_oracle import MUST, answer, was_told, works
from tests.security.case_world import FAMILY, CaseWorld, Fact


@dataclass(frozen=True)
class Place:
    """For whom a page or paper holds the texts of these kinds and notes, and this sentence."""

    whom: Callable[[Address, str], bool]
    kinds: frozenset[str]
    notes: frozenset[str] = frozenset()
    says: str = ""


def works_on(address: Address, who: str) -> bool:
    return address.case is not None and works(address.case, who)


def is_in_it(address: Address, who: str) -> bool:
    """Works on the case, or was told at the meeting; while the name is open to the room."""
    item = address.item
    if item is None or item.room_closed or item.status not in {"opened", "done"}:
        return False
    return works_on(address, who) or was_told(item, who)


SAID = frozenset({"referat", "frozen", "tilfoejelse-1"})
FORM = frozenset({"frozen", "skema-barnets-stemme", "skema-familiens-oplevelse"})
OF_ITEM = frozenset({f"caseitem.{name}" for name in ("purpose", "necessity", "child_view", "no_child_view")})
MINUTES = Place(is_in_it, OF_ITEM | {"child.name", "casetext.text"}, SAID)
NETWORK = Place(is_in_it, frozenset({"casetext.text"}), FORM)
EFFORTS = frozenset({"child.name", "caseplan.goals", "caseagreement.words", "caseagreement.sign_of_progress"})
PLACES = {
    "concerns:absence": Place(
        works_on, frozenset({"absencereading.percent"}), says="Skolens leder skal underrette."
    ),
    "case_plans:plan": Place(
        works_on,
        EFFORTS
        | {
            "caseplan.resources",
            "caseplan.reflections",
            "caseplan.outcome",
            "scaling.value",
            "scaling.words",
        },
    ),
    "case_plans:who_does_what": Place(works_on, EFFORTS),
    "case_plans:who_does_what_pdf": Place(works_on, EFFORTS),
    "meetings:case": MINUTES,
    "meetings:case_pdf": MINUTES,
    "meetings:case_word": MINUTES,
    "network:after": Place(is_in_it, NETWORK.kinds | {"child.name"}, FORM),
    "network:form_pdf": NETWORK,
    "network:form_word": NETWORK,
}
PAPERS = {name for name in PLACES if name.endswith(("pdf", "word"))}
# Of these pages all is told: what must stand there, and nothing else.
OWN_PAGES = {"family:mine", "family:minutes", "family:plan"}
OF_FAMILY = {"child.name", "child.code", "casetext.text", "planrelease.text"}
WHO_SEES = "concerns:readers"  # it tells of the family too, when that reads something
# What is criminal is never in a paper; what is read from the wall holds no case at all.
ON_THE_WALL = "meetings:projector"


def must_stand(world: CaseWorld, address: Address, who: str) -> set[str]:
    """Return the tokens that the page holds for this person."""
    if address.link is not None:
        return set(address.link.must) if address.name == address.link.kind else set()
    if is_family(who):
        return _own(world, address, who)
    place = PLACES.get(address.name)
    if place is None or not place.whom(address, who):
        return set()
    return {fact.token for fact in world.facts.values() if fact.row in address.rows and _is_in(place, fact)}


def _own(world: CaseWorld, address: Address, who: str) -> set[str]:
    """The family's list: of each child of whom they read something the name and code. A page: its texts, and whose they are."""
    if address.name not in OWN_PAGES:
        return set()
    mine = [fact for fact in world.facts.values() if fact.kind in OF_FAMILY and answer(fact, who) == MUST]
    if address.name == "family:mine":
        return {fact.token for fact in mine if fact.released}
    here = [fact for fact in mine if fact.row in address.rows and fact.kind != "child.code"]
    return {fact.token for fact in here} if any(fact.release for fact in here) else set()


def _is_in(place: Place, fact: Fact) -> bool:
    return fact.kind in place.kinds and (
        fact.kind != "casetext.text" or not place.notes or fact.note in place.notes
    )


def must_say(address: Address, who: str) -> str:
    """Return the sentence that the page says to this person, or nothing."""
    if address.name == WHO_SEES and works_on(address, who) and address.case is not None:
        read = any(reaches(each, kin) for each in address.case.released for kin in FAMILY)
        return "Forældre med forældremyndighed, og den unge selv" if read else ""
    place = PLACES.get(address.name)
    return place.says if place is not None and place.whom(address, who) else ""


def never_there(fact: Fact, address: Address) -> bool:
    """Tell of what nobody may read at this address, whatever they may read elsewhere."""
    if address.name in PAPERS:
        return fact.kind == "concern.offence"
    return address.name == ON_THE_WALL and bool(fact.cases)
