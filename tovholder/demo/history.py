"""A year of meetings, agreements and topics, told in the order it happened. Repeatable: the same year each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from tovholder.audit.models import SYSTEM
from tovholder.audit.services import record
from tovholder.demo import texts
from tovholder.demo.calendar import Slot, next_slot, slots
from tovholder.demo.cases import case_forum, make_cases
from tovholder.demo.cast import PERSONAS
from tovholder.demo.concerns import make_concerns
from tovholder.demo.network import make_network
from tovholder.demo.people import ANNAS_SCHOOL
from tovholder.demo.plans import make_plans
from tovholder.demo.wheel import make_wheel
from tovholder.directory.models import Person
from tovholder.forums.models import Charter, Forum, JointMeetingRule, Membership
from tovholder.meetings.models import (
    AgendaItem,
    AgreementOrigin,
    Answer,
    CarriedAgreement,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Minutes,
    MinutesStatus,
    Outcome,
    Participation,
    Topic,
    TopicStatus,
)
from tovholder.meetings.services import minute_record
from tovholder.meetings.services.agenda import build
from tovholder.plans.models import Agreement, AgreementNote, AgreementStatus
from tovholder.search.services import rebuild

FORUMS_WITH_HISTORY = 10
PERSONA_NAMES = frozenset(persona.name for persona in PERSONAS)
MONTHS_BACK, MONTHS_AHEAD = 11, 3


@dataclass
class Year:
    """What has been made so far."""

    chance: Random
    now: datetime
    people: dict[str, Person]
    members: dict[int, list[Person]] = field(default_factory=dict)
    persons: int = 0
    meetings: int = 0
    agreements: int = 0
    turn: int = 0

    def next(self, options: tuple[str, ...]) -> str:
        self.turn += 1
        return options[self.turn % len(options)]


def make_history(make_people: Callable[[date], dict[str, Person]], now: datetime | None = None) -> Year:
    """Make people, then meetings from eleven months back to three ahead. Returns what was made."""
    now = now or timezone.now()
    since = timezone.localdate(now) - timedelta(days=30 * (MONTHS_BACK + 1))
    year = Year(chance=Random(7), now=now, people=make_people(since))
    year.persons = len(year.people)
    for row in Membership.objects.select_related("person", "role").order_by("pk"):
        year.members.setdefault(row.forum_id, []).append(row.person)
    _charters(year, since)
    _topics(year)
    forums = sorted(
        Forum.objects.filter(retired_at__isnull=True).exclude(cadence=Forum.Cadence.WHEN_NEEDED),
        key=lambda forum: (forum.cadence != Forum.Cadence.MONTHLY, forum.key != ANNAS_SCHOOL, forum.position),
    )[:FORUMS_WITH_HISTORY]
    start, end = timezone.localdate(now) - timedelta(days=30 * MONTHS_BACK), timezone.localdate(now)
    end += timedelta(days=30 * MONTHS_AHEAD)
    joint = list(JointMeetingRule.objects.filter(retired_at__isnull=True).prefetch_related("forums"))
    for slot in slots(forums, joint, start, end):
        _meeting(year, slot)
    _case_meeting(year)
    _proposals(year)
    make_concerns(year.people, now)
    make_plans(year.people, now)
    make_cases(year.people, now)
    make_network(year.people, now)
    make_wheel(year.people, now)
    record(by=SYSTEM, action="demo.made", details={"meetings": year.meetings, "agreements": year.agreements})
    rebuild()  # the rows above were made past the services
    return year


def _case_meeting(year: Year) -> None:
    """Plan next week's meeting about cases by name, which a year at the pace of the networks need not have."""
    forum = case_forum()
    if forum is None or forum.pk not in year.members:
        return
    slot = next_slot(forum, timezone.localdate(year.now))
    if not Meeting.objects.filter(lead_forum=forum, starts_at__date=slot.on).exists():
        _meeting(year, slot)


def _charters(year: Year, since: date) -> None:
    for forum in Forum.objects.filter(retired_at__isnull=True, acts=False):
        Charter.objects.create(
            forum=forum,
            version=1,
            text=texts.CHARTER,
            approved_on=since + timedelta(days=20),
            approved_by="Styregruppen",
        )


def _topics(year: Year) -> None:
    for forum in Forum.objects.filter(retired_at__isnull=True, cadence=Forum.Cadence.MONTHLY):
        for number, (heading, why) in enumerate(texts.TOPICS):
            members = year.members.get(forum.pk) or [year.people["Anna"]]
            Topic.objects.create(
                forum=forum,
                heading=heading,
                why=why,
                proposed_by=members[number % len(members)],
                status=TopicStatus.BANKED,
                times_used=number % 3,
                last_used_on=timezone.localdate(year.now) - timedelta(days=60 * number)
                if number % 3
                else None,
            )


def _proposals(year: Year) -> None:
    """Two members' proposals that wait for the convener's yes or no."""
    for name, (heading, why) in zip(("Bo", "Carla"), texts.TOPICS[3:5], strict=True):
        person = year.people[name]
        forum = Forum.objects.filter(members=person, cadence=Forum.Cadence.MONTHLY).first()
        if forum is not None:
            Topic.objects.create(forum=forum, heading=heading, why=why, proposed_by=person)


def _meeting(year: Year, slot: Slot) -> None:
    lead = slot.forums[0]
    start = timezone.make_aware(datetime.combine(slot.on, lead.start_time or time(13, 0)))
    convener = year.members[lead.pk][0]
    meeting = Meeting.objects.create(
        kind=slot.kind,
        lead_forum=lead,
        title=slot.title,
        starts_at=start,
        ends_at=start + timedelta(minutes=slot.minutes),
        place=lead.place or "Rådhuset, mødelokale 2",
        chair=convener,
        minute_taker=convener,
        capacity=120 if slot.kind == MeetingKind.EVENT else None,
        programme=texts.PROGRAMME if slot.kind == MeetingKind.EVENT else "",
        signup_until=slot.on - timedelta(days=10) if slot.kind == MeetingKind.EVENT else None,
    )
    meeting.forums.set(slot.forums)
    year.meetings += 1
    invited = start - timedelta(days=lead.notice_days + 2)
    people = {person.pk: person for forum in slot.forums for person in year.members.get(forum.pk, [])}
    held = start < year.now
    if held or invited < year.now:
        Meeting.objects.filter(pk=meeting.pk).update(invited_at=invited)
    build(by=SYSTEM, meeting=meeting)
    _participants(year, meeting, list(people.values()), invited, held=held)
    if held:
        _hold(year, meeting, list(people.values()))


def _participants(
    year: Year, meeting: Meeting, people: list[Person], invited: datetime, *, held: bool
) -> None:
    rows = []
    sent = invited < year.now
    for person in people:
        coming = year.chance.random() < 0.82 or person == meeting.chair
        # The convener's nearest meetings keep a few open answers, so that there is something to see.
        silent = not held and person != meeting.chair and year.chance.random() < 0.35
        answer = Answer.NONE if silent or not sent else (Answer.YES if coming else Answer.NO)
        rows.append(
            Participation(
                meeting=meeting,
                person=person,
                answer=answer,
                answered_at=invited + timedelta(days=2) if answer != Answer.NONE else None,
                invited_at=invited if sent else None,
                invited_sequence=0 if sent else None,
                attended=coming if held else None,
            )
        )
    Participation.objects.bulk_create(rows)


def _hold(year: Year, meeting: Meeting, people: list[Person]) -> None:
    """Let a past meeting take place: open agreements first, then minutes and what was agreed."""
    start, finish = meeting.starts_at, meeting.ends_at
    if meeting.kind != MeetingKind.EVENT:
        open_now = Agreement.objects.filter(forum__in=meeting.forums.all(), status=AgreementStatus.OPEN)
        carried = [CarriedAgreement(meeting=meeting, agreement=each, created_at=start) for each in open_now]
        CarriedAgreement.objects.bulk_create(carried)
        for row in carried:
            _follow_up(year, row, start)
    items = list(meeting.items.all())
    for number, item in enumerate(items):
        item.text = year.next(texts.MINUTES.get(item.kind, texts.MINUTES["discussion"]))
        item.text_version, item.text_saved_at, item.text_saved_by = 1, start, str(meeting.chair)
        item.opened_at, item.done_at = start, finish
        item.seconds_used = item.minutes * 60 - 30 * (number % 3)
    AgendaItem.objects.bulk_update(
        items,
        ["text", "text_version", "text_saved_at", "text_saved_by", "opened_at", "done_at", "seconds_used"],
    )
    _outcomes(year, meeting, items, people)
    meeting.status, meeting.started_at, meeting.held_at = MeetingStatus.HELD, start, finish
    meeting.save(update_fields=["status", "started_at", "held_at"])
    _minutes(year, meeting)


def _follow_up(year: Year, row: CarriedAgreement, at: datetime) -> None:
    agreement = row.agreement
    due = agreement.due_on is None or agreement.due_on <= timezone.localdate(at)
    fate = year.chance.random()
    by_name = str(agreement.responsible)
    if due and fate < 0.5:
        _close(agreement, AgreementStatus.DONE, "", at)
        row.choice = CarriedAgreement.Choice.DONE
    elif due and fate < 0.58:
        _close(agreement, AgreementStatus.STOPPED, year.next(texts.STOP_REASONS), at)
        row.choice = CarriedAgreement.Choice.STOP
    elif fate < 0.75:
        AgreementNote.objects.create(
            agreement=agreement,
            kind=AgreementNote.Kind.STATUS,
            text=year.next(texts.STATUS_NOTES),
            at=at + timedelta(minutes=5),
            by=SYSTEM.audit_key,
            by_name=by_name,
        )
        agreement.moved_at = at + timedelta(minutes=5)
        agreement.save(update_fields=["moved_at"])
        row.choice = CarriedAgreement.Choice.CONTINUE
    else:
        return
    row.save(update_fields=["choice"])


def _close(agreement: Agreement, status: str, reason: str, at: datetime) -> None:
    agreement.status, agreement.reason, agreement.closed_at = status, reason, at
    agreement.closed_by, agreement.moved_at = SYSTEM.audit_key, at
    agreement.save()
    AgreementNote.objects.create(
        agreement=agreement, kind=AgreementNote.Kind.CLOSED, text=reason, at=at, by=SYSTEM.audit_key
    )


def _outcomes(year: Year, meeting: Meeting, items: list[AgendaItem], people: list[Person]) -> None:
    talks = [item for item in items if item.source != AgendaItem.Source.OPEN_AGREEMENTS]
    if not talks:
        return
    Outcome.objects.create(
        item=talks[0],
        kind=Outcome.Kind.DECISION,
        text=year.next(texts.DECISIONS),
        created_by=SYSTEM.audit_key,
    )
    for number in range(year.chance.choice((1, 1, 2))):
        made = meeting.ends_at - timedelta(minutes=10)
        agreement = Agreement.objects.create(
            forum=meeting.lead_forum,
            what=year.next(texts.AGREEMENTS),
            responsible=_somebody(year, meeting, people),
            due_on=timezone.localdate(made) + timedelta(days=year.chance.choice((14, 21, 28, 42))),
            created_at=made,
            moved_at=made,
            created_by=SYSTEM.audit_key,
        )
        AgreementOrigin.objects.create(agreement=agreement, item=talks[number % len(talks)])
        if year.chance.random() < 0.3:
            agreement.helpers.add(
                year.chance.choice([p for p in people if p != agreement.responsible] or people)
            )
        year.agreements += 1


def _somebody(year: Year, meeting: Meeting, people: list[Person]) -> Person:
    """Pick who does it: those with a login of the demo a little more often, so that each persona has something."""
    known = [person for person in people if person.name in PERSONA_NAMES]
    fate = year.chance.random()
    if fate < 0.3 and meeting.chair is not None:
        return meeting.chair
    if known and fate < 0.75:
        return year.chance.choice(known)
    return year.chance.choice(people)


def _minutes(year: Year, meeting: Meeting) -> None:
    """Approve all but the newest minutes; those wait for the convener."""
    fresh = meeting.held_at is not None and year.now - meeting.held_at < timedelta(days=14)
    minutes = Minutes.objects.create(meeting=meeting)
    if fresh:
        return
    approver = meeting.chair.user if meeting.chair is not None else None
    if approver is None:
        approver = year.people["Anna"].user
    minutes.status = MinutesStatus.APPROVED
    minutes.approved_at = meeting.ends_at + timedelta(days=5)
    minutes.approved_by = approver
    minutes.sent_for_comment_at = meeting.ends_at + timedelta(hours=2)
    minutes.frozen = dict(minute_record.build(meeting))
    minutes.save()
