"""Ten years of the largest city: forums with their meetings, agendas, agreements and log. Everything is made up.

What one meeting holds is the same whatever the size, so that a page shows as much at a hundredth as at full size; what
grows is how many forums, meetings, people and log rows there are. The same seed gives the same city.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from bulk import Tables
from city_concerns import CONCERNS
from city_concerns import fill as fill_concerns
from city_sql import bare_rows, log_rows
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from tovholder.accounts.models import Role as LoginRole
from tovholder.accounts.models import RoleGrant, User
from tovholder.audit.models import Event
from tovholder.demo import texts
from tovholder.demo.cast import COLLEAGUES
from tovholder.directory.models import District, Organisation, OrganisationKind, Person, Role
from tovholder.forums.models import AgendaTemplate, Charter, Forum, ForumType, ItemKind, Membership
from tovholder.meetings.models import (
    AgendaItem,
    AgreementOrigin,
    CarriedAgreement,
    Meeting,
    Minutes,
    Outcome,
    Participation,
    Topic,
)
from tovholder.plans.models import Agreement, AgreementNote

MEETINGS, AGREEMENTS, USERS, LOG_ROWS, FORUMS = 20_000, 100_000, 2_000, 5_000_000, 200
MEMBERS_EACH = 10
# One person convenes so many forums; Anna convenes the first ones.
CONVENES, COMING, EVERY = 8, 3, timedelta(days=36)
HEADINGS = (
    ("Orientering fra skolerne", ItemKind.INFORMATION),
    ("Kortlægning: hvad ser vi?", ItemKind.MAPPING),
    ("Status på indsatser", ItemKind.EFFORT_STATUS),
    ("Fravær og trivsel", ItemKind.DISCUSSION),
    ("Natteliv og fællesskab", ItemKind.THEME),
    ("Fælles besked til forældrene", ItemKind.DECISION),
    ("Overgange mellem skoler", ItemKind.DISCUSSION),
    ("Nyt fra klubberne", ItemKind.INFORMATION),
    ("Eventuelt", ItemKind.OTHER),
)


@dataclass
class City:
    chance: Random
    now: datetime
    tables: Tables = field(default_factory=Tables)
    names: dict[int, str] = field(default_factory=dict)
    homes: dict[int, str] = field(default_factory=dict)
    logins: dict[int, int] = field(default_factory=dict)

    def add(self, model: Any, **values: Any) -> int:
        return self.tables.of(model).add(**values)


@dataclass
class Body:
    """A forum with its people, and the agreements that are open as its story is told."""

    pk: int
    name: str
    people: list[int]
    open: list[dict[str, Any]] = field(default_factory=list)

    @property
    def convener(self) -> int:
        return self.people[0]


def build(factor: Fraction, seed: int) -> dict[str, int]:
    """Fill an empty, set-up database. Returns how many rows each table got."""
    city = City(Random(seed), timezone.now())
    with transaction.atomic():
        persons = _people(city, max(20, int(USERS * factor)))
        bodies = [_forum(city, number, persons) for number in range(max(CONVENES, int(FORUMS * factor)))]
        each = max(COMING + 5, int(MEETINGS * factor) // len(bodies))
        for body in bodies:
            _story(city, body, each, agreements=int(AGREEMENTS * factor) // len(bodies))
        fill_concerns(city, persons, int(CONCERNS * factor))
        made = city.tables.finish()
    made[Event._meta.db_table] = log_rows(int(LOG_ROWS * factor), len(persons))
    made["bench_bare"] = bare_rows()
    return made


def _people(city: City, count: int) -> list[int]:
    password = make_password("tovholder-bench")
    kinds = list(OrganisationKind.objects.filter(party_type="authority").values_list("pk", flat=True))
    districts = list(District.objects.values_list("pk", flat=True))
    homes = {
        city.add(
            Organisation,
            key=f"by-enhed-{number}",
            name=f"Enhed {number}",
            position=1000 + number,
            kind_id=kinds[number % len(kinds)],
            district_id=districts[number % len(districts)],
        ): f"Enhed {number}"
        for number in range(max(15, count // 10))
    }
    persons = []
    for number in range(count):
        first, last = COLLEAGUES[number % len(COLLEAGUES)].split(" ", 1)
        name = "Anna" if number == 0 else f"{first} {COLLEAGUES[number // 40 % 40].split(' ', 1)[1]} {last}"
        email = f"person{number}@city.example"
        user = city.add(User, email=email, name=name, password=password, date_joined=city.now)
        role = LoginRole.CONSULTANT if number == 0 else LoginRole.MEMBER
        city.add(RoleGrant, user_id=user, role=role, granted_at=city.now)
        home = list(homes)[number % len(homes)]
        person = city.add(
            Person, name=name, email=email, title="Medarbejder", organisation_id=home, user_id=user
        )
        city.names[person], city.homes[person], city.logins[person] = name, homes[home], user
        persons.append(person)
    return persons


def _forum(city: City, number: int, persons: list[int]) -> Body:
    kind = ForumType.objects.order_by("pk").first()
    template = AgendaTemplate.objects.order_by("pk").first()
    name = f"Netværk {number + 1}"
    pk = city.add(
        Forum,
        key=f"by-netvaerk-{number}",
        position=1000 + number,
        name=name,
        forum_type_id=kind.pk if kind else None,
        agenda_template_id=template.pk if template else None,
        cadence=Forum.Cadence.MONTHLY,
        highest_level="anonymous",
        expected_sides=["school", "social", "police"],
        place="Rådhuset",
    )
    since = timezone.localdate(city.now) - timedelta(days=3700)
    city.add(
        Charter, forum_id=pk, version=1, text=texts.CHARTER, approved_on=since, created_at=city.now,
        approved_by="Styregruppen",
    )  # fmt: skip
    roles = {role.key: role.pk for role in Role.objects.all()}
    people = [persons[number // CONVENES % len(persons)]]
    while len(people) < MEMBERS_EACH:
        # Some sit in many forums, most in one or two.
        chosen = persons[int(len(persons) * city.chance.random() ** 1.6)]
        if chosen not in people:
            people.append(chosen)
    for at, person in enumerate(people):
        role = roles["medlem"] if at else roles["tovholder"]
        city.add(Membership, forum_id=pk, person_id=person, role_id=role, valid_from=since)
    for heading, why in texts.TOPICS:
        city.add(
            Topic, forum_id=pk, heading=heading, why=why, status="banked", proposed_by_id=people[1],
            created_at=city.now,
        )  # fmt: skip
    return Body(pk, name, people)


def _story(city: City, body: Body, count: int, agreements: int) -> None:
    """Tell a forum's meetings from the oldest to those that are planned."""
    first = city.now.replace(hour=11, minute=0, second=0, microsecond=0) - EVERY * (count - COMING)
    first += timedelta(days=1 + body.pk % 30)
    held = sum(first + EVERY * number < city.now for number in range(count))
    for number in range(count):
        # Spread over the held meetings so that the sum is right.
        made = agreements * (number + 1) // held - agreements * number // held
        _meeting(city, body, first + EVERY * number, made)
    for row in body.open:
        _keep(city, row, closed_at=None)


def _meeting(city: City, body: Body, start: datetime, agreements: int) -> None:
    held, sent = start < city.now, start - timedelta(days=16)
    end = start + timedelta(minutes=105)
    meeting = city.add(
        Meeting,
        lead_forum_id=body.pk,
        starts_at=start,
        ends_at=end,
        place="Rådhuset, mødelokale 2",
        status="held" if held else "planned",
        chair_id=body.convener,
        minute_taker_id=body.convener,
        invited_at=sent if sent < city.now else None,
        started_at=start if held else None,
        held_at=end if held else None,
        created_at=start - timedelta(days=60),
        uid=f"by{body.pk}-{start:%Y%m%d}@tovholder",
    )
    city.add(Meeting.forums.through, meeting_id=meeting, forum_id=body.pk)
    people = [_participation(city, meeting, person, sent, held=held) for person in body.people]
    items = _items(city, body, meeting, start, held=held)
    if not held:
        return
    carried = _carried(city, body, meeting, start)
    _agreements(city, body, items, end, agreements)
    city.add(
        Outcome,
        item_id=items[2]["pk"],
        kind="decision",
        text=city.chance.choice(texts.DECISIONS),
        created_by="system",
        created_at=end,
    )
    _minutes(city, body, meeting, (start, end), people, items, carried)


def _participation(city: City, meeting: int, person: int, sent: datetime, *, held: bool) -> dict[str, Any]:
    coming, asked = city.chance.random() < 0.85, sent < city.now
    city.add(
        Participation,
        meeting_id=meeting,
        person_id=person,
        answer=("yes" if coming else "no") if asked else "none",
        answered_at=sent + timedelta(days=2) if asked else None,
        invited_at=sent if asked else None,
        invited_sequence=0 if asked else None,
        attended=coming if held else None,
    )
    return {
        "name": city.names[person],
        "organisation": city.homes[person],
        "part": "member",
        "attended": coming,
    }


def _items(city: City, body: Body, meeting: int, start: datetime, *, held: bool) -> list[dict[str, Any]]:
    headings = [("Åbne aftaler", ItemKind.AGREEMENTS), *HEADINGS]
    rows = []
    for number, (heading, kind) in enumerate(headings, start=1):
        row: dict[str, Any] = {
            "heading": heading,
            "kind": str(kind.value),
            # One meeting in two has an item that is read with a line in the log.
            "level": "anonymous" if number == 4 and city.chance.random() < 0.5 else "general",
            "minutes": 10,
            "text": city.chance.choice(texts.MINUTES[str(kind.value)]) if held else "",
        }
        source = "open_agreements" if number == 1 else "template"
        done = {"opened_at": start, "done_at": start, "seconds_used": 540, "text_version": 1} if held else {}
        presenter = {"presenter_id": body.people[number - 1]} if number in {3, 6} else {}
        pk = city.add(
            AgendaItem, meeting_id=meeting, position=number, source=source, **row, **done, **presenter
        )
        rows.append(row | {"pk": pk, "number": number, "made": []})
    return rows


def _carried(city: City, body: Body, meeting: int, start: datetime) -> list[dict[str, Any]]:
    """What is open stands on the agenda; what is due is mostly done by then."""
    stood = list(body.open)
    for row in stood:
        row["status"] = "done" if row["due_on"] <= start.date() and city.chance.random() < 0.75 else "open"
        city.add(
            CarriedAgreement, meeting_id=meeting, agreement_id=row["pk"], created_at=start,
            choice="done" if row["status"] == "done" else "",
        )  # fmt: skip
        if row["status"] == "done":
            _keep(city, row, closed_at=start)
    body.open = [row for row in stood if row["status"] == "open"]
    return [dict(row) for row in stood]


def _agreements(city: City, body: Body, items: list[dict[str, Any]], made: datetime, count: int) -> None:
    agreements = city.tables.of(Agreement)
    for number in range(count):
        at = city.chance.choice((0, 0, 0, *range(1, len(body.people))))
        what = city.chance.choice(texts.AGREEMENTS)
        due = made.date() + timedelta(days=city.chance.choice((14, 21, 28, 60)))
        item = items[1 + number % 8]
        row = {
            "pk": agreements.reserve(), "forum": body.pk, "forum_name": body.name, "what": what, "who": body.people[at],
            "due_on": due, "made": made, "status": "open", "level": "general",
        }  # fmt: skip
        body.open.append(row)
        item["made"].append(row)
        city.tables.of(AgreementOrigin).add(agreement_id=row["pk"], item_id=item["pk"])


def _keep(city: City, row: dict[str, Any], closed_at: datetime | None) -> None:
    """Write an agreement down once its fate is known."""
    city.add(
        Agreement,
        pk=row["pk"],
        forum_id=row["forum"],
        what=row["what"],
        responsible_id=row["who"],
        due_on=row["due_on"],
        status=row["status"],
        created_at=row["made"],
        created_by="system",
        moved_at=closed_at or row["made"],
        closed_at=closed_at,
        closed_by="system" if closed_at else "",
    )
    if closed_at is not None:
        city.add(AgreementNote, agreement_id=row["pk"], kind="closed", at=closed_at, by="system")


def _line(city: City, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "pk": row["pk"], "what": row["what"], "responsible": city.names[row["who"]], "helpers": [],
        "due_on": row["due_on"].isoformat(), "level": row["level"], "forum": row["forum_name"],
        "status": row["status"], "status_word": "Gjort" if row["status"] == "done" else "Åben",
    }  # fmt: skip


def _minutes(
    city: City,
    body: Body,
    meeting: int,
    times: tuple[datetime, datetime],
    people: list[dict[str, Any]],
    items: list[dict[str, Any]],
    carried: list[dict[str, Any]],
) -> None:
    """Approved minutes in the shape of `meetings.services.minute_record`."""
    record = {
        "shape": 1,
        "title": body.name,
        "forums": [body.name],
        "starts_at": timezone.localtime(times[0]).isoformat(),
        "ends_at": timezone.localtime(times[1]).isoformat(),
        "place": "Rådhuset, mødelokale 2",
        "chair": city.names[body.convener],
        "minute_taker": city.names[body.convener],
        "attendance": people,
        "items": [
            {
                "pk": item["pk"], "number": item["number"], "heading": item["heading"], "kind": item["kind"],
                "kind_word": str(ItemKind(item["kind"]).label), "level": item["level"], "level_word": "",
                "minutes": 10, "presenter": "", "question": "", "sub_points": [], "text": item["text"],
                "is_deferred": False, "holds_carried": item["number"] == 1, "outcomes": [],
                "agreements": [_line(city, row) for row in item["made"]],
            }
            for item in items
        ],
        "carried": [
            _line(city, row)
            | {"choice": "done" if row["status"] == "done" else "", "choice_word": "", "reason": "", "successor": ""}
            for row in carried
        ],
    }  # fmt: skip
    city.add(
        Minutes, meeting_id=meeting, status="approved", approved_at=times[1] + timedelta(days=5),
        approved_by_id=city.logins[body.convener], frozen=record,
    )  # fmt: skip
