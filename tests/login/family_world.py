"""A family with a login of its own, and a case of which something is released to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import URLPattern, URLResolver, reverse

from tests.concerns.child_world import CaseWorld, make_case
from tests.factories import ForumFactory, MeetingFactory, ParticipationFactory, join
from tests.plans.cases import KINDS
from tovholder.accounts.models import User
from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Adult, Child
from tovholder.concerns.services import children
from tovholder.directory.models import OrganisationKind
from tovholder.meetings.models import CaseItem
from tovholder.meetings.services import attendance, cases_writing, releasing, running
from tovholder.meetings.services.cases import Ground, open_case, plan_case, record_ground
from tovholder.meetings.services.cases_reading import YOUNG, only_for

MOTHER, FATHER, OTHER, SOFIE_CPR = "0101801234", "0202801234", "0303801234", "040313-1234"
FOR_ALL, FOR_MOTHER, FOR_SOFIE = (
    "Vi ringer til jer på fredag",
    "Kun til mor: bostøtten",
    "Kun til Sofie: klubben",
)


@dataclass
class Home:
    """Sofie's case: mother and father hold custody; something is released for all, for the mother, for Sofie."""

    case: CaseWorld
    item: CaseItem
    mother: Adult
    father: Adult

    @property
    def child(self) -> Child:
        return self.case.child

    def page(self) -> str:
        return reverse("family:minutes", args=[self.child.code, self.item.pk])


def a_home(anna: User, erik: User) -> Home:
    for key, kind in KINDS.items():
        OrganisationKind.objects.filter(key=f"slags-{key}").update(sharing_kind=kind)
    case = make_case(anna, erik, Identity("Sofie Hemmelig", date(2013, 3, 4), cpr=SOFIE_CPR))
    adults = [
        children.write_adult(
            by=anna, concern=case.concern, child=case.child, adult=None, standing="custody", name=name, contact="", cpr=cpr
        )
        for name, cpr in (("Mor Hemmelig", MOTHER), ("Far Hemmelig", FATHER))
    ]  # fmt: skip
    forum = ForumFactory(key="tirsdag", highest_level="named", bases=["rpl115"])
    join(anna, forum, convenes=True)
    meeting = MeetingFactory(lead_forum=forum, chair=anna.person)
    ParticipationFactory(meeting=meeting, person=anna.person, answer="yes")
    ground = Ground("rpl115", "crime_prevention", "Aftale", "Nødvendigt")
    item = record_ground(
        by=anna, case_item=plan_case(by=anna, meeting=meeting, concern=case.concern), ground=ground
    )
    meeting = running.start(by=anna, meeting=meeting)
    attendance.set_attended(
        by=anna, participation=meeting.participations.get(person=anna.person), attended=True
    )
    open_case(by=anna, case_item=item)
    facts = cases_writing.CaseFacts(child_view="Jeg vil helst bo hos min mormor.")
    cases_writing.note_facts(by=anna, case_item=item, facts=facts)
    running.finish(by=anna, meeting=meeting, unfinished_items={i.pk: "done" for i in meeting.items.all()})
    found = Home(case, CaseItem.objects.get(pk=item.pk), *adults)
    for text, audience in ((FOR_ALL, ""), (FOR_MOTHER, only_for(adults[0].pk)), (FOR_SOFIE, YOUNG)):
        releasing.release_to_family(
            by=anna, case_item=item, child_id=case.child.pk, text=text, audience=audience
        )
    return found


def body(answer: Any) -> str:
    return str(answer.content.decode())


def named(patterns: list[URLPattern | URLResolver], space: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for each in patterns:
        if isinstance(each, URLResolver):
            found += named(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space)
        else:
            found.append((f"{space}{each.name}", each))
    return found
