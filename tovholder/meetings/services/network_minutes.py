"""After a network meeting: what lacks, approval, the forms as documents, the follow-up, the end of the case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern, ConcernStatus, Entry
from tovholder.concerns.services.course import set_status, write_entry
from tovholder.directory.queries import municipality_name, municipality_text
from tovholder.documents.shapes import AgreementLine, Attendee, DocumentItem, MeetingDocument
from tovholder.meetings.models import (
    CaseItem,
    CaseText,
    FamilyVoice,
    MeetingStatus,
    Minutes,
    MinutesStatus,
    NetworkMeeting,
    Participation,
)
from tovholder.meetings.services.cases_closing import give_days
from tovholder.meetings.services.cases_reading import text_of
from tovholder.meetings.services.guarding import open_for_writing
from tovholder.meetings.services.letters import MONTHS, when
from tovholder.meetings.services.minutes import minutes_of
from tovholder.meetings.services.network import begin
from tovholder.meetings.services.network_efforts import Effort, efforts
from tovholder.meetings.services.network_meeting import (
    CHILD_FIELD,
    FAMILY_FIELD,
    Field,
    open_case,
    read_fields,
)
from tovholder.meetings.services.network_people import copy_people, family_of, part_word, professionals
from tovholder.meetings.services.papers import approved_line

FROZEN = "frosset"
Efforts = tuple[list[Effort], list[Effort]]


def approval_lacks(network: NetworkMeeting, case: CaseItem, made: Efforts | None = None) -> list[str]:
    """Return all that stands in the way of approving the minutes, in words; `made` are the efforts, where they are read."""
    meeting, found = network.meeting, []
    if meeting.status != MeetingStatus.HELD:
        found.append(_("Afslut mødet først."))
    old, new = made or efforts(case, network)
    for effort in [*old, *new]:
        if effort.lacks:
            found.append(
                _("Indsats %(n)s: %(lacks)s.") % {"n": effort.priority, "lacks": effort.lacks.lower()}
            )
    found += [
        _("Indsats %(n)s: vælg, om den fortsætter, ændres eller stopper.") % {"n": each.priority}
        for each in old
        if not each.choice
    ]
    family_came = any(each.attended for each in family_of(meeting))
    for field in read_fields(case, network):
        if not field.is_text or field.text:
            continue
        if field.key == FAMILY_FIELD:
            if family_came and not _heard(meeting.pk):
                found.append(_("Skriv familiens oplevelse af mødet. Familien var med."))
        elif field.required:
            found.append(_("Udfyld »%(label)s«.") % {"label": field.label})
    return found


def _heard(meeting_id: int) -> bool:
    """Whether somebody of the family has told how the meeting was for them."""
    return FamilyVoice.objects.filter(
        family_member__meeting=meeting_id, kind=FamilyVoice.Kind.EXPERIENCE
    ).exists()


@transaction.atomic
def approve(*, by: User, network: NetworkMeeting) -> Minutes:
    """Approve the minutes: frozen as they are, read by those present for the municipality's days.

    Raises Refused, ValidationError with what lacks (an effort without responsible or date, rule 28).
    """
    meeting, minutes = open_for_writing(by=by, meeting=network.meeting)
    network = NetworkMeeting.objects.select_related("concern", "form").get(pk=network.pk)
    network.meeting = meeting
    case = open_case(by, network)
    if lacks := approval_lacks(network, case):
        raise ValidationError(lacks)
    now = timezone.now()
    _freeze(case, network)
    child_view = next((f.text for f in read_fields(case, network) if f.key == CHILD_FIELD), "")
    Safe.of([case]).write(case, child_view=child_view)
    case.status, case.done_at = CaseItem.Status.DONE, now
    case.save(update_fields=["child_view", "status", "done_at"])
    give_days(case, now)
    minutes.status, minutes.approved_at, minutes.approved_by = MinutesStatus.APPROVED, now, by
    minutes.save(update_fields=["status", "approved_at", "approved_by"])
    write_entry(
        by=by, concern=case.concern, kind=Entry.Kind.MEETING, text=_("Referat af netværksmøde godkendt.")
    )
    record(by=by, action="network.approved", obj=meeting)
    return minutes


@dataclass(frozen=True, slots=True)
class Record:
    """What the minutes of a network meeting say, as plain data: now, or as it was frozen."""

    fields: list[dict[str, str]]
    old: list[dict[str, str]]
    new: list[dict[str, str]]
    present: list[dict[str, str]]
    absent: list[dict[str, str]]
    family: list[str]


def record_of(case: CaseItem, network: NetworkMeeting, made: Efforts | None = None) -> Record:
    """Return what the minutes say: as approved, else as they stand. The caller has asked and logs the reading."""
    row = text_of(case, FROZEN)
    if row is not None:
        row.case_item = case
        opened = Safe.of([case]).read(row, "text")
        if opened.fault:
            return Record([{"key": "", "label": _("Referat"), "text": str(opened)}], [], [], [], [], [])
        return Record(**json.loads(opened.text))
    old, new = made or efforts(case, network)
    rows = professionals(network.meeting)
    came = [each for each in family_of(network.meeting) if each.attended]
    return Record(
        fields=[_field(each) for each in read_fields(case, network)],
        old=[_line(each) for each in old],
        new=[_line(each) for each in new],
        present=[_who(each) for each in rows if each.attended],
        absent=[_who(each) for each in rows if not each.attended],
        family=[part_word(each) for each in came],
    )


def _field(field: Field) -> dict[str, str]:
    text = field.fault or field.text
    if field.kind == "date" and text:
        text = _day(date.fromisoformat(text))
    return {"key": field.key, "label": field.label, "kind": field.kind, "text": text}


def _line(effort: Effort) -> dict[str, str]:
    return {
        "priority": str(effort.priority),
        "words": str(effort.words),
        "sign": str(effort.sign),
        "who": effort.responsible.name if effort.responsible else "",
        "due": _day(effort.due_on) if effort.due_on else "",
        "status": effort.choice_word or effort.status_word,
        "reason": str(effort.reason),
    }


def _who(row: Participation) -> dict[str, str]:
    place = row.person.organisation
    return {"name": row.person.name, "organisation": place.name if place is not None else ""}


def _day(day: date) -> str:
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def _freeze(case: CaseItem, network: NetworkMeeting) -> None:
    said = record_of(case, network)
    row = CaseText(case_item=case, key=FROZEN, version=1, saved_at=timezone.now())
    Safe.of([case]).write(row, text=json.dumps({name: getattr(said, name) for name in said.__slots__}))
    row.save()


def document(case: CaseItem, network: NetworkMeeting) -> MeetingDocument:
    """Return the meeting's form as a document: empty before the meeting, filled in after it. The title has the code only."""
    said, meeting = record_of(case, network), network.meeting
    form = network.form.name if network.form is not None else _("Netværksmøde")
    items = [_item(number, each, said) for number, each in enumerate(said.fields, start=1)]
    return MeetingDocument(
        municipality=municipality_name(),
        title=f"{form}, {case.concern}",
        when=when(meeting),
        forums=[meeting.lead_forum.name],
        place=meeting.place,
        chair=meeting.chair.name if meeting.chair else "",
        minute_taker=meeting.minute_taker.name if meeting.minute_taker else "",
        present=[Attendee(**each) for each in said.present] + [Attendee(name=each) for each in said.family],
        absent=[Attendee(**each) for each in said.absent] if meeting.started_at else [],
        items=items,
        carried=[_agreement(each) for each in said.old],
        approved_line=approved_line(minutes_of(meeting)),
        footer=municipality_text("minutes_footer"),
    )


def _item(number: int, field: dict[str, Any], said: Record) -> DocumentItem:
    last = [each["key"] for each in said.fields if each["kind"] == "agreements"][-1:]
    lines = [_agreement(each) for each in said.new] if [field["key"]] == last else []
    return DocumentItem(number=number, heading=field["label"], text=field["text"], agreements=lines)


def _agreement(line: dict[str, str]) -> AgreementLine:
    what = f"{line['priority']}. {line['words']}"
    if line["sign"]:
        what = _("%(what)s. Tegn på, at det virker: %(sign)s") % {"what": what, "sign": line["sign"]}
    if line["reason"]:
        what = _("%(what)s. Begrundelse: %(reason)s") % {"what": what, "reason": line["reason"]}
    return AgreementLine(what=what, who=line["who"], due=line["due"], status=line["status"])


def file_name(case: CaseItem, network: NetworkMeeting, extension: str) -> str:
    """Return a file name of the form, the case code and the day: no person in it."""
    day = timezone.localtime(network.meeting.starts_at).date()
    key = network.form.key if network.form is not None else "netvaerksmoede"
    return f"{key}-sag-{case.concern.code}-{day.isoformat()}.{extension}"


@transaction.atomic
def follow_up(*, by: User, network: NetworkMeeting) -> NetworkMeeting:
    """Begin to call the meeting that follows this one up, with the same people. Raises Refused."""
    made = begin(by=by, concern=network.concern, follows=network)
    copy_people(by=by, network=made)
    return made


@transaction.atomic
def close_case(*, by: User, network: NetworkMeeting, outcome: str) -> Concern:
    """End the case with its outcome: triagers do. Raises Refused, ValidationError by field."""
    concern = Concern.objects.get(pk=network.concern_id)
    return set_status(by=by, concern=concern, status=ConcernStatus.CLOSED, reason=outcome)
