"""Two plans around a child (indsatsaftaler). Children, families and words are invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import yes
from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.citizens.identity import Identity
from tovholder.citizens.services.children import create_child
from tovholder.concerns.models import ENDED, Concern, ConcernStatus, Subject, Team, TeamMember
from tovholder.concerns.services.naming import add_to_case_team, lay_child_on
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.plans.services import case_agreements, case_plans


@dataclass(frozen=True)
class Effort:
    words: str
    who: str
    days: int
    sign: str = ""
    helper: str = ""
    status: str = ""
    done: bool = False


@dataclass(frozen=True)
class Story:
    child: str
    age: int
    seen: str
    texts: case_plans.PlanTexts
    efforts: Sequence[Effort]
    numbers: Sequence[tuple[str, int, int, str]]  # who, days ago, number, words
    review_in: int


STORIES = (
    Story(
        child="Alma Birk Eksempelsen",
        age=13,
        seen="Alma sidder ofte alene i frikvarteret og er begyndt at blive hjemme om mandagen.",
        texts=case_plans.PlanTexts(
            goals="»Jeg vil have en at følges med til skole.«\n»Vi vil gerne have rolige morgener igen.«",
            resources="Alma tegner hver dag, og mormor bor på den samme vej.",
            reflections="Mor fortæller, at mandagene er værst efter en weekend uden aftaler.",
        ),
        efforts=(
            Effort(
                "Finder en makker, som Alma følges med til skole mandag og torsdag.",
                "Erik",
                6,
                "Alma møder til første time to mandage i træk.",
                helper="Bo",
                status="Makkeren er spurgt og har sagt ja. De begynder på mandag.",
            ),
            Effort("Taler med Alma om tegneholdet i klubben og går med første gang.", "Bo", 12),
            Effort("Ringer til mor hver anden fredag og hører, hvordan ugen er gået.", "Dina", 20),
            Effort("Viser Alma og mor rundt i klubben.", "Erik", 3, done=True),
        ),
        numbers=(
            ("young_person", 40, 2, "Jeg har mest ondt i maven om søndagen."),
            ("family", 40, 3, "Vi er trætte alle sammen."),
            ("young_person", 18, 4, "Det er bedre, når jeg ved, hvem jeg skal gå med."),
            ("family", 17, 5, "Der har været to gode morgener."),
            ("young_person", 3, 6, "Tegneholdet lyder sjovt."),
        ),
        review_in=9,
    ),
    Story(
        child="Milo Eksempelsen",
        age=15,
        seen="Milo er kommet tæt på en ældre gruppe ved stationen og har fået nye dyre ting.",
        texts=case_plans.PlanTexts(
            goals="»Jeg vil have et fritidsjob og mine egne penge.«",
            resources="Milo er dygtig til at reparere cykler. Far kan hente om aftenen.",
        ),
        efforts=(
            Effort(
                "Hjælper Milo med at søge fritidsjob hos cykelhandleren.", "Anna", 8, "Milo har været til samtale."
            ),
            Effort("Taler med Milo på gaden en gang om ugen.", "Carla", 15),
        ),
        numbers=(("young_person", 10, 5, "Det er fint nok."),),
        review_in=0,
    ),
)  # fmt: skip


def make_plans(people: dict[str, Person], now: datetime) -> int:
    """Lay a plan on two concerns by name, and make such concerns where there are none. Return how many were made."""
    forum = Forum.objects.filter(
        highest_level=Level.NAMED, retired_at__isnull=True, closed_on__isnull=True
    ).first()
    team = Team.objects.filter(triages=True, retired_at__isnull=True).first()
    anna = people["Anna"]
    if forum is None or team is None or anna.user is None:
        return 0
    since = timezone.localdate(now) - timedelta(days=400)
    TeamMember.objects.get_or_create(team=team, person=anna, valid_until=None, defaults={"valid_from": since})
    by = User.objects.get(pk=anna.user.pk)
    for story, concern in zip(STORIES, _concerns(by, people, timezone.localdate(now)), strict=True):
        _lay_on(by, people, forum, concern, story, timezone.localdate(now))
    return len(STORIES)


def _concerns(by: User, people: dict[str, Person], today: date) -> list[Concern]:
    """Named concerns of one child that are worked on, those in a plan first; new ones for what is lacking."""
    known = [
        each
        for each in Concern.objects.filter(level=Level.NAMED, subject=Subject.CHILD, plans=None)
        .exclude(status__in=ENDED)
        .order_by("pk")
        if each.status == ConcernStatus.PLAN and each.concern_children.count() == 1
    ][: len(STORIES)]
    return known + [_raised(by, people, story, today) for story in STORIES[len(known) :]]


def _raised(by: User, people: dict[str, Person], story: Story, today: date) -> Concern:
    raiser = people["Erik"].user
    raiser = User.objects.get(pk=raiser.pk) if raiser is not None else by
    facts = ConcernFacts(level=Level.NAMED, subject=Subject.CHILD, organisation=people["Erik"].organisation)
    concern = raise_concern(by=raiser, facts=facts, texts=ConcernTexts(seen=story.seen))
    born = today - timedelta(days=story.age * 365 + 100)
    child = create_child(by=by, decision=yes("triager"), identity=Identity(story.child, born))
    lay_child_on(by=by, concern=concern, child=child)
    return Concern.objects.get(pk=concern.pk)


def _lay_on(
    by: User, people: dict[str, Person], forum: Forum, concern: Concern, story: Story, today: date
) -> None:
    link = concern.concern_children.select_related("child").get()
    if not concern.case_team.filter(person=people["Dina"], until_at=None).exists():
        necessity = "Dina er barnets rådgiver og er med i indsatsen."
        add_to_case_team(
            by=by, concern=concern, person=people["Dina"], basis=LegalBasis.RPL115, necessity=necessity
        )
    plan = case_plans.start_plan(
        by=by, concern=concern, child=link.child, texts=story.texts, review_on=today + timedelta(days=story.review_in)
    )  # fmt: skip
    for priority, effort in enumerate(story.efforts, start=1):
        case = case_agreements.make_case_agreement(
            by=by,
            concern=plan.concern,
            forum=forum,
            words=effort.words,
            responsible=people[effort.who],
            due_on=today + timedelta(days=effort.days),
            plan=plan,
            priority=priority,
            sign_of_progress=effort.sign,
            helpers=[people[effort.helper]] if effort.helper else [],
        )
        if effort.status:
            case_agreements.report(by=people[effort.who], case=case, text=effort.status)
        if effort.done:
            case_agreements.done(by=people[effort.who], case=case)
    for who, days, number, words in story.numbers:
        case_plans.scale(
            by=by, plan=plan, by_whom=who, value=number, words=words, on=today - timedelta(days=days)
        )
