"""The families of a random world: citizens with a real identity, what was released to them, and records laid together."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.utils import timezone

from tests.security.case_world import Case, CaseWorld, Home, Item, Release, ago, looks_of, row_name
from tovholder.citizens.models import Adult, Child, ChildMerge, MergeUndo
from tovholder.citizens.services.kin import token_of
from tovholder.citizens.services.moving import all_that_hangs_on
from tovholder.meetings.models import CaseItem, CaseText
from tovholder.plans.models import CasePlan, PlanRelease

CUSTODY, OTHERS = "custody", ("custody", "no_custody", "foster")
# What is over, so that something of it can have been released.
HELD = {"draft", "approved", "network approved"}


def citizens(world: CaseWorld) -> None:
    """The grown-ups, and somebody of whom nothing is known here; children are added as they are made."""
    for name in ("mor", "far", "uden", "borger"):
        day, month, year = (world.chance.randrange(*span) for span in ((1, 29), (1, 13), (70, 99)))
        world.citizens[name] = f"{day:02}{month:02}{year}{world.chance.randrange(1000, 9999)}"


def home_of(world: CaseWorld, case: Case, child: Child, born: date, who: str, cpr: str) -> None:
    """Give a child two grown-ups, and say which citizens they are; in the first two homes there is one of each kind."""
    chance, number = world.chance, len(world.homes)
    home = world.homes[child.pk] = Home(child, born, [case], itself=who)
    if who:
        world.citizens[who] = cpr
    first = "mor" if number < 2 else chance.choice(("mor", "mor", "far", ""))
    standing = (CUSTODY, "no_custody")[number] if number < 2 else chance.choice(OTHERS)
    rest = ["uden"] if number == 1 else sorted({"mor", "far"} - {first})
    second = chance.choice(rest if standing == CUSTODY else ["uden", *rest])
    for position, (name, of) in enumerate(((first, CUSTODY), (second, standing))):
        adult = Adult(child=child, standing=of, position=position)
        if name:
            adult.identity = token_of(world.citizens[name])
        world.seal(adult, [case])
        if name and of == CUSTODY:
            home.holders[name] = adult.pk


def release(world: CaseWorld, case: Case, item: Item, row: CaseItem) -> None:
    """Write for each child what its family may read: all of them, the young person, one of the grown-ups, whoever that is."""
    chance = world.chance
    # As if it had been released and the meeting opened again, or the case taken off it: then nobody reads it.
    out = chance.random() < 0.85
    if out:
        row.released_at = timezone.now()
        row.save()
    out = out and item.meeting in HELD and item.status in {"opened", "done"}
    for child in case.children:
        home, part = world.homes[child.pk], 1 if case in world.cases[:2] else 0.6
        audiences: list[tuple[str, str | int]] = [("", ""), ("-ung", "young")]
        audiences += [(f"-voksen-{pk}", pk) for pk in child.adults.values_list("pk", flat=True)]
        for suffix, audience in audiences:
            if chance.random() < part:
                told = Release(home, case, audience, out)
                _text(world, case, item, row, f"familie-{child.pk}{suffix}", told)


def _text(world: CaseWorld, case: Case, item: Item, row: CaseItem, key: str, told: Release) -> None:
    # The network meeting's is shown to the chair alone, where it is released.
    note = f"behind {key}" if item.called else key
    text = CaseText(case_item=row, key=key, version=1, saved_at=timezone.now(), saved_by="Bo")
    world.seal(text, [case], item=item, note=note, release=told)
    world.together(row, text)
    _shown_at(world, told, f"own {told.home.child.pk} caseitem {row.pk}", text)


def _shown_at(world: CaseWorld, told: Release, page: str, row: Any) -> None:
    """Keep what the family's page of this shows: the text, and the child's name; and that it was released."""
    home = told.home
    told.case.released.append(told)
    world.shown_with.setdefault(page, {row_name(home.child)}).add(row_name(row))
    for fact in world.facts.values():
        if fact.kind in {"child.name", "child.code"} and fact.row == row_name(home.child):
            fact.released.append(told)


def release_plan(world: CaseWorld, case: Case, plan: CasePlan, child: Child) -> None:
    if case not in world.cases[:2] and world.chance.random() < 0.4:
        return
    told = Release(world.homes[child.pk], case, "", True)
    texts = [world.fact("planrelease.text", [case], note="behind", release=told) for _n in range(4)]
    page = {
        "municipality": "", "title": str(case.row), "child": "", "state": "Aktiv", "review": "1. december 2026", "text": texts[0],
        "efforts": [_effort(*texts[1:3])], "ended": [_effort(texts[3], "")],
    }  # fmt: skip
    released = PlanRelease(plan=plan, at=ago(1), by="system", plan_version=1)
    world.write(released, text=json.dumps(page))
    released.save()
    world.stands_in(released, *texts)
    _shown_at(world, told, f"own {child.pk} caseplan {plan.pk}", released)


def _effort(what: str, sign: str) -> dict[str, str]:
    return {
        "what": what, "who": "Dina (Sted Dina)", "together": "", "due": "9. december 2026", "sign": sign,
        "status": "I gang", "lacks": "",
    }  # fmt: skip


def laid_together(world: CaseWorld) -> None:
    """Some children were two records: the way back is sealed, and what was released under the other's number still stands."""
    for home in list(world.homes.values()):
        if home.child is not world.cases[0].children[0] and world.chance.random() < 0.7:
            continue
        case = home.cases[0]
        gone = Child.objects.create(key=world.key("child"), merged_into=home.child, erased_at=ago(1))
        world.look("gone.code", home.cases, gone.code, is_code=True)
        _before(world, case, home, gone)
        merge = ChildMerge.objects.create(kept=home.child, gone=gone, by="system")
        undo = MergeUndo(merge=merge, until=timezone.now() + (timezone.now() - ago(20)))
        world.write(undo, text=json.dumps(_way_back(world, home)))
        undo.save()


def _before(world: CaseWorld, case: Case, home: Home, gone: Child) -> None:
    for item in case.items:
        if item.meeting in HELD and item.status in {"opened", "done"}:
            row = CaseItem.objects.get(pk=item.pk)
            told = Release(home, case, "", row.released_at is not None)
            text = CaseText(case_item=row, key=f"familie-{gone.pk}", version=1, saved_at=timezone.now())
            world.seal(text, [case], item=item, note="behind", release=told)
            _shown_at(world, told, f"own {home.child.pk} caseitem {row.pk}", text)


def _way_back(world: CaseWorld, home: Home) -> dict[str, Any]:
    """What the record that went said, and a grown-up of it who was found to be one of the other's."""
    name, address, adult, contact = (
        world.fact("mergeundo.text", home.cases, note="behind") for _n in range(4)
    )
    born = date(home.born.year - 30, home.born.month, home.born.day % 28 + 1)
    world.look("mergeundo.text", home.cases, looks_of(born)[0], *looks_of(born), note="behind")
    same = home.child.adults.first()
    return {
        "identity": {
            "name": name, "cpr": "", "birth_date": born.isoformat(), "address": address,
            "circumstances": json.dumps({"protected_address": False, "in_foster_care": False}),
        },
        "merged": [], "merges": [], "moved": [], "standing": {}, "after": all_that_hangs_on(home.child),
        "adults": [{
            "id": 10**6 + same.pk, "seal": "00000000-0000-4000-8000-000000000001", "standing": "custody", "position": 3,
            "texts": {"name": adult, "contact": contact}, "identity": "", "same_as": same.pk, "gave_identity": False,
            "pointing": [],
        }],
    }  # fmt: skip
