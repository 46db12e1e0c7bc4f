"""What the family gets by a signed link: time, place, who comes by role, a place for their questions, and afterwards how
the meeting was for them. Nothing else: no name, nothing of the case (issue C, section 6).

Tovholder sends nothing to the family. The link is handed over by a person, and stops when somebody in the family is
suspected of violence, when it is closed, and a month after the meeting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.access.personal_data import refuse_cpr
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.meetings import policy
from tovholder.meetings.models import (
    CaseItem,
    FamilyMember,
    FamilyVoice,
    Meeting,
    MeetingStatus,
    NetworkMeeting,
)
from tovholder.meetings.services.cases_known import circle_of
from tovholder.meetings.services.links import BadLinkError, public_url

SALT = "tovholder.meetings.family"
LASTS = timedelta(days=30)
LONGEST = 4000
MOST_VOICES = 10  # of one kind, from one link
Kind = FamilyVoice.Kind


@dataclass(frozen=True)
class FamilyActor:
    """Somebody of the family, in the log: by number, never by name."""

    member_id: int

    @property
    def audit_key(self) -> str:
        return f"family:{self.member_id}"


@dataclass(frozen=True, slots=True)
class Comes:
    """Who comes, by role: what kind of place they are from, and how many."""

    role: str
    count: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """All that a family link shows."""

    member: FamilyMember
    meeting: Meeting
    comes: list[Comes]
    is_child: bool
    asks: str  # what may be written now: FamilyVoice.Kind, or nothing

    @property
    def is_over(self) -> bool:
        return self.asks == Kind.EXPERIENCE


def token_of(member: FamilyMember) -> str:
    return signing.dumps([member.pk, member.link_version], salt=SALT)


def may_have_link(member: FamilyMember, network: NetworkMeeting) -> Decision:
    """May be reached by a link: the family may be met, was told of the meeting, and it is called."""
    family = policy.may_meet_family(network.concern)
    if not family:
        return family
    if network.meeting.invited_at is None:
        return no("not_called", _("Indkald først til mødet."))
    if member.told_on is None:
        return no("family_not_told", _("Familien skal først have at vide, hvem der kommer og hvorfor."))
    return yes("family")


@transaction.atomic
def link_for(*, by: User, network: NetworkMeeting, member: FamilyMember, language: str = "") -> str:
    """Return the address to hand to somebody of the family, and log that it was taken out. Raises Refused."""
    policy.may_convene(by, network.meeting).require()
    row = network.meeting.family.get(pk=member.pk)
    may_have_link(row, network).require()
    record(by=by, action="family.link_made", obj=network.meeting, details={"member": row.pk})
    address = public_url(reverse("family:invitation", args=[token_of(row)]))
    return f"{address}?sprog={language}" if language else address


@transaction.atomic
def close_links(*, by: User, network: NetworkMeeting) -> None:
    """Make every link to the family invalid; new ones can be made. Raises Refused."""
    policy.may_convene(by, network.meeting).require()
    network.meeting.family.update(link_version=F("link_version") + 1)
    record(by=by, action="family.links_closed", obj=network.meeting)


def behind(token: str) -> Invitation:
    """Return what a link shows. Raises BadLinkError: for whatever reason it does not hold, the sentence is the same."""
    try:
        pk, version = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadLinkError(_("Linket virker ikke."), gone=False) from None
    member = (
        FamilyMember.objects.filter(pk=pk)
        .select_related("meeting__lead_forum", "meeting__network__concern", "child", "adult")
        .first()
    )
    if member is None or member.link_version != version:
        raise BadLinkError(_("Linket virker ikke længere."), gone=True)
    meeting = member.meeting
    network = getattr(meeting, "network", None)
    if (
        network is None
        or not may_have_link(member, network)
        or meeting.status == MeetingStatus.CANCELLED
        or meeting.ends_at + LASTS < timezone.now()
    ):
        raise BadLinkError(_("Linket virker ikke længere."), gone=True)
    return Invitation(
        member=member,
        meeting=meeting,
        comes=who_comes(meeting),
        is_child=member.part == FamilyMember.Part.YOUNG_PERSON,
        asks=_asks(meeting),
    )


def _asks(meeting: Meeting) -> str:
    if meeting.status == MeetingStatus.PLANNED and meeting.ends_at > timezone.now():
        return Kind.QUESTION
    return Kind.EXPERIENCE if meeting.status == MeetingStatus.HELD else ""


def who_comes(meeting: Meeting) -> list[Comes]:
    """Return who comes by the kind of place they are from, no name and no single school or office."""
    counts: dict[str, int] = {}
    circle = circle_of(meeting)
    if circle is not None:
        seats = [each for each in circle.seats if each.removed_at is None and each.answer != "no"]
    else:
        rows = meeting.participations.filter(removed_at__isnull=True).exclude(answer="no")
        seats = list(rows.select_related("person__organisation__kind").order_by("pk"))
    for row in seats:
        place = row.person.organisation
        role = place.kind.name if place is not None else _("En fagperson")
        counts[role] = counts.get(role, 0) + 1
    return [Comes(role, count) for role, count in counts.items()]


@transaction.atomic
def write(*, token: str, text: str) -> FamilyVoice:
    """Write what somebody of the family says: a question before, how it was afterwards. Sealed under the child's key.

    Raises BadLinkError, Refused when there is nothing to write now or too much is written, ValidationError for a CPR number.
    """
    found = behind(token)
    if not found.asks:
        no("not_now", _("Man kan ikke skrive her lige nu.")).require()
    text = text.replace("\x00", "").strip()[:LONGEST]
    refuse_cpr(text)
    if not text:
        no("text_missing", _("Skriv noget først.")).require()
    # Locked, so that a flood of the same link is counted one by one.
    member = FamilyMember.objects.select_for_update().get(pk=found.member.pk)
    member.child = found.member.child
    if member.voices.filter(kind=found.asks).count() >= MOST_VOICES:
        no("too_many", _("Der er skrevet nok her. Tal med den, der har inviteret jer.")).require()
    voice = FamilyVoice(family_member=member, kind=found.asks, at=timezone.now())
    Safe.of([voice]).write(voice, text=text)
    voice.save()
    record(
        by=FamilyActor(member.pk),
        action="family.voice_written",
        obj=found.meeting,
        details={"kind": found.asks},
    )
    return voice


@dataclass(frozen=True, slots=True)
class Voice:
    """What the family has said, in clear, for who may read the case."""

    member: FamilyMember
    kind: str
    text: Opened
    at: datetime


def voices(case: CaseItem) -> list[Voice]:
    """Return what the family has written for this meeting. The caller has asked `may_read_case` and logs the reading."""
    rows = list(
        FamilyVoice.objects.filter(family_member__meeting=case.meeting_id).select_related(
            "family_member__child", "family_member__adult"
        )
    )
    safe = Safe.of(rows)
    return [Voice(each.family_member, each.kind, safe.read(each, "text"), each.at) for each in rows]
