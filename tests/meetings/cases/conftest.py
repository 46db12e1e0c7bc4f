"""A case meeting: Bo convenes without part in any case, Anna triages and chairs, Carla is the police, Frida comes from a club."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import ForumFactory, MeetingFactory, ParticipationFactory, join
from tovholder.access.decision import yes
from tovholder.accounts.models import User
from tovholder.citizens.identity import Identity
from tovholder.citizens.services.children import create_child
from tovholder.concerns.models import Concern, Team, TeamMember
from tovholder.concerns.services.naming import lay_child_on
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern
from tovholder.meetings.models import CaseItem, Meeting
from tovholder.meetings.services import attendance, running
from tovholder.meetings.services.cases import Ground, open_case, plan_case, record_ground
from tovholder.meetings.services.cases_anonymous import take_up_anonymously

NAME = "Sofus Kvistgaard"
GROUND = Ground(
    basis="rpl115",
    purpose_code="crime_prevention",
    purpose="Aftale, hvem der taler med ham",
    necessity="Flere parter kender ham",
)
KINDS = {
    "anna": "ssp_team", "bo": "school", "carla": "police", "dina": "social_authority", "erik": "school",
    "frida": "association",
}  # fmt: skip


def kind_of(user: User, kind: str) -> None:
    place = user.person.organisation
    place.kind.sharing_kind = kind
    place.kind.save()
    place.in_cooperation = True
    place.save()


@pytest.fixture
def people(personas) -> dict[str, User]:
    for name, kind in KINDS.items():
        kind_of(personas[name], kind)
    team = Team.objects.create(key="ssp", name="SSP-teamet", triages=True)
    TeamMember.objects.create(team=team, person=personas["anna"].person, valid_from=date(2020, 1, 1))
    return personas


@pytest.fixture
def forum(municipality, people):
    forum = ForumFactory(key="tirsdag", name="Tirsdagsmøde", highest_level="named", bases=["rpl115"])
    join(people["bo"], forum, convenes=True)
    for name in ("anna", "carla", "dina"):
        join(people[name], forum)
    return forum


@pytest.fixture
def planned(forum, people) -> Meeting:
    meeting = MeetingFactory(lead_forum=forum, chair=people["anna"].person)
    for name in ("anna", "bo", "carla", "dina"):
        ParticipationFactory(meeting=meeting, person=people[name].person, answer="yes")
    return meeting


@pytest.fixture
def concern(people) -> Concern:
    facts = ConcernFacts(level="anonymous", subject="child")
    return raise_concern(by=people["erik"], facts=facts, texts=ConcernTexts(seen="Han er meget alene"))


@pytest.fixture
def named(concern, people) -> Concern:
    child = create_child(
        by=people["anna"], decision=yes("triager"), identity=Identity(NAME, date(2012, 3, 4))
    )
    lay_child_on(by=people["anna"], concern=concern, child=child)
    concern.refresh_from_db()
    return concern


@pytest.fixture
def item(planned, named, people) -> CaseItem:
    item = plan_case(by=people["anna"], meeting=planned, concern=named)
    return record_ground(by=people["anna"], case_item=item, ground=GROUND)


@pytest.fixture
def meeting(planned, item, people) -> Meeting:
    """Running, with Anna, Carla and Dina there; Bo, who convenes, has not come yet."""
    meeting = running.start(by=people["anna"], meeting=planned)
    for name in ("anna", "carla", "dina"):
        come(people["anna"], meeting, people[name])
    return meeting


@pytest.fixture
def opened(meeting, item, people) -> CaseItem:
    open_case(by=people["anna"], case_item=item)
    item.refresh_from_db()
    return item


def come(by: User, meeting: Meeting, who: User, here: bool = True) -> None:
    row = meeting.participations.get(person=who.person)
    attendance.set_attended(by=by, participation=row, attended=here)


def guest(by: User, meeting: Meeting, who: User):
    return attendance.add_guest(by=by, meeting=meeting, person=who.person)


@pytest.fixture
def taken_up(concern, planned, people):
    return take_up_anonymously(
        by=people["anna"],
        concern=concern,
        meeting=planned,
        heading="En elev, der er alene",
        question="Hvad gør vi?",
    )


def give_name(concern: Concern, people):
    child = create_child(
        by=people["anna"], decision=yes("triager"), identity=Identity(NAME, date(2012, 3, 4))
    )
    lay_child_on(by=people["anna"], concern=concern, child=child)
