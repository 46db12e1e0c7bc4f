"""A named case for the tests of plans: who works on it, who only has an agreement in it, who knows nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.factories import ForumFactory, join
from tovholder.access.bases import LegalBasis
from tovholder.access.decision import yes
from tovholder.access.levels import Level
from tovholder.access.sharing import Kind
from tovholder.accounts.models import User
from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Child
from tovholder.citizens.services.children import create_child
from tovholder.concerns.models import Concern, Subject, Team, TeamMember
from tovholder.concerns.services.naming import add_to_case_team, lay_child_on
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern
from tovholder.directory.models import OrganisationKind
from tovholder.forums.models import Forum
from tovholder.plans.models import CaseAgreement
from tovholder.plans.services.case_agreements import make_case_agreement

KINDS = {
    "ungeenhed": Kind.SSP_TEAM,
    "vester-skole": Kind.SCHOOL,
    "oester-skole": Kind.SCHOOL,
    "politi": Kind.POLICE,
    "familie": Kind.SOCIAL_AUTHORITY,
    "boldklub": Kind.ASSOCIATION,
}
SECRET = "Sofie ringer til sin klassekammerat hver fredag"


@dataclass
class CaseWorld:
    """Anna triages, Dina is on the case team, Erik raised it; Bo, Carla, Frida and the rest have no part in it."""

    concern: Concern
    child: Child
    forum: Forum
    people: dict[str, User]

    def user(self, name: str) -> User:
        """The persona as the next request sees them: what is read once a request is read anew."""
        return User.objects.get(pk=self.people[name].pk)

    def agree(self, responsible: str = "bo", helpers: Iterable[str] = (), **other: Any) -> CaseAgreement:
        facts: dict[str, Any] = {
            "words": SECRET,
            "due_on": timezone.localdate() + timedelta(days=14),
            "concern": self.concern,
            "forum": self.forum,
            "by": self.user("anna"),
        }
        return make_case_agreement(
            responsible=self.user(responsible).person,
            helpers=[self.user(each).person for each in helpers],
            **{**facts, **other},
        )


def case_world(personas: dict[str, User]) -> CaseWorld:
    for key, kind in KINDS.items():
        OrganisationKind.objects.filter(key=f"slags-{key}").update(sharing_kind=kind)
    team = Team.objects.create(key="ssp", name="SSP-teamet", triages=True)
    TeamMember.objects.create(team=team, person=personas["anna"].person, valid_from=date(2020, 1, 1))
    forum = ForumFactory(key="trivselsforum", name="Trivselsforum Vester", highest_level=Level.NAMED)
    join(personas["bo"], forum, convenes=True)
    for name in ("carla", "frida"):
        join(personas[name], forum)
    anna = User.objects.get(pk=personas["anna"].pk)
    facts = ConcernFacts(level=Level.NAMED, subject=Subject.CHILD)
    concern = raise_concern(by=personas["erik"], facts=facts, texts=ConcernTexts(seen="Sofie er alene"))
    identity = Identity("Sofie Kjær Prøvesen", date(2012, 3, 4))
    child = create_child(by=anna, decision=yes("triager"), identity=identity)
    lay_child_on(by=anna, concern=concern, child=child)
    dina = personas["dina"].person
    basis = LegalBasis.RPL115
    add_to_case_team(by=anna, concern=concern, person=dina, basis=basis, necessity="Rådgiver")
    concern.refresh_from_db()
    return CaseWorld(concern, child, forum, personas)
