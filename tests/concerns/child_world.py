"""A concern about a child by name, who triages it, and who works on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.factories import DistrictFactory
from tovholder.access.sharing import Kind
from tovholder.accounts.models import User
from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Child, Consent
from tovholder.citizens.services.consents import ConsentTexts
from tovholder.concerns.models import Concern, ConcernChild, Team, TeamMember
from tovholder.concerns.services import children, consenting
from tovholder.concerns.services.consenting import ConsentFacts
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern
from tovholder.directory.models import District, Organisation

SOFIE = Identity("Sofie Hemmelig", date(2013, 3, 4), cpr="040313-1234", address="Skjultvej 7")
TEXTS = ConcernTexts("Kommer sultent i skole", works="Fodbold", tried="Talt med mor", offence="Har stjålet")


@dataclass
class CaseWorld:
    """Anna triages; Erik has raised it."""

    anna: User
    erik: User
    district: District
    concern: Concern
    links: list[ConcernChild] = field(default_factory=list)

    @property
    def link(self) -> ConcernChild:
        return self.links[0]

    @property
    def child(self) -> Child:
        return self.link.child

    def path(self, *more: str) -> str:
        return "/".join(["", "bekymringer", self.concern.code, "barn", *more, ""])

    def child_path(self, *more: str) -> str:
        return self.path(self.child.code, *more)


def sharing_kind(organisation: Organisation, kind: Kind) -> None:
    organisation.kind.sharing_kind = kind
    organisation.kind.save()


def make_triager(user: User, *districts: District) -> None:
    team, _made = Team.objects.get_or_create(
        key=f"team-{'-'.join(str(each.pk) for each in districts) or 'alle'}",
        defaults={"name": "SSP-teamet", "triages": True},
    )
    team.districts.set(districts)
    TeamMember.objects.create(team=team, person=user.person, valid_from=date(2020, 1, 1))


def make_case(anna: User, erik: User, *identities: Identity, level: str = "named", **facts: Any) -> CaseWorld:
    """A concern raised by Erik, triaged by Anna; with these children when it is named (Sofie where none is given)."""
    district = DistrictFactory(key="vest", name="Vest")
    if not TeamMember.objects.filter(person=anna.person).exists():
        make_triager(anna, district)
    found = ConcernFacts(level=level, subject="child", district=district, **facts)
    concern = raise_concern(by=erik, facts=found, texts=TEXTS)
    world = CaseWorld(anna, erik, district, concern)
    if level == "named":
        world.links = [
            children.register_child(by=anna, concern=concern, identity=each)
            for each in identities or (SOFIE,)
        ]
    return world


def a_consent(world: CaseWorld, organisation: Organisation, **more: Any) -> Consent:
    """A consent of the mother's, given last week, that names the organisation."""
    adult = children.write_adult(
        by=world.anna, concern=world.concern, child=world.child, adult=None,
        standing="custody", name="Mor Hemmelig", contact="20102012",
    )  # fmt: skip
    given = timezone.localdate() - timedelta(days=7)
    facts = ConsentFacts(adult, [organisation], "written", given, **more)
    return consenting.give(
        by=world.anna, concern=world.concern, child=world.child, facts=facts, texts=ConsentTexts("fravær", "støtte")
    )  # fmt: skip
