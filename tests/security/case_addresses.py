"""Every address about children, with the ids and codes that belong together, and its twin: the same of what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from tests.security.addresses import UNKNOWN, filled, paths, patterns
from tests.security.case_world import Case, CaseWorld
from tovholder.meetings.models import CaseItem, Meeting
from tovholder.meetings.views.network_steps import STEPS
from tovholder.plans.models import CaseAgreement

NONE, NO_CODE, NO_CHILD = 2**31 - 7, "99-9999", "B-ZZZZZZ"
TWIN = {"code": NO_CODE, "child": NO_CHILD, "other": NO_CHILD, "case_pk": NONE, "pk": NONE}
# Places of an address that belong to the pattern, not to the case.
FIXED = {"what": "saet-paa", "step": "gjort"}
CHILD_PK = {
    "adult": "adult",
    "consent_withdraw": "consent",
    "scan": "consent",
    "scan_file": "consent",
    "team_leave": "seat",
}
CONCERN_PK = {"question": "question", "withdraw": "question", "receipt": "notification"}


@dataclass(frozen=True)
class Address:
    """`twin` asks for what is not there; where it is empty there is nothing to compare with."""

    name: str
    path: str
    twin: str = ""
    case: Case | None = None


def addresses(world: CaseWorld) -> Iterator[Address]:
    """Yield every address of the site; those about children for every case."""
    ids, known = _ids(world), set()
    for name, route, converters in patterns():
        filling = list(_fillings(world, name))
        if not filling:
            world.ids.update(ids)
            yield from (Address(name, path) for path in paths(world, name, route, converters))  # type: ignore[arg-type]
            continue
        for case, values, twin in filling:
            places = {place: values.get(place, FIXED.get(place, 1)) for place in converters}
            instead = filled(
                route, {**places, **{place: each for place, each in twin.items() if place in places}}
            )
            path = filled(route, places)
            if path in known:
                continue
            known.add(path)
            yield Address(name, path, instead if instead != path else "", case)


def _fillings(world: CaseWorld, name: str) -> Iterator[tuple[Case | None, dict[str, Any], dict[str, Any]]]:
    space, _colon, short = name.partition(":")
    for case in world.cases:
        for values, twin in _of_case(world, case, space, short):
            yield case, values, {place: TWIN[place] for place in twin}
    if space == "family":
        yield from ((None, {"token": token}, {}) for token in world.tokens)
    if space == "concerns" and short in {"team", "seat"}:
        yield from ((None, {"key": team.key}, {}) for team in world.teams.values())


def _of_case(
    world: CaseWorld, case: Case, space: str, short: str
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    code = {"code": case.row.code}
    if space == "concerns":
        yield from _of_concern(case, short, code)
    elif space == "children" and short != "may_we_share":
        yield from _of_children(world, case, short, code)
    elif space == "meetings" and short in {"case_take_up", "case_plan"}:
        yield code, ("code",)
    elif space == "meetings" and short.startswith("case"):
        yield from _items(case, "case_pk", "case_list" not in short)
    elif space == "meetings" and short.startswith("names"):
        yield from _items(case, "", False)
    elif space == "network":
        yield from _network(case, short, code)
    elif space == "plans":
        yield from (({"pk": pk, "step": "gjort"}, ("pk",)) for pk in case.pks.get("agreement", []))
    elif space == "case_plans":
        yield from _of_plans(case, short, code)


def _of_concern(
    case: Case, short: str, code: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    if short in CONCERN_PK:
        yield from (({"pk": pk}, ("pk",)) for pk in case.pks.get(CONCERN_PK[short], []))
    elif short in {"chronology", "absence"}:
        yield from (({**code, "child": child.code}, ("code", "child")) for child in case.children)
    elif short not in {"list", "raised", "new", "teams", "team", "seat", "unseat"}:
        yield code, ("code",)


def _of_children(
    world: CaseWorld, case: Case, short: str, code: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    code = {**code, "person": world.person("mona").pk}
    if short.startswith("team"):
        yield from (({**code, "pk": pk}, ("code",)) for pk in case.pks.get("seat", [NONE]))
        return
    others = [each.children[0].code for each in world.cases if each.children and each is not case] or [
        NO_CHILD
    ]
    for child in case.children:
        pks = child.adults.values_list("pk", flat=True) if short == "adult" else [1]
        if CHILD_PK.get(short) == "consent":
            pks = case.pks.get(f"consent {child.pk}", [])
        yield from (
            ({**code, "child": child.code, "other": others[0], "pk": pk}, ("code", "child")) for pk in pks
        )
    if not case.children:
        yield {**code, "child": NO_CHILD, "other": NO_CHILD, "pk": 1}, ("code",)


def _items(case: Case, place: str, one: bool) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    for item in case.items:
        if not item.called:
            yield {"pk": item.meeting_pk, "case_pk": item.pk}, (place,) if one else ()


def _network(
    case: Case, short: str, code: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    if short == "begin":
        yield code, ("code",)
    rows = list(CaseAgreement.objects.filter(concern=case.row).values_list("pk", flat=True)[:1]) or [1]
    for item in case.items if short not in {"begin", "list"} else ():
        if item.called:
            for slug in STEPS if short == "step" else ("deltagere",):
                yield {"pk": item.meeting_pk, "slug": slug, "row_pk": rows[0], "item_pk": 1}, ("pk",)


def _of_plans(
    case: Case, short: str, code: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    if short == "new":
        yield code, ("code",)
    elif short != "list":
        pairs = zip(case.pks.get("plan", []), case.pks.get("scaling", []), strict=True)
        yield from (({"pk": pk, "number": number}, ("pk",)) for pk, number in pairs)


def _ids(world: CaseWorld) -> dict[str, list[Any]]:
    """Return what goes into the places of all other addresses."""
    meetings = [*(each.pk for each in world.meetings.values()), *_network_pks()]
    cases = list(CaseItem.objects.values_list("pk", flat=True)[:1])
    named = {
        "meeting": meetings,
        "forum": [world.forum.pk, world.network_forum.pk] if world.forum and world.network_forum else [1],
        "person": [world.person("erik").pk],
        "user": [world.users["erik"].pk],
        "case": cases or [1],
    }
    kinds = {
        "item": "meetings.AgendaItem",
        "participation": "meetings.Participation",
        "agreement": "plans.Agreement",
    }
    found = {}
    for kind, label in kinds.items():
        manager = getattr(apps.get_model(label), "every", apps.get_model(label)._base_manager)
        found[kind] = list(manager.values_list("pk", flat=True)[:2]) or [1]
    rest = ("attachment", "topic", "relay", "older", "thing", "batch", "review", "line", "any")
    return {**{each: [1] for each in rest}, **found, **named}


def _network_pks() -> list[int]:
    return list(Meeting.every.filter(kind="network").values_list("pk", flat=True)[:2])


__all__ = ["UNKNOWN", "Address", "addresses"]
