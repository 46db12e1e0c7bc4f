"""Every address about children, with the ids and codes that belong together, and its twin: the same of what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from tests.security.addresses import filled, paths, patterns
from tests.security.case_world import Case, CaseWorld, Item, Link, row_name
from tovholder.meetings.models import CaseItem, Meeting
from tovholder.meetings.views.network_steps import STEPS
from tovholder.oversight.models import Review, ReviewLine
from tovholder.plans.models import CaseAgreement

NONE, NO_CODE, NO_CHILD = 2**31 - 7, "99-9999", "B-ZZZZZZ"
TWIN = {"code": NO_CODE, "child": NO_CHILD, "other": NO_CHILD, "case_pk": NONE, "pk": NONE}
# Places of an address that belong to the pattern, not to the case.
FIXED = {"what": "saet-paa", "step": "gjort"}
CHILD_PK = {
    "adult": "adult",
    "consent_correct": "consent",
    "consent_withdraw": "consent",
    "scan": "consent",
    "scan_file": "consent",
    "team_leave": "seat",
}
CONCERN_PK = {
    "question": "question",
    "withdraw": "question",
    "receipt": "notification",
    "child_agrees": "line-child_view",
}


# A link leads to its buttons too.
BUTTONS = {
    "plans:answer": ("plans:answer_done", "plans:answer_status", "plans:answer_reopen"),
    "meetings:answer_link": ("meetings:answer_link_save", "meetings:substitute_link"),
}
OF_LINK = {button: name for name, buttons in BUTTONS.items() for button in buttons}


@dataclass(frozen=True)
class Address:
    """`twin` asks for what is not there; where it is empty there is nothing to compare with."""

    name: str
    path: str
    twin: str = ""
    case: Case | None = None
    item: Item | None = None
    rows: frozenset[str] = frozenset()  # what its page shows
    link: Link | None = None


@dataclass(frozen=True)
class Filling:
    """What stands in the places of an address; those of `twin` are what makes it this case's."""

    values: dict[str, Any]
    twin: tuple[str, ...] = ()
    item: Item | None = None
    row: str = ""


def addresses(world: CaseWorld) -> Iterator[Address]:
    """Yield every address of the site; those about children for every case."""
    ids, known = _ids(world), set()
    for name, route, converters in patterns():
        linked = [each for each in world.links if each.kind == OF_LINK.get(name, name)]
        yield from (Address(name, filled(route, {"token": each.token}), link=each) for each in linked)
        filling = (
            [] if linked else [(case, each) for case in world.cases for each in _of_case(world, case, name)]
        )
        if not filling:
            world.ids.update(ids)
            yield from (Address(name, path) for path in _others(world, name, route, converters))
        for case, each in filling:
            address = _filled(world, name, route, converters, case, each)
            if address.path not in known:
                known.add(address.path)
                yield address


def _others(world: CaseWorld, name: str, route: str, converters: dict[str, Any]) -> Iterator[str]:
    if name in {"concerns:team", "concerns:seat"}:
        yield from (filled(route, {"key": team.key}) for team in world.teams.values())
    else:
        yield from paths(world, name, route, converters)  # type: ignore[arg-type]


def _filled(
    world: CaseWorld, name: str, route: str, converters: dict[str, Any], case: Case, each: Filling
) -> Address:
    places = {place: each.values.get(place, FIXED.get(place, 1)) for place in converters}
    path = filled(route, places)
    unknown = TWIN if name.partition(":")[0] != "family" else {**TWIN, "code": NO_CHILD}
    twin = filled(route, {**places, **{place: unknown[place] for place in each.twin if place in places}})
    rows = frozenset(world.shown_with.get(each.row, {each.row}))
    return Address(name, path, twin if twin != path else "", case, each.item, rows)


def _of_case(world: CaseWorld, case: Case, name: str) -> Iterator[Filling]:
    space, _colon, short = name.partition(":")
    code = {"code": case.row.code}
    if space == "concerns":
        yield from _of_concern(world, case, short, code)
    elif space == "children" and short != "may_we_share":
        yield from _of_children(world, case, short, code)
    elif space == "meetings" and short in {"case_take_up", "case_plan"}:
        yield Filling(code, ("code",))
    elif space == "meetings" and short.startswith("case"):
        yield from _items(case, "case_pk", "case_list" not in short)
    elif space == "meetings" and short.startswith("names"):
        yield from _items(case, "", False)
    elif space == "network":
        yield from _network(case, short, code)
    elif space == "plans" and short not in {"mine", "board", "switch_reminders", "new"}:
        yield from (Filling({"pk": pk, "step": "gjort"}, ("pk",)) for pk in case.pks.get("agreement", []))
    elif space == "family" and short in {"minutes", "plan"}:
        yield from _of_family(case, short)
    elif space == "case_plans":
        yield from _of_plans(case, short, code)


def _of_concern(world: CaseWorld, case: Case, short: str, code: dict[str, Any]) -> Iterator[Filling]:
    if short in CONCERN_PK:
        yield from (Filling({**code, "pk": pk}, ("code", "pk")) for pk in case.pks.get(CONCERN_PK[short], []))
    elif short in {"chronology", "absence"}:
        for child in case.children:
            yield Filling({**code, "child": child.code}, ("code", "child"), row=row_name(child))
    elif short not in {"list", "raised", "new", "teams", "team", "seat", "unseat"}:
        yield Filling(code, ("code",))


def _of_children(world: CaseWorld, case: Case, short: str, code: dict[str, Any]) -> Iterator[Filling]:
    code = {**code, "person": world.person("mona").pk}
    if short.startswith("team"):
        yield from (Filling({**code, "pk": pk}, ("code",)) for pk in case.pks.get("seat", [NONE]))
        return
    others = [each.children[0].code for each in world.cases if each.children and each is not case]
    other = {"other": (others or [NO_CHILD])[0]}
    for child in case.children:
        pks = child.adults.values_list("pk", flat=True) if short == "adult" else [1]
        if CHILD_PK.get(short) == "consent":
            pks = case.pks.get(f"consent {child.pk}", [])
        yield from (
            Filling({**code, **other, "child": child.code, "pk": pk}, ("code", "child")) for pk in pks
        )
    if not case.children:
        yield Filling({**code, "child": NO_CHILD, "other": NO_CHILD, "pk": 1}, ("code",))


def _items(case: Case, place: str, one: bool) -> Iterator[Filling]:
    for item in case.items:
        if not item.called:
            values = {"pk": item.meeting_pk, "case_pk": item.pk}
            yield Filling(values, (place,) if one else (), item, f"caseitem {item.pk}")


def _network(case: Case, short: str, code: dict[str, Any]) -> Iterator[Filling]:
    if short == "begin":
        yield Filling(code, ("code",))
    rows = list(CaseAgreement.objects.filter(concern=case.row).values_list("pk", flat=True)[:1]) or [1]
    for item in case.items if short not in {"begin", "list"} else ():
        if item.called:
            for slug in STEPS if short == "step" else ("deltagere",):
                values = {"pk": item.meeting_pk, "slug": slug, "row_pk": rows[0], "item_pk": 1}
                yield Filling(values, ("pk",), item, f"caseitem {item.pk}")


def _of_plans(case: Case, short: str, code: dict[str, Any]) -> Iterator[Filling]:
    if short == "new":
        yield Filling(code, ("code",))
    elif short != "list":
        for pk, number in zip(case.pks.get("plan", []), case.pks.get("scaling", []), strict=True):
            yield Filling({"pk": pk, "number": number}, ("pk",), row=f"caseplan {pk}")


def _of_family(case: Case, short: str) -> Iterator[Filling]:
    plans, items = case.pks.get("plan", []), [each.pk for each in case.items]
    kind, pks = ("caseplan", plans) if short == "plan" else ("caseitem", items)
    for child in case.children:
        for pk in pks:
            values = {"code": child.code, "pk": pk}
            yield Filling(values, ("code", "pk"), row=f"own {child.pk} {kind} {pk}")


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
        "year": "yearwheel.YearPlan",
        "planned": "yearwheel.PlannedMeeting",
        "run": "yearwheel.PlanRun",
        "publication": "yearwheel.Publication",
        "busy": "yearwheel.BusyTime",
        "mark": "yearwheel.YearMark",
    }
    found = {}
    for kind, label in kinds.items():
        manager = getattr(apps.get_model(label), "every", apps.get_model(label)._base_manager)
        found[kind] = list(manager.values_list("pk", flat=True)[:2]) or [1]
    named["review"] = list(Review.objects.values_list("pk", flat=True)) or [1]
    named["line"] = list(ReviewLine.objects.values_list("pk", flat=True)[:1]) or [1]
    rest = ("attachment", "topic", "relay", "older", "thing", "batch", "any")
    return {**{each: [1] for each in rest}, **found, **named}


def _network_pks() -> list[int]:
    return list(Meeting.every.filter(kind="network").values_list("pk", flat=True)[:2])
