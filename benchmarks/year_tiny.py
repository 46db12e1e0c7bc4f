"""Tiny odd years from a seed: every rule of the planner turns up, and everything can be tried (year_brute)."""

from __future__ import annotations

import random
from datetime import date, timedelta

STARTS = ["09:00", "10:00", "10:30", "13:00"]


def tiny(seed: int) -> dict:
    chance = random.Random(seed)
    start = date(2026, 11, 2) + timedelta(days=chance.randint(0, 60))
    end = start + timedelta(days=chance.choice([9, 13, 20, 34, 45]))
    days = [start + timedelta(days=i) for i in range((end - start).days + 1)]
    people = [f"p{i}" for i in range(chance.randint(1, 4))]
    forums = [_forum(chance, f"f{i}", people) for i in range(chance.randint(1, 3))]
    _starts_by_month(random.Random(f"starts {seed}"), forums)  # dice of its own: all else stays as it was
    ids = [each["id"] for each in forums]
    data = {
        "period": {"start": start.isoformat(), "end": end.isoformat()},
        "persons": [_person(chance, each, days) for each in people],
        "forums": forums,
        "joint": [_joint(chance, ids)] if chance.random() < 0.6 else [],
        "events": [_event(chance, ids, days)] if chance.random() < 0.3 else [],
        "closed": [],
        "travel_minutes": chance.choice([0, 0, 30]),
        "max_parallel": chance.choice([None, None, 1, 2]),
    }
    if chance.random() < 0.3:
        data["closed"] = [
            {"start": chance.choice(days).isoformat(), "end": end.isoformat(), "name": "lukket"}
        ]
    if chance.random() < 0.4:
        data["today"] = chance.choice(days).isoformat()
    things = [*forums, *data["joint"], *data["events"]]
    if chance.random() < 0.5:
        data["fixed"] = [_held(chance, things, start, end) for _ in range(chance.choice([1, 1, 2]))]
    if chance.random() < 0.5:
        pairs = {(chance.choice(things)["id"], chance.randint(1, 3)) for _ in range(3)}
        data["previous"] = [
            {"of": of, "which": k, "date": chance.choice(days).isoformat(), "start": chance.choice(STARTS)}
            for of, k in sorted(pairs)
        ]
    return data


def _person(chance: random.Random, name: str, days: list[date]) -> dict:
    found = {"id": name, "max_per_day": chance.choice([None, None, 0, 1, 1, 2])}
    if chance.random() < 0.6:
        found["busy"] = [
            {
                "date": chance.choice(days).isoformat(),
                "start": chance.choice(["08:00", "10:15"]),
                "end": chance.choice(["10:30", "24:00"]),
            }
            for _ in range(4)
        ]
    if chance.random() < 0.5:
        found["busy_weekly"] = [{"weekday": chance.randint(1, 5), "start": "12:00", "end": "16:00"}]
    return found


def _when(chance: random.Random) -> dict:
    return {
        "weekdays": sorted(chance.sample([1, 2, 3, 4, 5, 6], chance.choice([0, 1, 1, 1, 1, 2]))),
        "starts": chance.sample(STARTS, chance.choice([1, 1, 2])),
        "minutes": chance.choice([30, 60, 90, 120]),
    }


def _forum(chance: random.Random, name: str, people: list[str]) -> dict:
    rule = chance.choice(
        [{"months": [11, 12, 1, 2]}, {"count": chance.randint(1, 3)}, {"every_weeks": chance.randint(1, 3)}]
    )
    found = _when(chance) | {"id": name, "rule": rule}
    found["members"] = [
        {"person": each, "must": chance.random() < 0.5}
        for each in chance.sample(people, chance.randint(0, len(people)))
    ]
    if chance.random() < 0.3:
        found["weekdays_by_month"] = {
            str(chance.choice([11, 12, 1])): chance.sample([1, 2, 3, 4, 5], chance.choice([0, 1]))
        }
    if chance.random() < 0.5:
        found["preferred_weekdays"] = [chance.randint(1, 5)]
    if chance.random() < 0.5:
        found["preferred_starts"] = [chance.choice(STARTS)]
    return found | {"min_gap_days": chance.choice([0, 0, 1, 3, 8]), "notice_days": chance.choice([0, 0, 4])}


def _starts_by_month(chance: random.Random, forums: list[dict]) -> None:
    for each in forums:
        if chance.random() < 0.3:
            starts = chance.sample(STARTS, chance.choice([0, 1, 1, 2]))
            each["starts_by_month"] = {str(chance.choice([11, 12, 1])): starts}


def _joint(chance: random.Random, ids: list[str]) -> dict:
    return _when(chance) | {
        "id": "j",
        "forums": chance.sample(ids, chance.randint(1, len(ids))),
        "count": chance.randint(1, 2),
        "replaces": chance.random() < 0.7,
        "min_gap_days": chance.choice([0, 5]),
        "preferred_starts": [chance.choice(STARTS)],
    }


def _event(chance: random.Random, ids: list[str], days: list[date]) -> dict:
    first = chance.choice(days)
    window = {"start": first.isoformat(), "end": (first + timedelta(days=6)).isoformat()}
    return _when(chance) | {"id": "e", "forums": chance.sample(ids, 1), "window": window}


def _held(chance: random.Random, things: list[dict], start: date, end: date) -> dict:
    at = start + timedelta(days=chance.randint(-3, (end - start).days))
    return {
        "of": chance.choice(things)["id"],
        "date": at.isoformat(),
        "start": chance.choice([*STARTS, "11:00"]),
    }
