"""A random municipality of children: every sealed field of every child and concern carries a token of its own.

Rows are written past the services, so that any state stands as often as any other. What was written is told in plain
words (`Case`, `Item`, `Fact`), so that the oracle (`case_oracle`) needs to ask nothing of the program.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from tests.conftest import organisation
from tests.factories import LONG_AGO, DistrictFactory, ForumFactory, join, make_user
from tovholder.accounts.models import Role, User
from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.models import SealedField
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Category, Concern, Team, TeamMember
from tovholder.forums.models import Forum

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
# name: (role, kind of place in the sharing rules, outside the cooperation)
CAST: dict[str, tuple[str, str, bool]] = {
    "anna": (Role.CONSULTANT, "ssp_team", False),  # triages Vest
    "berit": (Role.CONSULTANT, "ssp_team", False),  # triages Øst
    "dina": (Role.MEMBER, "social_authority", False),
    "erik": (Role.MEMBER, "school", False),
    "karl": (Role.MEMBER, "police", False),
    "sanne": (Role.MEMBER, "health", False),
    "pia": (Role.MEMBER, "ppr", False),
    "viggo": (Role.MEMBER, "association", True),
    "bo": (Role.MEMBER, "school", False),  # convenes, and has no part in any case
    "mona": (Role.MEMBER, "school", False),  # sits in the forum
    "frida": (Role.OPEN_PARTICIPANT, "association", True),
    "grethe": (Role.MANAGEMENT, "", False),
    "hans": (Role.ADMINISTRATOR, "", False),
    "ida": (Role.DATA_PROTECTION_OFFICER, "", False),
    "lise": (Role.LOG_REVIEWER, "", False),
}
# Citizens who show an identity to the provider for families, and have no login here.
FAMILY = {
    "mor": "a custody holder",
    "far": "a custody holder of some",
    "ung": "a young person of 15 to 17",
    "barn": "a child under 15",
    "myndig": "was a child here, and is of age",
    "uden": "a grown-up around a child, without custody",
    "borger": "not known here",
}
# Who may get a part in a case; the others have none, whatever they are.
PARTS = ("anna", "berit", "dina", "erik", "karl", "sanne", "pia", "viggo")
IN_FORUM = ("bo", "mona", "frida", "anna", "karl", "dina", "erik")


@dataclass
class Item:
    """A case at a meeting, in plain words. `told`: to whom, and whether they may still read it."""

    meeting: str
    status: str
    basis: str
    told: dict[str, bool] = field(default_factory=dict)
    room_closed: bool = False
    called: set[str] = field(default_factory=set)
    pk: int = 0
    meeting_pk: int = 0


@dataclass
class Case:
    """A concern, in plain words."""

    row: Concern
    level: str
    raiser: str
    raised_days: int
    district: str
    ended_days: int | None
    erased: bool
    suspected: bool = False  # somebody in the family, of violence
    team: set[str] = field(default_factory=set)
    former: set[str] = field(default_factory=set)
    items: list[Item] = field(default_factory=list)
    holders: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    notified: set[str] = field(default_factory=set)
    children: list[Any] = field(default_factory=list)
    pks: dict[str, list[int]] = field(default_factory=dict)
    released: list[Release] = field(default_factory=list)

    def keep(self, kind: str, row: Any) -> Any:
        self.pks.setdefault(kind, []).append(row.pk)
        return row


@dataclass
class Home:
    """A child's family, in plain words: who of the citizens holds custody (and which grown-up each is), and the child itself."""

    child: Any
    born: date
    cases: list[Case]
    holders: dict[str, int] = field(default_factory=dict)
    itself: str = ""

    @property
    def is_of_age(self) -> bool:
        return age(self.born, timezone.localdate()) >= 18


@dataclass
class Release:
    """Something the chair released to a family: for all of it (""), for the young person ("young"), or one grown-up's number."""

    home: Home
    case: Case
    audience: str | int
    out: bool  # the meeting is over, the item was opened, and it was not taken back


@dataclass
class Fact:
    """One token: how it may look on a page, what it is, and of which cases; of none where everybody may read it."""

    token: str
    kind: str
    cases: list[Case]
    item: Item | None = None
    # Who else the text is for: who has the agreement, who was asked, who was called to the meeting.
    who: set[str] = field(default_factory=set)
    note: str = ""
    looks: tuple[str, ...] = ()
    row: str = ""  # where it is written: "caseplan 7"
    is_code: bool = False  # tells of a case that it exists, and nothing of a person
    release: Release | None = None
    # Of what was released in all to the family whose child's name or code this is.
    released: list[Release] = field(default_factory=list)


@dataclass(frozen=True)
class Link:
    """An address that asks for no login: whoever has it reads `must`, may read `may`, and nothing else."""

    name: str
    kind: str  # the name of its address
    path: str
    holds: bool
    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()

    @property
    def token(self) -> str:
        return self.path.rstrip("/").rpartition("/")[2].removesuffix(".ics")


@dataclass
class CaseWorld:
    chance: random.Random
    users: dict[str, User] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    keys: dict[Any, bytes] = field(default_factory=dict)
    districts: dict[str, Any] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    forum: Forum | None = None
    network_forum: Forum | None = None
    meetings: dict[str, Any] = field(default_factory=dict)
    consented: set[int] = field(default_factory=set)  # children with a consent that holds
    links: list[Link] = field(default_factory=list)
    homes: dict[int, Home] = field(default_factory=dict)  # by the child's number
    citizens: dict[str, str] = field(default_factory=dict)  # the CPR number of each that there is
    family: list[tuple[Any, Case, Item]] = field(
        default_factory=list
    )  # who of it has a link to which meeting
    by_link: list[tuple[Any, Case, str]] = field(default_factory=list)  # agreements, and who has each
    general: list[str] = field(default_factory=list)  # what everybody may read and find
    deck: list[str] = field(default_factory=list)  # the states of the network meetings to come
    ids: dict[str, list[int]] = field(default_factory=dict)
    shown_with: dict[str, set[str]] = field(default_factory=dict)  # the rows that a page of this row shows

    def person(self, name: str) -> Any:
        return self.users[name].person

    def key(self, use: str) -> Any:
        made = keyring.create(DataKey.Use(use))
        self.keys.update(keyring.fetch([made]))
        return made

    def token(self) -> str:
        while True:
            token = "KZ" + "".join(self.chance.choice(LETTERS) for _n in range(7)) + "Q"
            if token not in self.facts:
                return token

    def number(self, kind: str, cases: Iterable[Case], **more: Any) -> str:
        """A number that stands for itself, for what is no text: nothing else on a page has nine digits."""
        while True:
            token = str(self.chance.randrange(10**8, 10**9))
            if token not in self.facts:
                self.facts[token] = Fact(token, kind, list(cases), looks=(token,), **more)
                return token

    def fact(self, kind: str, cases: Iterable[Case], **more: Any) -> str:
        token = self.token()
        self.facts[token] = Fact(token, kind, list(cases), **more)
        return token

    def seal(self, row: Any, cases: Iterable[Case], *, but: Iterable[str] = (), **more: Any) -> Any:
        """Write a token of its own into each sealed field of the row, but those that are given in `but`; save it."""
        names = [each.name for each in row._meta.concrete_fields if isinstance(each, SealedField)]
        of = list(cases)
        texts = {
            name: self.fact(f"{row._meta.model_name}.{name}", of, **more) for name in names if name not in but
        }
        self.write(row, **texts)
        row.save()
        self.stands_in(row, *texts.values())
        return row

    def stands_in(self, row: Any, *tokens: str) -> None:
        """Keep in which row these are written."""
        for token in tokens:
            self.facts[token].row = row_name(row)

    def written_in(self, row: Any, kind: str) -> str:
        """Return the token of that kind that stands in the row, or nothing."""
        name = row_name(row)
        found = (token for token, fact in self.facts.items() if fact.row == name and fact.kind == kind)
        return next(found, "")

    def write(self, row: Any, **texts: str) -> None:
        Safe(self.keys).write(row, **texts)

    def look(self, kind: str, cases: Iterable[Case], token: str, *looks: str, **more: Any) -> None:
        """Keep something that is no token as one: a birth date, a CPR number, a code."""
        self.facts[token] = Fact(token, kind, list(cases), looks=(token, *looks), **more)

    def together(self, row: Any, *others: Any) -> None:
        """Keep that the page of a row shows the others too."""
        names = self.shown_with.setdefault(row_name(row), {row_name(row)})
        names.update(row_name(each) for each in others)

    def network_state(self) -> str:
        """Each state once before any of them again; the first two are those that most is written about."""
        if not self.deck:
            rest = ["running", "draft"]
            self.chance.shuffle(rest)
            self.deck = [*rest, "planned", "approved"]
        return self.deck.pop()

    def some(self, names: Iterable[str], part: float) -> set[str]:
        return {name for name in names if self.chance.random() < part}


def row_name(row: Any) -> str:
    return f"{row._meta.model_name} {row.pk}"


def people(world: CaseWorld) -> None:
    """Who is who: two districts with their SSP teams, a case forum, one for network meetings."""
    for name, (role, kind, outside) in CAST.items():
        party = {"party": "outside", "sort": "association"} if outside else {}
        side = {"police": "police", "school": "school"}.get(kind, "leisure" if outside else "social")
        place = organisation(f"sted-{name}", f"Sted {name.title()}", side=side, **party)
        place.kind.sharing_kind = kind
        place.kind.save()
        world.users[name] = make_user(name.title(), role, organisation=place)
    for key, triager in (("vest", "anna"), ("oest", "berit")):
        world.districts[key] = DistrictFactory(key=key, name=key.title())
        team = Team.objects.create(key=f"ssp-{key}", name=f"SSP {key}", triages=True)
        team.districts.set([world.districts[key]])
        TeamMember.objects.create(team=team, person=world.person(triager), valid_from=LONG_AGO)
        world.teams[key] = team
    world.forum = ForumFactory(
        key="tirsdag", name="Tirsdagsmøde", highest_level="named", bases=["rpl115", "consent"]
    )
    join(world.users["bo"], world.forum, convenes=True)
    for name in IN_FORUM[1:]:
        join(world.users[name], world.forum)
    world.network_forum = ForumFactory(
        key="netvaerk", name="Netværksmøder", highest_level="named", bases=["participation", "consent"]
    )
    for key, suspicion in (("mistrivsel", ""), ("vold", "suspected_violence_by_family")):
        world.categories[key] = Category.objects.create(key=key, name=key.title(), suspicion=suspicion)


MONTHS = "januar februar marts april maj juni juli august september oktober november december".split()


def birth_dates(chance: random.Random) -> Callable[[int, int], date]:
    """Give each child a day of its own and of an age between the two, in years that nothing else lies in."""
    today = timezone.localdate()
    days = [date(today.year - 20, 1, 1) + timedelta(days=number) for number in range(0, 9 * 365, 11)]
    chance.shuffle(days)

    def born(youngest: int, oldest: int) -> date:
        found = next(each for each in days if youngest <= age(each, today) <= oldest)
        days.remove(found)
        return found

    return born


def age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def looks_of(born: date) -> tuple[str, ...]:
    return (
        f"{born.day}. {MONTHS[born.month - 1]} {born.year}",
        f"{born:%d.%m.%Y}",
        f"{born:%d-%m-%Y}",
        f"{born:%d/%m/%Y}",
        born.isoformat(),
    )


def factors(world: CaseWorld, case: Case) -> str:
    risk, protective = (world.fact("concern.factors", [case]) for _n in range(2))
    return json.dumps({"risk": [risk], "protective": [protective]})


def ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def rows_of(model: type[Model], **where: Any) -> list[int]:
    return list(model._base_manager.filter(**where).values_list("pk", flat=True))
