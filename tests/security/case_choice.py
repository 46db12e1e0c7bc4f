"""Who visits what: everybody everything, or as much of it as finds the same kinds of fault in a twentieth of the time."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable

from tests.security.case_addresses import Address
from tests.security.case_kin import is_family
from tests.security.case_oracle import knows, was_told, works
from tests.security.case_world import CaseWorld

STRANGER = "stranger"
# Pages and papers with texts of a case: in the small run too, whoever is to read there asks for all of them.
READING = {
    "concerns:concern", "concerns:course", "concerns:chronology", "concerns:absence", "concerns:notify", "concerns:question",
    "children:overview", "children:child", "children:address", "children:change", "children:information", "children:scan_file",
    "children:log", "meetings:case", "meetings:case_ground", "meetings:case_release", "meetings:case_pdf", "network:meeting",
    "network:run", "network:after", "network:form_pdf", "plans:agreement", "case_plans:plan", "case_plans:who_does_what_pdf",
}  # fmt: skip
# Read by some who do not work on the case: who raised it, who was asked, who has an agreement.
OWN = {"concerns:concern", "concerns:question", "plans:agreement"}
# Lists and first pages, for everybody.
LISTS = {
    "concerns:list", "concerns:raised", "concerns:teams", "plans:mine", "plans:board", "case_plans:list", "network:list",
    "insights:my_day", "insights:log", "insights:log_csv", "oversight:review", "meetings:list",
}  # fmt: skip
# Pages of an ordinary meeting, whose cases are shown to some who look: one each.
ROOMS = {
    "meetings:before", "meetings:run", "meetings:after", "meetings:projector", "meetings:agenda_pdf", "meetings:minutes_pdf",
    "meetings:people", "meetings:case_list", "search:results",
}  # fmt: skip
# What a family comes for: all of it, and everybody of the family.
OF_FAMILY = {"family:front", "family:mine", "family:minutes", "family:plan"}
STANDINGS = ("works", "knows", "nothing", STRANGER)

# In the order of the addresses; with whether its button is pressed too.
Visits = dict[str, list[tuple[Address, bool]]]


def chosen(
    world: CaseWorld,
    there: list[Address],
    persons: tuple[str, ...],
    *,
    whole: bool,
    standings: tuple[str, ...] = STANDINGS,
) -> Visits:
    """Return who visits what. Of a small run some standings can be left out, and with them what is no child's."""
    if whole:
        return {who: [(each, world.chance.random() < 0.2) for each in there] for who in persons}
    chance, found = world.chance, {who: dict[int, bool]() for who in persons}
    of_name: dict[str, list[tuple[int, Address]]] = defaultdict(list)
    for number, address in enumerate(there):
        of_name[address.name].append((number, address))
    for name, rows in of_name.items():
        for who, number, presses in _of_name(chance, name, rows, persons, standings):
            found[who][number] = presses or found[who].get(number, False)
    return {who: [(there[number], mine[number]) for number in sorted(mine)] for who, mine in found.items()}


Row = tuple[int, Address]
Choice = tuple[str, int, bool]


def _of_name(
    chance: random.Random, name: str, rows: list[Row], persons: tuple[str, ...], standings: tuple[str, ...]
) -> Iterable[Choice]:
    kin = [who for who in persons if is_family(who)]
    persons = tuple(who for who in persons if not is_family(who))
    yield from _of_kin(chance, name, rows, kin)
    links = [row for row in rows if row[1].link is not None]
    cases = [row for row in rows if row[1].case is not None]
    others = [row for row in rows if row[1].link is None and row[1].case is None]
    yield from _of_links(chance, links, persons)
    yield from _of_cases(chance, name, cases, persons, standings)
    if name in LISTS:
        yield from ((who, number, False) for who in persons for number, _address in others)
    elif name in ROOMS:
        yield from (
            (who, chance.choice(others)[0], False) for who in persons if others and chance.random() < 0.5
        )
    elif others and standings == STANDINGS:
        # What is no child's is for `test_crawl`; here it is heard that no child stands there.
        yield chance.choice(persons), chance.choice(others)[0], chance.random() < 0.2


def _of_kin(chance: random.Random, name: str, rows: list[Row], kin: list[str]) -> Iterable[Choice]:
    """Of each kind of address one is asked for by somebody of a family; their own by all of them."""
    if name in OF_FAMILY:
        yield from ((who, number, False) for who in kin for number, _address in rows)
    elif kin:
        yield chance.choice(kin), chance.choice(rows)[0], chance.random() < 0.3


def _of_links(chance: random.Random, rows: list[Row], persons: tuple[str, ...]) -> Iterable[Choice]:
    """Whoever has the link; and somebody who is logged in besides."""
    if STRANGER in persons:
        pages = [number for number, address in rows if address.name == address.link.kind]  # type: ignore[union-attr]
        yield from ((STRANGER, number, chance.random() < 0.3) for number in pages)
    if rows:
        yield chance.choice(persons), chance.choice(rows)[0], False


def _of_cases(
    chance: random.Random, name: str, rows: list[Row], persons: tuple[str, ...], standings: tuple[str, ...]
) -> Iterable[Choice]:
    """One of each standing to the case; of the pages that are read, all who know of it."""
    by_standing: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for number, address in rows:
        for who in persons:
            by_standing[standing(address, who)].append((who, number))
    for each in standings:
        pairs = by_standing[each]
        if pairs:
            yield *chance.choice(pairs), chance.random() < 0.3
    if name in READING:
        for number, address in rows:
            yield from ((who, number, False) for who in persons if reads(address, who))


def reads(address: Address, who: str) -> bool:
    """Tell whether the person is to read something at this address."""
    assert address.case is not None
    if works(address.case, who):
        return True
    item = address.item
    if item is not None:
        return was_told(item, who) or who in item.called
    return address.name in OWN and knows(address.case, who)


def standing(address: Address, who: str) -> str:
    """Return how somebody stands to the case of an address."""
    if who == STRANGER:
        return STRANGER
    assert address.case is not None
    if works(address.case, who):
        return "works"
    return "knows" if knows(address.case, who) else "nothing"
