"""How long a decision of the sharing rules takes with twenty in the room: `.venv/bin/python benchmarks/sharing.py`.

A thousand cases of one seed, at the named level, on every basis, with consents, warnings and refusals mixed. Wanted: under a
millisecond. A miss is told, and exits 0: the figure depends on how quiet the machine is.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tovholder.access.bases import LegalBasis  # noqa: E402
from tovholder.access.levels import Level  # noqa: E402
from tovholder.access.sharing import (  # noqa: E402
    Case,
    Child,
    Consent,
    ForumFrame,
    Kind,
    Participant,
    PublicTask,
    Purpose,
    assess,
)

CASES, PEOPLE, ROUNDS = 1000, 20, 5
DAY = date(2026, 11, 27)
MAY_BE = [kind for kind in Kind if kind not in {Kind.CUSTODY_HOLDER, Kind.YOUNG_PERSON, Kind.SUPPORT_PERSON}]


def case(chance: random.Random) -> Case:
    basis = chance.choice(list(LegalBasis))
    crime = basis == LegalBasis.RPL115
    people = [
        Participant(
            id=str(number),
            kind=chance.choice(MAY_BE[:16]) if chance.random() < 0.9 else chance.choice(MAY_BE),
            organisation=f"o{number}",
            public_task=chance.choice([None, *PublicTask]),
        )
        for number in range(PEOPLE - 1)
    ]
    people.append(Participant(id="parent", kind=Kind.CUSTODY_HOLDER, own_child=True))
    consents = tuple(
        Consent("parent", (f"o{n}", f"o{n + 1}"), ("skole",), "støtte", DAY - timedelta(days=30 * n))
        for n in range(5)
    )
    return Case(
        level=Level.NAMED,
        date=DAY,
        forum=ForumFrame(Level.NAMED),
        participants=tuple(people),
        basis=basis,
        purpose="at støtte barnet",
        purpose_code=Purpose.CRIME_PREVENTION if crime else Purpose.WELLBEING,
        necessity="fordi det er nødvendigt",
        child=Child(DAY - timedelta(days=chance.randint(5 * 365, 19 * 365)), ("parent", "other")),
        family_told=True,
        consents=consents,
    )


def main() -> None:
    chance = random.Random(115)
    cases = [case(chance) for _ in range(CASES)]
    taken: list[float] = []
    answers: Counter[str] = Counter()
    for _ in range(ROUNDS):
        for each in cases:
            begun = time.perf_counter()
            answer = assess(each)
            taken.append(time.perf_counter() - begun)
            answers[answer.code] += 1
    median, slow = statistics.median(taken) * 1e6, statistics.quantiles(taken, n=100)[98] * 1e6
    print(
        f"{len(taken)} decisions with {PEOPLE} participants: median {median:.0f} µs, 99 of 100 within {slow:.0f} µs"
    )
    print("answers:", ", ".join(f"{code} {count}" for code, count in answers.most_common()))
    print("under a millisecond" if median < 1000 else "NOT under a millisecond")


if __name__ == "__main__":
    main()
