"""A network meeting about one of the named concerns, held last week, and its follow-up. Family and words are invented."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import yes
from tovholder.access.sharing import Purpose
from tovholder.accounts.models import User
from tovholder.citizens.models import Adult
from tovholder.citizens.services.children import add_adult
from tovholder.concerns.models import Concern, ConcernStatus, Entry
from tovholder.concerns.services.naming import add_to_case_team
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.meetings.models import (
    Answer,
    CaseItem,
    Disclosure,
    FamilyVoice,
    Meeting,
    Minutes,
    NetworkMeeting,
    Participation,
)
from tovholder.meetings.services import (
    family,
    letters,
    network,
    network_efforts,
    network_meeting,
    network_minutes,
)
from tovholder.meetings.services import network_people as people_at
from tovholder.meetings.services.cases import Ground
from tovholder.outbox.models import OutgoingMail
from tovholder.plans.models import Agreement

HELD_DAYS_AGO, FOLLOW_UP_IN, HOUR = 8, 20, 14
MOTHER, FATHER = "Signe Testrup", "Jonas Testrup"
GROUND = Ground(
    basis=LegalBasis.PARTICIPATION,
    purpose_code=Purpose.WELLBEING,
    purpose="At Freja trygt kan skifte mellem sine to hjem.",
    necessity="Forældrene er med og skal kunne aftale noget, der gælder begge steder.",
)
TEXTS = {
    "baggrund": "Freja har grædt i skolen om fredagen, når hun skal skifte hjem. Begge forældre har set det samme hjemme.",
    "formaal": "At finde en måde at skifte på, som Freja er tryg ved.",
    "det-der-virker": "Freja går glad til håndbold og taler gerne med mormor.",
    "bekymringer": "Hun sover dårligt natten før et skifte.",
    "barnets-stemme": "»Jeg vil gerne hentes i skolen, så ingen skal vente på hinanden foran huset.«",
    "familiens-oplevelse": "Det var godt, at vi kunne sidde sammen om det. Vi havde frygtet, at nogen skulle have skylden.",
}  # fmt: skip
EFFORTS = (
    ("Henter Freja i klassen på skiftedage og følger hende ud til den, der henter.", "Erik", 20,
     "Freja går med uden at græde to gange i træk."),
    ("Holder to familiesamtaler om en fælles kalender.", "Dina", 26, "Kalenderen hænger begge steder."),
    ("Spørger Freja hver fredag, hvordan ugen har været.", "Erik", 33, ""),
)  # fmt: skip
QUESTION = "Må mormor komme med en anden gang?"


def make_network(people: dict[str, Person], now: datetime) -> int:
    """Hold the meeting and call the next one; return how many were made. None where the set-up lacks what it takes."""
    concern = (
        Concern.objects.filter(level="named", status=ConcernStatus.NETWORK_MEETING, ended_at=None)
        .order_by("pk")
        .first()
    )
    erik, anna = people["Erik"].user, people["Anna"].user
    forums = Forum.objects.filter(forum_type__key=network.NETWORK, retired_at=None, highest_level="named")
    if concern is None or erik is None or anna is None or not forums.exists():
        return 0
    by, triager = User.objects.get(pk=erik.pk), User.objects.get(pk=anna.pk)
    add_to_case_team(
        by=triager, concern=concern, person=people["Erik"], basis=LegalBasis.PARTICIPATION,
        necessity="Erik er trivselsperson på skolen og kender Freja.",
    )  # fmt: skip
    parents = _parents(triager, concern)
    made = _call(by, network.begin(by=by, concern=concern), people["Dina"], parents)
    _hold(by, made, people)
    _date_back(made, now)
    following = network_minutes.follow_up(by=by, network=_fresh(made))
    _choose_time(by, following, FOLLOW_UP_IN)
    # Nobody is to be mailed of the past.
    OutgoingMail.objects.filter(about__in=[letters.about(made.meeting), f"concern-{concern.pk}"]).delete()
    return 2


def _parents(by: User, concern: Concern) -> list[Adult]:
    child = concern.concern_children.select_related("child").get().child
    return [
        add_adult(by=by, decision=yes("triager"), child=child, standing="custody", name=name)
        for name in (MOTHER, FATHER)
    ]


def _fresh(made: NetworkMeeting) -> NetworkMeeting:
    return NetworkMeeting.objects.select_related("meeting", "concern", "form", "initiator").get(pk=made.pk)


def _choose_time(by: User, made: NetworkMeeting, days: int) -> None:
    day = timezone.localtime() + timedelta(days=days)
    while day.weekday() > 4:
        day += timedelta(days=1)
    starts = day.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    network.write_time(
        by=by, network=made, starts_at=starts, ends_at=starts + timedelta(hours=1),
        place="Vester Skole, mødelokalet ved kontoret", online_url="",
    )  # fmt: skip


def _call(by: User, made: NetworkMeeting, adviser: Person, parents: list[Adult]) -> NetworkMeeting:
    """Take every step of the calling, as Erik would."""
    today = timezone.localdate()
    me = made.initiator
    people_at.add_professional(by=by, network=made, person=adviser)
    network.write_duties(
        by=by, network=made, initiator_leads=False, leader_talked_on=today, chair=me, minute_taker=me
    )
    network.write_ground(by=by, network=made, ground=GROUND)
    _choose_time(by, made, 1)
    people_at.set_family(by=by, network=made, adults=parents, young_people=[])
    people_at.tell_family(by=by, network=made, on=today)
    made = _fresh(made)
    network.call(by=by, network=made, lacks=people_at.lacks(made))
    family.write(token=family.token_of(made.meeting.family.order_by("pk")[0]), text=QUESTION)
    return _fresh(made)


def _hold(by: User, made: NetworkMeeting, people: dict[str, Person]) -> None:
    everybody = made.meeting.participations.values_list("pk", flat=True)
    kin = made.meeting.family.values_list("pk", flat=True)
    network_meeting.start(by=by, network=made, people=list(everybody), family=list(kin))
    made = _fresh(made)
    known = {each["key"] for each in network_meeting.form_fields(made)}
    for key, text in TEXTS.items():
        if key in known:
            network_meeting.save_field(by=by, network=made, key=key, text=text, base_version=0)
    for words, who, days, sign in EFFORTS:
        due = timezone.localdate() + timedelta(days=days)
        effort = network_efforts.EffortText(words, people[who], due, sign)
        network_efforts.add_effort(by=by, network=made, effort=effort)
    network_meeting.finish(by=by, network=made)
    network_minutes.approve(by=by, network=_fresh(made))


def _date_back(made: NetworkMeeting, now: datetime) -> None:
    """Let it have been held when it was: on a weekday last week, called two weeks before."""
    day = timezone.localtime(now) - timedelta(days=HELD_DAYS_AGO)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    start = day.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    end, called = start + timedelta(hours=1), start - timedelta(days=15)
    Meeting.every.filter(pk=made.meeting_id).update(
        starts_at=start, ends_at=end, started_at=start, held_at=end, invited_at=called, created_at=called
    )
    Participation.objects.filter(meeting=made.meeting_id).update(
        invited_at=called, answer=Answer.YES, answered_at=called + timedelta(days=2)
    )
    Minutes.objects.filter(meeting=made.meeting_id).update(approved_at=end + timedelta(days=1))
    CaseItem.objects.filter(meeting=made.meeting_id).update(
        opened_at=start, done_at=end + timedelta(days=1), family_told_on=called.date()
    )
    NetworkMeeting.objects.filter(pk=made.pk).update(leader_talked_on=called.date())
    made.meeting.family.update(told_on=called.date())
    Disclosure.objects.filter(case_item__meeting=made.meeting_id).update(at=start)
    FamilyVoice.objects.filter(family_member__meeting=made.meeting_id).update(at=called + timedelta(days=4))
    Agreement.every.filter(case_origin__case_item__meeting=made.meeting_id).update(
        created_at=end, moved_at=end
    )
    Entry.objects.filter(concern=made.concern_id, at__gte=now - timedelta(hours=1)).update(at=end)
