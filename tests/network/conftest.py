"""A named concern at Øster Skole, and the people of a network meeting about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import LONG_AGO, AgendaTemplateFactory, ForumFactory, ForumTypeFactory, make_user
from tovholder.access.decision import yes
from tovholder.accounts.models import Role, User
from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Adult, Child
from tovholder.citizens.services.children import add_adult, create_child
from tovholder.concerns.models import Category, Concern, Team, TeamMember
from tovholder.concerns.services.naming import add_to_case_team, lay_child_on
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern
from tovholder.directory.models import OrganisationKind
from tovholder.forums.models import Checklist, ChecklistItem, FormTemplate, Forum
from tovholder.meetings.models import FamilyMember, NetworkMeeting
from tovholder.meetings.services import network as calling
from tovholder.meetings.services import network_meeting as running
from tovholder.meetings.services import network_people as people
from tovholder.meetings.services.cases import Ground

CHILD, MOTHER, WORDS = "Kvistine Torneklippe", "Bodil Torneklippe", "har isoleret sig i tre uger"
FIELDS = [
    {"key": "baggrund", "label": "Baggrund for mødet", "kind": "long_text", "required": True},
    {"key": "barnets-stemme", "label": "Barnets eget syn på sagen", "kind": "long_text", "required": True},
    {"key": "indsatser", "label": "Indsatser: hvem gør hvad hvornår", "kind": "agreements", "required": True},
    {"key": "familiens-oplevelse", "label": "Familiens oplevelse", "kind": "long_text", "required": True},
    {"key": "naeste-moede", "label": "Næste møde", "kind": "date"},
]
FOLLOW_UP = [
    {"key": "status-paa-indsatser", "label": "Hver indsats", "kind": "agreements", "required": True},
    {"key": "nye-indsatser", "label": "Nye indsatser", "kind": "agreements"},
    {"key": "barnets-stemme", "label": "Barnets eget syn på sagen", "kind": "long_text", "required": True},
    {
        "key": "videre-forloeb",
        "label": "Hvad sker der nu?",
        "kind": "choice",
        "choices": ["Vi fortsætter og mødes igen", "Vi afslutter"],
        "required": True,
    },
]


def kind_of(user: User, sharing_kind: str) -> None:
    OrganisationKind.objects.filter(pk=user.person.organisation.kind_id).update(sharing_kind=sharing_kind)
    user.person.organisation.kind.refresh_from_db()


@pytest.fixture
def forum(municipality: Any) -> Forum:
    template = AgendaTemplateFactory(
        key="netvaerksmoede",
        name="Netværksmøde",
        items=[
            (heading, "discussion")
            for heading in (
                "Velkomst",
                "Præsentationsrunde",
                "Formålet med mødet",
                "De konkrete indsatser",
                "Familiens oplevelse af mødet",
                "Afrunding",
            )
        ],
    )
    guide = Checklist.objects.create(key="guide", name="Guide til mødeledelse")
    ChecklistItem.objects.create(checklist=guide, phase="during", position=1, text="Byd velkommen.")
    forms = [
        FormTemplate.objects.create(key=key, name=name, fields=fields, position=position)
        for position, (key, name, fields) in enumerate(
            [("foerste-moede", "Første netværksmøde", FIELDS), ("opfoelgning", "Opfølgning", FOLLOW_UP)]
        )
    ]
    made = []
    for key, name in (("netvaerksmoede", "Netværksmøder"), ("udviklingsmoede", "Udviklingsmøder")):
        kind = ForumTypeFactory(key=key, name=name, checklist=guide)
        kind.forms.set(forms)
        made.append(
            ForumFactory(
                key=f"{key}r",
                name=name,
                forum_type=kind,
                highest_level="named",
                bases=["participation", "consent"],
                agenda_template=template,
                principles="Barnet er i centrum.",
                meeting_minutes=60,
            )
        )
    return made[0]


@pytest.fixture
def team(anna: User, bo: User, carla: User, dina: User, erik: User) -> Team:
    """Anna triages; everybody's organisation is what the sharing rules take it for."""
    for user, kind in (
        (anna, "ssp_team"), (bo, "school"), (carla, "police"), (dina, "social_authority"), (erik, "school"),
    ):  # fmt: skip
        kind_of(user, kind)
    made = Team.objects.create(key="ssp", name="SSP-teamet", triages=True)
    TeamMember.objects.create(team=made, person=anna.person, valid_from=LONG_AGO)
    return made


@pytest.fixture
def child(anna: User) -> Child:
    born = timezone.localdate() - timedelta(days=365 * 12)
    made = create_child(by=anna, decision=yes("case_team"), identity=Identity(CHILD, born))
    add_adult(by=anna, decision=yes("case_team"), child=made, standing="custody", name=MOTHER)
    return made


@pytest.fixture
def mother(child: Child) -> Adult:
    return child.adults.get()


@pytest.fixture
def concern(team: Team, child: Child, anna: User, erik: User) -> Concern:
    """Raised by Erik, the wellbeing contact, who is then on its case team; Anna triages."""
    made = raise_concern(by=erik, facts=ConcernFacts("anonymous", "child"), texts=ConcernTexts(seen=WORDS))
    lay_child_on(by=anna, concern=made, child=child)
    made.refresh_from_db()
    add_to_case_team(
        by=anna, concern=made, person=erik.person, basis="participation", necessity="Kender barnet."
    )
    return made


@pytest.fixture
def suspicion(concern: Concern) -> Category:
    """Lay the suspicion of violence in the family on the concern by calling `concern.categories.add(suspicion)`."""
    return Category.objects.create(key="vold", name="Vold i familien", suspicion=Category.Suspicion.BY_FAMILY)


@pytest.fixture
def draft(forum: Forum, concern: Concern, erik: User) -> NetworkMeeting:
    return calling.begin(by=erik, concern=concern)


GROUND = Ground("participation", "wellbeing", "At finde ro i hverdagen.", "Forældrene skal kunne handle.")


def prepare(draft: NetworkMeeting, erik: User, dina: User, mother: Adult) -> NetworkMeeting:
    """Take every step of the calling but the last."""
    today = timezone.localdate()
    starts = timezone.now().replace(microsecond=0) + timedelta(days=20)
    calling.write_case_kind(by=erik, network=draft, known_case=False, adviser_talked_on=None)
    people.add_professional(by=erik, network=draft, person=dina.person)
    calling.write_duties(
        by=erik, network=draft, initiator_leads=False, leader_talked_on=today, chair=erik.person,
        minute_taker=erik.person,
    )  # fmt: skip
    calling.write_ground(by=erik, network=draft, ground=GROUND)
    calling.write_time(
        by=erik, network=draft, starts_at=starts, ends_at=starts + timedelta(hours=1), place="Øster Skole",
        online_url="",
    )  # fmt: skip
    people.set_family(by=erik, network=draft, adults=[mother], young_people=[])
    people.tell_family(by=erik, network=draft, on=today)
    return fresh(draft)


def fresh(network: NetworkMeeting) -> NetworkMeeting:
    return NetworkMeeting.objects.select_related("meeting", "concern", "form", "initiator").get(pk=network.pk)


@pytest.fixture
def ready(draft: NetworkMeeting, erik: User, dina: User, mother: Adult) -> NetworkMeeting:
    return prepare(draft, erik, dina, mother)


@pytest.fixture
def called(ready: NetworkMeeting, erik: User) -> NetworkMeeting:
    calling.call(by=erik, network=ready, lacks=people.lacks(ready))
    return fresh(ready)


def everybody(network: NetworkMeeting) -> dict[str, Any]:
    return {
        "people": list(network.meeting.participations.values_list("pk", flat=True)),
        "family": list(network.meeting.family.values_list("pk", flat=True)),
    }


@pytest.fixture
def begun(called: NetworkMeeting, erik: User) -> NetworkMeeting:
    running.start(by=erik, network=called, **everybody(called))
    return fresh(called)


@pytest.fixture
def member(called: NetworkMeeting) -> FamilyMember:
    return called.meeting.family.get()


@pytest.fixture
def jens(db: Any) -> User:
    """A stranger with a login."""
    return make_user("Jens", Role.MEMBER)
