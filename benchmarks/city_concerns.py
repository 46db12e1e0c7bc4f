"""Ten years of worries about children in the largest city: each concern and each child sealed for real, under its own key.

Most have ended long ago, as in life; some fifteen hundred are worked on. Anna triages all of them.
"""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.keys.sealing import Place, blind, new_data_key, seal
from tovholder.citizens.models import Child, ChildToken
from tovholder.concerns.models import (
    CaseTeamMember,
    Category,
    Concern,
    ConcernChild,
    Entry,
    InformationDuty,
    ScaleLevel,
    Team,
    TeamMember,
)
from tovholder.directory.models import District

CONCERNS = 100_000
YEARS = timedelta(days=3650)
WORKING = ("new", "new", "clarifying", "clarifying", "advised", "on_agenda", "network_meeting", "plan")
ENDED = ("handed_over", "no_action", "closed", "closed", "closed")
SEEN = (
    "Er meget alene i frikvartererne og går tidligt hjem. Er holdt op med at svare, når nogen spørger.",
    "Har været væk fra skole otte dage på en måned. Kommer træt og uden mad de dage, hvor hun er der.",
    "Er set om aftenen ved stationen sammen med nogle ældre drenge, som de andre er bange for.",
)
KEYS_AT_ONCE = 5_000


class Keys:
    """Data keys on their way into their own database."""

    def __init__(self) -> None:
        self.master, self.index, self.rows = keyring.masters()[0], keyring.index_key(), []

    def new(self, use: str) -> tuple[uuid.UUID, bytes]:
        key = new_data_key()
        row = DataKey(use=use, wrapped=self.master.wrap(key), master=self.master.fingerprint)
        self.rows.append(row)
        if len(self.rows) >= KEYS_AT_ONCE:
            self.flush()
        return row.pk, key

    def flush(self) -> None:
        DataKey.objects.bulk_create(self.rows)
        self.rows.clear()


class Concerns:
    """What the rows of concerns point at, read once."""

    def __init__(self, city: Any, persons: list[int]) -> None:
        self.city, self.persons, self.keys = city, persons, Keys()
        self.children = 0
        self.districts = list(District.objects.values_list("pk", flat=True))
        self.scale = list(ScaleLevel.objects.values_list("pk", flat=True)) or [None]
        self.categories = list(Category.objects.values_list("pk", flat=True))

    def row(self, model: Any, sealed_by: bytes, texts: dict[str, str], /, **values: Any) -> int:
        """Add a row with its sealed texts."""
        name = uuid.uuid4()
        table = model._meta.db_table
        sealed = {
            field: seal(sealed_by, text, Place(table, str(name), field)) for field, text in texts.items()
        }
        return int(self.city.add(model, seal=name, **sealed, **values))


def fill(city: Any, persons: list[int], count: int) -> None:
    """Add so many concerns, the oldest first."""
    team = Team.objects.filter(triages=True).order_by("pk")[0]
    team.districts.clear()
    city.add(TeamMember, team_id=team.pk, person_id=persons[0], valid_from=date(2020, 1, 1))
    made = Concerns(city, persons)
    codes: dict[str, int] = {}
    for number in range(count):
        at = city.now - YEARS * (count - number) / count
        year = f"{at:%y}"
        codes[year] = codes.get(year, 0) + 1
        _concern(made, f"{year}-{codes[year]:03d}", at)
    made.keys.flush()


def _concern(made: Concerns, code: str, at: datetime) -> None:
    city, chance = made.city, made.city.chance
    lasts = timedelta(days=chance.expovariate(1 / 45))
    ended = at + lasts if at + lasts < city.now else None
    ref, key = made.keys.new("concern")
    level = chance.choice(("anonymous", "named", "named", "general"))
    raiser = made.persons[int(len(made.persons) * chance.random())]
    factors = json.dumps({"risk": ["Alene"], "protective": ["Fodbold om tirsdagen"]})
    texts = {
        "seen": chance.choice(SEEN),
        "since": "Siden efterårsferien",
        "tried": "Talt med mor",
        "factors": factors,
    }
    pk = made.row(
        Concern, key, texts,
        code=code, key=ref, level=level, subject="place" if level == "general" else "child",
        status=chance.choice(ENDED if ended else WORKING), district_id=chance.choice(made.districts),
        raised_by_id=raiser, raised_at=at, status_at=ended or at, ended_at=ended,
        scale_level_id=chance.choice(made.scale), named_at=at if level == "named" else None,
    )  # fmt: skip
    if made.categories:
        city.add(Concern.categories.through, concern_id=pk, category_id=chance.choice(made.categories))
    for kind in ("raised", "note", "status"):
        made.row(Entry, key, {"text": "Talt med skolen."}, concern_id=pk, kind=kind, at=at, by="system")
    if level == "named":
        _child(made, pk, at)
        seat = {"necessity": "Kender familien", "purpose": "Støtte"}
        made.row(
            CaseTeamMember, key, seat, concern_id=pk, person_id=chance.choice(made.persons), basis="rpl115",
            from_at=at, until_at=ended, added_by="system",
        )  # fmt: skip


def _child(made: Concerns, concern: int, at: datetime) -> None:
    chance = made.city.chance
    ref, key = made.keys.new("child")
    born = date(at.year - 12, 1 + chance.randrange(12), 1 + chance.randrange(28))
    name = f"Barn {chance.randrange(10**6)} Prøvesen"
    texts = {"name": name, "birth_date": born.isoformat(), "address": "Skolevej 7"}
    made.children += 1
    child = made.row(Child, key, texts, key=ref, code=f"B-{made.children:06d}", created_at=at)
    for part in name.split()[1:]:
        made.city.add(ChildToken, child_id=child, token=blind(made.keys.index, "name", f"{part}|{born}"))
    link = made.city.add(ConcernChild, concern_id=concern, child_id=child)
    made.city.add(
        InformationDuty, concern_child_id=link, due_on=at.date() + timedelta(days=30), seal=uuid.uuid4()
    )
