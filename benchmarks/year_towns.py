"""Makes municipalities to plan for, the same from the same seed: sizes, easy and tight years, and tiny odd ones."""

from __future__ import annotations

import json
import random
import sys
from datetime import date, timedelta

START, END = date(2026, 8, 1), date(2027, 6, 30)
SCHOOL_HOLIDAYS = [
    ("2026-08-01", "2026-08-09", "sommerferie"),
    ("2026-10-12", "2026-10-18", "efterårsferie"),
    ("2026-12-21", "2027-01-03", "juleferie"),
    ("2027-02-08", "2027-02-14", "vinterferie"),
    ("2027-06-26", "2027-06-30", "sommerferie"),
]
STARTS = ["08:30", "10:00", "12:30", "14:00"]
MONTHS = [8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]


def town(forums: int, seed: int, *, away: float = 0.2, seconds: float = 60) -> dict:
    """A municipality with this many forums; persons are away this part of their working time."""
    chance = random.Random(seed * 1000 + forums)
    districts = max(1, forums // 6)
    key = [f"k{i}" for i in range(max(2, forums // 3))]  # police and caseworkers, who sit in many forums
    local = [[f"d{d}p{i}" for i in range(16)] for d in range(districts)]
    persons = [_person(chance, each, away) for each in [*key, *(p for group in local for p in group)]]
    made = [_forum(chance, i, key, local[i % districts], is_tight=away > 0.35) for i in range(forums)]
    ids = [each["id"] for each in made]
    joint = [_joint(chance, j, ids, districts) for j in range(max(1, forums // 10))]
    events = [_event(j, chance.sample(ids, min(len(ids), 6))) for j in range(max(1, forums // 15))]
    return {
        "period": {"start": START.isoformat(), "end": END.isoformat()},
        "closed": [{"start": a, "end": b, "name": name} for a, b, name in SCHOOL_HOLIDAYS],
        "persons": persons,
        "forums": made,
        "joint": joint,
        "events": events,
        "travel_minutes": 15,
        "max_parallel": max(3, forums // 3),
        "seed": seed,
        "seconds": seconds,
    }


def _person(chance: random.Random, name: str, away: float) -> dict:
    """Half of the absence is a weekly pattern, the other half single days and half days."""
    weekly = []
    for weekday in range(1, 6):
        for start, end in (("08:00", "12:00"), ("12:00", "16:00")):
            if chance.random() < away / 2:
                weekly.append({"weekday": weekday, "start": start, "end": end})
    busy, at = [], START
    while at <= END:
        if at.isoweekday() <= 5 and chance.random() < away / 2:
            start, end = chance.choice(
                [("08:00", "16:00"), ("08:00", "16:00"), ("08:00", "12:00"), ("12:00", "16:00")]
            )
            busy.append({"date": at.isoformat(), "start": start, "end": end})
        at += timedelta(days=1)
    return {"id": name, "busy": busy, "busy_weekly": weekly, "max_per_day": chance.choice([2, 3, 3, 4])}


def _forum(chance: random.Random, number: int, key: list[str], local: list[str], *, is_tight: bool) -> dict:
    """Where people are away half of the time nobody could have five who must come: there three must."""
    some = chance.sample(key, min(len(key), 2))
    members = [{"person": each, "must": i == 0 or not is_tight} for i, each in enumerate(some)]
    members += [
        {"person": each, "must": i < (2 if is_tight else 3)} for i, each in enumerate(chance.sample(local, 6))
    ]
    rule = chance.choices(
        [
            {"months": MONTHS},
            {"months": sorted(chance.sample(MONTHS, 5))},
            {"count": chance.choice([4, 4, 5, 6])},
            {"every_weeks": chance.choice([4, 5, 6])},
        ],
        weights=[3, 1, 2, 2],
    )[0]
    starts = sorted(chance.sample(STARTS, 3))
    return {
        "id": f"f{number}",
        "minutes": chance.choice([60, 90, 90, 120]),
        "members": members,
        "rule": rule,
        "weekdays": sorted(chance.sample([1, 2, 3, 4, 5], chance.choice([3, 4, 5]))),
        "preferred_weekdays": [chance.randint(1, 5)] if chance.random() < 0.6 else [],
        "starts": starts,
        "preferred_starts": starts[:1] if chance.random() < 0.5 else [],
        "min_gap_days": chance.choice([0, 7, 10, 14]),
        "notice_days": chance.choice([0, 14, 28]),
    }


def _joint(chance: random.Random, number: int, ids: list[str], districts: int) -> dict:
    first = chance.randrange(districts)
    return {
        "id": f"j{number}",
        "forums": ids[first::districts][:3],
        "count": chance.choice([2, 3, 4]),
        "minutes": 120,
        "starts": ["09:00", "13:00"],
        "preferred_starts": ["09:00"],
        "preferred_weekdays": [2, 3, 4],
        "replaces": chance.random() < 0.6,
        "min_gap_days": 30,
    }


def _event(number: int, ids: list[str]) -> dict:
    window = {"start": "2027-05-15", "end": "2027-06-20"}
    return {"id": f"e{number}", "forums": ids, "window": window, "minutes": 240, "starts": ["08:30", "12:00"]}


if __name__ == "__main__":
    json.dump(town(int(sys.argv[1]), int(sys.argv[2]), away=float((sys.argv[3:] or ["0.2"])[0])), sys.stdout)
