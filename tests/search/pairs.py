"""The committed list of pairs as a world: each text an agreement or a person, found or not by each query."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.utils import timezone

from tests.factories import ForumFactory, OrganisationFactory, join, make_user
from tovholder.accounts.models import Role, User
from tovholder.directory.models import Person
from tovholder.plans.models import Agreement
from tovholder.search import services
from tovholder.search.queries import MOST, search

LIST = Path(__file__).resolve().parents[2] / "benchmarks/search_pairs.csv"


@dataclass(frozen=True)
class Pair:
    kind: str
    query: str
    text: str
    wanted: bool
    why: str


def read_pairs() -> list[Pair]:
    with LIST.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";", quoting=csv.QUOTE_NONE)
        kinds = {"aftale": "agreement", "person": "person"}
        return [
            Pair(kinds[row["slags"]], row["søgning"], row["tekst"], row["findes"] == "ja", row["hvorfor"])
            for row in rows
        ]


def make_world(pairs: list[Pair]) -> tuple[User, dict[tuple[str, str], int]]:
    """Make every text of the list, and return who may read them all, and the number of each."""
    forum = ForumFactory(name="Forum")
    reader = make_user("Xenia", Role.MEMBER)
    join(reader, forum)
    organisation, now = OrganisationFactory(name="Enhed"), timezone.now()
    made: dict[tuple[str, str], int] = {}
    for pair in pairs:
        if (pair.kind, pair.text) in made:
            continue
        if pair.kind == "person":
            row = Person.objects.create(name=pair.text, organisation=organisation)
        else:
            row = Agreement.objects.create(forum=forum, what=pair.text, created_at=now, moved_at=now)
        made[pair.kind, pair.text] = row.pk
    services.rebuild()
    return reader, made


def hits(reader: User, query: str) -> set[tuple[str, int]]:
    found = search(reader, query, per_page=MOST)
    assert not found.more
    return {(entry.kind, entry.object_id) for entry in found.entries}


@dataclass(frozen=True)
class Score:
    right: list[Pair]
    missed: list[Pair]
    wrong: list[Pair]

    @property
    def recall(self) -> float:
        return len(self.right) / (len(self.right) + len(self.missed))

    @property
    def precision(self) -> float:
        return len(self.right) / (len(self.right) + len(self.wrong))


def score(pairs: list[Pair], was_found: list[bool]) -> Score:
    both = list(zip(pairs, was_found, strict=True))
    return Score(
        right=[pair for pair, found in both if pair.wanted and found],
        missed=[pair for pair, found in both if pair.wanted and not found],
        wrong=[pair for pair, found in both if not pair.wanted and found],
    )


def score_ours(pairs: list[Pair], reader: User, made: dict[tuple[str, str], int]) -> Score:
    asked = {query: hits(reader, query) for query in dict.fromkeys(pair.query for pair in pairs)}
    found = [(pair.kind, made[pair.kind, pair.text]) in asked[pair.query] for pair in pairs]
    return score(pairs, found)


def score_plain(pairs: list[Pair]) -> Score:
    """What PostgreSQL's own `danish` configuration finds, the texts and the queries given to it as they stand."""
    with connection.cursor() as cursor:
        found = []
        for pair in pairs:
            cursor.execute(
                "SELECT to_tsvector('danish', %s) @@ websearch_to_tsquery('danish', %s)",
                [pair.text, pair.query],
            )
            found.append(cursor.fetchone()[0])
    return score(pairs, found)
