"""A network meeting is called, step by step (document 001). Each step is saved by itself; nobody is called before the last.

Until then it is known to those who work on the concern only (`policy.may_read`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern, ConcernStatus, Entry
from tovholder.concerns.policy import may_become as concern_may_become
from tovholder.concerns.queries import readers_of_all
from tovholder.concerns.services.course import set_status, write_entry
from tovholder.directory.models import Person
from tovholder.forums.models import FormTemplate, Forum
from tovholder.forums.standing import person_of
from tovholder.meetings import policy
from tovholder.meetings.models import (
    Answer,
    CaseItem,
    Meeting,
    MeetingKind,
    MeetingStatus,
    NetworkMeeting,
    Participation,
)
from tovholder.meetings.services import invitations, planning
from tovholder.meetings.services.cases import Ground, plan_case, record_ground

NETWORK, DEVELOPMENT = "netvaerksmoede", "udviklingsmoede"  # keys of the forum types of document 001
NOON_AFTER = time(14, 0)


def forum_for(*, without_authority: bool = False) -> Forum:
    """Return the forum that network (or development) meetings follow. Refused where the municipality has none."""
    key = DEVELOPMENT if without_authority else NETWORK
    forums = Forum.objects.filter(
        forum_type__key=key, retired_at__isnull=True, closed_on__isnull=True, highest_level="named"
    )
    found = forums.select_related("forum_type").order_by("position", "pk").first()
    if found is None:
        no(
            "no_network_forum",
            _("Kommunen har ikke et forum til udviklingsmøder i sin opsætning.")
            if without_authority
            else _("Kommunen har ikke et forum til netværksmøder i sin opsætning."),
        ).require()
        raise AssertionError
    return found


def form_of(forum: Forum, *, follow_up: bool) -> FormTemplate | None:
    """Return the form that the meeting follows: the type's first, or its last for a follow-up."""
    forms = list(forum.forum_type.forms.filter(retired_at__isnull=True).order_by("position", "pk"))
    return (forms[-1] if follow_up else forms[0]) if forms else None


def title_of(concern: Concern, *, without_authority: bool) -> str:
    """Write "Netværksmøde, Sag 26-041": the code says nothing about the child."""
    kind = _("Udviklingsmøde") if without_authority else _("Netværksmøde")
    return f"{kind}, {concern}"


@transaction.atomic
def begin(*, by: User, concern: Concern, follows: NetworkMeeting | None = None) -> NetworkMeeting:
    """Begin to call a meeting about a concern, or go on with the one begun; `follows` is what it follows up. Raises Refused."""
    policy.may_call_network(by, concern).require()
    me = person_of(by)
    assert me is not None  # noqa: S101 - the policy has asked
    Concern.objects.select_for_update().get(pk=concern.pk)
    if follows is None and (begun := _begun(me, concern)) is not None:
        return begun
    if follows is not None and NetworkMeeting.objects.filter(follows=follows).exists():
        no("followed_already", _("Der er allerede et opfølgende møde.")).require()
    without = follows.without_authority if follows is not None else False
    forum = forum_for(without_authority=without)
    starts = _somewhere(forum)
    meeting = Meeting.every.create(
        kind=MeetingKind.NETWORK,
        lead_forum=forum,
        title=title_of(concern, without_authority=without),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=forum.meeting_minutes),
        chair=me,
        minute_taker=me,
    )
    meeting.forums.set([forum])
    network = NetworkMeeting.objects.create(
        meeting=meeting,
        concern=concern,
        form=form_of(forum, follow_up=follows is not None),
        follows=follows,
        initiator=me,
        known_case=follows.known_case if follows is not None else False,
        without_authority=without,
    )
    seat_initiator(meeting, me)
    plan_case(by=by, meeting=meeting, concern=concern, minutes=forum.meeting_minutes)
    record(by=by, action="network.begun", obj=meeting, details={"concern": concern.pk})
    return network


def _begun(me: Person, concern: Concern) -> NetworkMeeting | None:
    """The calling that the same person has begun and not sent: a button pressed twice begins one meeting."""
    return NetworkMeeting.objects.filter(
        concern=concern,
        initiator=me,
        follows=None,
        meeting__status=MeetingStatus.PLANNED,
        meeting__invited_at__isnull=True,
    ).first()


def _somewhere(forum: Forum) -> datetime:
    """A weekday after the forum's notice, for the row to stand on until a time is chosen."""
    day = timezone.localdate() + timedelta(days=forum.notice_days + 1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, forum.start_time or NOON_AFTER))


def case_of(network: NetworkMeeting) -> CaseItem:
    """Return the case that the meeting is about; asks nothing where a page has read it (`keep_case`)."""
    known: CaseItem | None = network.__dict__.get("case_item")
    if known is not None:
        return known
    case = (
        CaseItem.objects.filter(meeting=network.meeting_id, concern=network.concern_id)
        .exclude(status=CaseItem.Status.WITHDRAWN)
        .select_related("concern", "meeting__lead_forum", "meeting__chair__organisation__kind")
        .get()
    )
    return case


def keep_case(network: NetworkMeeting, case: CaseItem) -> None:
    """Let `case_of` answer with it: for a page that shows it and changes nothing."""
    network.__dict__["case_item"] = case


def prepared(by: User, network: NetworkMeeting) -> NetworkMeeting:
    """Return the network meeting locked, for who may take the steps of its calling. Raises Refused."""
    meeting = Meeting.every.select_for_update().get(pk=network.meeting_id)
    fresh = NetworkMeeting.objects.select_related("concern", "initiator").get(pk=network.pk)
    fresh.meeting = meeting
    policy.may_prepare_network(by, meeting).require()
    return fresh


@transaction.atomic
def write_case_kind(
    *, by: User, network: NetworkMeeting, known_case: bool, adviser_talked_on: date | None
) -> None:
    """Write whether the authority knows the case; if so its adviser is talked with first. Raises ValidationError."""
    fresh = prepared(by, network)
    if known_case and adviser_talked_on is None:
        raise ValidationError(
            {"adviser_talked_on": [_("Tal med familiens rådgiver, før du indkalder, og skriv datoen.")]}
        )
    _not_ahead("adviser_talked_on", adviser_talked_on)
    fresh.known_case = known_case
    fresh.adviser_talked_on = adviser_talked_on if known_case else None
    fresh.save(update_fields=["known_case", "adviser_talked_on"])
    _saved(by, fresh, "case_kind")


@transaction.atomic
def write_duties(
    *,
    by: User,
    network: NetworkMeeting,
    initiator_leads: bool,
    leader_talked_on: date | None,
    chair: Person,
    minute_taker: Person,
) -> None:
    """Write who chairs and who takes minutes, and that the pedagogical leader agrees. Raises ValidationError."""
    fresh = prepared(by, network)
    if not initiator_leads and leader_talked_on is None:
        raise ValidationError(
            {"leader_talked_on": [_("Planlæg mødet sammen med den pædagogiske leder, og skriv datoen.")]}
        )
    _not_ahead("leader_talked_on", leader_talked_on)
    for field, person in (("chair", chair), ("minute_taker", minute_taker)):
        if not fresh.meeting.participations.filter(person=person, removed_at__isnull=True).exists():
            raise ValidationError({field: [_("Vælg en, der er med til mødet.")]})
    fresh.initiator_leads = initiator_leads
    fresh.leader_talked_on = None if initiator_leads else leader_talked_on
    fresh.save(update_fields=["initiator_leads", "leader_talked_on"])
    Meeting.every.filter(pk=fresh.meeting_id).update(chair=chair, minute_taker=minute_taker)
    _saved(by, fresh, "duties")


def seat_initiator(meeting: Meeting, person: Person) -> Participation:
    """Let who calls a network meeting be one of those who come; they are not asked whether they do."""
    row, _made = Participation.objects.get_or_create(
        meeting=meeting, person=person, defaults={"part": Participation.Part.GUEST}
    )
    row.removed_at, row.answer, row.answered_at = None, Answer.YES, timezone.now()
    row.save(update_fields=["removed_at", "answer", "answered_at"])
    return row


def possible_initiators(concern: Concern) -> list[Person]:
    """Return who can take the calling over: those who work on the concern and have a login."""
    found = [each.person_id for each in readers_of_all(concern) if each.person_id is not None]
    able = Person.objects.filter(pk__in=found, user__isnull=False)
    return list(able.select_related("user").order_by("name", "pk"))


@transaction.atomic
def hand_over_calling(*, by: User, network: NetworkMeeting, to: Person) -> None:
    """Give the initiator's duties to another who works on the concern. Raises Refused, ValidationError."""
    meeting = Meeting.every.select_for_update().get(pk=network.meeting_id)
    policy.may_take_over_network(by, meeting).require()
    fresh = NetworkMeeting.objects.select_related("concern").get(pk=network.pk)
    if to not in possible_initiators(fresh.concern):
        raise ValidationError({"to": [_("Vælg en, der arbejder med sagen.")]})
    fresh.initiator, fresh.initiator_leads = to, False
    fresh.save(update_fields=["initiator", "initiator_leads"])
    seat(meeting, to)
    record(by=by, action="network.handed_over", obj=meeting, details={"to": to.pk})


def seat(meeting: Meeting, heir: Person) -> None:
    """Let who takes duties over be one of those who come; the family is to be told of who was not among them (rule 13)."""
    if meeting.status != MeetingStatus.PLANNED:
        return
    was_there = meeting.participations.filter(person=heir, removed_at=None).exists()
    row = seat_initiator(meeting, heir)
    if was_there:
        return
    CaseItem.objects.filter(meeting=meeting, concern=meeting.network.concern_id).update(family_told_on=None)
    invitations.invite_one(meeting=meeting, participation=row)


@transaction.atomic
def write_ground(*, by: User, network: NetworkMeeting, ground: Ground) -> None:
    """Write on what ground, for what and why the child is to be spoken of by name. Raises Refused, ValidationError."""
    fresh = prepared(by, network)
    faults = {
        name: [_("Skal udfyldes.")] for name in ("purpose", "necessity") if not getattr(ground, name).strip()
    }
    if faults:
        raise ValidationError(faults)
    case = case_of(fresh)
    record_ground(by=by, case_item=case, ground=as_it_would_stand(case, ground))
    _saved(by, fresh, "ground")


def as_it_would_stand(case: CaseItem, ground: Ground) -> Ground:
    """Return the ground with what another step has written: when the family was told."""
    return replace(ground, special_reason="", family_told_on=case.family_told_on)


@transaction.atomic
def write_time(
    *, by: User, network: NetworkMeeting, starts_at: datetime, ends_at: datetime, place: str, online_url: str
) -> None:
    """Choose time and place; who is called already is told of the change. Raises Refused, ValidationError."""
    fresh = prepared(by, network)
    faults: dict[str, list[str]] = {}
    if starts_at <= timezone.now():
        faults["starts_at"] = [_("Vælg et tidspunkt, der ikke er gået.")]
    if ends_at <= starts_at:
        faults["ends_at"] = [_("Mødet skal slutte, efter at det er begyndt.")]
    if not place.strip() and not online_url:
        faults["place"] = [_("Skriv, hvor mødet er, eller giv et link.")]
    if faults:
        raise ValidationError(faults)
    planning.edit_meeting(
        by=by,
        meeting=fresh.meeting,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place.strip(),
        online_url=online_url,
    )
    NetworkMeeting.objects.filter(pk=fresh.pk).update(time_chosen=True)
    _saved(by, fresh, "time")


@transaction.atomic
def write_phone_notes(*, by: User, network: NetworkMeeting, text: str) -> None:
    """Note what was cleared by telephone about who is needed. Sealed under the concern's key."""
    fresh = prepared(by, network)
    if changed := Safe.of([fresh]).write(fresh, phone_notes=text.strip()):
        fresh.save(update_fields=changed)
        _saved(by, fresh, "phone_notes")


@transaction.atomic
def set_without_authority(*, by: User, network: NetworkMeeting, without: bool) -> None:
    """Make it a development meeting (udviklingsmøde), or a network meeting again. Raises Refused."""
    fresh = prepared(by, network)
    become(by, fresh, without=without)


def become(by: User, network: NetworkMeeting, *, without: bool) -> None:
    """Let the meeting follow the other forum, in the caller's transaction. The caller has asked."""
    if network.without_authority == without:
        return
    forum = forum_for(without_authority=without)
    network.without_authority = without
    network.save(update_fields=["without_authority"])
    meeting = network.meeting
    meeting.lead_forum, meeting.title = forum, title_of(network.concern, without_authority=without)
    meeting.save(update_fields=["lead_forum", "title"])
    meeting.forums.set([forum])
    record(by=by, action="network.kind_changed", obj=meeting, details={"without_authority": without})


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that stands in the way of the calling: in which step it is mended, and how."""

    step: str
    text: str


@transaction.atomic
def call(*, by: User, network: NetworkMeeting, lacks: Sequence[Lack]) -> int:
    """Call the professionals, or those added since; return how many mails went. Raises ValidationError with what lacks.

    `lacks` is what `network_people.lacks` finds of the meeting; the family is told by people, never by Tovholder.
    """
    fresh = prepared(by, network)
    policy.may_call_network(by, fresh.concern).require()
    if lacks:
        raise ValidationError([each.text for each in lacks])
    first = fresh.meeting.invited_at is None
    sent = invitations.send(by=by, meeting=fresh.meeting)
    if first:
        write_entry(by=by, concern=fresh.concern, kind=Entry.Kind.MEETING, text=_("Netværksmøde indkaldt."))
        if concern_may_become(fresh.concern, ConcernStatus.NETWORK_MEETING):
            set_status(by=by, concern=fresh.concern, status=ConcernStatus.NETWORK_MEETING)
    record(by=by, action="network.called", obj=fresh.meeting, details={"mails": sent})
    return sent


@transaction.atomic
def give_up(*, by: User, network: NetworkMeeting) -> None:
    """Drop a meeting that nobody is called to, or call off one that they are. Raises Refused."""
    meeting = Meeting.every.select_for_update().get(pk=network.meeting_id)
    policy.may_convene(by, meeting).require()
    if meeting.invited_at is None and meeting.status == MeetingStatus.PLANNED:
        planning.discard(by=by, meeting=meeting)
    else:
        planning.cancel(by=by, meeting=meeting, reason=_("Mødet er aflyst af den, der har indkaldt."))


def _not_ahead(field: str, day: date | None) -> None:
    if day is not None and day > timezone.localdate():
        raise ValidationError({field: [_("Datoen ligger i fremtiden.")]})


def _saved(by: User, network: NetworkMeeting, step: str) -> None:
    record(by=by, action="network.step_saved", obj=network.meeting, details={"step": step})
