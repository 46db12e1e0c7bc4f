"""What waits on the next meetings about children: one without a name, one by name, one handed over by the police."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from tovholder.access.bases import LegalBasis
from tovholder.access.levels import Level
from tovholder.access.sharing import Purpose
from tovholder.accounts.models import User
from tovholder.concerns.models import Concern, ConcernStatus, Subject
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.meetings import policy
from tovholder.meetings.models import Meeting, MeetingStatus
from tovholder.meetings.services import cases, cases_anonymous, cases_intake
from tovholder.outbox.models import OutgoingMail

HEADING = "Sparring: en elev, der er holdt op med at være med"
QUESTION = (
    "Hvad har virket hos jer, når en elev trækker sig fra de andre, og hvem kan række hånden frem først?"
)
# An invented child, and an invented act.
HANDED_OVER = "Viktor Opdigtet Krog; {born}; mistænkt; politi; Malede på vognene ved stationen sammen med to ældre.; {district}"
GROUND = cases.Ground(
    basis=LegalBasis.RPL115,
    purpose_code=Purpose.CRIME_PREVENTION,
    purpose="Aftale, hvem der taler med den unge og forældrene, og hvem der følger op i næste uge.",
    necessity="Skolen, familiegruppen og politiet kender hver sin del og skal handle samlet.",
)


def case_forum() -> Forum | None:
    """Return the forum where the police and the municipality agree on action by name, where the set-up has one."""
    rows = Forum.objects.filter(retired_at__isnull=True, highest_level=Level.NAMED)
    rows = rows.exclude(cadence=Forum.Cadence.WHEN_NEEDED).order_by("position", "pk")
    return next((each for each in rows if LegalBasis.RPL115 in each.bases), None)


def make_cases(people: dict[str, Person], now: datetime) -> int:
    """Put the cases on the next meetings; returns how many. Fewer where the set-up has no such forum."""
    anna, carla = _user(people["Anna"]), _user(people["Carla"])
    if anna is None or not Concern.objects.exists():
        return 0
    made = _anonymous(anna) + _by_name(anna, carla, now)
    OutgoingMail.objects.filter(
        about__startswith="concern"
    ).delete()  # nobody is to be mailed of what is invented
    return made


def _user(person: Person) -> User | None:
    """Return the login, read anew: a user remembers for a request where it sits."""
    return User.objects.get(pk=person.user_id) if person.user_id else None


def _anonymous(by: User) -> int:
    """Ask the wellbeing forum for advice, in words typed for it."""
    coming = cases_anonymous.coming_meetings(by, level=Level.ANONYMOUS)
    at_school = [each for each in coming if "trivsel" in each.lead_forum.key]
    waiting = Concern.objects.filter(
        level=Level.ANONYMOUS, subject=Subject.CHILD, status=ConcernStatus.CLARIFYING
    ).order_by("-raised_at")
    concern = waiting.first()
    if not at_school or concern is None:
        return 0
    cases_anonymous.take_up_anonymously(
        by=by, concern=concern, meeting=at_school[0], heading=HEADING, question=QUESTION, minutes=15
    )
    return 1


def _by_name(by: User, police: User | None, now: datetime) -> int:
    forum = case_forum()
    coming = Meeting.objects.filter(lead_forum=forum, status=MeetingStatus.PLANNED, starts_at__gt=now)
    meeting = coming.order_by("starts_at").first() if forum is not None else None
    concern = (
        Concern.objects.filter(level=Level.NAMED, status=ConcernStatus.CLARIFYING, categories__key="kriminalitet")
        .order_by("-raised_at")
        .first()
    )  # fmt: skip
    if meeting is None or concern is None or police is None or not policy.may_hand_over(police, meeting):
        return 0
    born = timezone.localdate(now).replace(day=14, month=5)
    districts = cases_intake.districts_of(meeting, police)
    place = districts.known[0].name if districts.known else ""
    line = HANDED_OVER.format(born=f"{born:%d.%m}.{born.year - 15}", district=place)
    cases_intake.hand_over(
        by=police,
        meeting=meeting,
        lines=cases_intake.read_lines(line, districts=districts),
        necessity=cases_intake.necessity_sentences()[0],
    )
    item = cases.plan_case(by=by, meeting=meeting, concern=concern)
    cases.record_ground(by=by, case_item=item, ground=GROUND)
    return 2
