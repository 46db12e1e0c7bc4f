"""The network meeting itself: who is in the room, the name opened to them, the form's texts, the end.

The child is spoken of only while everybody in the room is covered; who comes later is asked of the rules at the door.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, Refused, no
from tovholder.access.personal_data import refuse_cpr
from tovholder.accounts.models import User
from tovholder.audit.services import record, record_reading
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.meetings import policy
from tovholder.meetings.models import (
    CaseItem,
    CaseText,
    Meeting,
    MeetingStatus,
    MinutesStatus,
    NetworkMeeting,
)
from tovholder.meetings.services.cases import Room, assess_room, tell
from tovholder.meetings.services.cases_known import known_of
from tovholder.meetings.services.cases_room import is_closed, mends, still_shown
from tovholder.meetings.services.guarding import lock_meeting, lock_minutes, open_for_writing
from tovholder.meetings.services.network import become, case_of
from tovholder.meetings.services.network_people import is_authority
from tovholder.meetings.services.releasing import set_child_agrees
from tovholder.ui.naming import listed

LONGEST = 20_000
# The two fields that a rule asks for by name, whatever the municipality's own form holds (rules 34 and 40).
FAMILY_FIELD, CHILD_FIELD = "familiens-oplevelse", "barnets-stemme"
PREFIX = "skema-"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form with what stands in it."""

    key: str
    label: str
    kind: str
    help: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    text: str = ""
    fault: str = ""
    version: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""

    @property
    def is_text(self) -> bool:
        return self.kind != "agreements"

    @property
    def is_childs(self) -> bool:
        """The child's own words, beside which stands whether parents may see them."""
        return self.key == CHILD_FIELD


class FieldConflictError(Exception):
    """Somebody else has saved a field since. Carries both texts."""

    def __init__(self, *, key: str, mine: str, theirs: CaseText, text: str) -> None:
        super().__init__("field_conflict")
        self.key, self.mine, self.theirs, self.text = key, mine, theirs, text


class RoomRefused(Refused):
    """The child may not be spoken of before those in the room: who is not covered, and what would mend it.

    Told to who writes at the meeting and reads the case; nobody else learns it.
    """

    def __init__(self, case: CaseItem, room: Room) -> None:
        super().__init__(room.answer.decision)
        self.room, self.mends = room, mends(case, room)

    @property
    def told(self) -> str:
        """All of it in one line, as a page says it in passing."""
        names = listed([each.name for each in self.room.uncovered])
        outside = [_("Ikke dækket: %(names)s.") % {"names": names}] if names else []
        return " ".join([self.decision.reason, *outside, *self.mends])


def form_fields(network: NetworkMeeting) -> list[dict[str, Any]]:
    """Return the fields of the meeting's form, with the two that the rules ask for where the form lacks them."""
    fields = [dict(each) for each in (network.form.fields if network.form is not None else [])]
    known = {each["key"] for each in fields}
    for key, label in (
        (CHILD_FIELD, _("Barnets eget syn på sagen, eller hvorfor barnet ikke er hørt")),
        (FAMILY_FIELD, _("Familiens oplevelse af mødet")),
    ):
        if key not in known:
            fields.append({"key": key, "label": label, "kind": "long_text", "required": True})
    if not any(each["kind"] == "agreements" for each in fields):
        fields.append({"key": "indsatser", "label": _("Indsatser"), "kind": "agreements"})
    return fields


def read_fields(case: CaseItem, network: NetworkMeeting) -> list[Field]:
    """Return the form with its texts in clear, for who may read the case; the caller logs the reading."""
    rows = {each.key: each for each in case.texts.all()}
    for text in rows.values():
        text.case_item = case
    safe = Safe.of([case])
    found = []
    for each in form_fields(network):
        row = rows.get(PREFIX + each["key"])
        opened = safe.read(row, "text") if row is not None else Opened()
        found.append(
            Field(
                key=each["key"],
                label=each["label"],
                kind=each["kind"],
                help=each.get("help", ""),
                choices=tuple(each.get("choices", ())),
                required=bool(each.get("required")),
                text=opened.text,
                fault=str(opened) if opened.fault else "",
                version=row.version if row is not None else 0,
                saved_at=row.saved_at if row is not None else None,
                saved_by=row.saved_by if row is not None else "",
            )
        )
    return found


@transaction.atomic
def start(
    *,
    by: User,
    network: NetworkMeeting,
    people: Collection[int],
    family: Collection[int],
    as_development: bool = False,
) -> Room:
    """Begin with these participations and members of the family present, and open the name to them.

    Raises Refused with the first "no" of the sharing rules, or where the authority's caseworker is missing and nobody
    has chosen to hold a development meeting instead.
    """
    meeting = lock_meeting(network.meeting)
    policy.may_write_minutes(by, meeting).require()
    if meeting.status == MeetingStatus.RUNNING:
        return assess_room(case_of(network))
    _refuse_approved(lock_minutes(meeting).status)
    if meeting.invited_at is None:
        no("not_called", _("Indkald først til mødet.")).require()
    policy.may_become(meeting, MeetingStatus.RUNNING).require()
    meeting.status, meeting.started_at = MeetingStatus.RUNNING, meeting.started_at or timezone.now()
    meeting.held_at = None
    meeting.save(update_fields=["status", "started_at", "held_at"])
    _tick(meeting, people, family)
    network = NetworkMeeting.objects.select_related("concern", "form").get(pk=network.pk)
    network.meeting = meeting
    here = [row.person for row in _present(meeting)]
    if not network.without_authority and not any(map(is_authority, here)):
        if not as_development:
            no(
                "authority_missing",
                _("Myndighedens rådgiver er her ikke. Vent, eller hold mødet som udviklingsmøde."),
            ).require()
        become(by, network, without=True)
    room = _open(by, case_of(network))
    record(by=by, action="network.started", obj=meeting, details={"people": len(here)})
    return room


def _tick(meeting: Meeting, people: Collection[int], family: Collection[int]) -> None:
    for row in meeting.participations.filter(removed_at__isnull=True):
        row.attended = row.pk in people
        row.save(update_fields=["attended"])
    for member in meeting.family.all():
        member.attended = member.pk in family
        member.save(update_fields=["attended"])


def _present(meeting: Meeting) -> list[Any]:
    return list(meeting.participations.filter(attended=True).select_related("person__organisation__kind"))


def _open(by: User, case: CaseItem) -> Room:
    """Ask the rules of the room as it is, open the case, and write down whom the name is told to."""
    policy.may_meet_family(case.concern).require()
    room = assess_room(case)
    if not room.allowed:
        raise RoomRefused(case, room)
    now = timezone.now()
    if case.opened_at is None:
        case.opened_at, case.opened_by = now, by.audit_key
    case.status = CaseItem.Status.OPENED
    case.save(update_fields=["opened_at", "opened_by", "status"])
    told = tell(case, room)
    record(by=by, action="case_item.opened", obj=case, ground=case.basis, details={"told": told})
    return room


@transaction.atomic
def set_present(
    *, by: User, network: NetworkMeeting, people: Collection[int], family: Collection[int]
) -> Room:
    """Write anew who is in the room. Who came is asked of the rules first; who left may always leave.

    Raises Refused when somebody new is there before whom the child may not be spoken of: nothing is written.
    """
    meeting, _minutes = open_for_writing(by=by, meeting=network.meeting)
    if meeting.status != MeetingStatus.RUNNING:
        no("meeting_not_running", _("Mødet er ikke i gang.")).require()
    before = _who(meeting)
    _tick(meeting, people, family)
    after = _who(meeting)
    case = case_of(network)
    room = assess_room(case)
    if after - before:
        room = _open(by, case)
    if after != before:
        record(by=by, action="network.attendance_taken", obj=meeting, details={"present": len(after)})
    return room


def _who(meeting: Meeting) -> set[tuple[str, int]]:
    found = {
        ("person", pk)
        for pk in meeting.participations.filter(attended=True).values_list("person_id", flat=True)
    }
    return found | {
        ("family", pk) for pk in meeting.family.filter(attended=True).values_list("pk", flat=True)
    }


@transaction.atomic
def save_field(*, by: User, network: NetworkMeeting, key: str, text: str, base_version: int) -> CaseText:
    """Save one field of the form, if nobody has since `base_version`. Sealed under the concern's key.

    Changed words of the child's are other words than those it said yes to: the yes is gone until it is given anew.

    Raises FieldConflictError with both texts, ValidationError for one that is too long or holds a CPR number, Refused
    once the minutes are approved. Sending the same text again is no conflict.
    """
    field = next((each for each in form_fields(network) if each["key"] == key), None)
    if field is None or field["kind"] == "agreements":
        raise ValidationError(_("Feltet findes ikke i skemaet."))
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    _check(field, text)
    meeting, _minutes = open_for_writing(by=by, meeting=network.meeting)
    case = open_case(by, network)
    row, _made = CaseText.objects.get_or_create(case_item=case, key=PREFIX + key)
    row = CaseText.objects.select_for_update().get(pk=row.pk)
    row.case_item = case
    safe = Safe.of([case])
    stored = safe.read(row, "text")
    if stored == Opened(text):
        return row
    if row.version != base_version:
        raise FieldConflictError(key=key, mine=text, theirs=row, text=str(stored))
    safe.write(row, text=text)
    row.version += 1
    row.saved_at, row.saved_by = timezone.now(), by.name[:120]
    row.save()
    record(by=by, action="network.text_saved", obj=meeting, details={"field": row.pk, "version": row.version})
    if key == CHILD_FIELD and case.child_agrees:
        set_child_agrees(by=by, case_item=case, agrees=False)
    return row


@transaction.atomic
def save_child_agrees(*, by: User, network: NetworkMeeting, agrees: bool) -> None:
    """Write whether the child agrees that parents see its own words, until the minutes are approved. Raises Refused."""
    open_for_writing(by=by, meeting=network.meeting)
    set_child_agrees(by=by, case_item=open_case(by, network), agrees=agrees)


def child_agrees(network: NetworkMeeting) -> bool:
    """Tell whether the child's yes is written now."""
    return case_of(network).child_agrees


def closing_room(case: CaseItem) -> Room | None:
    """Return the room where the running meeting may not speak of the child now, else None."""
    if case.meeting.status != MeetingStatus.RUNNING:
        return None
    room = assess_room(case, known=known_of([case]))
    return room if is_closed(case, room) else None


def open_case(by: User, network: NetworkMeeting) -> CaseItem:
    """Return the case for who still reads it, and while the name is not closed. Raises Refused.

    The rules are asked anew: a consent may have been withdrawn since the name was opened.
    """
    case = case_of(network)
    policy.may_read_case(by, case).require()
    if not still_shown(by, case):
        no("case_unknown", _("Sagen findes ikke.")).require()
    require_open(closing_room(case))
    return case


def require_open(closing: Room | None) -> None:
    """Raise Refused where there is a room before which the name stays closed."""
    if closing is not None:
        no("case_closed", _("Sagen er lukket lige nu, så den kan hverken læses eller skrives i.")).require()


def _check(field: dict[str, Any], text: str) -> None:
    if len(text) > LONGEST:
        raise ValidationError(_("Teksten er for lang."))
    refuse_cpr(text)
    if text and field["kind"] == "choice" and text not in field.get("choices", ()):
        raise ValidationError(_("Vælg en af mulighederne."))
    if text and field["kind"] == "date":
        try:
            datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - a day without a clock
        except ValueError:
            raise ValidationError(_("Vælg en dato.")) from None


@transaction.atomic
def finish(*, by: User, network: NetworkMeeting) -> None:
    """End the meeting. The form can be mended until it is approved. Raises Refused."""
    meeting, _minutes = open_for_writing(by=by, meeting=network.meeting)
    policy.may_become(meeting, MeetingStatus.HELD).require()
    meeting.status, meeting.held_at = MeetingStatus.HELD, timezone.now()
    meeting.save(update_fields=["status", "held_at"])
    record(by=by, action="network.held", obj=meeting)


def note_reading(*, by: User, case: CaseItem, purpose: str) -> Decision:
    """Write that the case was shown to somebody; return on what ground. Raises Refused for who may not read it.

    The line is the concern's, so that it stands in the log of each of its children.
    """
    decision = policy.may_read_case(by, case).require()
    record_reading(
        by=by, action="network.read", obj=case.concern, purpose=purpose, ground=decision.basis,
        details={"meeting": case.meeting_id},
    )  # fmt: skip
    return decision


def _refuse_approved(status: str) -> None:
    if status == MinutesStatus.APPROVED:
        no("minutes_approved", _("Referatet er godkendt, så mødet kan ikke begynde igen.")).require()
